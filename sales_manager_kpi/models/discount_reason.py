from odoo import fields, models


class DiscountReason(models.Model):
    """Why a price below the norm is asked for; a list, so that it can be counted."""

    _name = "discount.reason"
    _description = "Reason for a Discount"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty to use it in all companies.",
    )
    needs_evidence = fields.Boolean(
        help="Somebody who asks for this reason attaches a document, such as the offer "
        "of a competitor."
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, (name ->> 'en_US'))", "This reason is in the list already."
    )
