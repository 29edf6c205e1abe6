from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from .sales_plan_states import OPEN_STATES, VALID_STATES

CRON_BATCH = 200


class SalesPlan(models.Model):
    """Who may move a plan where, and what follows from it.

    ``_get_next_states`` is the one answer to "what may this user do"; buttons are
    computed from it and ``_check_transition`` enforces it.
    """

    _inherit = "sales.plan"

    can_edit = fields.Boolean(compute="_compute_can")
    can_choose_branch = fields.Boolean(compute="_compute_can")
    can_submit = fields.Boolean(compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")
    can_approve = fields.Boolean(compute="_compute_can")
    can_revise = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")
    revision_ids = fields.One2many(
        comodel_name="sales.plan",
        inverse_name="previous_id",
        string="Revisions",
    )

    @api.depends("state", "user_id", "branch_id", "company_id")
    @api.depends_context("uid")
    def _compute_can(self):
        for plan in self:
            states = plan._get_next_states()
            plan.can_edit = not plan._why_not_editable()
            plan.can_choose_branch = plan._is_judge()
            plan.can_submit = "submitted" in states
            plan.can_return = "returned" in states
            plan.can_approve = "approved" in states
            plan.can_revise = "superseded" in states
            plan.can_cancel = "cancelled" in states

    # ------------------------------------------------------------------
    # Who may do what
    # ------------------------------------------------------------------

    def _get_next_states(self):
        """States the acting user may bring this plan to ("superseded": by revising).

        Nobody decides on their own plan, whatever their group. *running* and the
        superseding itself follow from dates and approvals, not from a person.
        """
        self.ensure_one()
        own, judge = self.user_id == self.env.user, self._is_judge()
        states = set()
        if own and self.state in ("draft", "returned"):
            states.add("submitted")
        if judge and self.state == "submitted":
            states |= {"returned", "approved", "cancelled"}
        if judge and self.state == "returned":
            states.add("cancelled")
        if self.state in VALID_STATES and (own or judge):
            states.add("superseded")
        if self.state in VALID_STATES and judge:
            states.add("cancelled")
        return states

    def _is_judge(self):
        """Whether the acting user may return, change and approve this plan."""
        self.ensure_one()
        return self.user_id != self.env.user and self._may_judge_for(self.branch_id)

    def _may_judge_for(self, branch):
        """Whether the acting user agrees the plans of ``branch``."""
        user = self.env.user
        if user.has_group("sales_manager_kpi.group_commercial_director"):
            return True
        return branch.director_id == user and user.has_group(
            "sales_manager_kpi.group_branch_director"
        )

    def _check_transition(self, state):
        """Raise, naming the plans, unless all of them may go to ``state``."""
        wrong = self.filtered(lambda plan: state not in plan._get_next_states())
        if not wrong:
            return
        action = {
            "submitted": self.env._("submitted"),
            "returned": self.env._("returned"),
            "approved": self.env._("approved"),
            "superseded": self.env._("revised"),
            "cancelled": self.env._("cancelled"),
        }[state]
        reasons = "\n".join(
            f"- {plan.display_name}: {plan._why_not(state)}" for plan in wrong
        )
        raise UserError(
            self.env._(
                "Nothing was done, since these plans cannot be %(action)s by you now:"
                "\n%(reasons)s",
                action=action,
                reasons=reasons,
            )
        )

    def _why_not(self, state):
        own = self.user_id == self.env.user
        if own and state in ("approved", "returned", "cancelled"):
            return self.env._("nobody decides on their own plan")
        if state == "submitted" and not own and self.state in ("draft", "returned"):
            return self.env._("only %(user)s submits it", user=self.user_id.name)
        if not own and not self._is_judge():
            return self.env._("it is for those who approve the plans of this branch")
        return self.env._("it is %(state)s", state=self._state_label())

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_submit(self):
        """Hand the own plans in for approval; all of them or none."""
        self._check_transition("submitted")
        self._check_ready()
        self._check_has_approver()
        self._note_proposals()
        self._set_state("submitted", submitted_on=fields.Datetime.now())
        return True

    def action_approve(self):
        """Approve submitted plans; all of them or none.

        An earlier version is superseded in the same transaction, and a plan whose
        month has begun in the branch's time zone runs at once. Where amounts were
        changed since they were handed in, the reason is asked for first.
        """
        self._check_transition("approved")
        self._check_ready()
        if self._countered():
            return self._ask_reason("approve")
        return self._approve()

    def approve_plans(self, reason):
        """Approve submitted plans that are not as their managers handed them in.

        :param str reason: why they differ; required where they do
        :raises UserError: without a reason, or where one may not be approved
        """
        self._check_transition("approved")
        self._check_ready()
        countered = self._countered()
        if countered:
            reason = self._required(reason)
        (self - countered)._approve()
        return countered._approve(reason)

    def _approve(self, reason=False):
        self._note_decision("agree", reason)
        self._supersede_valid()
        self._set_state(
            "approved",
            approver_id=self.env.uid,
            approved_on=fields.Datetime.now(),
            mail_waiting=True,
        )
        self._post_difference()
        self._start_begun()
        self._trigger_approval_mail()
        return True

    def action_return(self):
        """Ask for the reason, then return the plans."""
        self._check_transition("returned")
        return self._ask_reason("return")

    def action_revise(self):
        """Ask for the reason, then prepare the next version."""
        self.ensure_one()._check_transition("superseded")
        return self._ask_reason("revise")

    def action_cancel(self):
        """Ask for the reason, then cancel the plans."""
        self._check_transition("cancelled")
        return self._ask_reason("cancel")

    def return_plans(self, reason):
        """Return submitted plans to their managers.

        :param str reason: what is to be changed; required
        :raises UserError: without a reason, or where one may not be returned
        """
        self._check_transition("returned")
        reason = self._required(reason)
        self._note_decision("return", reason)
        self._set_state("returned", reason=reason)
        return True

    def cancel_plans(self, reason):
        """Cancel plans that are no longer wanted; they stay as evidence.

        :param str reason: why; required
        :raises UserError: without a reason, or where one may not be cancelled
        """
        self._check_transition("cancelled")
        # sudo: approved plans are read-only by rule; the transition was checked above
        self.sudo()._set_state("cancelled", reason=self._required(reason))
        return True

    def revise(self, reason):
        """Make the next versions of approved plans, as drafts with the same lines.

        The approved plan stays valid until its next version is approved.

        :param str reason: why the plan changes; required
        :return: the drafts
        :raises UserError: without a reason, or where a plan is not approved
        """
        self._check_transition("superseded")
        self._check_no_revision()
        reason = self._required(reason)
        vals_list = [plan._prepare_revision_vals(reason) for plan in self]
        drafts = self._as_system().create(vals_list).with_env(self.env)
        for plan, draft in zip(self, drafts, strict=True):
            plan._message_log(
                body=self.env._(
                    "Version %(number)s in preparation: %(reason)s",
                    number=draft.version,
                    reason=reason,
                )
            )
        return drafts

    def _check_no_revision(self):
        for plan in self.revision_ids.filtered(lambda plan: plan.state in OPEN_STATES):
            raise UserError(
                self.env._(
                    "%(plan)s is in preparation already. Continue with that version.",
                    plan=plan.display_name,
                )
            )

    def _prepare_revision_vals(self, reason):
        [vals] = self.copy_data(
            {
                "user_id": self.user_id.id,
                "period_id": self.period_id.id,
                "branch_id": self.branch_id.id,
            }
        )
        vals.update(version=self.version + 1, previous_id=self.id, reason=reason)
        return vals

    def _required(self, reason):
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Give the reason; the other side will read it."))
        return reason

    def _ask_reason(self, kind):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_plan_reason_action"
        )
        action["context"] = {"default_plan_ids": self.ids, "default_kind": kind}
        return action

    # ------------------------------------------------------------------
    # Work behind the buttons
    # ------------------------------------------------------------------

    def _check_ready(self):
        """A plan that is handed in has a target, and a manager who is there."""
        empty = self.filtered(lambda plan: plan.target_amount <= 0)
        if empty:
            raise UserError(
                self.env._(
                    "Enter a target above zero first:\n%(plans)s",
                    plans="\n".join(f"- {plan.display_name}" for plan in empty),
                )
            )
        self._check_user()
        self._check_period()

    def _check_has_approver(self):
        orphans = [plan for plan, users in self._get_approvers().items() if not users]
        if orphans:
            raise UserError(
                self.env._(
                    "Nobody could approve these plans. Ask an administrator to give "
                    "the branch a director, or the company a commercial director:"
                    "\n%(plans)s",
                    plans="\n".join(f"- {plan.display_name}" for plan in orphans),
                )
            )

    def _set_state(self, state, **vals):
        self._lock()
        self._as_system().write({"state": state, **vals})
        self.flush_recordset(["state"])  # the unique indexes speak here, not later
        self._update_activities()

    def _lock(self):
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is deciding on these plans right now. Reload and "
                    "try again."
                )
            ) from error

    def _supersede_valid(self):
        """Let the versions that hold now give way to these."""
        # sudo: approved plans are read-only by rule; the approval of the next version
        # was checked before
        valid = self.sudo().search(
            [
                ("user_id", "in", self.user_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", VALID_STATES),
            ]
        )
        replaced = valid.browse().union(*(plan._same_days(valid) for plan in self))
        if replaced:
            replaced._set_state("superseded")

    def _start_begun(self):
        """Approved plans run from their first day, by the branch's clock."""
        begun = self.filtered(
            lambda plan: (
                plan.state == "approved"
                and plan.day_from <= plan.branch_id._local_today()
            )
        )
        # sudo: approved plans are read-only by rule; that a month begins is no decision
        begun.sudo()._as_system().write({"state": "running"})
        return begun

    @api.model
    def _cron_start(self):
        """Start the approved plans whose month has begun somewhere on earth."""
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        domain = [("state", "=", "approved"), ("date_from", "<=", tomorrow)]
        plans = self.search(domain, order="id")
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(plans))
        for start in range(0, len(plans), CRON_BATCH):
            batch = plans[start : start + CRON_BATCH]
            batch._start_begun()
            if not Cron._commit_progress(len(batch)):
                break
