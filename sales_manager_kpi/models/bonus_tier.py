from odoo import fields, models


class BonusTier(models.Model):
    """A tier of a component: from its start up to the start of the next one."""

    _name = "bonus.tier"
    _description = "Pay Tier"
    _inherit = ["bonus.part.mixin"]
    _order = "component_id, start"

    component_id = fields.Many2one(
        comodel_name="bonus.component", required=True, index=True, ondelete="cascade"
    )
    scheme_id = fields.Many2one(
        related="component_id.scheme_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="component_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="component_id.currency_id")
    start = fields.Float(
        string="From",
        digits=(16, 2),
        help="Exactly here this tier counts already, up to the start of the next one.",
    )
    rate = fields.Float(string="Rate (%)", digits=(16, 4))
    amount = fields.Monetary()

    _start_uniq = models.UniqueIndex(
        "(component_id, start)", "Two tiers begin at the same figure. Keep one of them."
    )
    _not_negative = models.Constraint(
        "CHECK (start >= 0 AND rate >= 0 AND amount >= 0)",
        "Neither the start of a tier nor what it gives is negative.",
    )
