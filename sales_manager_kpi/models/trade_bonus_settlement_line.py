from odoo import fields, models


class TradeBonusSettlementLine(models.Model):
    """A period in a settlement; in one that is not cancelled only once."""

    _name = "trade.bonus.settlement.line"
    _description = "Trade Bonus Settlement Line"

    settlement_id = fields.Many2one(
        comodel_name="trade.bonus.settlement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    agreement_id = fields.Many2one(related="settlement_id.agreement_id", store=True)
    company_id = fields.Many2one(related="settlement_id.company_id", store=True)
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    period_id = fields.Many2one(
        comodel_name="trade.bonus.period",
        required=True,
        index=True,
        ondelete="restrict",
    )
    amount = fields.Monetary(readonly=True)
    is_live = fields.Boolean(default=True, export_string_translation=False)

    _period_once = models.UniqueIndex(
        "(period_id) WHERE is_live",
        "This period is settled already. Cancel that settlement first.",
    )
