from odoo import Command

from .common import DiscountCommon

TEN = {"role": "manager", "max_line_percent": 10}


class TestLeak(DiscountCommon):
    """Invoices below their orders, and credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(TEN)

    def sold(self, quantity=2, discount=10):
        order = self.make_quotation((self.cloth, quantity, {"discount": discount}))
        order.with_user(self.manager_a).action_confirm()
        return order

    def rows(self, order, kind):
        rows = self.env["discount.concession"].search([("order_id", "=", order.id)])
        return rows.filtered(lambda r: r.kind == kind)

    def amount(self, order, kind):
        return sum(self.rows(order, kind).mapped("amount"))

    def activities(self, move):
        leak = self.env.ref("sales_manager_kpi.mail_activity_type_discount_leak")
        return move.activity_ids.filtered(lambda a: a.activity_type_id == leak)

    def test_as_ordered_leaks_nothing(self):
        order = self.sold()
        move = self.invoice_order(order)
        self.assertFalse(self.rows(order, "invoice"))
        self.assertFalse(self.activities(move))

    def test_below_the_order(self):
        order = self.sold()
        move = order._create_invoices()
        move.invoice_line_ids.price_unit = 80  # 72 instead of 90, twice
        move.action_post()
        [row] = self.rows(order, "invoice")
        self.assertAlmostEqual(row.amount, 36)
        self.assertFalse(row.within_norm)
        self.assertEqual(row.move_id, move)
        self.assertEqual(self.activities(move).user_id, self.director)
        move.button_draft()
        self.assertAlmostEqual(self.amount(order, "invoice"), 0)
        move.action_post()
        self.assertAlmostEqual(self.amount(order, "invoice"), 36)

    def test_line_that_takes_off_is_a_leak(self):
        order = self.sold()
        move = order._create_invoices()
        move.invoice_line_ids = [
            Command.create(
                {
                    "product_id": self.cloth.id,
                    "quantity": 1,
                    "price_unit": -15,
                    "tax_ids": [Command.clear()],
                }
            )
        ]
        move.action_post()
        self.assertAlmostEqual(self.amount(order, "invoice"), 15)

    def test_credit_note_takes_back_in_proportion(self):
        order = self.sold(quantity=4)
        self.assertAlmostEqual(self.amount(order, "line"), 40)
        move = self.invoice_order(order)
        refund = move._reverse_moves()
        refund.invoice_line_ids.quantity = 1
        refund.action_post()
        self.assertAlmostEqual(self.amount(order, "line"), 30)
        refund.button_draft()
        self.assertAlmostEqual(self.amount(order, "line"), 40)
        refund.action_post()
        self.assertAlmostEqual(self.amount(order, "line"), 30)
        rest = move._reverse_moves()
        rest.action_post()
        self.assertAlmostEqual(self.amount(order, "line"), 0)

    def test_taken_back_also_when_the_policy_holds_no_more(self):
        order, other = self.sold(), self.sold()
        move = order._create_invoices()
        move.invoice_line_ids.price_unit = 80
        move.action_post()
        credited = self.invoice_order(other)
        policies = self.env["discount.policy"].search([("state", "=", "active")])
        policies.sudo().action_retire()
        move.button_draft()
        self.assertAlmostEqual(self.amount(order, "invoice"), 0)
        credited._reverse_moves(cancel=True)
        rows = self.env["discount.concession"].search([("order_id", "=", other.id)])
        self.assertAlmostEqual(sum(rows.mapped("amount")), 0)
        order.with_context(disable_cancel_warning=True).action_cancel()
        rows = self.env["discount.concession"].search([("order_id", "=", order.id)])
        self.assertAlmostEqual(sum(rows.mapped("amount")), 0)

    def test_only_where_norms_hold_for_the_branch(self):
        """Off for one branch: its invoices are not looked at, those of others are."""
        self.make_policy(TEN, branch_ids=[Command.set(self.branch.ids)], mode="off")
        for manager, leaks in ((self.manager_a, 0), (self.manager_b, 1)):
            with self.subTest(manager=manager.login):
                order = self.make_quotation((self.cloth, 2, {}), user=manager)
                order.action_confirm()
                move = order._create_invoices()
                move.invoice_line_ids.price_unit = 80
                move.action_post()
                self.assertEqual(len(self.rows(order, "invoice")), leaks)
                self.assertEqual(len(self.activities(move)), leaks)

    def test_not_where_no_policy_holds_for_the_branch(self):
        """The company has norms, of another branch only."""
        self.env["discount.policy"].search([]).with_user(self.admin).action_retire()
        self.make_policy(TEN, branch_ids=[Command.set(self.other_branch.ids)])
        order = self.make_quotation((self.cloth, 2, {}))
        order.action_confirm()
        move = order._create_invoices()
        move.invoice_line_ids.price_unit = 80
        move.action_post()
        self.assertFalse(self.rows(order, "invoice"))

    def test_without_policy_nothing(self):
        self.env["discount.policy"].search([]).with_user(self.admin).action_retire()
        order = self.sold(discount=60)
        move = order._create_invoices()
        move.invoice_line_ids.price_unit = 1
        move.action_post()
        self.assertFalse(self.rows(order, "invoice"))
