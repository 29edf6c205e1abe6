from odoo import fields, models


class ResCompany(models.Model):
    """How long before its end a contract is spoken of."""

    # The area of contracts has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_contract_notice_days = fields.Integer(
        string="Days Before a Contract Ends",
        required=True,
        default=30,
        help="The manager is reminded so many days before a frame contract ends.",
    )

    _sales_manager_kpi_contract_notice_range = models.Constraint(
        "CHECK (sales_manager_kpi_contract_notice_days BETWEEN 0 AND 365)",
        "A contract is spoken of 0 to 365 days before it ends.",
    )
