from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import mute_logger

from ..common import MANAGER
from .common import ControlCommon


class TestPaymentFindings(ControlCommon):
    """What is wrong with a payment, settled by a named person for a reason."""

    def found(self, payment):
        rows = self.env["payment.finding"].search(
            [("move_id", "in", payment.move_id.ids), ("state", "=", "open")]
        )
        return set(rows.mapped("kind"))

    def billed(self, **values):
        return self.bill(self.sell(**values))

    def test_nothing_wrong(self):
        self.assertEqual(self.found(self.pay(self.billed())), set())

    def test_amount(self):
        payment = self.pay(self.billed(), 70)
        self.assertEqual(self.found(payment), {"amount"})

    def test_amount_that_was_promised(self):
        invoice = self.billed()
        self.env["payment.promise"].create(
            {"partner_id": self.customer.id, "amount": 70, "promised_on": self.today}
        )
        self.assertEqual(self.found(self.pay(invoice, 70)), set())

    def test_amount_of_an_instalment(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 30}
                    ),
                ],
            }
        )
        invoice = self.billed(payment_term_id=term.id)
        self.assertEqual(self.found(self.pay(invoice, 50)), set())

    def test_reference(self):
        payment = self.pay(self.billed(), communication="for the curtains")
        self.assertEqual(self.found(payment), {"reference"})

    def test_reference_of_the_order(self):
        order = self.sell()
        payment = self.pay(self.bill(order), communication=f"Order {order.name} thanks")
        self.assertEqual(self.found(payment), set())

    def test_currency(self):
        currency = self.setup_other_currency("HRK", rates=[("2016-01-01", 4.0)])
        payment = self.pay(self.billed(), currency_id=currency.id)
        self.assertEqual(self.found(payment), {"currency"})

    def test_over(self):
        payment = self.pay(self.billed(), 130)
        self.assertEqual(self.found(payment), {"over"})
        finding = self.env["payment.finding"].search(
            [("move_id", "=", payment.move_id.id)]
        )
        self.assertEqual(finding.amount, 30)

    def test_payer(self):
        invoice = self.billed()
        other = self.make_customer("Sister", self.manager_b)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": other.id,
                "amount": 100,
                "journal_id": self.company_data["default_journal_bank"].id,
                "memo": invoice.name,
            }
        )
        payment.action_post()
        lines = (invoice.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.settle()
        self.assertEqual(self.found(payment), {"payer"})
        finding = self.env["payment.finding"].search(
            [("move_id", "=", payment.move_id.id)]
        )
        self.assertEqual(finding.user_id, self.manager_a)
        self.assertTrue(finding.with_user(self.manager_a).search([]))
        self.assertFalse(finding.with_user(self.manager_b).search([]))

    def test_double(self):
        invoice = self.billed()
        first = self.pay(invoice)
        second = first.copy({"memo": first.memo, "date": first.date})
        second.action_post()
        self.settle()
        self.assertEqual(self.found(first), set())
        self.assertEqual(self.found(second), {"double"})
        other = self.billed()
        third = self.pay(other)
        self.assertEqual(self.found(third), set())

    def test_gone_by_itself(self):
        payment = self.pay(self.billed(), 130)
        second = self.billed(price=30)
        lines = (second.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        lines.reconcile()
        self.settle()
        self.assertEqual(self.found(payment), set())
        finding = self.env["payment.finding"].search(
            [("move_id", "=", payment.move_id.id)]
        )
        self.assertEqual(finding.state, "gone")

    def test_settled_once_and_for_all(self):
        payment = self.pay(self.billed(), 130)
        finding = self.env["payment.finding"].search(
            [("move_id", "=", payment.move_id.id)]
        )
        mine = finding.with_user(self.manager_a)
        with self.assertRaises(UserError):
            mine.settle("  ")
        with self.assertRaises(AccessError):
            finding.with_user(self.manager_b).settle("none of mine")
        with self.assertRaises(AccessError):
            mine.write({"state": "settled"})
        wizard = self.env["payment.finding.settle"].with_user(self.manager_a)
        wizard.create(
            {"finding_ids": finding.ids, "reason": "kept for the next order"}
        ).action_confirm()
        self.assertEqual(
            (finding.state, finding.settled_by_id), ("settled", self.manager_a)
        )
        with self.assertRaises(UserError):
            mine.settle("again")
        self.env["payment.finding"]._look_at_recent()
        self.assertEqual(self.found(payment), set())

    def test_night_finds_it_too(self):
        payment = self.pay(self.billed(), 130)
        self.env["payment.finding"].sudo().search([]).unlink()
        self.env["sale.order.control"]._after_reconciled()
        self.assertEqual(self.found(payment), {"over"})


class TestPromises(ControlCommon):
    """A promise is kept or broken by what is paid."""

    def promise(self, user=None, **values):
        return (
            self.env["payment.promise"]
            .with_user(user or self.manager_a)
            .create(
                {
                    "partner_id": self.customer.id,
                    "amount": 100,
                    "promised_on": fields.Date.add(self.today, days=3),
                    **values,
                }
            )
        )

    def test_kept(self):
        invoice = self.bill(self.sell())
        promise = self.promise()
        self.assertEqual(promise.branch_id, self.branch)
        activity = promise.sudo().activity_ids
        self.assertEqual(activity.user_id, self.manager_a)
        self.assertGreaterEqual(activity.date_deadline, promise.promised_on)
        self.assertLess(activity.date_deadline.weekday(), 5)
        self.pay(invoice, 40)
        self.assertEqual((promise.state, promise.paid_amount), ("open", 40))
        self.pay(invoice)
        self.assertEqual(promise.state, "kept")
        self.assertFalse(promise.sudo().activity_ids)

    def test_broken(self):
        invoice = self.bill(self.sell())
        promise = self.promise()
        day = fields.Date.subtract(self.today, days=1)
        # sudo: time passes
        promise.sudo().write({"promised_on": day, "made_on": day})
        self.env["payment.promise"]._judge()
        self.assertEqual(promise.state, "broken")
        self.pay(invoice)
        self.assertEqual(promise.state, "broken")

    def test_of_one_order(self):
        order, other = self.sell(), self.sell()
        invoice, other_invoice = self.bill(order), self.bill(other)
        promise = self.promise(order_id=order.id)
        self.pay(other_invoice)
        self.assertEqual(promise.state, "open")
        self.pay(invoice)
        self.assertEqual(promise.state, "kept")

    def test_in_another_currency(self):
        currency = self.setup_other_currency("HRK", rates=[("2016-01-01", 4.0)])
        invoice = self.bill(self.sell())
        promise = self.promise(currency_id=currency.id, amount=400)
        self.pay(invoice, 99)
        self.assertEqual((promise.state, promise.paid_amount), ("open", 396))
        self.pay(invoice)
        self.assertEqual(promise.state, "kept")

    def test_bad_input(self):
        with self.assertRaises(ValidationError):
            self.promise(promised_on=fields.Date.subtract(self.today, days=1))
        with mute_logger("odoo.sql_db"):
            with self.assertRaises(CheckViolation), self.cr.savepoint():
                self.promise(amount=0)
            promise = self.promise()
            with self.assertRaises(UniqueViolation), self.cr.savepoint():
                self.promise()
        with self.assertRaises(UserError):
            promise.amount = 5
        with self.assertRaises(AccessError):
            promise.write({"state": "kept"})
        with self.assertRaises(AccessError):
            promise.with_user(self.manager_b).action_withdraw()
        promise.action_withdraw()
        self.assertEqual(promise.state, "withdrawn")
        self.promise()

    def test_by_a_deputy(self):
        """A deputy writes a promise down and settles a finding, in whose name."""
        payment = self.pay(self.bill(self.sell()), 70)
        finding = self.env["payment.finding"].search(
            [("move_id", "=", payment.move_id.id), ("state", "=", "open")]
        )
        deputy = self.make_user("deputy", MANAGER)
        with self.assertRaises(AccessError):
            finding.with_user(deputy).settle("Agreed by phone")
        row = self.stand_in(self.manager_a, deputy)
        item = row.item_ids.filtered(lambda item: item.kind == "finding")
        self.assertEqual((item.res_id, item.status), (finding.id, "finding_open"))
        promise = self.promise(deputy, user_id=self.manager_a.id)
        self.assertEqual(promise.acting_for_id, self.manager_a)
        self.assertTrue(promise.with_user(self.manager_a).has_access("read"))
        promise.action_withdraw()
        finding.with_user(deputy).settle("Agreed by phone")
        self.assertEqual(finding.settled_by_id, deputy)
        self.assertEqual(finding.acting_for_id, self.manager_a)
        item.invalidate_recordset(["status", "is_open"])
        self.assertEqual((item.status, item.is_open), ("finding_settled", False))
