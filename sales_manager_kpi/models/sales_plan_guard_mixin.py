from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..engine.categories import find_overlap
from .sales_plan_states import OPEN_STATES, VALID_STATES


class SalesPlanGuardMixin(models.AbstractModel):
    """The part of ``sales.plan`` that says what a plan must be and who may write it."""

    _name = "sales.plan.guard.mixin"
    _description = "What a Plan Must Be"

    # What may be written by hand while a plan is open, and while it is a draft.
    # Everything in _system_fields follows from the buttons alone.
    _open_fields = {"line_ids", "note"}
    _draft_fields = {"user_id", "period_id", "company_id", "branch_id", "basis"}
    _identity_fields = {"user_id", "period_id", "company_id"}
    _system_fields = {
        "state",
        "version",
        "previous_id",
        "submitted_on",
        "approver_id",
        "approved_on",
        "reason",
        "target_amount",
        "negotiation_ids",
        "negotiation_round",
        "mail_waiting",
    }

    # ------------------------------------------------------------------
    # What a plan must be
    # ------------------------------------------------------------------

    @api.constrains("user_id", "company_id")
    def _check_user(self):
        for plan in self:
            user = plan.user_id.sudo()  # sudo: which companies a colleague may enter
            if not user.active:
                raise ValidationError(
                    self.env._(
                        "%(user)s is archived and gets no plan. Restore the user, "
                        "or plan for somebody else.",
                        user=user.name,
                    )
                )
            if plan.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to %(company)s. Give the access, or "
                        "plan in another company.",
                        user=user.name,
                        company=plan.company_id.name,
                    )
                )

    @api.constrains("user_id", "period_id", "branch_id")
    def _check_branch(self):
        for plan in self:
            if not plan.branch_id:
                raise ValidationError(
                    self.env._(
                        "%(user)s belongs to no branch of %(company)s in %(month)s. "
                        "Add the user to a branch first (Configuration, Branches).",
                        user=plan.user_id.name,
                        company=plan.company_id.name,
                        month=plan.period_id.display_name,
                    )
                )

    @api.constrains("period_id", "company_id")
    def _check_period(self):
        for plan in self:
            period = plan.period_id.sudo()  # sudo: to name the other company's month
            if period.company_id != plan.company_id:
                raise ValidationError(
                    self.env._(
                        "The month belongs to %(other)s, the plan to %(company)s. "
                        "Choose a month of %(company)s.",
                        other=period.company_id.name,
                        company=plan.company_id.name,
                    )
                )
            if period.state != "open":
                raise ValidationError(
                    self.env._(
                        "%(month)s is closed. Choose an open month.",
                        month=period.display_name,
                    )
                )

    def _check_lines(self):
        """Categories apart from each other, and not more than the total."""
        for plan in self:
            plan._check_twice()
            plan._check_categories()
            plan._check_total()
        self._check_twice_elsewhere()

    def _check_twice(self):
        seen = set()
        for line in self.line_ids:
            if line._key() in seen:
                raise ValidationError(
                    self.env._(
                        "%(target)s stands twice in %(plan)s. Keep one line for it.",
                        target=line._label(),
                        plan=self.display_name,
                    )
                )
            seen.add(line._key())

    def _check_twice_elsewhere(self):
        """Let the database say now what another transaction added meanwhile."""
        self.env["sales.plan.line"].flush_model()
        name = SQL.identifier("sales_plan_line_target_uniq")
        self.env.cr.execute(SQL("SET CONSTRAINTS %s IMMEDIATE", name))
        self.env.cr.execute(SQL("SET CONSTRAINTS %s DEFERRED", name))

    def _check_categories(self):
        lines = self._main_lines().filtered("categ_id")
        overlap = find_overlap(
            [(line.categ_id, line.categ_id.parent_path) for line in lines]
        )
        if not overlap:
            return
        holder, held = overlap
        raise ValidationError(
            self.env._(
                "%(parent)s includes %(child)s, so %(plan)s would count it twice. "
                "Keep one of the two lines.",
                parent=holder.display_name,
                child=held.display_name,
                plan=self.display_name,
            )
        )

    def _check_total(self):
        main = self._main_lines()
        total = main.filtered(lambda line: line.dimension == "total")
        if not total:
            return
        parts = sum((main - total).mapped("target_amount"))
        whole = sum(total.mapped("target_amount"))
        if self.currency_id.compare_amounts(parts, whole) > 0:
            raise ValidationError(
                self.env._(
                    "The categories of %(plan)s come to %(parts)s, more than its total "
                    "of %(total)s. Raise the total or lower a category.",
                    plan=self.display_name,
                    parts=self.currency_id.format(parts),
                    total=self.currency_id.format(whole),
                )
            )

    # ------------------------------------------------------------------
    # What may be written by whom
    # ------------------------------------------------------------------

    def _check_new(self):
        """A plan begins as a draft, however it arrives (form, RPC, import, copy)."""
        for plan in self:
            if (
                plan.state != "draft"
                or plan.version != 1
                or plan.previous_id
                or plan.negotiation_round
                or plan.approver_id
                or plan.approved_on
            ):
                raise self._not_a_draft()
        self._check_month_free()

    def _check_month_free(self):
        """What is agreed changes by its next version, with a reason, not beside it."""
        # sudo: a plan in another branch takes the manager's month all the same
        valid = self.sudo().search(
            [
                ("user_id", "in", self.user_id.ids),
                ("period_id", "in", self.period_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", VALID_STATES),
            ]
        )
        for plan in self:
            if not plan.previous_id and plan._same_days(valid):
                raise UserError(
                    self.env._(
                        "%(user)s has an approved plan for %(month)s already. Revise "
                        "that plan.",
                        user=plan.user_id.name,
                        month=plan.period_id.display_name,
                    )
                )

    def _same_days(self, plans):
        """Those of ``plans`` that speak of days of this manager that this one does."""
        return plans.filtered(
            lambda plan: (
                plan.user_id == self.user_id
                and plan.company_id == self.company_id
                and plan.day_from <= self.day_to
                and plan.day_to >= self.day_from
            )
        )

    def _check_new_state(self, vals_list):
        """The same before the record rules answer with a less helpful refusal."""
        given = self.env.context.get("default_state", "draft")
        if any(vals.get("state", given) != "draft" for vals in vals_list):
            raise self._not_a_draft()

    def _not_a_draft(self):
        return UserError(
            self.env._(
                "A plan begins as a draft. Leave out status, version, previous version "
                "and approval; they follow from the buttons."
            )
        )

    def _check_writable(self, names):
        """Refuse what the state or the role does not allow, for every plan at once."""
        names = set(names)
        if names & self._system_fields:
            raise UserError(
                self.env._(
                    "Status, version and approval are not typed in. Use the buttons "
                    "Submit, Return, Approve and Revise."
                )
            )
        self._check_derived(names)
        if names & (self._open_fields | self._draft_fields):
            self._check_editable()
        if names & self._draft_fields:
            self._check_head_editable(names)

    def _check_head_editable(self, names):
        for plan in self:
            if plan.state == "submitted":
                raise UserError(
                    self.env._(
                        "%(plan)s is submitted: only its amounts can be changed. "
                        "Return it to change the rest.",
                        plan=plan.display_name,
                    )
                )
            if plan.previous_id and names & self._identity_fields:
                raise UserError(
                    self.env._(
                        "%(plan)s revises an approved plan: manager and month stay. "
                        "Delete this draft to plan something else.",
                        plan=plan.display_name,
                    )
                )

    def _check_editable(self):
        """Raise, with the way out, where the acting user may not change amounts."""
        for plan in self:
            message = plan._why_not_editable()
            if message:
                raise UserError(message)

    def _why_not_editable(self):
        if self.state not in OPEN_STATES:
            return self.env._(
                "%(plan)s is %(state)s and stays as it is. Use Revise to make "
                "a new version.",
                plan=self.display_name,
                state=self._state_label(),
            )
        if self.state == "submitted" and not self._is_judge():
            return self.env._(
                "%(plan)s is submitted. Only those who approve it may change it now; "
                "ask them to return it.",
                plan=self.display_name,
            )
        if self.user_id != self.env.user and not self._is_judge():
            return self.env._(
                "Only %(user)s and those who approve the plan may change %(plan)s.",
                user=self.user_id.name,
                plan=self.display_name,
            )
        return None

    def _check_branch_choice(self):
        """Another branch than the membership's is a choice of who directs both."""
        proper = self._proper_branches()
        for plan in self:
            branch = proper[plan][:1]
            if (
                branch
                and plan.branch_id not in proper[plan]
                and not (
                    plan._may_judge_for(branch) and plan._may_judge_for(plan.branch_id)
                )
            ):
                raise UserError(
                    self.env._(
                        "%(user)s belongs to %(branch)s when the month begins. Leave "
                        "the branch, or ask the commercial director to change it.",
                        user=plan.user_id.name,
                        branch=branch.display_name,
                    )
                )

    def _check_deletable(self):
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "%(plan)s is %(state)s. Only drafts are deleted; what was "
                        "submitted is kept as evidence.",
                        plan=plan.display_name,
                        state=plan._state_label(),
                    )
                )

    def _state_label(self):
        selection = self._fields["state"]._description_selection(self.env)
        return dict(selection)[self.state].lower()
