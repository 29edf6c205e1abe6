from datetime import date, timedelta
from unittest import TestCase

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.addons.sales_manager_kpi.engine.timetable import next_run, window

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
# a busy machine is no reason to fail
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNITS = st.sampled_from(["days", "weeks", "months"])


class TestTimetable(TestCase):
    """When a report goes out, and which days it is about."""

    def test_months_keep_their_day(self):
        anchor = date(2026, 1, 31)
        days = []
        day = anchor
        for _turn in range(3):
            day = next_run(anchor, "months", 1, day)
            days.append(day)
        self.assertEqual(
            days, [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
        )

    def test_weeks(self):
        monday = date(2026, 11, 2)
        self.assertEqual(next_run(monday, "weeks", 2, monday), date(2026, 11, 16))
        self.assertEqual(
            next_run(monday, "weeks", 1, date(2027, 1, 1)), date(2027, 1, 4)
        )

    @CALM
    @given(DAYS, UNITS, st.integers(1, 40), DAYS)
    def test_always_the_first_one_after(self, anchor, unit, number, after):
        day = next_run(anchor, unit, number, after)
        self.assertGreaterEqual(day, anchor)
        self.assertTrue(day > after)
        if day > anchor:
            longest = {"days": 1, "weeks": 7, "months": 31}[unit] * number
            self.assertLessEqual((day - max(after, anchor)).days, longest)
        self.assertEqual(next_run(anchor, unit, number, day - timedelta(days=1)), day)

    @CALM
    @given(DAYS)
    def test_windows(self, today):
        first, last = window("last_week", today)
        self.assertEqual((first.weekday(), last.weekday()), (0, 6))
        self.assertTrue(0 < (today - last).days <= 7)
        first, last = window("last_month", today)
        self.assertEqual((last + timedelta(days=1)).day, 1)
        self.assertEqual(first, last.replace(day=1))
        self.assertEqual(window("month", today), (today.replace(day=1), today))
