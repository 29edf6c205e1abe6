from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError

from .credit_common import CreditCommon

WHOLE = 10_000


class TestCreditOfInvoices(CreditCommon):
    def post(self, move, user=None):
        (move.with_user(user).sudo() if user else move).action_post()
        return move

    def draft(self, **values):
        return self.make_invoice(post=False, **values)

    def test_without_an_order(self):
        for policy, expected in (
            ("principal", {self.manager_a: WHOLE}),
            ("duty_fee", {self.manager_a: WHOLE}),
            ("deputy", {self.deputy: WHOLE}),
            ("split", {self.manager_a: 5000, self.deputy: 5000}),
        ):
            with self.subTest(policy):
                row = self.appointed(policy)
                move = self.post(self.draft(date=self.branch._local_today()))
                self.assertEqual(self.credit_of(move), expected)
                self.assertEqual(move.substitution_id, row)
                row.action_revoke()

    def test_principal_posts(self):
        self.appointed("deputy")
        move = self.post(self.draft(date=self.branch._local_today()), self.manager_a)
        self.assertEqual(move.credited_user_id, self.manager_a)
        self.assertFalse(move.substitution_id)

    def test_areas(self):
        self.appointed("deputy", scope_invoices=False)
        move = self.post(self.draft(date=self.branch._local_today()))
        self.assertEqual(move.credited_user_id, self.manager_a)

    def test_counts_by_its_date(self):
        """Posted after the absence for a day within it, and the other way round."""
        self.env["customer.assignment"].search([]).date_from = "2020-01-01"
        self.appointed("deputy", start=-240, stop=-120)
        day = self.branch._local_today() - timedelta(days=7)
        self.assertEqual(self.post(self.draft(date=day)).credited_user_id, self.deputy)
        day = self.branch._local_today() - timedelta(days=20)
        self.assertEqual(
            self.post(self.draft(date=day)).credited_user_id, self.manager_a
        )
        today = self.post(self.draft(date=self.branch._local_today()))
        self.assertEqual(today.credited_user_id, self.manager_a)

    def test_by_the_day_of_the_draft(self):
        self.appointed("deputy", start=-240, stop=-120, credit_moment="quotation")
        within, after = self.draft(), self.draft()
        self.made_before(within, days=7)
        self.post(within + after)
        self.assertEqual(within.credited_user_id, self.deputy)
        self.assertEqual(after.credited_user_id, self.manager_a)

    def test_the_order_decides_about_its_invoice(self):
        row = self.appointed("split")
        order = self.make_order()
        row.action_revoke()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=1)):
            invoice = self.invoice_order(order)
            refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
            refund.action_post()
        for move in (invoice, refund):
            self.assertEqual(
                self.credit_of(move), {self.manager_a: 5000, self.deputy: 5000}
            )
            self.assertEqual(move.substitution_id, row)
            self.assertEqual(
                set(move.sales_credit_ids.mapped("kind")), {"substitution"}
            )

    def test_order_from_before_is_not_touched(self):
        order = self.make_order()
        self.appointed("deputy")
        self.assertEqual(self.invoice_order(order).credited_user_id, self.manager_a)

    def test_refund_without_origin_needs_an_owner(self):
        self.appointed("deputy")
        refund = self.make_invoice(
            move_type="out_refund", date=self.branch._local_today()
        )
        self.assertEqual(refund.credit_kind, "needs_owner")
        self.assertFalse(refund.substitution_id)

    def test_one_invoice_of_orders_before_and_during(self):
        """The same owner, but by two decisions: each line follows its order."""
        before = self.make_order(price=40)
        row = self.appointed("principal")
        during = self.make_order(price=60)
        invoice = (before + during)._create_invoices()
        invoice.action_post()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.credit_kind, "by_line")
        facts = self.env["sales.fact.report"].search(
            [("basis", "=", "invoice"), ("move_id", "=", invoice.id)]
        )
        self.assertEqual(facts.user_id, self.manager_a)
        through = facts.filtered("substitution_id")
        self.assertEqual(through.substitution_id, row)
        self.assertEqual(through.mapped("amount"), [60])

    def test_who_reads_it(self):
        """Both who share and their directors; the deputy also when it is over."""
        row = self.appointed("split")
        order = self.make_order()
        invoice = self.invoice_order(order)
        row.action_revoke()
        self.env.invalidate_all()
        readers = (self.manager_a, self.deputy, self.director, self.other_director)
        for user in readers:
            for document in (order, invoice):
                with self.subTest(user=user.login, document=document._name):
                    self.open_form(document.with_user(user))
        for document in (order, invoice):
            self.assertFalse(document.with_user(self.third).has_access("read"))
        self.appointed("deputy", start=0)
        order = self.make_order()
        self.assertEqual(order.credited_user_id, self.deputy)
        with freeze_time(fields.Datetime.now() + timedelta(days=40)):
            self.assertFalse(self.env["sales.substitution"]._acting(user=self.deputy))
            self.open_form(order.with_user(self.deputy))

    def test_nobody_writes_the_stamp(self):
        row = self.appointed("deputy")
        order = self.make_order()
        invoice = self.invoice_order(order)
        users = (self.manager_a, self.deputy, self.director, self.commercial)
        for user in (*users, self.admin):
            for document in (order, invoice):
                for value in (False, row.id):
                    with self.subTest(user=user.login, document=document._name):
                        with self.assertRaises(AccessError):
                            document.with_user(user).write({"substitution_id": value})
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(self.manager_a).create(
                {"partner_id": self.customer.id, "substitution_id": row.id}
            )
        copied = self.env["sale.order"].with_user(self.manager_a)
        copied = copied.with_context(default_substitution_id=row.id)
        copied = copied.create({"partner_id": self.customer.id})
        self.assertFalse(copied.substitution_id)
        self.assertFalse(order.copy().substitution_id)
