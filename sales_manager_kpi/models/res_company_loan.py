from odoo import fields, models


class ResCompany(models.Model):
    """How long samples are lent, and how long an order may follow."""

    # Loans have files of their own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_loan_days = fields.Integer(
        string="Working Days of a Loan",
        required=True,
        default=10,
        help="Samples are due back on the so many-th working day of the branch after "
        "today.",
    )
    sales_manager_kpi_loan_conversion_days = fields.Integer(
        string="Days in Which an Order Follows a Loan",
        required=True,
        default=60,
        help="An order confirmed within so many days after lending counts as its "
        "result.",
    )

    _sales_manager_kpi_loan_range = models.Constraint(
        "CHECK (sales_manager_kpi_loan_days BETWEEN 0 AND 250 "
        "AND sales_manager_kpi_loan_conversion_days BETWEEN 1 AND 730)",
        "A loan lasts 0 to 250 working days, and an order follows it within 1 to 730 "
        "days.",
    )
