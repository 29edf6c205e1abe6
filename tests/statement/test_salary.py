from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import StatementCommon


@freeze_time("2026-02-10 12:00:00")
@tagged("standard", "post_install", "-at_install")
class TestSalary(StatementCommon):
    """Dated rows, what changed in them, and a second person where that is asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_document([(cls.cloth, 10000.0)])
        cls.Salary = cls.env["bonus.salary"].with_context(
            tracking_disable=False, mail_notrack=False
        )

    def salary(self, amount, day="2026-01-01", user=None, by=None):
        return self.Salary.with_user(by or self.payer).create(
            {
                "user_id": (user or self.manager_a).id,
                "company_id": self.company.id,
                "date_from": day,
                "amount": amount,
            }
        )

    def shown(self, user=None):
        """The salary on the statement of January."""
        self.env.invalidate_all()
        statement = self.statement(self.manager_a).with_user(user or self.payer)
        return statement.salary if statement.has_salary else None

    def test_alone(self):
        self.close_month(self.january)
        salary = self.salary(3000.0)
        self.assertEqual((salary.state, self.shown()), ("approved", 3000.0))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            with self.env.cr.savepoint():
                self.salary(4000.0)
        self.flush_tracking()
        salary.amount = 3100.0
        self.flush_tracking()
        salary.invalidate_recordset()
        values = salary.sudo().message_ids.tracking_value_ids
        self.assertEqual(values.mapped("old_value_float"), [3000.0])
        self.assertEqual(self.shown(), 3100.0)

    def test_what_changed_is_told_to_nobody_else(self):
        salary = self.salary(3000.0)
        self.flush_tracking()
        salary.amount = 3100.0
        self.flush_tracking()
        messages = salary.sudo().message_ids
        self.assertTrue(messages)
        for user in (self.director, self.commercial, self.admin, self.manager_b):
            with self.subTest(user=user.login):
                found = self.env["mail.message"].with_user(user)
                self.assertFalse(found.search([("id", "in", messages.ids)]))
                with self.assertRaises(AccessError):
                    messages.with_user(user).read(["body"])
        self.assertTrue(messages.with_user(self.manager_a).read(["body"]))

    def test_by_two(self):
        self.company.sales_manager_kpi_salary_four_eyes = True
        self.close_month(self.january)
        salary = self.salary(3000.0)
        self.assertEqual(salary.state, "to_approve")
        self.assertIsNone(self.shown(), "it does not hold yet")
        self.assertFalse(self.Salary.with_user(self.manager_a).search([]))
        for vals in ({"state": "approved"}, {"changed_by_id": self.payer_2.id}):
            with self.assertRaises(UserError):
                salary.write(vals)
        with self.assertRaises(UserError):
            self.Salary.with_user(self.payer).create(
                {
                    "user_id": self.manager_b.id,
                    "date_from": "2026-01-01",
                    "amount": 1.0,
                    "state": "approved",
                }
            )
        self.assertFalse(salary.can_approve)
        with self.assertRaisesRegex(AccessError, "wrote it yourself"):
            salary.action_approve()
        with self.assertRaises(AccessError):
            salary.with_user(self.admin).action_approve()
        # who writes it last does not approve it
        second = salary.with_user(self.payer_2)
        self.assertTrue(second.can_approve)
        second.amount = 3200.0
        with self.assertRaises(AccessError):
            second.action_approve()
        salary.action_approve()
        self.assertEqual(salary.approved_by_id, self.payer)
        self.assertEqual(self.shown(), 3200.0)
        # what two agreed on stays
        for change in (
            lambda: salary.write({"amount": 9.0}),
            lambda: salary.write({"date_to": "2026-01-31"}),
            salary.unlink,
        ):
            with self.assertRaisesRegex(UserError, "stays"):
                change()
        salary.note = "Agreed in December"
        # another one from the same day takes its place
        other = self.salary(3300.0)
        self.assertEqual(self.shown(), 3200.0)
        other.with_user(self.payer_2).action_approve()
        self.assertEqual((salary.state, self.shown()), ("replaced", 3300.0))
        with self.assertRaises(UserError):
            other.with_user(self.payer_2).action_approve()
        self.sent()
        self.assertEqual(self.shown(self.manager_a), 3300.0)

    def test_one_is_enough_again(self):
        """What waited when the company went back to one person does not stay stuck."""
        self.company.sales_manager_kpi_salary_four_eyes = True
        salary = self.salary(3000.0)
        self.assertFalse(salary.can_approve)
        self.company.sales_manager_kpi_salary_four_eyes = False
        salary.invalidate_recordset()
        salary.action_approve()
        self.assertEqual(salary.state, "approved")

    def test_nobody_approves_their_own(self):
        self.company.sales_manager_kpi_salary_four_eyes = True
        salary = self.salary(9000.0, user=self.payer_2)
        with self.assertRaises(AccessError):
            salary.with_user(self.payer_2).action_approve()
        self.assertFalse(salary.with_user(self.payer_2).can_approve)

    def test_not_in_a_month_that_is_approved(self):
        self.company.sales_manager_kpi_salary_four_eyes = True
        salary = self.salary(3000.0)
        self.close_month(self.january)
        self.sent().with_user(self.payer).action_approve()
        with self.assertRaises(UserError):
            salary.with_user(self.payer_2).action_approve()
        self.assertEqual(salary.state, "to_approve")

    def test_another_company(self):
        """A row does not slip past two people by way of a company that asks for one."""
        other = self.env["res.company"].create({"name": "Other"})
        self.payer.sudo().company_ids |= other
        self.manager_a.sudo().company_ids |= other
        self.company.sales_manager_kpi_salary_four_eyes = True
        companies = (self.company | other).ids
        Salary = self.Salary.with_user(self.payer).with_context(
            allowed_company_ids=companies, default_company_id=other.id
        )
        salary = Salary.create(
            {
                "user_id": self.manager_a.id,
                "date_from": "2026-01-01",
                "amount": 1.0,
            }
        )
        self.assertEqual((salary.company_id, salary.state), (other, "approved"))
        with self.assertRaises(UserError):
            salary.company_id = self.company

    def test_screens(self):
        self.company.sales_manager_kpi_salary_four_eyes = True
        salary = self.salary(3000.0)
        for user in (self.payer, self.payer_2):
            with Form(salary.with_user(user)) as form:
                form.note = f"Read by {user.login}"
        views = [(False, kind) for kind in ("list", "form", "search")]
        for user in (self.payer, self.manager_a):
            self.Salary.with_user(user).get_views(views)
