from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .credit_common import CreditCommon

WHOLE = 10_000


class TestCreditFill(CreditCommon):
    """Documents that find their owner later follow the policy of the absence then."""

    def without_owner(self, *documents):
        """As if nobody had known the owner when these documents counted."""
        self.env.flush_all()
        for records in documents:
            records.sudo().sales_credit_ids.unlink()
            self.env.cr.execute(
                f"UPDATE {records._table} SET credit_kind = 'unassigned', "
                "credited_user_id = NULL, credited_branch_id = NULL, "
                "substitution_id = NULL WHERE id = ANY(%s)",
                [records.ids],
            )
        self.env.invalidate_all()

    def fill(self):
        return self.env["sales.credit.fill"].sudo()._fill()

    def stamps(self, *documents):
        return [
            (
                document.credit_kind,
                document.credited_user_id,
                document.credited_branch_id,
                document.substitution_id,
                self.credit_of(document),
            )
            for records in documents
            for document in records
        ]

    def test_fill_agrees_with_the_live_rule(self):
        for policy in ("principal", "duty_fee", "deputy", "split"):
            with self.subTest(policy=policy):
                row = self.appointed(policy)
                order = self.make_order()
                invoice = self.invoice_order(order)
                refund = invoice._reverse_moves()
                refund.action_post()
                manual = self.make_invoice(date=self.branch._local_today())
                moves = invoice | refund | manual
                live = self.stamps(order, moves)
                self.assertEqual(order.substitution_id, row)
                self.without_owner(order, moves)
                self.fill()
                self.assertEqual(self.stamps(order, moves), live)
                self.assertEqual(self.fill(), 0)
                row.action_revoke()

    def test_what_the_principal_confirmed_stays_theirs(self):
        self.appointed("deputy")
        order = self.quotation()
        order.with_user(self.manager_a).action_confirm()
        self.without_owner(order)
        self.fill()
        self.assertEqual(order.credited_user_id, self.manager_a)
        self.assertFalse(order.substitution_id)

    def test_outside_of_the_absence(self):
        self.env["customer.assignment"].search([]).date_from = "2020-01-01"
        ago = fields.Datetime.now() - timedelta(days=5)
        with freeze_time(ago):
            order = self.make_order()
            invoice = self.make_invoice(date=ago.date())
        self.made_before(order, days=5)
        self.made_before(invoice, days=5)
        self.without_owner(order, invoice)
        self.appointed("deputy")
        self.fill()
        for document in (order, invoice):
            self.assertEqual(document.credited_user_id, self.manager_a)
            self.assertFalse(document.substitution_id)

    def test_areas_and_drafts_decide_nothing(self):
        self.appointed("deputy", scope_orders=False, scope_invoices=False)
        order, invoice = self.make_order(), self.make_invoice()
        self.without_owner(order, invoice)
        self.fill()
        self.assertEqual(self.credit_of(order), {self.manager_a: WHOLE})
        self.assertEqual(self.credit_of(invoice), {self.manager_a: WHOLE})

    def test_decided_by_hand_stays(self):
        self.appointed("deputy")
        order = self.make_order()
        order._store_credit({order.id: (self.third.id, self.branch.id, "single")})
        self.fill()
        self.assertEqual(order.credited_user_id, self.third)
