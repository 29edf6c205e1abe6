from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from .sales_plan_line_fact_mixin import COUNTED_MEASURES
from .sales_plan_states import SYSTEM


class SalesPlanNegotiation(models.Model):
    """What was put on the table for a plan, by whom and why.

    Rows are written by what people do with a plan, and stay as they were written.
    """

    _name = "sales.plan.negotiation"
    _description = "Plan Negotiation"
    _inherit = ["append.only.mixin"]
    _order = "id desc"
    _rec_name = "label"

    plan_id = fields.Many2one(
        comodel_name="sales.plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    line_id = fields.Many2one(
        comodel_name="sales.plan.line",
        string="Plan Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    label = fields.Char(
        string="Line", readonly=True, help="The line as it was called at the time."
    )
    round = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How often the plan had been submitted.",
    )
    step = fields.Selection(
        selection=[
            ("propose", "Proposed"),
            ("counter", "Countered"),
            ("accept", "Counter accepted"),
            ("return", "Returned"),
            ("agree", "Approved"),
        ],
        required=True,
        readonly=True,
    )
    role = fields.Selection(
        selection=[("manager", "Manager"), ("head", "Director")],
        required=True,
        readonly=True,
    )
    author_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    measure = fields.Selection(
        selection=lambda self: (
            self.env["sales.plan.line"]
            ._fields["measure"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom", string="Unit", readonly=True, ondelete="restrict"
    )
    value_before = fields.Float(readonly=True, aggregator=None)
    value_after = fields.Float(readonly=True, aggregator=None)
    before = fields.Char(compute="_compute_words")
    after = fields.Char(compute="_compute_words")
    reason = fields.Text(readonly=True)

    @api.depends("measure", "uom_id", "value_before", "value_after", "currency_id")
    @api.depends_context("lang")
    def _compute_words(self):
        for row in self:
            row.before = row._in_words(row.value_before)
            row.after = row._in_words(row.value_after)

    def _in_words(self, value):
        if not value:
            return "–"
        if self.measure not in COUNTED_MEASURES:
            return self.currency_id.format(value)
        unit = self.uom_id.display_name or ""
        return f"{formatLang(self.env, value, digits=2)} {unit}".strip()

    @api.model
    def _may_append(self):
        return self.env.context.get("sales_plan_system") is SYSTEM

    @api.model
    def _may_amend(self):
        return False

    @api.model
    def _refusal(self):
        return UserError(
            self.env._(
                "The negotiation of a plan is evidence: it is written by submitting, "
                "changing, returning and approving the plan, and stays as it is."
            )
        )
