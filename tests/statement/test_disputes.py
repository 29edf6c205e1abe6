from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import StatementCommon

DECIDE = "sales_manager_kpi.mail_activity_type_dispute_decide"


@tagged("standard", "post_install", "-at_install")
class TestDisputes(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_document([(cls.cloth, 10000.0)])
        cls.close_month(cls.january)

    def wizard(self, dispute, step, user, **values):
        action = dispute.with_user(user)._ask_step(step)
        return (
            self.env["evaluation.dispute.decide"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"note": "Because", **values})
        )

    def test_of_a_statement_line(self):
        """Disputed, accepted in part, adjusted by another, sent and approved."""
        statement = self.sent()
        dispute = self.dispute(
            statement.line_ids, claimed_amount=50.0, kind="missing_deal"
        )
        self.assertRecordValues(
            dispute,
            [
                {
                    "user_id": self.manager_a.id,
                    "is_pay": True,
                    "subject": "Own deals",
                    "state": "open",
                    "statement_line_id": statement.line_ids.id,
                }
            ],
        )
        self.assertEqual(statement.state, "disputed")
        asked = dispute.sudo().activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(DECIDE)
        )
        self.assertEqual(asked.user_id, self.payer | self.payer_2)
        payer = statement.with_user(self.payer)
        with self.assertRaisesRegex(UserError, "open disputes"):
            payer.action_approve()
        self.wizard(dispute, "ask", self.payer).action_confirm()
        self.assertEqual(dispute.state, "info")
        with self.assertRaises(AccessError):
            self.wizard(dispute, "answer", self.payer).action_confirm()
        self.wizard(dispute, "answer", self.manager_a).action_confirm()
        with self.assertRaisesRegex(UserError, "reason of the adjustment"):
            self.wizard(dispute, "partly", self.payer, amount=30.0).action_confirm()
        self.wizard(
            dispute, "partly", self.payer, amount=30.0, reason_id=self.reason.id
        ).action_confirm()
        row = dispute.sudo().adjustment_ids
        self.assertRecordValues(
            row, [{"amount": 30.0, "state": "requested", "statement_id": False}]
        )
        with self.assertRaisesRegex(AccessError, "their own pay"):
            row.with_user(self.payer).action_approve()
        row.with_user(self.payer_2).action_approve()
        payer.action_compute()
        self.assertRecordValues(statement, [{"state": "computed", "payable": 230.0}])
        self.assertEqual(
            dispute.statement_line_id,
            statement.line_ids.filtered(lambda line: line.key == "deals"),
        )
        payer.action_send()
        payer.action_approve()
        payer.action_lock()
        self.assertFalse(statement._verify())
        self.assertEqual(row.statement_id, statement)
        steps = dispute.sudo().step_ids
        self.assertEqual(steps.mapped("step"), ["open", "ask", "answer", "partly"])
        with self.assertRaises(UserError):
            self.wizard(dispute, "rejected", self.payer).action_confirm()
        with self.assertRaises(AccessError):
            steps.with_user(self.payer).write({"note": "Otherwise"})

    def test_what_is_claimed_is_told_nobody(self):
        """Not by way of the wizard, which takes any number."""
        statement = self.sent()
        dispute = (
            self.env["evaluation.dispute"]
            .with_user(self.manager_a)
            .create(
                {
                    "statement_id": statement.id,
                    "description": "Mine",
                    "claimed_amount": 90.0,
                }
            )
        )
        values = {"dispute_id": dispute.id, "step": "answer", "note": "x"}
        for user in (self.manager_b, self.director, self.admin):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Wizard = self.env["evaluation.dispute.decide"].with_user(user)
                Wizard.create(values).read(["claimed_amount"])

    def test_who_opens_one(self):
        statement = self.sent()
        Dispute = self.env["evaluation.dispute"]
        values = {"statement_id": statement.id, "description": "Mine"}
        for user in (self.manager_b, self.director, self.admin, self.payer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                Dispute.with_user(user).create(values)
        own = Dispute.with_user(self.manager_a)
        for more in (
            {"user_id": self.manager_b.id},
            {"state": "accepted"},
            {"accepted_amount": 5.0},
            {"is_pay": False},
        ):
            with self.subTest(more=more), self.assertRaises(AccessError):
                own.create({**values, **more})
        with self.assertRaises(UserError):
            own.create({"description": "About nothing"})
        # a context gives nothing that only steps decide
        sly = own.with_context(default_state="accepted", default_accepted_amount=9.0)
        self.assertEqual(sly.create(values).state, "open")
        dispute = self.env["evaluation.dispute"].sudo().search([])
        dispute = dispute.with_user(self.manager_a)
        self.assertFalse(dispute.accepted_amount)
        with self.assertRaises(AccessError):
            dispute.write({"state": "accepted"})
        with self.assertRaises(UserError):
            dispute.write({"statement_id": False})
        with self.assertRaises(UserError):
            dispute.sudo().unlink()
        self.wizard(dispute, "close", self.manager_a).action_confirm()
        statement.with_user(self.payer).action_approve()
        with self.assertRaisesRegex(UserError, "adjustment"):
            own.create(values)

    def test_of_a_scorecard(self):
        """The director decides those; who approves pay does not see them."""
        cards = self.env["evaluation.scorecard"].sudo()._compute_period(self.february)
        card = cards.filtered(lambda one: one.user_id == self.manager_a)
        dispute = self.dispute(card.line_ids[0], kind="evidence")
        self.assertFalse(dispute.is_pay)
        with self.assertRaises(AccessError):
            dispute.with_user(self.payer).read(["description"])
        with self.assertRaises(AccessError):
            dispute.with_user(self.manager_b).read(["description"])
        director = dispute.with_user(self.director)
        self.assertTrue(director.can_decide)
        self.wizard(dispute, "accepted", self.director).action_confirm()
        self.assertEqual(dispute.state, "accepted")
        self.assertEqual(card.dispute_count, 1)
        with self.assertRaises(UserError):
            self.dispute(card, claimed_amount=5.0)
        with self.assertRaises(AccessError):
            self.dispute(card, user=self.manager_b)

    def test_escalated_in_working_days(self):
        friday = fields.Datetime.to_datetime("2026-03-06 15:00:00")
        statement = self.sent()
        with freeze_time(friday):
            dispute = self.dispute(statement.line_ids)
        # five working days: Friday afternoon to Friday afternoon
        self.assertEqual(dispute.due_on, fields.Date.to_date("2026-03-13"))
        self.assertTrue(dispute.is_late)
        late = self.env["evaluation.dispute"].sudo().search([("is_late", "=", True)])
        self.assertEqual(late, dispute.sudo())
        with freeze_time(friday + timedelta(days=3)):
            dispute.sudo()._cron_escalate()
            self.assertFalse(dispute.escalated_at)
        for _twice in range(2):
            dispute.sudo()._cron_escalate()
        self.assertTrue(dispute.escalated_at)
        steps = dispute.sudo().step_ids.mapped("step")
        self.assertEqual(steps, ["open", "escalate"])

    # ------------------------------------------------------------------
    # Adjustments
    # ------------------------------------------------------------------

    def test_adjustment_has_evidence_and_two_people(self):
        Adjustment = self.env["bonus.adjustment"].with_user(self.payer)
        values = {
            "user_id": self.manager_a.id,
            "amount": 10.0,
            "reason_id": self.reason.id,
            "note": "Agreed",
        }
        row = Adjustment.create(values)
        with self.assertRaisesRegex(UserError, "attach"):
            row.action_request()
        row.attachment_ids = [Command.create({"name": "a.txt", "raw": b"a"})]
        row.action_request()
        with self.assertRaises(UserError):
            row.amount = 99.0
        with self.assertRaises(AccessError):
            row.action_approve()
        with self.assertRaises(AccessError):
            row.write({"state": "approved"})
        with self.assertRaises(AccessError):
            Adjustment.create({**values, "state": "approved"})
        other = row.with_user(self.payer_2)
        with self.assertRaises(UserError):
            other._reject("")
        other._reject("Not so")
        self.assertEqual(row.state, "rejected")
        with self.assertRaises(UserError):
            other.action_approve()
        with self.assertRaises(UserError):
            row.unlink()
        with self.assertRaises(AccessError):
            Adjustment.create({**values, "user_id": self.payer.id}).action_request()

    def test_attachments_of_others(self):
        """A document of something else cannot be pulled into a row that one reads."""
        secret = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "secret.txt",
                    "raw": b"secret",
                    "res_model": "res.partner",
                    "res_id": self.customer.id,
                }
            )
        )
        with self.assertRaises(AccessError):
            self.adjustment(5.0, attachment_ids=[Command.link(secret.id)])

    def test_settled_once(self):
        row = self.adjustment(25.0)
        self.Statement._compute_period(self.january)
        self.assertEqual(row.statement_id, self.statement(self.manager_a))
        self.Statement._compute_period(self.february)
        february = self.statement(self.manager_a, self.february)
        self.assertFalse(february.line_ids.filtered("adjustment_id"))
        self.locked()
        self.statement(self.manager_a).with_user(self.payer)._reverse("Again")
        # the month was computed anew by that
        self.assertEqual(row.statement_id, self.statement(self.manager_a))

    # ------------------------------------------------------------------
    # Of a deal
    # ------------------------------------------------------------------

    def test_of_a_deal(self):
        """From the list of facts: the statement of that month, and the deal."""
        own = self.env["sales.fact.line"].with_user(self.manager_a)
        [fact] = own.search([("period_id", "=", self.january.id)])
        self.assertFalse(fact.can_dispute)
        with self.assertRaisesRegex(UserError, "no statement"):
            fact.action_dispute()
        statement = self.sent()
        fact.invalidate_recordset()
        self.assertTrue(fact.can_dispute)
        self.assertFalse(fact.with_user(self.commercial).can_dispute)
        with self.assertRaisesRegex(UserError, "Only whom"):
            fact.with_user(self.commercial).action_dispute()
        with self.assertRaises(AccessError):
            fact.with_user(self.manager_b).action_dispute()
        self.open_form(fact)
        dispute = self.dispute(fact)
        self.assertRecordValues(
            dispute,
            [
                {
                    "statement_id": statement.id,
                    "fact_line_id": fact.id,
                    "kind": "wrong_amount",
                    "user_id": self.manager_a.id,
                    "state": "open",
                }
            ],
        )
        statement.sudo().dispute_ids.invalidate_recordset()
        # a deal of somebody else, or of another month, is none of this statement
        foreign = fact.sudo().copy_data()[0]
        for values, error in (
            ({"user_id": self.manager_b.id}, AccessError),
            ({"booked_period_id": self.february.id}, UserError),
        ):
            row = (
                self.env["sales.fact.line"]
                .sudo()
                .create({**foreign, "kind": "adjustment", **values})
            )
            with self.subTest(values), self.assertRaises(error):
                self.dispute(statement, fact_line_id=row.id)
