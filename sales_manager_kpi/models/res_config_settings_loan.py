from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of loans."""

    # Loans have files of their own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_loan_days = fields.Integer(
        related="company_id.sales_manager_kpi_loan_days", readonly=False
    )
    sales_manager_kpi_loan_conversion_days = fields.Integer(
        related="company_id.sales_manager_kpi_loan_conversion_days", readonly=False
    )
