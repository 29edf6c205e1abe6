from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .supply_request import CLOSED, WAITING

ANSWER_ACTIVITY = "sales_manager_kpi.mail_activity_type_supply_answer"
APPROVE_ACTIVITY = "sales_manager_kpi.mail_activity_type_supply_approve"
TOLD_ACTIVITY = "sales_manager_kpi.mail_activity_type_supply_told"


class SupplyRequest(models.Model):
    """The steps of a request: submitted, approved, reviewed, answered, done."""

    # The steps have a file of their own.
    _inherit = "supply.request"  # pylint: disable=consider-merging-classes-inherited

    def action_submit(self):
        """Ask: first the director where the branch is stocked, else the department.

        :raise UserError: without lines, or with nobody who may answer
        """
        self._check_state("draft")
        self._check_asking()
        for request in self:
            request._check_complete()
            # sudo: the steps are the system's to write
            request.sudo().acting_for_id = request._stood_in_for()
            request._decide("submit", request.note)
            if request._needs_approval():
                request._call_approvers()
            else:
                request._ask_department()
        return True

    def _needs_approval(self):
        """Whether a director approves before the department is asked."""
        return self.kind == "stocking"

    def _stood_in_for(self):
        """The principal whose order it is for, where a deputy asks."""
        order = self.order_id.sudo()  # sudo: whose order it is
        acting = self.env["sales.substitution"]._acting("orders", self.user_id)
        principals = acting.get(self.company_id.id, ())
        return (
            order.user_id if order.user_id.id in principals else order.user_id.browse()
        )

    def _check_complete(self):
        if not self.line_ids:
            raise UserError(
                self.env._("Say what is needed: add a line to %s.", self.name)
            )
        if not self.department_id:
            raise UserError(
                self.env._(
                    "No department answers for %(branch)s. Let an administrator make "
                    "one under Configuration, Supply departments.",
                    branch=self.branch_id.display_name,
                )
            )
        if not self.branch_id.sudo().warehouse_id:  # sudo: whether there is one
            raise UserError(
                self.env._(
                    "%(branch)s has no warehouse that goods could go to. Let an "
                    "administrator set it on the branch.",
                    branch=self.branch_id.display_name,
                )
            )

    def _call_approvers(self):
        self._set_state("to_approve")
        users = self._approvers()
        if not users:
            raise UserError(
                self.env._(
                    "Nobody may approve this but who asks. Set a director on "
                    "%(branch)s, or ask an administrator.",
                    branch=self.branch_id.display_name,
                )
            )
        self._call(users, APPROVE_ACTIVITY, fields.Date.context_today(self))

    def action_approve(self):
        """Let the department answer; by the branch's director, not by who asked."""
        self._check_state("to_approve")
        self._check_approving()
        for request in self:
            request._decide("approve")
            request._unplan(APPROVE_ACTIVITY)
            request._ask_department()
        return True

    def send_back(self, comment):
        """Let who asked change what is asked, with a reason that they read."""
        self._check_state("to_approve")
        self._check_approving()
        for request in self:
            request._decide("return", comment)
            request._unplan(APPROVE_ACTIVITY)
            request._set_state("draft")
            request._tell(request.user_id, self.env._("Sent back: %s", comment or ""))

    def _check_approving(self):
        for request in self:
            if not self.env.su and not request._may_approve(self.env.user):
                raise AccessError(
                    self.env._(
                        "The director of %(branch)s approves this, and nobody their "
                        "own.",
                        branch=request.branch_id.display_name,
                    )
                )

    def _ask_department(self):
        """Start the clock, and ask who may answer by an activity."""
        now = fields.Datetime.now()
        users = self._answerers()
        if not users:
            raise UserError(
                self.env._(
                    "Nobody may answer for %(department)s. Set its supervisor, or its "
                    "head.",
                    department=self.department_id.name,
                )
            )
        department = self.department_id.sudo()  # sudo: its hours and supervisor
        due_at = department._due_at(now)
        # sudo: the steps are the system's to write
        self.sudo().write(
            {
                "submitted_at": now,
                "due_at": due_at,
                "due_date": department._local_date(due_at),
                "supervisor_id": department.supervisor_id.id,
                "escalated_at": False,
            }
        )
        self._set_state("submitted")
        self._call(users, ANSWER_ACTIVITY, self.due_date)

    def action_review(self):
        """Say that somebody is at it, without an answer yet."""
        self._check_state("submitted")
        self._check_answering()
        self._decide("review")
        self._set_state("in_review")
        return True

    def action_cancel(self):
        """Withdraw what was asked, as long as nothing of it is under way.

        :raise AccessError: for who did not ask
        """
        for request in self:
            if not request._may_ask():
                raise AccessError(
                    self.env._("Who asked withdraws a request. You may reject it.")
                )
            if request.state in CLOSED or request.line_ids.filtered(
                lambda line: (
                    line.state in ("in_progress", "done") and line.verdict != "rejected"
                )
            ):
                raise UserError(
                    self.env._(
                        "Goods of %(request)s are on the way or have come. Return "
                        "them, or cancel the transfers first.",
                        request=request.name,
                    )
                )
        self._decide("cancel")
        # sudo: the lines follow
        self.sudo().line_ids.write({"state": "cancelled", "error": False})
        self._unplan(ANSWER_ACTIVITY, APPROVE_ACTIVITY)
        self._set_state("cancelled")
        return True

    # ------------------------------------------------------------------
    # What follows from the lines
    # ------------------------------------------------------------------

    def _settle(self):
        """Move on to where the lines are."""
        now = fields.Datetime.now()
        # sudo: the steps are the system's to write
        for request in self.sudo():
            if request.state == "cancelled" or not request.line_ids:
                continue
            state = request._state_of_lines()
            if not state:
                continue
            if state == "cancelled":
                request._unplan(ANSWER_ACTIVITY)
            elif not request.answered_at:
                request._close_clock(now)
            if request.state != state:
                request.done_at = now if state == "done" else False
                request._set_state(state)

    def _state_of_lines(self):
        """Where all lines together are; None while one waits for an answer."""
        states = set(self.line_ids.mapped("state")) - {"cancelled"}
        if "waiting" in states:
            return None
        if states & {"in_progress"} or states == {"answered", "done"}:
            return "in_progress"
        if not states:
            return "cancelled"
        return "done" if states == {"done"} else "answered"

    def _close_clock(self, now):
        self.write(
            {
                "answered_at": now,
                "is_answered_in_time": not self.due_at or now <= self.due_at,
            }
        )
        self._unplan(ANSWER_ACTIVITY)

    # ------------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------------

    def _check_state(self, *states):
        for request in self:
            if request.state not in states:
                labels = dict(request._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(request)s is %(state)s. Reload the page to see who did it.",
                        request=request.name,
                        state=labels[request.state].lower(),
                    )
                )

    def _set_state(self, state):
        # sudo: the steps are the system's to write
        self.sudo().write({"state": state})

    def _call(self, users, activity, deadline):
        """Ask ``users``, each by an activity."""
        for request in self.sudo():  # sudo: asking is in nobody's name
            for user in users:
                request.activity_schedule(
                    activity, date_deadline=deadline, user_id=user.id
                )

    def _unplan(self, *activities):
        self.sudo().activity_unlink(list(activities))  # sudo: see _call

    def _tell(self, users, note):
        """Let ``users`` know of an answer: an activity each, and a note in the log.

        Lines are answered one by one: what is told on top comes into the same activity.
        """
        for request in self.sudo():  # sudo: see _call
            told = request.activity_search([TOLD_ACTIVITY]).grouped("user_id")
            for user in users.filtered("active"):
                if user in told:
                    known = told[user][0]
                    known.note = Markup("%s<br/>%s") % (known.note, note)
                else:
                    request.activity_schedule(TOLD_ACTIVITY, user_id=user.id, note=note)
            request.message_post(body=note)

    # ------------------------------------------------------------------
    # The clock
    # ------------------------------------------------------------------

    def _cron_watch(self):
        """Ask the head where nobody answered in time; once for each request."""
        late = self.search(
            [
                ("state", "in", WAITING),
                ("due_at", "<", fields.Datetime.now()),
                ("escalated_at", "=", False),
            ]
        )
        for request in late:
            request._escalate()

    def _escalate(self):
        """Ask the head too; who was asked may still answer."""
        users = self.department_id._heads().filtered(self._may_answer)
        self._decide("escalate", ", ".join(users.mapped("name")))
        self._call(users, ANSWER_ACTIVITY, fields.Date.context_today(self))
        self.sudo().escalated_at = fields.Datetime.now()  # sudo: the system's to write
