from odoo import fields, models


class SaleReport(models.Model):
    _name = "sale.report"
    _inherit = ["sale.report", "sales.substituted.mixin"]
    _substitution_scope = "orders"

    credited_user_id = fields.Many2one(
        comodel_name="res.users", string="Credited To", readonly=True
    )
    credited_branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)

    def _select_additional_fields(self):
        # s.id is in core's GROUP BY, so the other columns of s need no place there.
        return {
            **super()._select_additional_fields(),
            "credited_user_id": "s.credited_user_id",
            "credited_branch_id": "s.credited_branch_id",
        }
