from odoo import fields, models


class BonusAdjustmentReason(models.Model):
    """Why pay is adjusted, in words that figures are counted by."""

    _name = "bonus.adjustment.reason"
    _description = "Reason of Pay Adjustments"
    _order = "sequence, id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: for all companies.",
    )
