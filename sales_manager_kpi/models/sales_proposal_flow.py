from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

DECIDE = "sales_manager_kpi.mail_activity_type_proposal_decide"
STEP = "sales.proposal.step"


class SalesProposal(models.Model):
    """The steps of a proposal, each kept as a row, and the clock of its answer."""

    # The steps have a file of their own.
    _inherit = "sales.proposal"  # pylint: disable=consider-merging-classes-inherited

    # ------------------------------------------------------------------
    # The author's
    # ------------------------------------------------------------------

    def action_submit(self):
        """Ask for a decision, within the working days that the company has set.

        :raise AccessError: for anybody but the author
        :raise UserError: where nobody may decide who is no party to it
        """
        for proposal in self:
            proposal._begin("draft")
            proposal._check_author()
            proposal._submit()
        return True

    def _submit(self):
        self._keep_attachments()  # they stay as they are from now on
        deciders = self._deciders()
        if not deciders:
            raise UserError(
                self.env._(
                    "Nobody may decide this who is no party to it. Ask an "
                    "administrator to name a director."
                )
            )
        now = fields.Datetime.now()
        # sudo: how soon the company answers
        days = self.company_id.sudo().sales_manager_kpi_proposal_days
        due_at, due_on = self._day_after(self.company_id, self.branch_id, now, days)
        self._set(
            {
                "state": "submitted",
                "submitted_at": now,
                "due_at": due_at,
                "due_on": due_on,
                "escalated_at": False,
            }
        )
        self._keep_step(STEP, "submit", acting_for=self.acting_for_id)
        self._ask_users(DECIDE, [(self, user, due_on) for user in deciders])

    def action_take_back(self):
        """Make it a draft again, before it is decided.

        :raise AccessError: for anybody but the author
        """
        for proposal in self:
            proposal._begin("submitted")
            proposal._check_author()
            proposal._set({"state": "draft", "due_at": False, "due_on": False})
            proposal._keep_step(STEP, "take_back")
        self.sudo().activity_unlink([DECIDE])  # sudo: reminding is the system's
        return True

    def _check_author(self):
        if self.user_id != self.env.user:
            raise AccessError(self.env._("Only its author submits or takes back this."))

    # ------------------------------------------------------------------
    # The decider's
    # ------------------------------------------------------------------

    def action_accept(self):
        """Open the answer of who accepts it."""
        return self._ask_answer("accepted")

    def action_decline(self):
        """Open the answer of who declines it."""
        return self._ask_answer("declined")

    def action_done(self):
        """Open the question what was done."""
        return self._ask_answer("done")

    def _decide(self, state, answer):
        """Decide, once.

        :param state: accepted or declined
        :raise AccessError: for who may not, and in the own matter
        :raise UserError: where it was decided, or without an answer
        """
        self._begin("submitted")
        self._check_deciding()
        if state not in ("accepted", "declined"):
            raise UserError(self.env._("Accept the proposal or decline it."))
        answer = self._said(answer)
        now = fields.Datetime.now()
        self._set(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": now,
                "decided_on": self.env["sales.branch"]._company_local_date(
                    self.company_id, now
                ),
                "answer": answer,
            }
        )
        self._keep_step(STEP, state, answer, self._stood_in_for())
        self._stop_asking()
        self._tell_author()

    def _finish(self, outcome):
        """What was accepted is done.

        :raise AccessError: for who may not decide it
        :raise UserError: without what was done
        """
        self._begin("accepted")
        self._check_deciding()
        outcome = self._said(outcome)
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        self._set({"state": "done", "outcome": outcome, "done_on": today})
        self._keep_step(STEP, "done", outcome, self._stood_in_for())
        self._tell_author()

    def action_share(self):
        """Show it to everybody who sells in the company, or not any more.

        :raise AccessError: for who neither wrote it nor decides it
        """
        for proposal in self:
            proposal.check_access("read")
            user = self.env.user
            if proposal.user_id != user and not proposal._may_decide(user):
                raise AccessError(
                    self.env._("Its author or who decides it shares a proposal.")
                )
            proposal._set({"is_shared": not proposal.is_shared})
            if proposal.state != "draft":
                proposal._keep_step(STEP, "share")
        return True

    def _check_deciding(self):
        if not self._may_decide(self.env.user):
            raise AccessError(
                self.env._(
                    "The director of the branch decides a proposal, a commercial "
                    "director those of directors; nobody their own, nor that of whom "
                    "they stand in for."
                )
            )

    def _stop_asking(self):
        # sudo: reminding is the system's
        mine = self.sudo()
        mine.activity_feedback([DECIDE], user_id=self.env.uid)
        mine.activity_unlink([DECIDE])

    def _tell_author(self):
        """The author reads the answer on the proposal."""
        # sudo: telling is the system's
        self.sudo().message_post(
            body=self.env._("%s was answered. Open it to read how.", self.display_name),
            partner_ids=self._own_people().partner_id.ids,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )

    # ------------------------------------------------------------------
    # Not answered in time
    # ------------------------------------------------------------------

    @api.model
    def _cron_escalate(self):
        """Every night: what nobody answered in time goes to those above, once."""
        now = fields.Datetime.now()
        late = self.search(
            [
                ("state", "=", "submitted"),
                ("due_at", "<", now),
                ("escalated_at", "=", False),
            ],
            order="id",
        )
        if not late:
            return
        late._keep_step(STEP, "escalate")
        self._ask_users(
            DECIDE,
            [
                (row, user, row.due_on)
                for row in late
                for user in row._above() - row.activity_ids.user_id
            ],
            summary=self.env._("Nobody has answered this proposal in time"),
        )
        late.write({"escalated_at": now})
