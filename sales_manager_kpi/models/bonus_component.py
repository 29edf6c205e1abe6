from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .res_company import PLAN_BASIS

KINDS = [
    ("own_deals", "Share of own deals"),
    ("plan", "Bonus for the plan"),
    ("criterion", "Bonus for a criterion or the score"),
    ("growth", "Growth of the territory"),
    ("new_customers", "New customers"),
    ("programme", "Promotion"),
    ("team_override", "Share of the branch's deals"),
    ("duty_fee", "Fees for substitutions"),
    ("fixed", "Fixed amount"),
    ("minimum", "Guaranteed minimum"),
    ("multiplier", "Multiplier by the score"),
]
# Kinds whose base is money that was turned over, so that filters and returns count.
FACT_KINDS = ("own_deals", "new_customers", "programme", "team_override")
# Of these it is known which invoice brought what.
HOLD_KINDS = ("own_deals", "programme", "team_override")
AXES = [
    ("amount", "The base itself"),
    ("attainment", "Plan fulfilment (%)"),
    ("score", "Score"),
    ("growth", "Growth (%)"),
    ("count", "Number of new customers"),
    ("discount", "Discount of each line (%)"),
]
METHODS = [
    ("marginal", "Marginal: each part gets the rate of its own tier"),
    ("whole", "Whole: everything gets the rate of the tier reached"),
    ("interpolated", "Interpolated: between two tiers the rate lies between theirs"),
]


class BonusComponent(models.Model):
    """One thing a scheme pays for: what counts, how it becomes money, on what gates.

    Amounts are in company currency, rates in per cent, months whole.
    """

    _name = "bonus.component"
    _description = "Pay Component"
    _inherit = ["bonus.part.mixin"]
    _order = "scheme_id, sequence, id"
    _check_company_auto = True
    _harmless = frozenset({"name", "tier_ids", "decay_ids"})  # these check themselves

    scheme_id = fields.Many2one(
        comodel_name="bonus.scheme", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="scheme_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="scheme_id.currency_id")
    state = fields.Selection(related="scheme_id.state")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="The same in all versions: what returns take back is found by it.",
    )
    kind = fields.Selection(selection=KINDS, required=True, default="own_deals")
    summary = fields.Text(string="In Words", compute="_compute_summary")

    basis = fields.Selection(
        selection=PLAN_BASIS,
        required=True,
        default="invoice",
        help="When deals count: once ordered, delivered, invoiced, or paid.",
    )
    categ_ids = fields.Many2many(
        comodel_name="product.category",
        relation="bonus_component_categ_rel",
        string="Only Categories",
        help="And everything below them; empty for all products.",
    )
    exclude_categ_ids = fields.Many2many(
        comodel_name="product.category",
        relation="bonus_component_exclude_categ_rel",
        string="Not Categories",
    )
    product_ids = fields.Many2many(
        comodel_name="product.template",
        string="Only Products",
        check_company=True,
        help="Beside the categories; empty for all of these.",
    )
    class_ids = fields.Many2many(
        comodel_name="customer.class",
        string="Customer Classes",
        check_company=True,
        help="Customers in these classes on the last day of the month; empty for all.",
    )
    new_customer_months = fields.Integer(
        string="New Within Months",
        help="Only customers whose first purchase lies within so many months, this one "
        "included. 0: all customers.",
    )
    max_discount = fields.Float(
        string="Discount at Most (%)",
        digits="Discount",
        help="Lines with a larger discount do not count. 0: not asked.",
    )
    program_ids = fields.Many2many(
        comodel_name="loyalty.program",
        string="Promotions",
        help="Only orders that used one of these.",
    )
    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
        help="Its score; without one the score of the whole scorecard.",
    )

    amount = fields.Monetary(
        help="Of a month: what is fixed or guaranteed, the bonus at 100 %, or what a "
        "new customer brings.",
    )
    rate_percent = fields.Float(
        string="Rate (%)",
        digits=(16, 4),
        help="Of the base, where there are no tiers.",
    )
    tier_axis = fields.Selection(
        selection=AXES,
        required=True,
        default="amount",
        string="Tiers By",
        help="What decides which tier is reached.",
    )
    tier_method = fields.Selection(selection=METHODS, required=True, default="marginal")
    tier_pays = fields.Selection(
        selection=[("rate", "A rate (%)"), ("amount", "An amount")],
        string="Tiers Give",
        required=True,
        default="rate",
    )
    tier_ids = fields.One2many(
        comodel_name="bonus.tier",
        inverse_name="component_id",
        string="Tiers",
        copy=True,
    )

    gate_score = fields.Float(
        string="From a Score Of",
        digits=(16, 2),
        help="Below this final score nothing is paid. 0: no gate.",
    )
    gate_attainment = fields.Float(
        string="From a Fulfilment Of (%)",
        digits=(16, 2),
        help="Below this fulfilment of the plan nothing is paid. 0: no gate.",
    )
    scorecard_gates = fields.Boolean(
        string="Gates of the Scorecard",
        help="Nothing is paid where a criterion of the scorecard is below its gate.",
    )
    floor = fields.Monetary(help="At least this much once the gates are open. 0: none.")
    cap = fields.Monetary(help="At most this much. 0: no cap.")
    hold_percent = fields.Float(
        string="Held Until Paid (%)",
        digits=(5, 2),
        help="This part is paid out once the customer has paid the invoice.",
    )
    decay_ids = fields.One2many(
        comodel_name="bonus.decay",
        inverse_name="component_id",
        copy=True,
        help="How much of what is held remains when the customer pays late.",
    )
    is_multiplied = fields.Boolean(
        string="Multiplied", help="The multipliers of the scheme change this amount."
    )
    is_prorated = fields.Boolean(
        string="By Days",
        help="Who was in the branches for a part of the month gets that part of the "
        "amount, by working days.",
    )
    newcomer_months = fields.Integer(
        string="First Months",
        help="Only in so many first months of somebody in the branches of the company. "
        "0: always.",
    )

    _code_uniq = models.UniqueIndex(
        "(scheme_id, code)",
        "Two components of a scheme have the same code. Choose another one.",
    )
    _not_negative = models.Constraint(
        "CHECK (amount >= 0 AND rate_percent >= 0 AND floor >= 0 AND cap >= 0"
        " AND gate_score >= 0 AND gate_attainment >= 0"
        " AND new_customer_months >= 0 AND newcomer_months >= 0)",
        "Amounts, rates, gates and months of a component are not negative.",
    )
    _percent_range = models.Constraint(
        "CHECK (max_discount >= 0 AND max_discount <= 100"
        " AND hold_percent >= 0 AND hold_percent <= 100)",
        "Per cents of a component lie between 0 and 100.",
    )
    _floor_cap = models.Constraint(
        "CHECK (COALESCE(cap, 0) = 0 OR COALESCE(floor, 0) <= cap)",
        "The floor of a component is not above its cap.",
    )

    @api.constrains("hold_percent", "basis", "kind")
    def _check_hold(self):
        for component in self:
            if component.hold_percent and (
                component.kind not in HOLD_KINDS or component.basis != "invoice"
            ):
                raise ValidationError(
                    self.env._(
                        "%(component)s: only what is paid for invoices can be held "
                        "until they are paid. Choose that basis, or hold nothing.",
                        component=component.name,
                    )
                )
