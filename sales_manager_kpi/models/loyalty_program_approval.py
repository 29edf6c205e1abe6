from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

APPROVE_ACTIVITY = "sales_manager_kpi.mail_activity_type_promotion_approve"


class LoyaltyProgram(models.Model):
    """Draft → to approve → approved → stopped; nobody approves their own."""

    # The area of promotions has files of its own.
    _name = "loyalty.program"
    _inherit = ["loyalty.program", "sales.own.matter.mixin"]  # pylint: disable=consider-merging-classes-inherited

    can_approve = fields.Boolean(compute="_compute_can_approve")
    can_stop = fields.Boolean(compute="_compute_can_approve")

    @api.depends("approval_state", "owner_id", "submitted_by_id")
    @api.depends_context("uid")
    def _compute_can_approve(self):
        user = self.env.user
        for program in self:
            own = program._is_own_matter(user)
            program.can_approve = (
                program.approval_state == "to_approve"
                and not own
                and program._is_head(user)
            )
            program.can_stop = program.approval_state == "approved" and (
                program._is_head(user) or own
            )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_submit_promotion(self):
        """Ask somebody else to approve these drafts.

        :raise UserError: for what is no governed draft, or has no goal
        """
        for program in self:
            program._check_submittable()
        self.check_access("write")
        self._decide_promotion("submit", submitted_by_id=self.env.uid)
        for program in self:
            program._call_approvers()

    def _check_submittable(self):
        if not self.is_governed or self.approval_state != "draft":
            raise UserError(self.env._("Only a draft is submitted for approval."))
        if not self.goal:
            raise UserError(
                self.env._(
                    "Say in its goal what %(program)s is to bring, so that it can be "
                    "judged.",
                    program=self.name,
                )
            )
        if self.limit_budget and not self.budget_amount:
            raise UserError(
                self.env._(
                    "%(program)s has a budget of nothing, so that it would give "
                    "nothing. Enter the budget, or take the limit off.",
                    program=self.name,
                )
            )

    def action_approve_promotion(self):
        """Let these programmes count for orders from now on.

        :raise AccessError: for who owns or submitted one, or has no authority
        """
        for program in self:
            if program.approval_state != "to_approve":
                raise UserError(self.env._("Only what was submitted is approved."))
            program._check_approver()
        self._decide_promotion(
            "approve", approver_id=self.env.uid, approved_at=fields.Datetime.now()
        )
        # sudo: nobody is asked any more, whoever was
        self.sudo().activity_feedback([APPROVE_ACTIVITY])

    def _check_approver(self):
        if self.env.su:
            return
        if not self._is_head(self.env.user):
            raise AccessError(
                self.env._("A commercial director approves promotion programmes.")
            )
        if self._is_own_matter(self.env.user):
            raise AccessError(
                self.env._(
                    "%(program)s is your own, or of whom you stand in for. Somebody "
                    "else approves it.",
                    program=self.name,
                )
            )

    def action_return_promotion(self):
        """Back to draft, to be changed: what was submitted, or stopped.

        :raise AccessError: for who neither has authority nor wrote it
        """
        for program in self:
            if program.approval_state not in ("to_approve", "stopped"):
                raise UserError(
                    self.env._("Only what was submitted or stopped is returned.")
                )
            program._check_head_or_own()
        self._decide_promotion("return")
        # sudo: nobody is asked any more, whoever was
        self.sudo().activity_unlink([APPROVE_ACTIVITY])

    def action_stop_promotion(self):
        """Give nothing more from now on, and tell the quotations that hold a reward.

        :raise AccessError: for who neither has authority nor owns it
        """
        for program in self:
            if program.approval_state != "approved":
                raise UserError(self.env._("Only an approved programme is stopped."))
            program._check_head_or_own()
        self._decide_promotion(
            "stop", stopped_by_id=self.env.uid, stopped_at=fields.Datetime.now()
        )
        self._tell_quotations()

    def _check_head_or_own(self):
        user = self.env.user
        if not (self.env.su or self._is_head(user) or self._is_own_matter(user)):
            raise AccessError(
                self.env._(
                    "The owner of %(program)s or a commercial director does that.",
                    program=self.name,
                )
            )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _is_head(self, user):
        """Whether ``user`` decides about programmes of this company."""
        company = self.sudo().company_id  # sudo: only compared
        person = user.sudo()  # sudo: their group and companies
        return person.has_group("sales_manager_kpi.group_commercial_director") and (
            not company or company in person.company_ids
        )

    def _own_people(self):
        return self.owner_id | self.submitted_by_id

    def _call_approvers(self):
        company = self.company_id or self.env.company
        directors, admins = self.env["sales.plan"]._company_approvers(company)
        users = directors.filtered(lambda user: not self._is_own_matter(user))
        users = users or admins.filtered(lambda user: not self._is_own_matter(user))
        for user in users:
            # sudo: asking a director is not writing in the director's name
            self.sudo().activity_schedule(APPROVE_ACTIVITY, user_id=user.id)

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    def _decide_promotion(self, decision, **values):
        """Write the state that follows ``decision``, and a row that says who did it."""
        state = {
            "submit": "to_approve",
            "approve": "approved",
            "return": "draft",
            "stop": "stopped",
        }[decision]
        # sudo: state and decisions are the system's to write
        programs = self.sudo()
        programs.write({"approval_state": state, **values})
        self.env["promotion.decision"].sudo().create(  # sudo: see above
            [
                {
                    "program_id": program.id,
                    "user_id": self.env.uid,
                    "decision": decision,
                    "budget_amount": program.budget_amount,
                }
                for program in programs
            ]
        )

    def _tell_quotations(self):
        """Say in quotations that hold a reward of these whether they keep it."""
        # sudo: quotations of any salesperson, told in nobody's name
        lines = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("reward_id.program_id", "in", self.ids),
                    ("order_id.state", "in", ("draft", "sent")),
                ]
            )
        )
        for program, own in lines.grouped(lambda x: x.reward_id.program_id).items():
            bodies = {order.id: program._words_of_stop(order) for order in own.order_id}
            own.order_id._message_log_batch(bodies=bodies)

    def _words_of_stop(self, order):
        values = {"program": self.name, "user": self.stopped_by_id.name}
        if not (self.keep_offers and order.state == "sent"):
            return self.env._(
                "%(user)s stopped %(program)s. Its reward leaves this quotation when "
                "it is confirmed or its rewards are updated.",
                **values,
            )
        if not order.validity_date:
            return self.env._(
                "%(user)s stopped %(program)s. This quotation was sent and keeps the "
                "reward.",
                **values,
            )
        return self.env._(
            "%(user)s stopped %(program)s. This quotation was sent and keeps the "
            "reward until %(date)s.",
            date=fields.Date.to_string(order.validity_date),
            **values,
        )
