from odoo import fields, models


class MarketTag(models.Model):
    """A word by which market notes are found again."""

    _name = "market.tag"
    _description = "Tag of the Market"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()

    _name_uniq = models.UniqueIndex("(name)", "This tag is there already.")
