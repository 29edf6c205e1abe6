from odoo import fields, models


class PromotionGroup(models.Model):
    """Programmes of which an order gets at most one."""

    _name = "promotion.group"
    _description = "Exclusive Group of Promotions"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    combination = fields.Selection(
        string="Which Counts",
        selection=[
            ("best", "The best for the customer"),
            ("first", "The first by sequence"),
        ],
        required=True,
        default="best",
        help="The first one goes by the order of programmes in their list.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self.env.company,
        help="Empty for all companies.",
    )
    program_ids = fields.One2many(
        comodel_name="loyalty.program",
        inverse_name="exclusive_group_id",
        string="Programmes",
    )

    _name_uniq = models.UniqueIndex(
        "(company_id, (name->>'en_US'))",
        "Another group has this name. Choose that one, or another name.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "combination" in vals:
            self.env["loyalty.program"]._forget_governed()
        return result
