from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .res_company import PLAN_BASIS
from .sales_plan_states import OPEN_STATES, VALID_STATES, is_negative

HEAD_FIELDS = {"company_id", "branch_id", "period_id", "basis", "target_amount"}
BUTTON_FIELDS = {"state", "message"}


class SalesBranchPlan(models.Model):
    """What a branch is to sell in a month, given from above and shared out below.

    The commercial director gives the amount, the branch director divides it over the
    managers. What the managers plan themselves adds up beside it.
    """

    _name = "sales.branch.plan"
    _description = "Branch Plan"
    _inherit = [
        "sales.branch.plan.split.mixin",
        "sales.plan.derived.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, branch_id"
    _rec_names_search = ["branch_id", "period_id"]
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self.env["sales.period"]._upcoming(self.env.company)[1:2],
        domain="[('company_id', '=', company_id), ('state', '=', 'open')]",
    )
    date_from = fields.Date(
        string="Month Begins",
        related="period_id.date_from",
        store=True,
        precompute=True,
        index=True,
    )
    basis = fields.Selection(
        selection=PLAN_BASIS,
        required=True,
        tracking=True,
        default=lambda self: self.env.company.sales_manager_kpi_plan_basis,
        help="What fills the drafts that sharing out makes, and what the history of "
        "the managers is measured by.",
    )
    target_amount = fields.Monetary(
        string="Target",
        tracking=True,
        help="What the branch is to sell, given by the commercial director. Untaxed.",
    )
    state = fields.Selection(
        string="Status",
        selection=[("draft", "Draft"), ("shared", "Shared out")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    share_ids = fields.One2many(
        comodel_name="sales.branch.plan.share",
        inverse_name="branch_plan_id",
        string="Shares",
        copy=False,
    )
    shared_amount = fields.Monetary(
        string="Divided",
        compute="_compute_shared_amount",
        help="The sum of the shares: the whole target, or nothing yet.",
    )
    agreed_amount = fields.Monetary(
        string="Approved Plans",
        compute="_compute_sums",
        help="Approved plans of the managers of this branch.",
    )
    prepared_amount = fields.Monetary(
        string="In Preparation",
        compute="_compute_sums",
        help="Plans of managers that are not approved yet.",
    )
    bottom_up_amount = fields.Monetary(
        string="Bottom-up",
        compute="_compute_sums",
        help="What the managers plan together, approved or in preparation.",
    )
    difference = fields.Monetary(
        compute="_compute_sums",
        help="Bottom-up less the target: below zero is missing.",
    )
    plan_count = fields.Integer(compute="_compute_sums")
    can_share_out = fields.Boolean(compute="_compute_can")
    can_set_target = fields.Boolean(compute="_compute_can")
    message = fields.Text(readonly=True, copy=False)
    note = fields.Html()

    _month_uniq = models.UniqueIndex(
        "(branch_id, period_id)",
        "This branch already has a branch plan for this month. Change that one.",
    )
    _target_positive = models.Constraint(
        "CHECK (COALESCE(target_amount, 0) >= 0)",
        "A target cannot be negative. Enter zero or more.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("branch_id", "period_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            parts = plan.branch_id.display_name, plan.period_id.display_name
            plan.display_name = " · ".join(part for part in parts if part)

    @api.depends("share_ids.amount")
    def _compute_shared_amount(self):
        for plan in self:
            plan.shared_amount = sum(plan.share_ids.mapped("amount"))

    @api.depends("branch_id", "period_id", "target_amount")
    def _compute_sums(self):
        # a form may name any branch; saved ones are read by the record rules
        shown = self.filtered(lambda plan: plan.id or plan._may_judge())
        plans = shown._managers_plans()
        for branch_plan in self:
            own = plans.get((branch_plan.branch_id.id, branch_plan.period_id.id), ())
            amounts = {
                states: sum(p.target_amount for p in own if p.state in states)
                for states in (VALID_STATES, OPEN_STATES)
            }
            branch_plan.agreed_amount = amounts[VALID_STATES]
            branch_plan.prepared_amount = amounts[OPEN_STATES]
            branch_plan.bottom_up_amount = sum(amounts.values())
            branch_plan.difference = (
                branch_plan.bottom_up_amount - branch_plan.target_amount
            )
            branch_plan.plan_count = len(own)

    def _managers_plans(self):
        """``{(branch id, month id): plans}``, in one query.

        The next version of an approved plan is left out: the approved one holds.
        """
        # sudo: the sum of a branch is the same for whoever may read its branch plan
        plans = (
            self.env["sales.plan"]
            .sudo()
            .search_fetch(
                [
                    ("branch_id", "in", self.branch_id.ids),
                    ("period_id", "in", self.period_id.ids),
                    ("state", "in", OPEN_STATES + VALID_STATES),
                ],
                ["branch_id", "period_id", "user_id", "state", "target_amount"],
            )
        )
        plans = plans.filtered(
            lambda p: not (p.state in OPEN_STATES and p.previous_id in plans)
        )
        return plans.grouped(lambda p: (p.branch_id.id, p.period_id.id))

    @api.depends("branch_id")
    @api.depends_context("uid")
    def _compute_can(self):
        commercial = self._is_commercial()
        for plan in self:
            plan.can_set_target = commercial
            plan.can_share_out = self.env["sales.plan"]._may_judge_for(plan.branch_id)

    def _may_judge(self):
        """Whether the acting user agrees the plans of the branch."""
        return self.env.su or self.env["sales.plan"]._may_judge_for(self.branch_id)

    def _is_commercial(self):
        return self.env.su or self.env.user.has_group(
            "sales_manager_kpi.group_commercial_director"
        )

    # ------------------------------------------------------------------
    # Who may write what
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._check_targets(vals_list)
        self._check_derived({name for vals in vals_list for name in vals})
        if any(vals.get("state", "draft") != "draft" for vals in vals_list):
            raise UserError(
                self.env._("A branch plan begins as a draft. Leave its status out.")
            )
        own = self._without_derived_defaults()
        plans = super(SalesBranchPlan, own).create(vals_list).with_env(self.env)
        plans._check_month()
        return plans

    def _undefaulted_names(self):
        return super()._undefaulted_names() | BUTTON_FIELDS

    def write(self, vals):
        self._check_targets([vals])
        self._check_derived(vals)
        if not self._is_commercial():
            given = sorted(HEAD_FIELDS.intersection(vals))
            if given:
                labels = self.fields_get(given, ["string"])
                raise AccessError(
                    self.env._(
                        "Only the commercial director sets these of a branch plan: "
                        "%(fields)s",
                        fields=", ".join(labels[name]["string"] for name in given),
                    )
                )
        if BUTTON_FIELDS.intersection(vals) and not self.env.su:
            raise UserError(
                self.env._("The status follows from the button Share out. Use that.")
            )
        result = super().write(vals)
        if {"branch_id", "period_id", "company_id"}.intersection(vals):
            self._check_month()
        return result

    def _check_targets(self, vals_list):
        if any(is_negative(vals.get("target_amount")) for vals in vals_list):
            raise ValidationError(
                self.env._("A target cannot be negative. Enter zero or more.")
            )

    def _check_month(self):
        for plan in self.filtered(lambda plan: plan.period_id.state != "open"):
            raise ValidationError(
                self.env._(
                    "%(month)s is closed. Choose an open month.",
                    month=plan.period_id.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shared(self):
        for plan in self.filtered(lambda plan: plan.state != "draft"):
            raise UserError(
                self.env._(
                    "%(plan)s is shared out and is kept. Only drafts are deleted.",
                    plan=plan.display_name,
                )
            )

    # ------------------------------------------------------------------
    # Sharing out
    # ------------------------------------------------------------------

    def action_share_out(self):
        """Make the shares the totals of the managers' plans, as drafts to begin from.

        Managers with an agreed plan keep it. A plan that was handed in gets the share
        as the head's counter. All shares or none.
        """
        for plan in self:
            plan._check_share_out()
            kept = plan._share_out()
            # sudo: the status is written by this button alone; the right was checked
            plan.sudo().write({"state": "shared", "message": plan._explain(kept)})
        return True

    def _check_share_out(self):
        if not self.env["sales.plan"]._may_judge_for(self.branch_id):
            raise UserError(
                self.env._(
                    "Only the director of %(branch)s shares out its plan.",
                    branch=self.branch_id.display_name,
                )
            )
        self._check_month()
        if self.target_amount <= 0:
            raise UserError(
                self.env._(
                    "%(plan)s has no target above zero to share out. Ask the "
                    "commercial director for it.",
                    plan=self.display_name,
                )
            )
        if not self.currency_id.compare_amounts(self.shared_amount, 0.0):
            raise UserError(self.env._("Divide the target over the managers first."))
        gone = self.share_ids.filtered("amount").user_id - self._users()
        if gone:
            raise UserError(
                self.env._(
                    "These no longer belong to %(branch)s in that month, divide "
                    "again: %(names)s",
                    branch=self.branch_id.display_name,
                    names=", ".join(gone.mapped("name")),
                )
            )

    def _share_out(self):
        """Write the drafts; return the shares whose managers keep what they have."""
        kept = self.env["sales.branch.plan.share"]
        vals_list = []
        plans = self.share_ids._plan_by_user()
        for share in self.share_ids.filtered("amount"):
            plan = plans.get(share.user_id.id)
            if not plan:
                vals_list.append(share._prepare_plan_vals())
            elif plan.sudo(False)._why_not_editable():
                kept |= share
            else:
                share._put_total(plan.sudo(False))
        self.env["sales.plan"].create(vals_list)
        return kept

    def _explain(self, kept):
        if not kept:
            return False
        return self.env._(
            "Left as they are, since their plan is approved or not yours to change: "
            "%(names)s.",
            names=", ".join(kept.user_id.mapped("name")),
        )

    def action_open_plans(self):
        """Open the plans that the managers of this branch have for the month."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.sales_plan_action"
        )
        return {
            **action,
            "domain": [
                ("branch_id", "=", self.branch_id.id),
                ("period_id", "=", self.period_id.id),
                ("state", "in", OPEN_STATES + VALID_STATES),
            ],
            "context": {},
        }
