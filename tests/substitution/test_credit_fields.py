from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ..common import OrganisationCommon


class TestCreditFields(OrganisationCommon):
    def draft(self, user=None, **values):
        return (
            self.env["sales.substitution"]
            .with_user(user or self.director)
            .create(
                {
                    "principal_id": self.manager_a.id,
                    "deputy_id": self.manager_b.id,
                    "date_from": "2036-12-01",
                    "date_to": "2036-12-14",
                    **values,
                }
            )
        )

    def test_defaults(self):
        row = self.draft()
        self.assertEqual(row.credit_policy, "principal")
        self.assertEqual(row.credit_moment, "confirmation")

    def test_share_in_basis_points(self):
        row = self.draft(credit_policy="split", deputy_share=33.33)
        self.assertEqual(row.sudo().deputy_share_bp, 3333)
        self.assertEqual(row.principal_share, 66.67)
        row.deputy_share = 0.01
        self.assertEqual(row.deputy_share_bp, 1)
        row.deputy_share = 29.0  # 28.999999999999996 in floats
        self.assertEqual(row.deputy_share_bp, 2900)

    @mute_logger("odoo.sql_db")
    def test_both_get_a_share(self):
        for share in (0, 100, -5, 120):
            with self.subTest(share=share):
                with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                    self.draft(credit_policy="split", deputy_share=share)

    def test_fee_is_needed_and_positive(self):
        row = self.draft(credit_policy="duty_fee")
        with self.assertRaises(ValidationError) as refused, self.env.cr.savepoint():
            row.action_appoint()
        self.assertIn("how much", str(refused.exception))
        row.invalidate_recordset()
        row.duty_fee = 60
        row.action_appoint()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.draft(date_from="2037-01-01", date_to="2037-01-02", duty_fee=-1)

    def test_fixed_once_appointed(self):
        row = self.draft(credit_policy="duty_fee", duty_fee=60)
        row.credit_policy = "split"
        row.action_appoint()
        for vals in (
            {"credit_policy": "deputy"},
            {"credit_moment": "quotation"},
            {"deputy_share": 10},
            {"deputy_share_bp": 1000},
            {"duty_fee": 600},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                row.write(vals)
        row.date_to = "2036-12-12"  # the end may move, the policy stays
        self.assertEqual(row.credit_policy, "split")

    def test_neither_principal_nor_deputy_decides(self):
        row = self.draft()
        for user in (self.manager_a, self.manager_b):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"credit_policy": "deputy"})
        with self.assertRaises(AccessError):
            row.with_user(self.other_director).write({"credit_policy": "deputy"})

    def test_who_sees_the_fee(self):
        """The deputy and the directors; what one reads is not left for the next."""
        row = self.draft(credit_policy="duty_fee", duty_fee=60)
        fee = {
            user: row.with_user(user).duty_fee
            for user in (
                self.director,
                self.manager_a,
                self.manager_b,
                self.commercial,
            )
        }
        self.assertEqual(
            fee,
            {
                self.director: 60,
                self.manager_a: 0,
                self.manager_b: 60,
                self.commercial: 60,
            },
        )
        principal = row.with_user(self.manager_a)
        self.assertEqual(principal.sudo().duty_fee, 0)
        self.assertNotIn("60", principal.credit_sentence)
        self.assertIn("60", row.with_user(self.manager_b).credit_sentence)
        for user in (self.manager_a, self.manager_b, self.admin):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["duty_fee_amount"])
        found = self.env["sales.substitution"].with_user(self.manager_a)
        with self.assertRaises(AccessError):
            found.search([("duty_fee_amount", ">", 50)])
        with self.assertRaises(AccessError):
            row.write({"duty_fee_amount": 1})

    def test_the_absent_director_does_not_see_it(self):
        row = self.draft(
            user=self.commercial,
            principal_id=self.director.id,
            deputy_id=self.other_director.id,
            credit_policy="duty_fee",
            duty_fee=60,
        )
        self.assertEqual(row.with_user(self.director).duty_fee, 0)
        self.assertEqual(row.with_user(self.other_director).duty_fee, 60)

    def test_in_words(self):
        a, b = self.manager_a.name, self.manager_b.name
        days = "from 1 December 2036 to 14 December 2036"
        row = self.draft()
        for vals, sentence in (
            ({}, f"Orders confirmed {days} count for {a}."),
            (
                {"credit_policy": "deputy"},
                f"Orders confirmed {days} count for {b}. "
                f"What {a} does personally stays theirs.",
            ),
            (
                {"credit_moment": "quotation"},
                f"Quotations made {days} count for {b}. "
                f"What {a} does personally stays theirs.",
            ),
            (
                {"credit_policy": "split", "deputy_share": 30},
                f"Quotations made {days} count for {b} with 30.00 % and for {a} with "
                f"70.00 %. What {a} does personally stays theirs.",
            ),
            (
                {"scope_orders": False, "credit_policy": "principal"},
                f"Invoices without an order, dated {days} count for {a}.",
            ),
            (
                {"scope_invoices": False},
                "Neither orders nor invoices: the credit stays as it is.",
            ),
        ):
            row.write(vals)
            self.assertEqual(row.credit_sentence, sentence)
        row.write({"scope_orders": True, "date_to": "2036-12-01"})
        self.assertIn("on 1 December 2036", row.credit_sentence)

    def test_on_the_form(self):
        with Form(self.env["sales.substitution"].with_user(self.director)) as form:
            form.principal_id = self.manager_a
            self.assertFalse(form.credit_sentence)
            form.deputy_id = self.manager_b
            self.assertIn(self.manager_a.name, form.credit_sentence)
            form.credit_policy = "duty_fee"
            form.duty_fee = 45.5
            self.assertIn("45.50", form.credit_sentence)
        self.assertEqual(form.record.sudo().duty_fee_amount, 45.5)
