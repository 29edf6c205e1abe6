from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .evaluation_dispute import DECIDED, OPEN

DECIDE_ACTIVITY = "sales_manager_kpi.mail_activity_type_dispute_decide"
ANSWER_ACTIVITY = "sales_manager_kpi.mail_activity_type_dispute_answer"


class EvaluationDispute(models.Model):
    """The steps of a dispute: information, decision, closing; each kept as a row."""

    # The steps have a file of their own.
    _inherit = "evaluation.dispute"  # pylint: disable=consider-merging-classes-inherited

    def _open(self):
        """Ask for a decision, and stop the statement; after creation."""
        self._keep("open", {dispute: dispute.description for dispute in self})
        statements = self.statement_id.filtered(lambda one: one.state != "disputed")
        # sudo: the steps of a statement are the system's to write
        statements = statements.sudo()
        statements.write({"state": "disputed"})
        self._ask_deciders()

    def _ask_deciders(self):
        deciders = self._deciders()
        for dispute in self.sudo():  # sudo: asking is in nobody's name
            users = deciders[dispute.sudo(False)]
            if not users:
                raise UserError(
                    self.env._(
                        "Nobody may decide this who is no party to it. Ask an "
                        "administrator to name a director, or an approver of pay."
                    )
                )
            for user in users:
                dispute.activity_schedule(
                    DECIDE_ACTIVITY, date_deadline=dispute.due_on, user_id=user.id
                )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_ask(self):
        """Open the question what is not known yet."""
        return self._ask_step("ask")

    def action_answer(self):
        """Open the answer to what was asked."""
        return self._ask_step("answer")

    def action_accept(self):
        """Open the question why the dispute is accepted, and how much."""
        return self._ask_step("accepted")

    def action_reject(self):
        """Open the question why the dispute is rejected."""
        return self._ask_step("rejected")

    def action_close(self):
        """Open the question why it is closed: withdrawn, or done with."""
        return self._ask_step("close")

    def _ask_step(self, step):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.evaluation_dispute_decide_action"
        )
        action["context"] = {
            "default_dispute_id": self.id,
            "default_step": step,
            "default_amount": self.claimed_amount if step == "accepted" else 0.0,
        }
        return action

    # ------------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------------

    def _ask_back(self, note):
        """Ask the manager for more; the deadline goes on."""
        self._begin(*OPEN)
        self._check_deciding()
        self._keep("ask", {self: self._said(note)})
        self._set({"state": "info"})
        # sudo: asking is in nobody's name
        self.sudo().activity_schedule(ANSWER_ACTIVITY, user_id=self.user_id.id)

    def _answer(self, note):
        """Say what was asked, or more."""
        self._begin(*OPEN)
        self._check_person()
        self._keep("answer", {self: self._said(note)})
        self._set({"state": "open"})
        # sudo: reminding is the system's
        self.sudo().activity_unlink([ANSWER_ACTIVITY])

    def _decide(self, state, note, amount=0.0, reason=None):
        """Decide, once.

        :param state: accepted, partly or rejected
        :param amount: of pay that is accepted, in company currency
        :param reason: of the adjustment, where an amount is accepted
        :raise AccessError: for who may not, and in the own matter
        :raise UserError: where it was decided, or without a reason
        """
        self._begin(*OPEN)
        self._check_deciding()
        if state not in DECIDED:
            raise UserError(self.env._("Accept the dispute or reject it."))
        note = self._said(note)
        if state == "rejected" or not self.is_pay:
            amount = 0.0
        if amount and not reason:
            raise UserError(self.env._("Choose the reason of the adjustment."))
        self._keep(state, {self: note}, amount)
        self._set(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "is_decided_in_time": not self.due_at
                or fields.Datetime.now() <= self.due_at,
                "decision_note": note,
                "accepted_amount": amount,
            }
        )
        # sudo: reminding is the system's
        self.sudo().activity_unlink([DECIDE_ACTIVITY, ANSWER_ACTIVITY])
        if amount:
            self._adjust(amount, reason, note)
        self._tell()

    def _adjust(self, amount, reason, note):
        """Ask for the adjustment that follows; another approves it."""
        row = self.env["bonus.adjustment"].create(
            {
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
                "amount": amount,
                "reason_id": reason.id,
                "note": note,
                "document": f"{self._name},{self.id}",
            }
        )
        row.sudo().dispute_id = self  # sudo: what it comes from is the system's
        row._request()

    def _tell(self):
        """The person reads the decision on the dispute; nothing of it is in a mail."""
        self.sudo().message_post(  # sudo: telling is the system's
            body=self.env._("%s was decided. Open it to read how.", self.name),
            partner_ids=self.user_id.partner_id.ids,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    def _close(self, note):
        """The manager withdraws it or agrees; who decided closes what is done with."""
        self._begin(*OPEN, *DECIDED)
        if self.state in OPEN or self.user_id == self.env.user:
            self._check_person()
        else:
            self._check_deciding()
        self._keep("close", {self: self._said(note)})
        self._set({"state": "closed"})
        # sudo: reminding is the system's
        self.sudo().activity_unlink([DECIDE_ACTIVITY, ANSWER_ACTIVITY])

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _check_deciding(self):
        if self._may_decide(self.env.user):
            return
        raise AccessError(
            self.env._(
                "Those who approve pay decide disputes of statements, the director of "
                "the branch those of scorecards; nobody in their own matter, nor in "
                "that of whom they stand in for."
            )
        )

    def _check_person(self):
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only the manager whose dispute it is answers or withdraws.")
            )

    def _set(self, values):
        # sudo: the steps are the system's to write
        self.sudo().write(values)

    def _keep(self, step, notes, amount=0.0):
        branch_for = self.env["res.users"]
        # sudo: steps are written by the system alone
        self.env["evaluation.dispute.step"].sudo().create(
            [
                {
                    "dispute_id": dispute.id,
                    "step": step,
                    "user_id": self.env.uid,
                    "acting_for_id": (
                        dispute.branch_id._stands_in_for(self.env.user)
                        if dispute.branch_id and not dispute.is_pay
                        else branch_for
                    ).id,
                    "note": note,
                    "amount": amount,
                }
                for dispute, note in notes.items()
            ]
        )
