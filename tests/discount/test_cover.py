"""What an approval covers: not less quantity, not more money, nobody else's order."""

from odoo import Command
from odoo.exceptions import UserError

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}
LIMIT = {"limit_order": True, "limit_line": False}
TWENTY = {"role": "branch_director", "max_line_percent": 20}


class TestCover(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(TEN, TWENTY)
        cls.linen = cls.make_product("Linen", 50.0)

    def approved(self, *lines, approver=None, **values):
        """A quotation, what was asked of it answered with yes."""
        order = self.make_quotation(*lines, **values)
        self.asked(order).with_user(approver or self.director).action_approve()
        theirs = order.with_user(self.manager_a)
        self.assertFalse(theirs._discount_error())
        return theirs

    def test_more_of_it(self):
        """A yes for two pieces is none for two thousand."""
        order = self.approved((self.cloth, 2, {"discount": 20}), (self.linen, 1, {}))
        order.order_line[0].write({"product_uom_qty": 2000, "discount": 20})
        self.assertRegex(
            order._discount_error(),
            r"approved to give away \D*40.00\D*, it is \D*40,000.00",
        )
        # three pieces that give away no more than the two did
        order.order_line[0].write({"product_uom_qty": 3, "discount": 13.33})
        self.assertFalse(order._discount_error())
        order.order_line[1].write({"product_uom_qty": 500, "discount": 10})
        self.assertFalse(order._discount_error(), "the manager's own authority")

    def test_gift_for_nothing(self):
        self.policy.with_user(self.commercial).action_retire()
        self.make_policy(
            {**TEN, "gift": "forbidden"},
            {"role": "branch_director", "max_line_percent": 100, "gift": "allowed"},
        )
        order = self.approved((self.cloth, 1, {"discount": 100}), (self.linen, 1, {}))
        order.order_line[0].write({"product_uom_qty": 3, "discount": 100})
        self.assertIn("approved to give away", order._discount_error())

    def test_norm_that_moves(self):
        """What was approved stays approved when the sales price rises."""
        order = self.approved((self.cloth, 2, {"discount": 15}))
        self.cloth.list_price = 106
        self.assertIn(
            "line_percent",
            [f.code for f in order._discount_judgement().verdict.findings],
        )
        self.assertFalse(order._discount_error())

    def test_another_customer(self):
        """What one customer was granted is not another's."""
        order = self.approved((self.cloth, 2, {"discount": 20}))
        contact = self.customer.create({"name": "Buyer", "parent_id": self.customer.id})
        order.partner_id = contact
        self.assertFalse(order._discount_error())
        other = self.customer.create({"name": "Other", "user_id": self.manager_a.id})
        other.property_product_pricelist = self.pricelist
        order.partner_id = other
        order.order_line.discount = 20
        self.assertTrue(order._discount_error())

    def test_another_currency(self):
        """80 of a small money are not the 80 that were approved."""
        order = self.approved((self.cloth, 2, {"discount": 20}))
        small = self.setup_other_currency("HRK", rates=[("2020-01-01", 10)])
        pricelist = self.make_pricelist("Small", currency_id=small.id)
        self.customer.property_product_pricelist = pricelist
        order.sudo().pricelist_id = pricelist
        order.order_line.sudo().write({"price_unit": 80, "discount": 0})
        self.assertIn("92.00 % below the norm", order._discount_error())

    def test_cut(self):
        self.assertEqual(self.policy.quantity_floor_percent, 100)
        order = self.approved((self.cloth, 100, {"discount": 20}))
        order.order_line.product_uom_qty = 99
        order.order_line.discount = 20
        error = order._discount_error()
        self.assertIn("approved for 100.00 Units, the order has 99.00 now", error)
        self.assertIn("Keep at least 100.00 Units, or ask for approval again", error)
        self.assertIn("Keep at least 100.00 Units", order.discount_words)
        action = order.action_confirm()
        self.assertEqual(action["res_model"], "discount.ask")
        wizard = (
            self.env["discount.ask"]
            .with_user(self.manager_a)
            .new({"order_id": order.id})
        )
        self.assertIn("Keep at least 100.00 Units", wizard.findings)
        order.order_line.write({"product_uom_qty": 10, "discount": 10})
        self.assertFalse(order._discount_error(), "within the manager's own authority")
        order.order_line.write({"product_uom_qty": 100, "discount": 20})
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        with self.assertRaisesRegex(UserError, "Keep at least 100.00 Units"):
            order.order_line.write({"product_uom_qty": 10, "discount": 20})

    def test_part_may_go(self):
        self.policy.sudo().quantity_floor_percent = 80
        order = self.approved((self.cloth, 100, {"discount": 20}))
        order.order_line.write({"product_uom_qty": 80, "discount": 20})
        self.assertFalse(order._discount_error())
        order.order_line.write({"product_uom_qty": 79.5, "discount": 20})
        self.assertIn("Keep at least 80.00", order._discount_error())
        self.policy.sudo().quantity_floor_percent = 0
        order.order_line.write({"product_uom_qty": 1, "discount": 20})
        self.assertFalse(order._discount_error())

    def test_lines_and_units(self):
        """Divided into lines, dozens and pieces, the volume of a product stays."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.approved(
            (self.cloth, 10, {"product_uom_id": dozen.id, "discount": 20}),
            (self.linen, 1, {}),
        )
        cloth = order.order_line[0]
        piece = {"product_id": self.cloth.id, "product_uom_id": self.cloth.uom_id.id}
        cloth.write({"product_uom_qty": 5, "discount": 20})
        self.assertTrue(order._discount_error())
        order.order_line = [
            Command.create({**piece, "product_uom_qty": 60, "discount": 20})
        ]
        self.assertFalse(order._discount_error())
        order.order_line[-1].write({"product_uom_qty": 59, "discount": 20})
        self.assertIn("approved for 120.00 Units", order._discount_error())
        order.order_line[-1].write({"product_uom_qty": 60, "discount": 20})
        order.order_line[-1].price_unit = 99
        self.assertTrue(order._discount_error(), "a piece below a twelfth of a dozen")
        order.order_line[-1].price_unit = 100
        # other goods are not what it was given for
        order.order_line[1].unlink()
        self.assertFalse(order._discount_error())

    def test_whole_order(self):
        self.policy.with_user(self.commercial).action_retire()
        self.make_policy(
            {"role": "manager", **LIMIT, "max_order_percent": 5},
            {"role": "branch_director", **LIMIT, "max_order_percent": 20},
        )
        order = self.approved(
            (self.cloth, 10, {"discount": 10}), (self.linen, 20, {"discount": 10})
        )
        order.order_line[1].write({"product_uom_qty": 10, "discount": 10})
        self.assertRegex(
            order._discount_error(),
            r"Approved for an order of \D*2,000.00\D* at the norm, it is \D*1,500.00",
        )
        order.order_line[0].write({"product_uom_qty": 15, "discount": 10})
        self.assertFalse(order._discount_error())

    def test_active_policy_keeps_it(self):
        for user in (self.manager_a, self.director, self.commercial):
            with self.assertRaises(UserError):
                self.policy.with_user(user).quantity_floor_percent = 0
