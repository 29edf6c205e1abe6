from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .res_company import PLAN_BASIS
from .sales_plan_line import MAIN_DIMENSIONS
from .sales_plan_line_fact_mixin import COUNTED_MEASURES
from .sales_plan_states import OPEN_STATES, SYSTEM, VALID_STATES


class SalesPlan(models.Model):
    """What one manager is to sell in one month, agreed with who approves it.

    Amounts are untaxed, in the company's currency. The plan counts against the
    documents of its basis: invoices and credit notes, confirmed orders, deliveries or
    payments.
    """

    _name = "sales.plan"
    _description = "Sales Plan"
    _inherit = [
        "sales.plan.derived.mixin",
        "sales.plan.guard.mixin",
        "sales.plan.fact.mixin",
        "sales.plan.days.mixin",
        "sales.plan.move.mixin",
        "sales.plan.forecast.mixin",
        "sales.plan.activity.mixin",
        "sales.plan.difference.mixin",
        "sales.plan.negotiated.mixin",
        "sales.plan.outlook.mixin",
        "sales.plan.document.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_from desc, branch_id, user_id, version desc"
    _rec_names_search = ["user_id", "period_id"]
    _check_company_auto = True
    _mail_post_access = "read"  # the talk goes on when the amounts stand

    name = fields.Char(compute="_compute_name")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    period_id = fields.Many2one(
        comodel_name="sales.period",
        string="Month",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        default=lambda self: self._default_period(),
        domain="[('company_id', '=', company_id), ('state', '=', 'open')]",
    )
    date_from = fields.Date(
        string="Month Begins",
        related="period_id.date_from",
        store=True,
        precompute=True,
        index=True,
    )
    day_from = fields.Date(
        string="First Day",
        compute="_compute_days",
        store=True,
        precompute=True,
        help="The first day of the month that this plan speaks of.",
    )
    day_to = fields.Date(
        string="Last Day",
        compute="_compute_days",
        store=True,
        precompute=True,
        help="The last day of the month that this plan speaks of, included.",
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        compute="_compute_branch_id",
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Where the manager works when the month begins.",
    )
    basis = fields.Selection(
        selection=PLAN_BASIS,
        required=True,
        tracking=True,
        default=lambda self: self.env.company.sales_manager_kpi_plan_basis,
        help="What fills this plan: invoices and credit notes by their date, orders by "
        "their first confirmation, goods when they are delivered, or invoices as they "
        "are paid.",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("returned", "Returned"),
            ("approved", "Approved"),
            ("running", "Running"),
            ("superseded", "Superseded"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    version = fields.Integer(
        readonly=True, default=1, copy=False, aggregator=None, tracking=True
    )
    previous_id = fields.Many2one(
        comodel_name="sales.plan",
        string="Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    line_ids = fields.One2many(
        comodel_name="sales.plan.line",
        inverse_name="plan_id",
        string="Lines",
        copy=True,
    )
    has_further_lines = fields.Boolean(compute="_compute_has_lines")
    has_customer_lines = fields.Boolean(compute="_compute_has_lines")
    has_customer_group_lines = fields.Boolean(compute="_compute_has_lines")
    has_unit_lines = fields.Boolean(compute="_compute_has_lines")
    has_counted_lines = fields.Boolean(compute="_compute_has_lines")
    target_amount = fields.Monetary(
        string="Target",
        compute="_compute_target_amount",
        store=True,
        tracking=True,
        help="The total line; without one, the sum of the categories. Further targets "
        "do not add to it.",
    )
    submitted_on = fields.Datetime(readonly=True, copy=False)
    approver_id = fields.Many2one(
        comodel_name="res.users",
        string="Approved By",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    reason = fields.Text(
        readonly=True,
        copy=False,
        help="Why the plan was last returned, revised or cancelled.",
    )
    note = fields.Html()

    _valid_uniq = models.UniqueIndex(
        "(user_id, period_id, company_id, day_from) "
        "WHERE state IN ('approved', 'running')",
        "This manager already has an approved plan for this month. Revise that plan.",
    )
    _open_uniq = models.UniqueIndex(
        "(user_id, period_id, company_id, day_from) "
        "WHERE state IN ('draft', 'submitted', 'returned')",
        "This manager already has a plan in preparation for this month. "
        "Continue with that plan.",
    )

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    def _default_period(self):
        """The first month from now on that the acting user has not planned."""
        company = self.env.company
        periods = self.env["sales.period"]._upcoming(company)
        domain = [
            ("user_id", "=", self.env.uid),
            ("period_id", "in", periods.ids),
            ("state", "in", OPEN_STATES + VALID_STATES),
        ]
        return (periods - self.search(domain).period_id)[:1] or periods[:1]

    @api.depends("user_id", "period_id", "version", "day_from", "day_to")
    @api.depends_context("lang")
    def _compute_name(self):
        for plan in self:
            plan.name = plan._name_parts()

    def _name_parts(self):
        parts = [self.user_id.name, self.period_id.display_name]
        if self.day_from and not self._is_whole_month():
            parts.append(f"{self.day_from.day}–{self.day_to.day}")
        if self.version > 1:
            parts.append(self.env._("version %(number)s", number=self.version))
        return " · ".join(part for part in parts if part)

    @api.depends("name")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = plan.name

    @api.depends(
        "user_id",
        "company_id",
        "branch_id",
        "period_id.date_from",
        "period_id.date_to",
    )
    def _compute_days(self):
        """Memberships that change later come in by `_following_moves`."""
        spans = self.env["sales.working.days"]._spans(self.user_id, self.company_id)
        for plan in self:
            key = plan.user_id._origin.id, plan.company_id._origin.id
            plan.day_from, plan.day_to = plan._own_days(spans.get(key))

    @api.depends("user_id", "period_id")
    def _compute_branch_id(self):
        branches = self._membership_branches()
        for plan in self:
            plan.branch_id = branches.get(plan, False)

    @api.depends("line_ids.dimension", "line_ids.measure", "line_ids.target_amount")
    def _compute_target_amount(self):
        for plan in self:
            plan.target_amount = sum(plan._target_lines().mapped("target_amount"))

    @api.depends("line_ids.dimension", "line_ids.measure")
    def _compute_has_lines(self):
        """What kinds of lines there are, so that a form shows their columns only."""
        for plan in self:
            dimensions = set(plan.line_ids.mapped("dimension"))
            measures = set(plan.line_ids.mapped("measure"))
            plan.has_further_lines = plan.line_ids != plan._main_lines()
            plan.has_customer_lines = "customer" in dimensions
            plan.has_customer_group_lines = "customer_group" in dimensions
            plan.has_unit_lines = "quantity" in measures
            plan.has_counted_lines = not measures.isdisjoint(COUNTED_MEASURES)

    def _main_lines(self):
        """The lines that make the target: the total and the categories in money."""
        return self.line_ids.filtered(lambda line: line._is_main())

    def _filling_categories(self):
        """The categories whose facts fill the plan; none when all facts do."""
        lines = self._main_lines()
        if "total" in lines.mapped("dimension"):
            return lines.categ_id.browse()
        return lines.categ_id

    def _filling_categories_of_all(self):
        """``{plan: categories}`` as `_filling_categories`, in one query for all."""
        found = self.env["sales.plan.line"]._read_group(
            [
                ("plan_id", "in", self.ids),
                ("measure", "=", "amount"),
                ("dimension", "in", MAIN_DIMENSIONS),
            ],
            ["plan_id"],
            ["dimension:array_agg", "categ_id:recordset"],
        )
        none = self.env["product.category"]
        filling = dict.fromkeys(self, none)
        for plan, dimensions, categories in found:
            filling[plan] = none if "total" in dimensions else categories
        return filling

    def _target_lines(self):
        """The total line; without one, the categories."""
        main = self._main_lines()
        return main.filtered(lambda line: line.dimension == "total") or main

    # ------------------------------------------------------------------
    # Create, write, unlink, copy
    # ------------------------------------------------------------------

    def _as_system(self):
        """These plans for a write that follows from a button, not from a form."""
        return self.with_context(sales_plan_system=SYSTEM)

    def _is_system(self):
        return self.env.context.get("sales_plan_system") is SYSTEM

    def _undefaulted_names(self):
        """Nor does a default say what follows from a button."""
        return super()._undefaulted_names() | self._system_fields

    def _writing_whole(self):
        """Lines are judged when all of them are written, not one by one."""
        return self.with_context(sales_plan_whole=SYSTEM)

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_system():
            self._check_new_state(vals_list)
            self._check_derived({name for vals in vals_list for name in vals})
        whole = self._without_derived_defaults()._writing_whole()
        plans = super(SalesPlan, whole).create(vals_list)
        plans = plans.with_env(self.env)
        if not self._is_system():
            plans._check_new()
        plans._check_branch_choice()
        plans._check_lines()
        return plans

    def write(self, vals):
        if not self._is_system():
            self._check_writable(vals.keys())
        if "line_ids" in vals:
            super(SalesPlan, self._writing_whole()).write(vals)
            self._check_lines()
        else:
            super().write(vals)
        if not self._is_system() and not vals.keys().isdisjoint(self._draft_fields):
            # a plan must not be given away to somebody whose plans are not ours
            self.check_access("write")
            self._check_month_free()
            self._check_branch_choice()
        return True

    def unlink(self):
        self._check_deletable()
        return super().unlink()

    def copy_data(self, default=None):
        """A copy is a draft for the first later month the manager has not planned."""
        default = dict(default or {})
        vals_list = super().copy_data(default=default)
        if "period_id" not in default:
            taken = self._taken_months()
            for plan, vals in zip(self, vals_list, strict=True):
                period = plan._next_free_period(taken, vals["user_id"])
                vals["period_id"] = period.id
        if "branch_id" not in default:
            for vals in vals_list:
                vals.pop("branch_id", None)
        return vals_list

    def _taken_months(self):
        plans = self.sudo().search(  # sudo: any plan of these managers takes its month
            [
                ("user_id", "in", self.user_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", OPEN_STATES + VALID_STATES),
            ]
        )
        return {(p.company_id.id, p.user_id.id, p.date_from) for p in plans}

    def _next_free_period(self, taken, user_id):
        month = self.date_from + relativedelta(months=1)
        while (self.company_id.id, user_id, month) in taken:
            month += relativedelta(months=1)
        taken.add((self.company_id.id, user_id, month))
        return self.env["sales.period"]._for_date(self.company_id, month)
