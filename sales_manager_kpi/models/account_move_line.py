from odoo import fields, models


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "sales.stamped.mixin"]
    _stamp_fields = frozenset({"recognition_cost"})

    recognition_cost = fields.Float(
        copy=False,
        readonly=True,
        digits=0,
        groups="sales_manager_kpi.group_cost",
        help="Cost of one unit of the product's unit of measure, in company currency, "
        "when the invoice was posted. Empty in the table where it was not known.",
    )
