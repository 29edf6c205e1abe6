import doctest
import unittest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine import forecast, working_days

money = st.floats(-1e6, 1e6, allow_nan=False)
turnover = st.floats(0, 1e6, allow_nan=False)
days = st.integers(0, 46).map(lambda halves: halves / 2)
shares = st.lists(st.floats(0.01, 1.5), max_size=14)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


class TestForecast(unittest.TestCase):
    def test_examples_in_the_documentation(self):
        for module in (forecast, working_days):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    @given(fact=money, target=money, done=days, left=days, shares=shares)
    def test_figures_or_none(self, fact, target, done, left, shares):
        result = forecast.forecast(fact, target, done, left, shares=shares)
        if result.expected is None:
            self.assertEqual((result.low, result.high, result.method), (None,) * 3)
            self.assertTrue(done == 0 or fact < 0)
        else:
            self.assertLessEqual(result.low, result.expected + 1e-6)
            self.assertLessEqual(result.expected, result.high + 1e-6)
        if target <= 0:
            self.assertIsNone(result.pace)
            self.assertIsNone(result.required)
        if left == 0:
            self.assertIsNone(result.required)

    @given(fact=turnover, done=days, left=days)
    def test_a_straight_line_ends_where_its_rate_leads(self, fact, done, left):
        result = forecast.forecast(fact, 1000, done, left)
        if done:
            whole = result.run_rate * (done + left) if left else fact
            self.assertAlmostEqual(result.expected, whole, 3)

    @given(rate=st.floats(0.01, 1e4), done=st.integers(1, 22), left=st.integers(0, 22))
    def test_even_days_have_no_spread(self, rate, done, left):
        daily = [rate] * done
        result = forecast.forecast(rate * done, None, done, left, daily=daily)
        if done > 1:
            self.assertAlmostEqual(result.low, result.high, 3)

    @given(fact=turnover, share=st.floats(0.05, 1), left=st.integers(1, 20))
    def test_required_days_reach_the_target(self, fact, share, left):
        result = forecast.forecast(fact, 5000, 5, left, shares=[share] * 6)
        self.assertEqual(result.method, "history")
        self.assertGreaterEqual(fact + result.required * left, 5000 - 1e-6)
        self.assertAlmostEqual(result.expected, fact / share, 3)

    def test_five_months_are_no_history(self):
        self.assertEqual(
            forecast.forecast(100, 0, 5, 15, shares=[0.5] * 5).method, "linear"
        )
        result = forecast.forecast(100, 0, 5, 15, shares=[0.5] * 5 + [None, -0.2])
        self.assertEqual((result.method, result.months), ("linear", 5))

    def test_a_tiny_share_is_no_base(self):
        result = forecast.forecast(10, 0, 1, 20, shares=[0.001] * 8)
        self.assertEqual(result.method, "linear")

    def test_today_is_left_and_counts_at_once(self):
        result = forecast.forecast(900, 1000, 5, 15, before=100)
        self.assertEqual(result.run_rate, 20)
        self.assertEqual(result.expected, 900)
        self.assertAlmostEqual(result.required, 100 / 15)

    def test_more_credited_than_sold(self):
        result = forecast.forecast(-50, 1000, 5, 15)
        self.assertIsNone(result.expected)
        self.assertEqual(result.pace, "behind")
        self.assertEqual(result.required, 70)
        self.assertEqual(forecast.forecast(-50, 1000, 20, 0).expected, -50)

    @given(
        amounts=st.lists(turnover, min_size=1, max_size=23),
        point=st.floats(0, 1),
        further=st.floats(0, 1),
    )
    def test_shares_grow_with_the_month(self, amounts, point, further):
        month = list(enumerate(amounts, 1))
        now = forecast.share_at(min(point, further), month)
        later = forecast.share_at(max(point, further), month)
        if sum(amounts) > 0:
            self.assertLessEqual(now, later + 1e-9)
            self.assertAlmostEqual(forecast.share_at(1, month), 1)
        else:
            self.assertIsNone(now)


class TestWorkingDays(unittest.TestCase):
    @given(
        st.lists(
            st.tuples(st.sampled_from("ABC"), st.integers(-40, 40), st.integers(0, 40)),
            max_size=5,
        )
    )
    def test_every_day_in_one_segment(self, drawn):
        spans = [
            (key, FIRST + timedelta(start), FIRST + timedelta(start + length))
            for key, start, length in drawn
        ]
        cut = working_days.segments(spans, FIRST, LAST)
        covered = [
            segment.first + timedelta(n)
            for segment in cut
            for n in range((segment.last - segment.first).days + 1)
        ]
        if cut:
            self.assertEqual(covered, [FIRST + timedelta(n) for n in range(31)])
            self.assertEqual(len({s.key for s in cut}), len(cut))

    @given(st.integers(0, 10**9), st.lists(days, min_size=1, max_size=4))
    def test_parts_are_the_whole(self, units, parts):
        self.assertEqual(sum(working_days.divide(units, parts)), units)

    def test_membership_and_absence(self):
        week = [date(2026, 3, day) for day in (2, 3, 4, 5, 6)]
        known = working_days.WorkingDays(
            dict.fromkeys(week, 1.0), {**dict.fromkeys(week, 1.0), week[4]: 0.5}
        )
        self.assertEqual(known.working(FIRST, LAST), 5)
        self.assertEqual(known.planned(FIRST, LAST), 4.5)
        self.assertEqual(known.planned(FIRST, LAST, [(week[3], None)]), 1.5)
        self.assertEqual(known.planned(FIRST, LAST, [(FIRST, week[0])]), 1)
