from odoo import fields, models

PLAN_BASIS = [
    ("invoice", "Invoices"),
    ("order", "Orders"),
    ("delivery", "Deliveries"),
    ("payment", "Payments"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    sales_manager_kpi_plan_basis = fields.Selection(
        selection=PLAN_BASIS,
        string="Plan Basis",
        required=True,
        default="invoice",
        help="What fills the plans of this company, unless a plan says otherwise: "
        "invoices and credit notes by their date, orders by their first confirmation, "
        "goods when they are delivered, or invoices as they are paid.",
    )
    sales_manager_kpi_target_policy = fields.Selection(
        selection=[
            ("agreed", "Agreed targets"),
            ("effective", "Effective targets"),
        ],
        string="Counting Targets",
        required=True,
        default="agreed",
        help="Whether plans are measured by the target as agreed, or by its part that "
        "falls on the days the manager was there.",
    )
    sales_manager_kpi_new_customer_months = fields.Integer(
        string="Months of Silence of a New Customer",
        required=True,
        default=24,
        help="A customer who bought nothing for so many months is new again. "
        "0: only the first purchase ever makes a customer new.",
    )

    _sales_manager_kpi_new_customer_months_range = models.Constraint(
        "CHECK (sales_manager_kpi_new_customer_months BETWEEN 0 AND 1200)",
        "The months of silence of a new customer lie between 0 and 1200.",
    )
