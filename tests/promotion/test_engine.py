import unittest

from odoo.addons.sales_manager_kpi.engine.promotions import (
    Limits,
    Promotion,
    Taken,
    Why,
    refunded_part,
    refusal_of,
)


class TestPromotions(unittest.TestCase):
    """For whom, and what is left; no database."""

    def test_exactly_what_is_left(self):
        limits, taken = Limits(budget=100), Taken(amount=60)
        self.assertIsNone(refusal_of(limits, taken, 40))
        refusal = refusal_of(limits, taken, 40.01)
        self.assertEqual((refusal.why, refusal.left), (Why.BUDGET, 40))
        self.assertIsNone(refusal_of(limits, taken, 40.004), "no step of the currency")
        self.assertEqual(refusal_of(limits, Taken(amount=150), 1).left, 0)

    def test_no_limit_and_a_limit_of_nothing(self):
        self.assertIsNone(refusal_of(Limits(), Taken(1e9, 999, 1e9, 999), 1e9, -50))
        self.assertTrue(refusal_of(Limits(budget=0.0), Taken(), 1))
        self.assertTrue(refusal_of(Limits(customer_amount=0.0), Taken(), 1))

    def test_each_reason(self):
        for limits, taken, margin, why in (
            (Limits(orders=2), Taken(orders=2), None, Why.ORDERS),
            (
                Limits(customer_orders=1),
                Taken(customer_orders=1),
                None,
                "customer_orders",
            ),
            (
                Limits(customer_amount=5),
                Taken(customer_amount=5),
                None,
                "customer_amount",
            ),
            (Limits(margin=10), Taken(), 9.9, Why.MARGIN),
        ):
            self.assertEqual(refusal_of(limits, taken, 1, margin).why, why)
        self.assertIsNone(refusal_of(Limits(margin=10), Taken(), 1, 10))
        self.assertIsNone(refusal_of(Limits(margin=10), Taken(), 1, None))

    def test_only_what_is_asked_is_looked_up(self):
        def fail():
            raise AssertionError("nobody asked")

        self.assertTrue(Promotion(1, "approved").is_open_to(fail, fail))
        self.assertFalse(
            Promotion(1, "stopped", branch_ids=frozenset({1})).is_open_to(fail, fail)
        )
        one = Promotion(1, "approved", frozenset({1}), frozenset({5}))
        self.assertTrue(one.is_open_to(lambda: 1, lambda: 5))
        self.assertFalse(one.is_open_to(lambda: False, lambda: 5))
        self.assertFalse(one.is_open_to(lambda: 1, lambda: False))

    def test_refunded_part(self):
        for ordered, invoiced, refunded, part in (
            (-100, -100, 0, 0),
            (-100, -100, -40, 0.4),
            (-100, -100, -100, 1),
            (-100, -200, -100, 0),
            (-100, 0, 0, 0),
            (-100, -100, -300, 1),
            (4, 4, 1, 0.25),
            (0, 1, 1, 0),
        ):
            self.assertAlmostEqual(refunded_part(ordered, invoiced, refunded), part)
