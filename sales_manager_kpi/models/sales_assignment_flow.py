from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .sales_assignment import WAITING

TASK = "sales_manager_kpi.mail_activity_type_assignment"
JUDGE = "sales_manager_kpi.mail_activity_type_assignment_judge"
STEP = "sales.assignment.step"


class SalesAssignment(models.Model):
    """The steps of an assignment, in step with the activity of who has it."""

    # The steps have a file of their own.
    _inherit = "sales.assignment"  # pylint: disable=consider-merging-classes-inherited

    def _give(self):
        """Ask the assignees; after creation."""
        for row in self:
            row._keep_step(STEP, "give", acting_for=row.acting_for_id)
        self._ask_assignees()

    def _ask_assignees(self):
        for row in self:
            row._ask_users(
                TASK, [(row, row.user_id, row.deadline)], summary=row.subject
            )

    def _move_deadline(self):
        """The activity goes with it."""
        for row in self.filtered(lambda one: one.state in WAITING):
            # sudo: reminding is the system's
            row.sudo().activity_reschedule([TASK], date_deadline=row.deadline)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_report(self):
        """Open the report of what came of it."""
        return self._ask_answer("report")

    def action_approve(self):
        """Open the words with which the result is accepted."""
        return self._ask_answer("approve")

    def action_return(self):
        """Open the question what is missing."""
        return self._ask_answer("return")

    def action_withdraw(self):
        """Open the question why it is not needed any more."""
        return self._ask_answer("withdraw")

    # ------------------------------------------------------------------
    # The assignee's
    # ------------------------------------------------------------------

    def _report(self, result, close=True):
        """Report the result, of oneself or of whom one stands in for.

        :param close: whether the activity is still to be closed
        :raise AccessError: for who is not asked
        :raise UserError: without a result, or where it was reported
        """
        self._begin(*WAITING)
        user = self.env.user
        if not self._may_report(user):
            raise AccessError(
                self.env._(
                    "%s reports this, or who stands in for them.",
                    self.sudo().user_id.name,  # sudo: the name of a colleague
                )
            )
        if not (result or "").strip():
            raise UserError(self.env._("Write down the result: what came of it?"))
        result = result.strip()
        self._set(
            {
                "state": "done",
                "result": result,
                "reported_by_id": user.id,
                "reported_at": fields.Datetime.now(),
                "reported_on": self._today(),
            }
        )
        principal = self.user_id if self.user_id != user else None
        self._keep_step(STEP, "report", result, principal)
        if close:
            # sudo: the activity may be of whom the reporter stands in for
            self.sudo().activity_feedback([TASK], feedback=result)
        self.sudo().activity_unlink([JUDGE])  # sudo: of what was overdue
        self._ask_users(JUDGE, [(self, self._judge_user(), self._today())])

    def _judge_user(self):
        """The head; where they may not judge or left, who directs the branch."""
        row = self.sudo()  # sudo: who may, whoever asks
        branch = row.branch_id
        asked = [row.head_id, *(branch and branch.director_id)]
        directors, admins = self.env["sales.plan"]._company_approvers(row.company_id)
        for user in [*asked, *directors, *admins]:
            if user.active and row._may_judge(user):
                return user
        return row.head_id

    # ------------------------------------------------------------------
    # The head's
    # ------------------------------------------------------------------

    def _judge(self, step, words):
        """Accept or return what was reported, or withdraw the assignment.

        :param step: approve, return or withdraw
        :raise AccessError: for who is not the head, and in the own matter
        :raise UserError: returned or withdrawn without words
        """
        if step == "withdraw":
            return self._withdraw(words)
        self._begin("done")
        self._check_judging()
        state = "accepted" if step == "approve" else "returned"
        words = self._said(words) if state == "returned" else (words or "").strip()
        self._set(
            {
                "state": state,
                "judged_by_id": self.env.uid,
                "judged_at": fields.Datetime.now(),
            }
        )
        self._keep_step(STEP, state, words, self._stood_in_for())
        # sudo: reminding is the system's
        self.sudo().activity_unlink([JUDGE])
        if state == "returned":
            self._ask_assignees()
        return None

    def _withdraw(self, words):
        self._begin(*WAITING, "done")
        self._check_judging()
        words = self._said(words)
        self._set({"state": "withdrawn"})
        self._keep_step(STEP, "withdrawn", words, self._stood_in_for())
        self.sudo().activity_unlink([TASK, JUDGE])  # sudo: reminding is the system's

    def _check_judging(self):
        if not self._may_judge(self.env.user):
            raise AccessError(
                self.env._(
                    "The head accepts, returns or withdraws an assignment; nobody "
                    "their own, nor that of whom they stand in for."
                )
            )

    def _stood_in_for(self):
        return None if self.head_id == self.env.user else super()._stood_in_for()

    # ------------------------------------------------------------------
    # Overdue
    # ------------------------------------------------------------------

    @api.model
    def _cron_overdue(self):
        """Every night: heads hear of what is overdue, once for each deadline."""
        waiting = [("state", "in", WAITING)]
        for (company,) in self._read_group(waiting, ["company_id"]):
            today = self.env["sales.branch"]._company_local_date(company)
            late = self.search(
                [
                    ("company_id", "=", company.id),
                    ("deadline", "<", today),
                    *waiting,
                ]
            ).filtered(lambda row: row.overdue_told_for != row.deadline)
            self._ask_users(
                JUDGE,
                [(row, row.head_id, today) for row in late if row.head_id.active],
                summary=self.env._("This assignment is overdue"),
            )
            for row in late:
                row.overdue_told_for = row.deadline
