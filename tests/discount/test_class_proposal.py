from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError

from .common import DiscountCommon


class TestClassProposal(DiscountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Class = cls.env["customer.class"]
        cls.class_a = Class.create(
            {
                "code": "A",
                "name": "Large",
                "sequence": 1,
                "min_turnover": 1000,
                "max_days_late": 10,
            }
        )
        cls.class_b = Class.create({"code": "B", "name": "Other", "sequence": 2})
        cls.month_ago = fields.Date.today().replace(day=15) - relativedelta(months=1)
        cls.large = cls.make_customer("Large", cls.manager_a)
        cls.small = cls.make_customer("Small", cls.manager_a)
        cls.hamburg = cls.make_customer("Hamburg", cls.manager_b)

    def bill(self, customer, amount, days_late=None, **values):
        """An invoice due on the 15th of last month, paid so many days later."""
        due = self.month_ago
        move = self.make_invoice(
            customer,
            amount,
            due,
            invoice_date_due=due,
            invoice_payment_term_id=False,
            **values,
        )
        if days_late is not None:
            self.pay(move, amount, days_late)
        return move

    def pay(self, move, amount, days_late):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(
            {
                "amount": amount,
                "payment_date": self.month_ago + timedelta(days=days_late),
            }
        ).action_create_payments()

    def propose(self, user=None, **values):
        wizard = (
            self.env["customer.class.proposal"]
            .with_user(user or self.director)
            .create({"months": 2, **values})
        )
        wizard.action_propose()
        return wizard

    def proposed(self, wizard):
        return {line.partner_id: line.class_id for line in wizard.line_ids}

    def test_turnover_and_payment(self):
        self.bill(self.large, 1000, 5)
        self.bill(self.small, 999.99, 0)
        self.bill(self.hamburg, 5000, 0)
        wizard = self.propose()
        self.assertEqual(
            self.proposed(wizard), {self.large: self.class_a, self.small: self.class_b}
        )
        self.assertEqual(wizard.line_ids[0].partner_id, self.large)
        self.assertAlmostEqual(wizard.line_ids[0].days_late, 5)
        everybody = self.proposed(self.propose(self.commercial))
        self.assertEqual(everybody[self.hamburg], self.class_a)

    def test_late_weighted_by_amount(self):
        """900 paid 2 days late and 300 paid 38 days late are 11 days."""
        move = self.bill(self.large, 1200)
        self.pay(move, 900, 2)
        self.pay(move, 300, 38)
        wizard = self.propose()
        self.assertAlmostEqual(wizard.line_ids.days_late, 11)
        self.assertEqual(wizard.line_ids.class_id, self.class_b)

    def test_open_is_late_until_today_and_credit_pays_nothing(self):
        move = self.bill(self.large, 2000)
        refund = move._reverse_moves([{"invoice_date": self.month_ago}])
        refund.invoice_line_ids.price_unit = 500
        refund.action_post()
        lines = (move | refund).line_ids
        lines.filtered(lambda r: r.display_type == "payment_term").reconcile()
        today = self.env["sales.branch"]._company_local_date(self.company)
        days = (today - self.month_ago).days
        wizard = self.propose()
        self.assertAlmostEqual(wizard.line_ids.turnover, 1500)
        self.assertAlmostEqual(wizard.line_ids.days_late, days)

    def test_a_person_applies(self):
        self.bill(self.large, 1000, 0)
        self.bill(self.small, 10, 0)
        wizard = self.propose(reason="Yearly review")
        self.assertFalse(self.class_a.member_ids)
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.line_ids[0].is_chosen = True
        wizard.action_apply()
        row = self.class_a.member_ids
        self.assertEqual(row.partner_id, self.large)
        self.assertEqual(row.decided_by_id, self.director)
        self.assertEqual(row.reason, "Yearly review")
        self.assertFalse(self.class_b.member_ids)
        again = self.propose()
        self.assertNotIn(self.large, again.line_ids.partner_id)
        again.line_ids.is_chosen = True
        again.line_ids.partner_id = self.large
        again.action_apply()
        self.assertEqual(row.class_id, self.class_b)

    def test_set_based(self):
        customers = [self.make_customer(f"C{i}", self.manager_a) for i in range(8)]
        wizard = self.propose(self.commercial)
        lines = wizard.line_ids.create(
            [
                {
                    "proposal_id": wizard.id,
                    "partner_id": customer.id,
                    "class_id": self.class_a.id,
                    "is_chosen": True,
                }
                for customer in customers
            ]
        )
        self.env.flush_all()
        few = self.queries(wizard, lines[:2])
        many = self.queries(wizard, lines[2:])
        self.assertLessEqual(many, few)

    def queries(self, wizard, lines):
        before = self.env.cr.sql_log_count
        wizard._put(lines)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_who_may(self):
        for user, branch in (
            (self.director, self.other_branch),
            (self.director, self.env["sales.branch"]),
        ):
            with self.assertRaises(AccessError):
                self.propose(user, branch_id=branch.id)
        with self.assertRaises(AccessError):
            self.propose(self.manager_a)
        wizard = self.propose()
        wizard.line_ids.create(
            {
                "proposal_id": wizard.id,
                "partner_id": self.hamburg.id,
                "class_id": self.class_a.id,
                "is_chosen": True,
            }
        )
        with self.assertRaises(AccessError):
            wizard.action_apply()

    def test_bad_input(self):
        for months in (0, -3, 37):
            with self.assertRaises(ValidationError):
                self.propose(months=months)
        self.bill(self.large, 1000, 0)
        wizard = self.propose(date_from=fields.Date.today() - relativedelta(days=2))
        wizard.line_ids.is_chosen = True
        with self.assertRaises(UserError):
            wizard.action_apply()
        (self.class_a | self.class_b).action_archive()
        with self.assertRaises(UserError):
            self.propose()
