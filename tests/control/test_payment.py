from odoo import Command, fields
from odoo.exceptions import AccessError

from odoo.addons.sales_manager_kpi.models.sale_order_control_touch import KEY

from .common import ControlCommon


class TestPaymentOfOrders(ControlCommon):
    """What is agreed, invoiced, paid and overdue, kept by hooks."""

    def test_from_order_to_payment(self):
        order = self.sell(quantity=3)
        row = self.control(order)
        self.assertEqual(row.agreed_amount, 300)
        self.assertEqual(row.payment_state, "none")
        self.assertEqual(row.owner_id, self.manager_a)
        self.assertEqual(row.branch_id, self.branch)
        invoice = self.bill(order, days_late=5)
        self.assertEqual(
            (row.invoiced_amount, row.overdue_amount, row.overdue_days), (300, 300, 5)
        )
        self.assertEqual(row.next_due_on, fields.Date.subtract(self.today, days=5))
        payment = self.pay(invoice, 100)
        self.assertEqual((row.paid_amount, row.overdue_amount), (100, 200))
        self.assertEqual(row.payment_state, "partial")
        self.pay(invoice)
        self.assertEqual(row.payment_state, "paid")
        self.assertFalse(row.next_due_on)
        self.assertEqual(row.overdue_days, 0)
        payment.move_id.line_ids.remove_move_reconcile()
        self.settle()
        self.assertEqual((row.paid_amount, row.payment_state), (200, "partial"))

    def test_quotation_has_none_and_cancel_takes_it(self):
        order = self.sell(confirm=False)
        self.settle()
        self.assertFalse(self.control(order))
        order.action_confirm()
        self.settle()
        self.assertTrue(self.control(order))
        order._action_cancel()
        self.settle()
        self.assertFalse(self.control(order))

    def test_price_changed_afterwards(self):
        order = self.sell()
        order.order_line.price_unit = 80
        self.settle()
        self.assertEqual(self.control(order).agreed_amount, 80)

    def test_credit_note_subtracts(self):
        order = self.sell(quantity=2)
        invoice = self.bill(order, days_late=10)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "late"})
        )
        credit = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        credit.invoice_line_ids.quantity = 1
        credit.action_post()
        self.settle()
        row = self.control(order)
        self.assertEqual(row.invoiced_amount, 100)
        self.assertEqual(row.overdue_amount, 100)
        lines = (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.filtered(lambda line: not line.reconciled).reconcile()
        self.settle()
        self.assertEqual(row.invoiced_amount, 100)
        self.assertEqual(row.overdue_amount, 100)
        self.assertEqual(row.paid_amount, 0)

    def test_down_payment_counts_once(self):
        order = self.sell(quantity=10)
        down = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
            ._create_invoices(order)
        )
        down.action_post()
        self.settle()
        row = self.control(order)
        self.assertEqual(row.invoiced_amount, 300)
        self.pay(down)
        self.assertEqual((row.paid_amount, row.payment_state), (300, "partial"))
        rest = order._create_invoices(final=True)
        rest.action_post()
        self.settle()
        self.assertEqual(row.invoiced_amount, 1000)
        self.assertEqual(row.agreed_amount, 1000)
        self.pay(rest)
        self.assertEqual((row.paid_amount, row.payment_state), (1000, "paid"))

    def test_one_invoice_of_two_orders(self):
        orders = self.sell(quantity=1) | self.sell(quantity=3)
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.action_post()
        self.settle()
        rows = self.control(orders[0]), self.control(orders[1])
        self.assertEqual([row.invoiced_amount for row in rows], [100, 300])
        self.pay(invoice, 200)
        self.assertEqual([row.paid_amount for row in rows], [50, 150])

    def test_two_currencies(self):
        currency = self.setup_other_currency("HRK", rates=[("2016-01-01", 4.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "HRK", "currency_id": currency.id}
        )
        order = self.sell(quantity=4, price=100, pricelist_id=pricelist.id)
        row = self.control(order)
        self.assertEqual(row.agreed_amount, 100)
        invoice = self.bill(order, days_late=2)
        self.assertEqual(row.overdue_amount, 100)
        # the rate moves: still paid in full in the order's own currency
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today,
                "rate": 5.0,
                "company_id": self.company.id,
            }
        )
        self.pay(invoice)
        self.assertEqual((row.payment_state, row.overdue_amount), ("paid", 0))

    def test_too_much(self):
        order = self.sell()
        invoice = self.bill(order)
        self.pay(invoice, 150)
        self.assertEqual(self.control(order).payment_state, "over")

    def test_companies_without_branches_have_no_rows(self):
        other = self.setup_other_company(name="Other")["company"]
        env = self.env(context={"allowed_company_ids": other.ids})
        order = (
            env["sale.order"]
            .with_company(other)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": other.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.goods.id,
                                "price_unit": 10,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        self.assertNotIn(KEY, self.env.cr.precommit.data)
        self.assertFalse(self.control(order))
        self.env["sale.order.control"]._reconcile_batch(0)
        self.assertFalse(self.control(order))

    def test_reconciliation_finds_what_no_hook_saw(self):
        order = self.sell()
        self.env.cr.execute(
            "UPDATE sale_order_control SET agreed_amount = 1, payment_state = 'over'"
        )
        self.env.invalidate_all()
        self.env["sale.order.control"]._reconcile_batch(order.id - 1)
        row = self.control(order)
        self.assertEqual((row.agreed_amount, row.payment_state), (100, "none"))

    def test_rights(self):
        order = self.sell()
        row = self.control(order)
        for user, sees in (
            (self.manager_a, True),
            (self.manager_b, False),
            (self.director, True),
            (self.other_director, False),
            (self.commercial, True),
        ):
            found = row.with_user(user).search([("order_id", "=", order.id)])
            self.assertEqual(bool(found), sees, user.login)
        with self.assertRaises(AccessError):
            row.with_user(self.plain).read(["agreed_amount"])
        with self.assertRaises(AccessError):
            row.with_user(self.manager_a).write({"paid_amount": 100})
        row.with_user(self.manager_a).late_reason = "carrier"
        self.open_form(order.with_user(self.manager_a))
        self.open_form(self.customer.with_user(self.manager_a))
