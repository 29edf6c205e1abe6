from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from ..engine.trade_bonus import PERCENT_METHODS, Scope, Tariff, Tier, exact
from .res_company import PLAN_BASIS

METHODS = [
    ("stepped", "Stepped: each part gets the rate of its own tier"),
    ("whole", "Whole volume: everything gets the rate of the tier reached"),
    ("fixed", "Fixed amount of the tier reached"),
    ("per_unit", "Amount per unit"),
    ("growth", "Rate on the growth"),
]
PERIODS = [
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("year", "Year"),
    ("whole", "Whole agreement"),
]
# In the order of `Scope`.
SCOPE_FIELDS = (
    *("include_categ_ids", "include_product_ids"),
    *("exclude_categ_ids", "exclude_product_ids"),
)


class TradeBonusTerm(models.Model):
    """One promise of an agreement: what counts, how it is rewarded, on what condition.

    Money is in the currency of the agreement, turnover untaxed, units in the unit of
    the term.
    """

    _name = "trade.bonus.term"
    _description = "Trade Bonus Term"
    _order = "agreement_id, sequence, id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="trade.bonus.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    basis = fields.Selection(
        selection=PLAN_BASIS,
        required=True,
        default="invoice",
        help="When goods count: once ordered, delivered, invoiced, or paid.",
    )
    net_of_discounts = fields.Boolean(
        string="After Discounts",
        default=True,
        help="Turnover counts as invoiced. Otherwise discounts of lines and documents "
        "are added again.",
    )
    include_categ_ids = fields.Many2many(
        comodel_name="product.category",
        relation="trade_bonus_term_include_categ_rel",
        string="Only Categories",
        help="And everything below them; empty for all products.",
    )
    exclude_categ_ids = fields.Many2many(
        comodel_name="product.category",
        relation="trade_bonus_term_exclude_categ_rel",
        string="Not Categories",
    )
    include_product_ids = fields.Many2many(
        comodel_name="product.template",
        relation="trade_bonus_term_include_product_rel",
        string="Only Products",
        check_company=True,
    )
    exclude_product_ids = fields.Many2many(
        comodel_name="product.template",
        relation="trade_bonus_term_exclude_product_rel",
        string="Not Products",
        check_company=True,
    )
    exclude_promo = fields.Boolean(
        string="Not What a Promotion Lowered",
        default=True,
        help="The same volume is not rewarded twice, on the invoice and afterwards.",
    )
    exclude_below_norm = fields.Boolean(
        string="Not What Was Sold Below the Norm",
        help="Lines whose price went beyond the manager's own authority.",
    )
    method = fields.Selection(selection=METHODS, required=True, default="stepped")
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        help="Units of other products are converted; what cannot be does not count.",
    )
    growth_base = fields.Selection(
        selection=[
            ("last_year", "The same period of last year"),
            ("amount", "An agreed amount"),
        ],
        string="Growth Over",
        default="last_year",
    )
    growth_amount = fields.Monetary(string="Agreed Amount", help="Of one period.")
    period = fields.Selection(
        selection=PERIODS,
        required=True,
        default="quarter",
        help="How often it is calculated and settled, from the first day of the "
        "agreement.",
    )
    cumulative = fields.Boolean(
        string="Tiers Over the Whole Agreement",
        help="Each period pays what everything since the first day has earned, less "
        "what was earned before. Otherwise every period begins at nothing.",
    )
    minimum = fields.Float(
        digits=(16, 2), help="Below this turnover (or units) nothing is earned."
    )
    cap = fields.Monetary(help="At most this bonus; nothing for no cap.")
    limit_overdue = fields.Boolean(string="No Overdue Debt")
    max_overdue_days = fields.Integer(
        help="At the time of calculation no invoice is overdue for more days."
    )
    limit_paid_on_time = fields.Boolean(string="Pays on Time")
    min_paid_percent = fields.Float(
        string="Paid on Time %",
        digits="Discount",
        default=90.0,
        help="Of what was due in the period, by amount; credit notes are no payment.",
    )
    no_open_claims = fields.Boolean(
        help="None that was found unjustified, as far as claims are kept here."
    )
    min_products = fields.Integer(
        string="Different Products", help="At least so many in the period."
    )
    min_categories = fields.Integer(
        string="Different Categories", help="At least so many in the period."
    )
    guard_effect = fields.Selection(
        selection=[
            ("zero", "The bonus of the period is lost"),
            ("reduce", "The bonus is reduced"),
            ("postpone", "It is paid once the conditions hold"),
        ],
        string="Otherwise",
        required=True,
        default="postpone",
    )
    reduce_percent = fields.Float(string="Reduced By (%)", digits="Discount")
    tier_ids = fields.One2many(
        comodel_name="trade.bonus.tier",
        inverse_name="term_id",
        string="Tiers",
        copy=True,
    )

    _percent_range = models.Constraint(
        "CHECK (min_paid_percent >= 0 AND min_paid_percent <= 100"
        " AND reduce_percent >= 0 AND reduce_percent <= 100)",
        "What is paid on time and what is reduced lie between 0 % and 100 %.",
    )
    _not_negative = models.Constraint(
        "CHECK (minimum >= 0 AND cap >= 0 AND growth_amount >= 0"
        " AND max_overdue_days >= 0 AND min_products >= 0 AND min_categories >= 0)",
        "Minimum, cap, agreed amount and conditions are not negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        terms = super().create(vals_list)
        terms.agreement_id._check_open_to_change()
        return terms

    def write(self, vals):
        self.agreement_id._check_open_to_change()
        result = super().write(vals)
        if not set(SCOPE_FIELDS).isdisjoint(vals):
            self.agreement_id._forget_active()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.agreement_id._check_open_to_change()

    # ------------------------------------------------------------------
    # For the engine
    # ------------------------------------------------------------------

    def _scope(self):
        """Which goods this term rewards, as `engine.trade_bonus.Scope`."""
        self.ensure_one()
        if self.agreement_id.state == "active":
            return self._scope_in_force()
        return self._read_scope()

    @tools.ormcache("self.id")
    def _scope_in_force(self):
        # sudo: terms bind whoever reads them; what is in force does not change
        return self.sudo()._read_scope()

    def _read_scope(self):
        return Scope(*(frozenset(self[name].ids) for name in SCOPE_FIELDS))

    def _tariff(self):
        """This term as `engine.trade_bonus.Tariff`."""
        self.ensure_one()
        return Tariff(
            method=self.method,
            tiers=tuple(
                Tier(exact(tier.start), exact(tier.rate))
                for tier in self.tier_ids.sorted("start")
            ),
            minimum=exact(self.minimum) if self.minimum else None,
            cap=exact(self.cap) if self.cap else None,
            step=exact(self.currency_id.rounding),
        )

    # ------------------------------------------------------------------
    # Ready to be agreed
    # ------------------------------------------------------------------

    def _check_ready(self):
        """Refuse what cannot be calculated, saying what to do.

        :raise UserError: or ValidationError, for the first that is wrong
        """
        for term in self:
            if not term.tier_ids:
                raise UserError(
                    self.env._(
                        "%(term)s has no tiers, so that it rewards nothing. Add one.",
                        term=term.name,
                    )
                )
            term._check_tiers()
            term._check_method()

    def _check_tiers(self):
        tiers = self.tier_ids.sorted("start")
        for lower, higher in zip(tiers, tiers[1:], strict=False):
            if higher.rate < lower.rate:
                raise ValidationError(
                    self.env._(
                        "%(term)s: from %(start)s on the customer would get less than "
                        "before. Put the tiers in order.",
                        term=self.name,
                        start=higher.start,
                    )
                )
        if self.method in PERCENT_METHODS and tiers[-1].rate > 100:
            raise ValidationError(
                self.env._("%(term)s: a rate is at most 100 %%.", term=self.name)
            )

    def _check_method(self):
        if self.method == "per_unit" and not self.uom_id:
            raise UserError(
                self.env._(
                    "%(term)s pays per unit. Say which unit.",
                    term=self.name,
                )
            )
        agreed = self.method == "growth" and self.growth_base == "amount"
        if agreed and not self.growth_amount:
            raise UserError(
                self.env._(
                    "%(term)s pays for growth over an agreed amount. Say which amount.",
                    term=self.name,
                )
            )
        if self.method == "growth" and self.cumulative:
            raise UserError(
                self.env._(
                    "%(term)s: growth is counted period by period. Choose a longer "
                    "period instead of tiers over the whole agreement.",
                    term=self.name,
                )
            )
