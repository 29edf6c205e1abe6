from odoo import fields, models

PLAN_BASIS = [("invoice", "Invoices"), ("order", "Orders")]


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_manager_kpi_plan_basis = fields.Selection(
        selection=PLAN_BASIS,
        string="Plan Basis",
        required=True,
        default="invoice",
        help="What fills the plans of this company, unless a plan says otherwise.",
    )
