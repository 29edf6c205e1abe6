import doctest
from datetime import date, datetime
from unittest import TestCase

from odoo.addons.sales_manager_kpi.engine import responsibility, work_clock
from odoo.addons.sales_manager_kpi.engine.work_clock import WorkClock, without


class TestEngine(TestCase):
    def setUp(self):
        # Monday to Wednesday 2 to 4 March 2026, with a break at noon
        self.clock = WorkClock(
            [
                (datetime(2026, 3, day, start), datetime(2026, 3, day, stop))
                for day in (2, 3, 4)
                for start, stop in ((8, 12), (13, 17))
            ],
            "Europe/Amsterdam",
        )

    def test_doctests(self):
        for module in (work_clock, responsibility):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed)

    def test_after_crosses_breaks_and_nights(self):
        for start, hours, end in (
            (datetime(2026, 3, 2, 10), 3, datetime(2026, 3, 2, 14)),
            (datetime(2026, 3, 2, 10), 2, datetime(2026, 3, 2, 12)),
            (datetime(2026, 3, 2, 20), 1, datetime(2026, 3, 3, 9)),
            (datetime(2026, 3, 1, 20), 8, datetime(2026, 3, 2, 17)),
            (datetime(2026, 3, 2, 12, 30), 4, datetime(2026, 3, 2, 17)),
        ):
            self.assertEqual(self.clock.after(start, hours), end)
        self.assertIsNone(self.clock.after(datetime(2026, 3, 4, 16), 2))

    def test_hours_and_days(self):
        start, stop = datetime(2026, 3, 2, 11), datetime(2026, 3, 4, 9)
        self.assertEqual(self.clock.hours(start, stop), 5 + 8 + 1)
        self.assertEqual(self.clock.hours(stop, start), 0)
        self.assertEqual(
            self.clock.days(start, stop), [date(2026, 3, day) for day in (2, 3, 4)]
        )
        self.assertEqual(self.clock.days(stop, stop), [])

    def test_end_of_day(self):
        self.assertEqual(
            self.clock.end_of_day(date(2026, 3, 3)), datetime(2026, 3, 3, 17)
        )
        self.assertIsNone(self.clock.end_of_day(date(2026, 3, 5)))

    def test_without(self):
        self.assertEqual(without([(1, 5), (6, 9)], [(0, 2), (4, 7)]), [(2, 4), (7, 9)])
        self.assertEqual(without([(1, 5)], [(0, 9)]), [])
        self.assertEqual(without([(1, 5)], [(6, 9)]), [(1, 5)])

    def test_no_clock_at_all(self):
        empty = WorkClock([], "UTC")
        now = datetime(2026, 3, 2)
        self.assertEqual((empty.hours(now, now), empty.days(now, now)), (0, []))
        self.assertIsNone(empty.after(now, 1))
