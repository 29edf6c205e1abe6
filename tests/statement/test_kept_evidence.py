from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PAY, USER, StatementCommon


@tagged("standard", "post_install", "-at_install")
class TestKeptEvidence(StatementCommon):
    """What a decision was made on stays: files, names, who approved, whom it told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_document([(cls.cloth, 10000.0)])
        cls.close_month(cls.january)

    def assertKept(self, attachments):
        """Neither changed nor deleted nor taken elsewhere, past the document."""
        for call in (
            lambda: attachments.write({"raw": b"Otherwise"}),
            lambda: attachments.write({"res_model": False, "res_id": False}),
            lambda: attachments.unlink(),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_evidence_of_an_adjustment(self):
        self.manager_b.group_ids |= self.env.ref("sales_manager_kpi.group_pay")
        row = self.adjustment(5.0, self.manager_b)
        for user in (self.payer, self.payer_2, self.manager_b):
            with self.subTest(user=user.login):
                own = row.with_user(user)
                self.assertTrue(own.attachment_ids.raw)
                self.assertKept(own.attachment_ids)
                with self.assertRaises(UserError):
                    own.attachment_ids = [Command.clear()]
                own.message_post(body="Seen")
        draft = row.with_user(self.payer).copy()
        self.assertEqual((draft.state, draft.decision_note), ("draft", False))
        draft.attachment_ids = [Command.create({"name": "a.txt", "raw": b"One"})]
        draft.attachment_ids.raw = b"Two"
        draft.action_request()
        self.assertKept(draft.attachment_ids)
        draft.action_cancel()
        self.assertEqual(draft.state, "cancelled")
        self.assertKept(draft.attachment_ids)

    def test_rejected_is_copied(self):
        row = self.adjustment(5.0, approve=False)
        row.with_user(self.payer_2)._reject("Not agreed")
        draft = row.with_user(self.payer).copy()
        self.assertEqual((draft.state, draft.decision_note), ("draft", False))

    def test_evidence_of_a_dispute(self):
        statement = self.sent()
        dispute = self.dispute(
            statement,
            attachment_ids=[Command.create({"name": "a.txt", "raw": b"My deal"})],
        )
        own, payer = (dispute.with_user(u) for u in (self.manager_a, self.payer))
        self.assertEqual(payer.attachment_ids.raw, b"My deal")
        self.assertKept(payer.attachment_ids)
        own.attachment_ids.raw = b"My deal, signed"
        payer.message_post(body="Which deal?")
        payer._ask_back("Which deal?")
        own._answer("The first")
        own.claimed_amount = 5.0
        payer._decide("partly", "Half of it", 2.5, self.reason)
        for one in (own, payer):
            self.assertKept(one.attachment_ids)
        with self.assertRaises(UserError):
            own.claimed_amount = 9.0
        own._close("Thanks")
        self.assertEqual(dispute.state, "closed")

    def test_evidence_of_a_disputed_scorecard(self):
        """Neither does a director who decides change what was told."""
        self.env["evaluation.scorecard"].sudo()._compute_period(
            self.february, self.manager_a
        )
        card = self.env["evaluation.scorecard"].search(
            [("user_id", "=", self.manager_a.id)], limit=1
        )
        self.assertTrue(card)
        dispute = self.dispute(
            card, attachment_ids=[Command.create({"name": "a.txt", "raw": b"Visit"})]
        )
        for user in (self.director, self.commercial):
            self.assertKept(dispute.with_user(user).attachment_ids)
        dispute.with_user(self.director)._decide("rejected", "It was not one")

    def test_who_approved_a_salary(self):
        """Nobody says so but the step, also where one person is enough."""
        for two in (False, True):
            self.company.sudo().sales_manager_kpi_salary_four_eyes = two
            salary = (
                self.env["bonus.salary"]
                .with_user(self.payer)
                .with_context(
                    default_state="approved",
                    default_approved_by_id=self.payer_2.id,
                    default_changed_by_id=self.payer_2.id,
                )
                .create(
                    {
                        "user_id": self.manager_a.id,
                        "date_from": "2027-01-01" if two else "2028-01-01",
                        "amount": 3000.0,
                    }
                )
            )
            self.assertFalse(salary.approved_by_id)
            self.assertEqual(salary.changed_by_id, self.payer)
            self.assertEqual(salary.state, "to_approve" if two else "approved")

    def test_name_and_seal_of_a_month(self):
        """Payroll reads the name; only closing seals, whatever a context says."""
        month = self.january.with_user(self.admin)
        month.write({"name": "2031-07"})
        month.flush_recordset()
        self.assertEqual(month.name, "2026-01")
        values = {"company_id": self.company.id, "date_from": "2031-01-01"}
        Period = self.env["sales.period"].with_user(self.admin)
        for name in ("close_hash", "frozen_bases", "closed_on"):
            with (
                self.subTest(name=name),
                self.assertRaisesRegex(UserError, "new month is open"),
                self.cr.savepoint(),
            ):
                Period.with_context(**{f"default_{name}": "2031-01-01"}).create(values)
        self.assertFalse(Period.create(values).close_hash)

    def test_whom_a_message_names(self):
        """Who may not read the document reads no message of it either."""
        statement = self.sent()
        named = (self.commercial | self.manager_a | self.payer_2).partner_id
        message = statement.with_user(self.payer).message_post(
            body="205 is right",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=named.ids,
        )
        self.assertEqual(
            message.sudo().partner_ids, (self.manager_a | self.payer_2).partner_id
        )
        statement.with_user(self.payer)._message_update_content(
            message.with_user(self.payer), body="205", partner_ids=named.ids
        )
        self.env.invalidate_all()
        self.assertTrue(message.with_user(self.manager_a).body)
        for user in (self.commercial, self.director, self.admin, self.manager_b):
            with self.assertRaises(AccessError):
                message.with_user(user).read(["body"])

    def test_no_dialog_about_what_one_may_not_read(self):
        """A dialog on a guessed number tells nothing of the document behind it."""
        dispute = self.dispute(self.sent(), claimed_amount=123.0)
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self.make_user("stranger", f"{USER},{PAY}", other)
        asked = {
            "evaluation.dispute.decide": {
                "dispute_id": dispute.id,
                "step": "accepted",
                "note": "?",
            },
            "bonus.replay": {"scheme_id": self.scheme.id},
        }
        readers = {
            "evaluation.dispute.decide": (
                *(self.director, self.commercial, self.admin, self.manager_b),
                stranger,
            ),
            "bonus.replay": (stranger,),
        }
        amounts = {
            "evaluation.dispute.decide": "claimed_amount",
            "bonus.replay": "company_id",
        }
        for model, vals in asked.items():
            for user in readers[model]:
                self.env.invalidate_all()
                with (
                    self.subTest(model=model, user=user.login),
                    self.assertRaises(AccessError),
                ):
                    row = self.env[model].with_user(user).create(vals)
                    self.env.invalidate_all()
                    # the name first: it is read in sudo
                    self.fail(row.read([next(iter(vals)), amounts[model]]))
        wizard = self.env["evaluation.dispute.decide"].with_user(self.payer)
        wizard = wizard.create(asked["evaluation.dispute.decide"])
        self.assertEqual(wizard.read(["claimed_amount"])[0]["claimed_amount"], 123.0)
