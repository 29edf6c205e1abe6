from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError

from .loan_common import LoanCommon


class TestLoanRights(LoanCommon):
    def test_who_lends(self):
        """Who works in the branch or directs it; all managers read."""
        for user in (self.manager_a, self.director, self.commercial):
            loan = self.lend(self.sample_1, user=user, deposit_amount=5)
            loan.note = user.login
            loan.action_deposit_received()
            self.back(loan, user=user)
        loan = self.lend(self.sample_1, deposit_amount=5)
        for user in (self.manager_b, self.other_director):
            other = loan.with_user(user)
            self.assertEqual(other.line_ids.state, "out")
            self.assertEqual(other.partner_id, self.customer)
            for call in (
                lambda loan=other: loan.write({"note": "Mine"}),
                lambda loan=other: loan.action_return(),
                lambda loan=other: loan._take_back({loan.line_ids: "a"}),
                lambda loan=other: loan._lose(loan.line_ids, "Gone"),
                lambda loan=other: loan.action_charge(),
                lambda loan=other: loan.action_deposit_received(),
                lambda user=user: self.lend(self.sample_2, user=user),
                lambda user=user: self.sample_2.with_user(user).action_lend(),
            ):
                with self.assertRaises(AccessError):
                    call()
        draft = loan.copy()
        with self.assertRaises(AccessError):
            draft.branch_id = self.other_branch
        theirs = self.env["showroom.loan"].create(
            {"branch_id": self.other_branch.id, "partner_id": self.customer.id}
        )
        elsewhere = self.make_sample(kind=self.card, branch_id=self.other_branch.id)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager_a).line_ids.create(
                {"loan_id": theirs.id, "sample_id": elsewhere.id}
            )
        for user in (self.plain, self.supervisor):
            with self.assertRaises(AccessError):
                loan.with_user(user).read(["state"])
            with self.assertRaises(AccessError):
                loan.line_ids.with_user(user).read(["state"])

    def test_wizards_of_others(self):
        """Neither a loan nor a sample of another branch by a wizard of one's own."""
        loan = self.lend(self.sample_1)
        wizard = (
            self.env["showroom.return"]
            .with_user(self.manager_b)
            .with_context(default_loan_id=loan.id)
            .create({})
        )
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        wizard = (
            self.env["showroom.lend"]
            .with_user(self.manager_b)
            .create(
                {
                    "sample_ids": [Command.set(self.sample_2.ids)],
                    "partner_id": self.customer.id,
                }
            )
        )
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager_a).read(["due_on"])
        self.assertEqual(self.sample_2.state, "on_display")

    def test_deputy(self):
        """Who stands in lends and takes back, and it is known for whom."""
        substitution = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": self.manager_b.id})
        )
        substitution.action_appoint()
        loan = self.lend(self.sample_1, user=self.manager_b)
        self.assertEqual(
            (loan.user_id, loan.acting_for_id), (self.manager_b, self.manager_a)
        )
        self.assertEqual(loan._reminded_user(), self.manager_b)
        self.assertFalse(self.lend(self.sample_2).acting_for_id)
        substitution.action_revoke()
        self.assertEqual(loan._reminded_user(), self.manager_a)
        with self.assertRaises(AccessError):
            self.back(loan, user=self.manager_b)
        self.back(loan)

    def test_system_fields(self):
        loan = self.lend(self.sample_1)
        for vals in (
            {"state": "returned"},
            {"out_at": fields.Datetime.now()},
            {"agreed_due_on": date.today() + timedelta(days=90)},
            {"deposit_received_on": date.today()},
            {"user_id": self.director.id},
            {"reminded_for": date.today()},
        ):
            with self.assertRaises(AccessError):
                loan.write(vals)
        for vals in ({"state": "returned"}, {"is_converted": True}, {"user_id": 1}):
            with self.assertRaises(AccessError):
                loan.line_ids.write(vals)
        with self.assertRaises(AccessError):
            loan.with_user(self.manager_a).create(
                {
                    "branch_id": self.branch.id,
                    "partner_id": self.customer.id,
                    "state": "out",
                }
            )
        with self.assertRaises(AccessError):
            self.sample_2.with_user(self.manager_a).write({"current_loan_id": loan.id})
        loan.with_user(self.director).user_id = self.director
        self.assertEqual(loan.line_ids.user_id, self.manager_a, "who lent it")

    def test_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.make_user("foreign", "sales_manager_kpi.group_manager", other)
        loan = self.lend(self.sample_1)
        for record in (loan, loan.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(foreign).read(["state"])
            found = record.with_user(foreign).search([("id", "in", record.ids)])
            self.assertFalse(found)
        theirs = self.make_customer("Theirs", company_id=other.id)
        with self.assertRaises(UserError):
            self.lend(self.sample_2, partner_id=theirs.id)
