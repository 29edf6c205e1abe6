from odoo import fields, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _name = "account.invoice.report"
    _inherit = ["account.invoice.report", "sales.substituted.mixin"]
    _substitution_scope = "invoices"
    _substitution_owner = "invoice_user_id"

    credited_user_id = fields.Many2one(
        comodel_name="res.users", string="Credited To", readonly=True
    )
    credited_branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)

    def _select(self) -> SQL:
        return SQL(
            "%s, move.credited_user_id AS credited_user_id, "
            "move.credited_branch_id AS credited_branch_id",
            super()._select(),
        )
