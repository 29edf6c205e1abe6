import unittest
from datetime import datetime, timedelta

from odoo.addons.sales_manager_kpi.engine.cover import (
    Cover,
    clip,
    cover,
    days,
    less,
    without,
)
from odoo.addons.sales_manager_kpi.engine.instants import clock, instant

DAY = datetime(2026, 8, 3)


def at(day, hour):
    return DAY + timedelta(days=day, hours=hour)


def week(number=5):
    """Whole working days from nine to five."""
    return [(at(day, 9), at(day, 17), 1.0) for day in range(number)]


class TestCoverEngine(unittest.TestCase):
    def test_clip(self):
        self.assertEqual(days(clip(week(), at(0, 0), at(5, 0))), 5)
        self.assertEqual(
            clip(week(), at(0, 13), at(1, 0)), [(at(0, 13), at(0, 17), 0.5)]
        )
        self.assertEqual(clip(week(), at(0, 17), at(1, 9)), [])
        self.assertEqual(clip([], at(0, 0), at(1, 0)), [])
        # what seconds leave behind is no work
        last = at(1, 9) + timedelta(seconds=1)
        self.assertEqual(days(clip(week(), at(0, 0), last)), 1)

    def test_without(self):
        left = without(week(2), [(at(0, 0), at(0, 13)), (at(1, 11), at(1, 13))])
        self.assertEqual(
            left,
            [
                (at(0, 13), at(0, 17), 0.5),
                (at(1, 9), at(1, 11), 0.25),
                (at(1, 13), at(1, 17), 0.5),
            ],
        )
        self.assertEqual(
            less([(at(0, 0), at(2, 0))], [(at(0, 5), at(1, 0))]),
            [(at(0, 0), at(0, 5)), (at(1, 0), at(2, 0))],
        )

    def test_kinds(self):
        whole = at(0, 0), at(5, 0)
        self.assertEqual(cover(week(), *whole, [[]]).kind, "uncovered")
        self.assertEqual(cover(week(), *whole, [[whole]]).kind, "covered")
        half = [(at(0, 0), at(2, 0))]
        self.assertEqual(cover(week(), *whole, [half]).kind, "partly")
        self.assertEqual(days(cover(week(), *whole, [half]).missing), 3)
        self.assertEqual(cover(week(), at(5, 0), at(7, 0), [[]]).kind, "none")

    def test_all_duties_are_needed(self):
        whole = at(0, 0), at(2, 0)
        first, second = [(at(0, 0), at(1, 13))], [(at(0, 13), at(2, 0))]
        found = cover(week(), *whole, [first, second])
        self.assertEqual(
            found.missing, ((at(0, 9), at(0, 13), 0.5), (at(1, 13), at(1, 17), 0.5))
        )
        # hours missing for two duties are missing once
        self.assertEqual(days(cover(week(), *whole, [[], first]).missing), 2)

    def test_gap(self):
        away = tuple(week())
        self.assertIsNone(Cover(away, ()).gap())
        self.assertEqual(Cover(away, away).gap(), (at(0, 9), at(4, 17)))
        found = cover(week(), at(0, 0), at(5, 0), [[(at(1, 0), at(3, 0))]])
        self.assertEqual(found.gap(), (at(0, 9), at(0, 17)))
        self.assertEqual(found.gap(at(0, 18)), (at(3, 9), at(4, 17)))
        self.assertIsNone(found.gap(at(4, 17)))

    def test_clock(self):
        tz = "Europe/Amsterdam"
        for day, hour in ((DAY.date(), 0.0), (DAY.date(), 13.5)):
            self.assertEqual(clock(instant(day, hour, tz), tz), (day, hour))
        for hour in (24.0, 13.5):
            moment = instant(DAY.date(), hour, tz)
            self.assertEqual(clock(moment, tz, late=True), (DAY.date(), hour))
            second = timedelta(seconds=1)
            self.assertEqual(clock(moment - second, tz, late=True), (DAY.date(), hour))
