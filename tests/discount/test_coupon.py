from odoo import Command
from odoo.exceptions import AccessError, UserError

from .common import DiscountCommon

ZERO = {"role": "manager", "max_line_percent": 0}


class TestCoupon(DiscountCommon):
    """P12: a coupon of 90 %, which the confirmation computes anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cloth.standard_price = 8
        cls.program = cls.env["loyalty.program"].create(
            {
                "name": "Ninety off",
                "program_type": "coupons",
                "trigger": "with_code",
                "applies_on": "current",
                "company_id": cls.company.id,
                "rule_ids": [Command.create({"mode": "auto"})],
                "reward_ids": [Command.create({"discount": 90, "required_points": 1})],
            }
        )
        cls.card = cls.env["loyalty.card"].create(
            {"program_id": cls.program.id, "points": 1}
        )

    def order(self):
        """500.00 of cloth, and the coupon."""
        order = self.make_quotation((self.cloth, 5, {}))
        status = order._try_apply_code(self.card.code)
        self.assertNotIn("error", status)
        for coupon, rewards in status.items():
            order._apply_program_reward(rewards, coupon)
        self.assertAlmostEqual(order.amount_untaxed, 50)
        return order

    def test_promotion_within_a_norm_of_zero(self):
        """What a programme gives is nobody's discount, and is counted as its own."""
        self.make_policy(ZERO)
        order = self.order()
        theirs = order.with_user(self.manager_a)
        self.assertFalse(theirs._discount_error())
        figures = order._concession_figures()
        self.assertAlmostEqual(figures.promo_amount, 450)
        self.assertAlmostEqual(figures.manual_amount, 0)
        order.order_line[0].product_uom_qty = 10
        self.assertAlmostEqual(order.amount_untaxed, 550)
        theirs.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertAlmostEqual(order.amount_untaxed, 100)
        rows = self.env["discount.concession"].search([("order_id", "=", order.id)])
        self.assertEqual(rows.mapped("kind"), ["promotion"])
        self.assertAlmostEqual(rows.amount, 900)
        trace = self.env["sale.price.trace"].search([("order_id", "=", order.id)])
        prices = {step["code"]: step["price"] for step in trace.steps}
        self.assertAlmostEqual(prices["pocket"], 10)

    def test_margin_floor_sees_it(self):
        """Judged by what the confirmation makes of it: 20 % and not 85 %."""
        self.make_policy(
            {**ZERO, "limit_margin": True, "min_margin_percent": 40},
            {"role": "branch_director", "max_line_percent": 0},
        )
        order = self.order()
        theirs = order.with_user(self.manager_a)
        self.assertIn("below the lowest margin", theirs._discount_error())
        # the old amount of the coupon hides it, until the confirmation computes anew
        order.order_line[0].product_uom_qty = 100
        self.assertFalse(theirs._discount_error())
        with self.assertRaisesRegex(UserError, "below the lowest margin"):
            theirs.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_card_of_a_salesperson(self):
        """T9: points are no way to a second coupon."""
        self.make_policy(ZERO)
        with self.assertRaises(AccessError):
            self.card.with_user(self.manager_a).points = 999
