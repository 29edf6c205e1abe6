from datetime import timedelta

from freezegun import freeze_time

from odoo import fields

from .loan_common import LoanCommon


class TestLoanReminders(LoanCommon):
    def activities(self, loan):
        kind = self.env.ref("sales_manager_kpi.mail_activity_type_showroom_loan_due")
        return loan.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def remind(self):
        self.env["showroom.loan"]._cron_remind()

    def test_once_for_each_day(self):
        self.customer.email = "customer@example.com"
        with freeze_time("2026-03-02 10:00:00"):
            loan = self.lend(self.sample_1, due_on="2026-03-10", remind_customer=True)
            loan = loan.sudo()
        mails, message = (
            [("recipient_ids", "in", self.customer.ids)],
            self.env["mail.mail"],
        )
        with freeze_time("2026-03-09 10:00:00"):
            self.remind()
            self.assertFalse(self.activities(loan))
        with freeze_time("2026-03-10 10:00:00"):
            self.remind()
            self.remind()
            self.assertEqual(self.activities(loan).user_id, self.manager_a)
            sent = message.search(mails)
            self.assertEqual(len(sent), 1)
            self.assertIn(self.sample_1.barcode, sent.body_html)
            loan.with_user(self.director).user_id = self.director
            self.assertEqual(self.activities(loan).user_id, self.director)
            self.activities(loan).action_feedback(feedback="Called")
        with freeze_time("2026-03-12 10:00:00"):
            self.remind()
            self.assertFalse(self.activities(loan), "it was reminded of")
            loan.due_on = "2026-03-20"
        with freeze_time("2026-03-21 10:00:00"):
            self.remind()
            self.assertEqual(len(self.activities(loan)), 1)
            self.assertEqual(len(message.search(mails)), 2)
            self.back(loan)
            self.assertFalse(self.activities(loan))

    def test_nobody_is_mailed_unasked(self):
        self.customer.email = "customer@example.com"
        with freeze_time("2026-03-02 10:00:00"):
            loan = self.lend(self.sample_1, due_on="2026-03-03").sudo()
        with freeze_time("2026-03-04 10:00:00"):
            self.remind()
            self.assertEqual(len(self.activities(loan)), 1)
            mails = self.env["mail.mail"].search([("model", "=", loan._name)])
            self.assertNotIn(self.customer, mails.recipient_ids)

    def test_deputy_finds_the_activity(self):
        with freeze_time("2026-03-02 10:00:00"):
            loan = self.lend(self.sample_1, due_on="2026-03-03").sudo()
        with freeze_time("2026-03-04 10:00:00"):
            self.remind()
            activity = self.activities(loan)
            mine = self.env["mail.activity"].with_user(self.manager_b)
            domain = [("is_stood_in_for", "=", True), ("id", "=", activity.id)]
            self.assertFalse(mine.search(domain))
            self.env["sales.substitution"].with_user(self.director).create(
                {"principal_id": self.manager_a.id, "deputy_id": self.manager_b.id}
            ).action_appoint()
            self.assertEqual(mine.search(domain).id, activity.id)

    def test_handed_over(self):
        """An absent manager's loans are on the deputy's list, with how they stand."""
        loan = self.lend(self.sample_1)
        substitution = (
            self.env["sales.substitution"]
            .with_user(self.director)
            .create({"principal_id": self.manager_a.id, "deputy_id": self.manager_b.id})
        )
        substitution.action_appoint()
        item = substitution.item_ids.filtered(lambda item: item.kind == "loan")
        self.assertEqual((item.res_model, item.res_id), (loan._name, loan.id))
        self.assertEqual((item.date_due, item.status), (loan.due_on, "loan_out"))
        self.assertEqual(item.partner_id, self.customer)
        self.back(loan, user=self.manager_b)
        item.invalidate_recordset(["status", "is_open"])
        self.assertEqual((item.status, item.is_open), ("loan_back", False))

    def test_advances_the_cadence(self):
        """Who takes samples along was spoken to: the next contact is asked for anew."""
        large = self.env["customer.class"].create(
            {"code": "L", "name": "Large", "contact_every_days": 10}
        )
        self.env["customer.class.member"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "class_id": large.id,
                "date_from": "2020-01-01",
            }
        )
        self.env["customer.figure"]._refresh_company(self.company)
        figure = self.env["customer.figure"].search(
            [("partner_id", "=", self.customer.id)]
        )
        first = figure.next_contact_on
        self.assertTrue(first)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            loan = self.lend(self.sample_1)
        self.assertEqual(figure.last_contact_at, loan.out_at)
        self.assertEqual(figure.contact_ids[0].kind, "loan")
        self.assertEqual(figure.contact_ids[0].user_id, self.manager_a)
        self.assertGreater(figure.next_contact_on, first)
