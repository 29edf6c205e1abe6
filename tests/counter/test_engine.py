import doctest
from datetime import date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.sales_manager_kpi.engine import market, need_season, visit

MONTH = st.integers(1, 12)
DAY = st.dates(date(2020, 1, 1), date(2040, 12, 31))
MOMENT = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1))
MONEY = st.decimals("0.01", "9999", places=2)
FACTOR = st.decimals("0.001", "1000", places=3)


@tagged("standard", "post_install", "-at_install")
class TestCounterEngine(BaseCase):
    def test_examples(self):
        for module in (visit, need_season, market):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    @settings(max_examples=100, deadline=None)
    @given(MOMENT, st.integers(0, 10_000), st.integers(0, 59), st.integers(0, 600))
    def test_waiting(self, start, whole, seconds, norm):
        stop = start + timedelta(minutes=whole, seconds=seconds)
        waited = visit.minutes(start, stop)
        self.assertEqual(waited, whole)
        self.assertEqual(visit.minutes(stop, start), 0)
        self.assertEqual(visit.is_beyond(waited, norm), norm > 0 and whole > norm)

    @settings(max_examples=60, deadline=None)
    @given(MOMENT, st.sampled_from(["UTC", "Europe/Amsterdam", "Asia/Kathmandu"]))
    def test_place_in_week(self, moment, tz):
        day, hour, weekday = visit.place_in_week(moment, tz)
        self.assertLessEqual(abs((day - moment.date()).days), 1)
        self.assertIn(hour, range(24))
        self.assertEqual(weekday, day.weekday())

    @settings(max_examples=150, deadline=None)
    @given(MONTH, MONTH, DAY)
    def test_season(self, first, last, day):
        months = need_season.months(first, last)
        self.assertEqual((months[0], months[-1]), (first, last))
        self.assertEqual(len(set(months)), len(months))
        # day by day round the year: in season from the first month until the last
        start = need_season.next_start(first, last, day)
        self.assertEqual((start.month, start.day), (first, 1))
        self.assertTrue(day <= start < date(day.year + 1, day.month, 1) + timedelta(31))
        self.assertTrue(need_season.in_season(first, last, start))
        if len(months) < 12:
            self.assertFalse(
                need_season.in_season(first, last, start - timedelta(days=1))
            )

    @settings(max_examples=100, deadline=None)
    @given(DAY, st.integers(0, 400), MONTH)
    def test_starting_months(self, day, ahead, first):
        """A season begins within so many days, just where its next start does."""
        start = need_season.next_start(first, first, day)
        within = (start - day).days <= min(ahead, 366)
        self.assertEqual(first in need_season.starting_months(day, ahead), within)

    @settings(max_examples=150, deadline=None)
    @given(st.dictionaries(MONTH, st.integers(-2, 5)))
    def test_season_of(self, bought):
        busy = {month for month, quantity in bought.items() if quantity > 0}
        season = need_season.season_of(bought)
        spans = [
            (first, last)
            for first in busy
            for last in busy
            if busy <= set(need_season.months(first, last))
        ]
        shortest = min((len(need_season.months(*span)) for span in spans), default=99)
        if shortest > need_season.LONGEST:
            self.assertIsNone(season)
        else:
            self.assertIn(season, spans)
            self.assertEqual(len(need_season.months(*season)), shortest)

    @settings(max_examples=100, deadline=None)
    @given(MONEY, FACTOR, FACTOR, MONEY)
    def test_price(self, price, factor, own, rate):
        """There and back again is the same price, and equal prices do not differ."""
        ours = market.converted(market.unit_price(price, factor, own), rate)
        back = market.unit_price(ours * rate, own, factor)
        self.assertLess(abs(back - price), Decimal("1e-9"))
        self.assertEqual(market.difference(ours, ours), 0)
        self.assertAlmostEqual(market.difference(ours * 2, ours), 100)
