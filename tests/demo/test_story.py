import unittest
from collections import Counter
from datetime import date, timedelta

from odoo.addons.sales_manager_kpi.demo.calendar import month_start, working_day
from odoo.addons.sales_manager_kpi.demo.story import STANDING, Plot

HABIT = 5  # orders of a month just below the limit


class TestStory(unittest.TestCase):
    """The plot, whenever it is told; no database."""

    def plot(self, last):
        return Plot(month_start(last, -17), last, 400, seed=7)

    def test_a_habit_shows_on_any_day(self):
        """Since the norms came, one month has orders enough to tell of a habit."""
        for number in range(0, 365, 3):
            last = date(2026, 1, 5) + timedelta(days=number)
            norms = working_day(month_start(last - timedelta(days=20)))
            months = Counter(
                order.confirmed.month
                for order in self.plot(last).orders
                if order.customer.name == STANDING
                and order.confirmed
                and norms < order.quoted <= order.confirmed <= last
            )
            with self.subTest(last=last):
                self.assertGreaterEqual(max(months.values(), default=0), HABIT)

    def test_standing_orders_are_few(self):
        plot = self.plot(date(2026, 11, 25))
        own = [order for order in plot.orders if order.customer.name == STANDING]
        self.assertLess(len(own), 30)
        self.assertEqual(len({order.number for order in plot.orders}), len(plot.orders))
