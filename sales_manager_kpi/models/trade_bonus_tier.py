from odoo import api, fields, models

from ..engine.trade_bonus import PERCENT_METHODS


class TradeBonusTier(models.Model):
    """A tier of a term: from its start up to the start of the next one."""

    _name = "trade.bonus.tier"
    _description = "Trade Bonus Tier"
    _order = "term_id, start"

    term_id = fields.Many2one(
        comodel_name="trade.bonus.term", required=True, index=True, ondelete="cascade"
    )
    agreement_id = fields.Many2one(related="term_id.agreement_id", store=True)
    company_id = fields.Many2one(related="term_id.company_id", store=True)
    start = fields.Float(
        string="From",
        digits=(16, 2),
        help="Exactly here this tier counts already: turnover, units, or per cent of "
        "growth.",
    )
    rate = fields.Float(
        digits=(16, 4),
        help="Per cent, an amount, or an amount per unit, as the method says.",
    )
    unit = fields.Char(compute="_compute_unit", string="Is")

    _start_uniq = models.UniqueIndex(
        "(term_id, start)", "Two tiers begin at the same figure. Keep one of them."
    )
    _not_negative = models.Constraint(
        "CHECK (start >= 0 AND rate >= 0)",
        "Neither the start of a tier nor its rate is negative.",
    )

    @api.depends("term_id.method", "term_id.currency_id", "term_id.uom_id")
    def _compute_unit(self):
        for tier in self:
            term = tier.term_id
            if term.method in PERCENT_METHODS:
                tier.unit = "%"
            elif term.method == "per_unit":
                tier.unit = f"{term.currency_id.name}/{term.uom_id.name or ''}"
            else:
                tier.unit = term.currency_id.name

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        tiers.agreement_id._check_open_to_change()
        return tiers

    def write(self, vals):
        self.agreement_id._check_open_to_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.agreement_id._check_open_to_change()
