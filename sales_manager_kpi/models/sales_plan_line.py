from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sales_plan_states import SYSTEM


class SalesPlanLine(models.Model):
    """One target of a plan: the total, or a product category with its children."""

    _name = "sales.plan.line"
    _description = "Sales Plan Line"
    _inherit = ["sales.plan.derived.mixin"]
    _order = "plan_id, dimension desc, sequence, id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        comodel_name="sales.plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    user_id = fields.Many2one(related="plan_id.user_id")
    basis = fields.Selection(related="plan_id.basis")
    state = fields.Selection(related="plan_id.state")
    sequence = fields.Integer(default=10)
    dimension = fields.Selection(
        selection=[("total", "Total"), ("category", "Product category")],
        required=True,
        default="category",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Product Category",
        index=True,
        ondelete="restrict",
        help="Products of the categories below it are included.",
    )
    target_amount = fields.Monetary(
        string="Target",
        help="Untaxed, in the company's currency.",
    )
    previous_amount = fields.Monetary(
        string="Previous Version",
        compute="_compute_previous_amount",
    )
    difference = fields.Monetary(
        compute="_compute_previous_amount",
        help="This version less the previous one.",
    )
    last_year_amount = fields.Monetary(
        string="Last Year",
        compute="_compute_last_year_amount",
        help="Fact of the same month of last year, on the plan's basis.",
    )
    fact_amount = fields.Monetary(
        string="Fact",
        compute="_compute_fact_amount",
        help="Counted so far, live, on the plan's basis.",
    )
    has_base = fields.Boolean(compute="_compute_fact_amount")
    fulfilment = fields.Float(
        compute="_compute_fact_amount",
        aggregator=None,
        help="Fact as a share of the target. Without a target there is no base: the "
        "field is blank then, not 0 %.",
    )

    _target_positive = models.Constraint(
        "CHECK (target_amount >= 0)",
        "A target cannot be negative. Enter zero or more.",
    )
    _category_set = models.Constraint(
        "CHECK ((dimension = 'category') = (categ_id IS NOT NULL))",
        "A category line needs a product category, and the total line has none.",
    )
    _total_uniq = models.UniqueIndex(
        "(plan_id) WHERE dimension = 'total'",
        "A plan has one total. Change the total line it has.",
    )

    @api.depends("dimension", "categ_id", "plan_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.plan_id.display_name} · {line._label()}"

    @api.depends("target_amount", "dimension", "categ_id", "plan_id.previous_id")
    def _compute_previous_amount(self):
        for line in self:
            previous = line.plan_id.previous_id
            amount = previous._amount_by_key().get(line._key(), 0.0)
            line.previous_amount = amount
            line.difference = line.target_amount - amount if previous else 0.0

    @api.depends("dimension", "categ_id", "plan_id.period_id", "plan_id.basis")
    def _compute_last_year_amount(self):
        amounts = self._amounts_by_line(months_back=12)
        for line in self:
            line.last_year_amount = amounts.get(line, 0.0)

    @api.depends(
        "dimension",
        "categ_id",
        "target_amount",
        "plan_id.user_id",
        "plan_id.period_id",
        "plan_id.basis",
    )
    def _compute_fact_amount(self):
        amounts = self._amounts_by_line()
        for line in self:
            line.fact_amount = amounts.get(line, 0.0)
            line.has_base = line.target_amount > 0
            line.fulfilment = (
                line.fact_amount / line.target_amount if line.has_base else 0.0
            )

    def _amounts_by_line(self, months_back=0):
        """Fact of every line, one query per basis: ``{line: amount}``."""
        facts = self.plan_id._facts(months_back)
        result = {}
        for line in self:
            fact = facts.get(line.plan_id)
            if fact:
                result[line] = fact.of(line)
        return result

    @api.onchange("dimension")
    def _onchange_dimension(self):
        if self.dimension == "total":
            self.categ_id = False

    @api.constrains("plan_id", "dimension", "categ_id", "target_amount")
    def _check_plan(self):
        if self.env.context.get("sales_plan_whole") is not SYSTEM:
            self.plan_id._check_lines()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_derived({name for vals in vals_list for name in vals})
        self._check_targets(vals_list)
        self._check_plans_editable({vals.get("plan_id") for vals in vals_list})
        own = self._without_derived_defaults()
        lines = super(SalesPlanLine, own).create(vals_list).with_env(self.env)
        # and afterwards, since a plan may also come from the context's defaults
        self._check_plans_editable(lines.plan_id.ids)
        return lines

    def write(self, vals):
        self._check_derived(vals)
        self._check_targets([vals])
        if vals.keys() - {"sequence"}:
            self._check_plans_editable({*self.plan_id.ids, vals.get("plan_id")})
        return super().write(vals)

    def unlink(self):
        self._check_plans_editable(self.plan_id.ids)
        return super().unlink()

    def _check_targets(self, vals_list):
        """Said in words before the database says it; an import shows this one."""
        if any((vals.get("target_amount") or 0) < 0 for vals in vals_list):
            raise ValidationError(
                self.env._("A target cannot be negative. Enter zero or more.")
            )

    def _check_plans_editable(self, plan_ids):
        plans = self.env["sales.plan"].browse(sorted(i for i in plan_ids if i))
        if not plans._is_system():
            plans._check_editable()

    def _key(self):
        """What tells the lines of two versions of a plan apart."""
        return self.dimension, self.categ_id.id

    def _label(self):
        if self.dimension == "total":
            return self.env._("Total")
        return self.categ_id.display_name
