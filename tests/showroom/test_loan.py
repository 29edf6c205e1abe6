from datetime import date

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from .loan_common import LoanCommon


class TestLoan(LoanCommon):
    def test_lent_and_back(self):
        """A piece lies in the location of loans meanwhile, worth the same."""
        before = self.lamp.total_value
        loan = self.lend(self.sample_1, self.lamp_shown)
        place = self.branch.loan_location_id
        self.assertEqual((place.usage, place.company_id), ("internal", self.company))
        self.assertEqual(self.quantity(self.lamp, place), 1)
        self.assertEqual(self.quantity(self.lamp, self.branch.showroom_location_id), 0)
        self.assertEqual(self.lamp.total_value, before)
        moves = self.lamp_shown.sudo().move_ids
        self.assertFalse(moves.picking_id)
        self.assertFalse(moves.sale_line_id)
        self.assertFalse(moves.reference_ids)
        self.assertEqual(loan.state, "out")
        self.assertRegex(loan.name, r"^LN/")
        for sample in (self.sample_1, self.lamp_shown):
            self.assertEqual((sample.state, sample.current_loan_id), ("on_loan", loan))
        self.back(loan, self.lamp_shown, condition="c")
        self.assertEqual(loan.state, "part_returned")
        self.assertEqual((loan.out_count, loan.line_count), (1, 2))
        self.assertEqual(self.quantity(self.lamp, self.branch.showroom_location_id), 1)
        self.assertEqual(
            (self.lamp_shown.state, self.lamp_shown.condition), ("on_display", "c")
        )
        self.assertFalse(self.lamp_shown.current_loan_id)
        self.back(loan, self.sample_1)
        self.assertEqual(loan.state, "returned")
        self.assertEqual(set(loan.line_ids.mapped("state")), {"returned"})
        self.assertEqual(loan.line_ids.closed_by_id, self.manager_a)

    def test_unfit_is_to_replace(self):
        loan = self.lend(self.sample_1)
        self.back(loan, condition="d")
        self.assertEqual(
            (self.sample_1.state, self.sample_1.replace_reason),
            ("to_replace", "damaged"),
        )
        self.assertEqual(loan.line_ids.condition_out, "a")
        self.assertEqual(loan.line_ids.condition_back, "d")

    def test_only_what_is_on_display(self):
        loan = self.lend(self.sample_1)
        with self.assertRaisesRegex(UserError, "on loan"):
            self.lend(self.sample_1)
        draft = self.make_sample(made=False)
        with self.assertRaisesRegex(UserError, "to make"):
            self.lend(draft)
        self.sample_2.action_replace()
        with self.assertRaisesRegex(UserError, "to replace"):
            self.lend(self.sample_2)
        self.back(loan)
        self.lend(self.sample_1)  # again, once it is back
        self.assertEqual(self.sample_1.loan_count, 2)

    def test_one_open_loan_in_the_database_too(self):
        self.lend(self.sample_1)
        other = self.env["showroom.loan"].create(
            {
                "branch_id": self.branch.id,
                "partner_id": self.customer.id,
                "line_ids": [Command.create({"sample_id": self.sample_1.id})],
            }
        )
        with self.assertRaises(IntegrityError) as error, mute_logger("odoo.sql_db"):
            other.line_ids.state = "out"
            other.flush_recordset()
            other.line_ids.flush_recordset()
        self.assertIn("one_open_loan", error.exception.diag.constraint_name)
        words = (
            self.env["showroom.loan.line"]
            ._table_objects[error.exception.diag.constraint_name]
            .get_error_message(self.env["showroom.loan.line"], error.exception.diag)
        )
        self.assertIn("with a customer already", words)

    def test_bad_returns(self):
        loan = self.lend(self.sample_1, self.sample_2)
        self.back(loan, self.sample_1)
        with self.assertRaisesRegex(UserError, "not with the customer any more"):
            self.back(loan, self.sample_1)
        other = self.lend(self.sample_1)
        with self.assertRaisesRegex(UserError, "not on another"):
            loan._take_back({other.line_ids: "a"})
        wizard = self.wizard(loan.action_return(), self.manager_a)
        self.assertEqual(wizard.line_ids.loan_line_id.sample_id, self.sample_2)
        wizard.line_ids.copy()
        with self.assertRaisesRegex(UserError, "comes back once"):
            wizard.action_confirm()
        wizard.line_ids.outcome = "keep"
        with self.assertRaisesRegex(UserError, "one sample at least"):
            wizard.action_confirm()
        wizard.line_ids[1].unlink()
        wizard.line_ids.write({"outcome": "back", "condition": False})
        with self.assertRaisesRegex(UserError, "how it looks"):
            wizard.action_confirm()
        wizard.line_ids.loan_line_id = other.line_ids
        wizard.line_ids.condition = "a"
        with self.assertRaisesRegex(UserError, "not on another"):
            wizard.action_confirm()
        self.back(loan)
        with self.assertRaisesRegex(UserError, "back"):
            loan.action_return()

    def test_bad_loans(self):
        loans = self.env["showroom.loan"].with_user(self.manager_a)
        vals = {"branch_id": self.branch.id, "partner_id": self.customer.id}
        with self.assertRaisesRegex(UserError, "add samples"):
            loans.create(vals).action_lend()
        with self.assertRaisesRegex(UserError, "today or a later day"):
            self.lend(self.sample_1, due_on="2020-01-01")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.lend(self.sample_1, deposit_amount=-1)
            self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.lend(self.sample_1, self.sample_1)
        elsewhere = self.make_sample(kind=self.card, branch_id=self.other_branch.id)
        with self.assertRaisesRegex(ValidationError, "one branch"):
            self.lend(self.sample_1, elsewhere)
        self.assertEqual(self.sample_1.state, "on_display")
        with self.assertRaisesRegex(UserError, "one branch"):
            (self.sample_1 | elsewhere).with_user(self.commercial).action_lend()

    def test_several_by_the_wizard(self):
        samples = self.sample_1 | self.lamp_shown
        action = samples.with_user(self.manager_a).action_lend()
        wizard = self.wizard(
            action, self.manager_a, partner_id=self.customer.id, deposit_amount=50
        )
        self.assertEqual(wizard.due_on, self.branch._loan_due_on())
        result = wizard.action_confirm()
        loan = self.env["showroom.loan"].browse(result["res_id"])
        self.assertEqual(loan.line_ids.sample_id, samples)
        self.assertEqual((loan.state, loan.user_id), ("out", self.manager_a))
        with self.assertRaisesRegex(UserError, "on loan"):
            wizard.action_confirm()

    def test_draft_in_the_form(self):
        with Form(self.env["showroom.loan"].with_user(self.manager_a)) as form:
            self.assertEqual(form.branch_id, self.branch)
            self.assertTrue(form.due_on)
            form.partner_id = self.customer
            with form.line_ids.new() as line:
                line.sample_id = self.sample_1
        loan = form.save()
        self.assertEqual(self.sample_1.state, "on_display")
        loan.action_lend()
        self.assertEqual(self.sample_1.state, "on_loan")
        with Form(loan) as form:
            form.note = "Called"
        with self.assertRaisesRegex(UserError, "draft"):
            loan.partner_id = self.make_customer("Other")
        with self.assertRaisesRegex(UserError, "draft"):
            loan.line_ids = [Command.create({"sample_id": self.sample_2.id})]
        with self.assertRaisesRegex(UserError, "draft"):
            loan.line_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "are kept"):
            loan.unlink()
        copied = loan.copy()
        self.assertEqual((copied.state, len(copied.line_ids)), ("draft", 0))
        copied.unlink()

    def test_working_days(self):
        """Ten working days from a Wednesday is the Wednesday two weeks later."""
        self.assertEqual(self.company.sales_manager_kpi_loan_days, 10)
        with freeze_time("2026-03-11 10:00:00"):
            self.assertEqual(self.branch._loan_due_on(), date(2026, 3, 25))
        self.company.sales_manager_kpi_loan_days = 1
        with freeze_time("2026-03-13 10:00:00"):
            self.assertEqual(self.branch._loan_due_on(), date(2026, 3, 16))
        self.branch.resource_calendar_id.attendance_ids.unlink()
        with freeze_time("2026-03-13 10:00:00"):
            self.assertEqual(self.branch._loan_due_on(), date(2026, 3, 14))

    def test_overdue_is_asked_of_the_day(self):
        with freeze_time("2026-03-02 10:00:00"):
            loan = self.lend(self.sample_1, due_on="2026-03-10")
            back = self.lend(self.sample_2, due_on="2026-03-10")
            self.back(back)
        loans = loan | back
        for moment, late in (("2026-03-10 10:00", False), ("2026-03-11 10:00", True)):
            with freeze_time(moment):
                loans.invalidate_recordset(["is_overdue"])
                self.assertEqual(loan.is_overdue, late)
                self.assertFalse(back.is_overdue)
                found = loan.search([("is_overdue", "=", True)])
                self.assertEqual(found & loans, loan if late else loan.browse())
                found = loan.search([("is_overdue", "=", False)])
                self.assertEqual(found & loans, back if late else loans)
                self.branch.invalidate_recordset(["showroom_overdue"])
                self.assertEqual(self.branch.showroom_overdue, int(late))

    def test_counts_as_shown_where_the_type_says_so(self):
        key = (self.branch.id, self.velvet.id, self.swatch.id)

        def present():
            return self.env["showroom.sample"]._present(self.branch).get(key, 0)

        self.assertEqual(present(), 2)
        with freeze_time("2026-03-02 10:00:00"):
            self.lend(self.sample_1, due_on="2026-03-10")
            self.assertEqual(present(), 1)
            self.swatch.loan_counts = True
            self.assertEqual(present(), 2)
        with freeze_time("2026-03-10 10:00:00"):
            self.assertEqual(present(), 2)
        with freeze_time("2026-03-11 10:00:00"):
            self.assertEqual(present(), 1, "overdue")

    def test_another_day(self):
        """Agreed in time it counts; afterwards it is only reminded of."""
        with freeze_time("2026-03-02 10:00:00"):
            loan = self.lend(self.sample_1, due_on="2026-03-10")
        with freeze_time("2026-03-10 10:00:00"):
            loan.due_on = "2026-03-20"
            self.assertEqual(loan.agreed_due_on, date(2026, 3, 20))
        with freeze_time("2026-03-21 10:00:00"):
            loan.due_on = "2026-03-30"
            self.assertEqual(loan.agreed_due_on, date(2026, 3, 20))
            self.assertFalse(loan.is_overdue)
            with self.assertRaisesRegex(ValidationError, "later day"):
                loan.due_on = "2026-03-01"
            self.back(loan)
        self.assertFalse(loan.line_ids.is_in_time)

    def test_lost(self):
        """Its piece is used up with its value; a sample may be lost by itself too."""
        loan = self.lend(self.sample_1, self.lamp_shown)
        wizard = self.wizard(loan.action_return(), self.manager_a, reason="Thrown out")
        wizard.line_ids.outcome = "lost"
        wizard.line_ids[0].outcome = "keep"
        wizard.action_confirm()
        self.assertEqual(
            (self.lamp_shown.state, self.lamp_shown.end_reason), ("lost", "Thrown out")
        )
        self.assertEqual(self.quantity(self.lamp, self.branch.loan_location_id), 0)
        self.assertEqual(self.quantity(self.lamp, self.branch.sample_location_id), 1)
        self.assertEqual((loan.state, loan.out_count), ("part_returned", 1))
        self.sample_1.with_user(self.manager_a)._end("lost", "Gone")
        self.assertEqual(loan.state, "lost")
        self.assertFalse(self.sample_1.current_loan_id)
        self.sample_1.with_user(self.manager_a).action_redisplay()
        self.assertEqual(self.sample_1.state, "on_display")

    def test_nobody_ends_a_lent_sample_otherwise(self):
        self.lend(self.sample_1)
        sample = self.sample_1.with_user(self.manager_a)
        for step in (sample.action_end, sample.action_replace):
            with self.assertRaisesRegex(UserError, "on loan"):
                step()
        with self.assertRaisesRegex(UserError, "on loan"):
            sample._end("scrap", "Worn")

    def test_deposit(self):
        loan = self.lend(self.sample_1, deposit_amount=100)
        with self.assertRaisesRegex(UserError, "first as received"):
            loan.action_deposit_returned()
        loan.action_deposit_received()
        self.assertEqual(loan.deposit_received_by_id, self.manager_a)
        self.assertEqual(loan.deposit_received_on, self.branch._local_today())
        with self.assertRaisesRegex(UserError, "each once"):
            loan.action_deposit_received()
        with self.assertRaisesRegex(UserError, "stays as it was"):
            loan.deposit_amount = 1
        loan.with_user(self.director).action_deposit_returned()
        self.assertEqual(loan.deposit_returned_by_id, self.director)
        with self.assertRaisesRegex(UserError, "each once"):
            loan.action_deposit_returned()
        with self.assertRaisesRegex(UserError, "where there is one"):
            self.lend(self.sample_2).action_deposit_received()

    def test_counts_on_customer_and_sample(self):
        contact = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.customer.id}
        )
        loan = self.lend(self.sample_1, partner_id=contact.id)
        customer = self.customer.with_user(self.manager_a)
        self.assertEqual(customer.showroom_loan_count, 1)
        action = customer.action_open_showroom_loans()
        self.assertEqual(loan.search(action["domain"]), loan)
        action = self.sample_1.with_user(self.manager_a).action_open_loans()
        self.assertEqual(loan.search(action["domain"]), loan)
        action = self.branch.with_user(self.manager_a).action_open_showroom_overdue()
        self.assertEqual(action["res_model"], "showroom.loan")
