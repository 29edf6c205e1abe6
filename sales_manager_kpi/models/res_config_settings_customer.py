from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of the customer base."""

    # The customer base has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_fresh_months = fields.Integer(
        related="company_id.sales_manager_kpi_fresh_months", readonly=False
    )
    sales_manager_kpi_dormant_months = fields.Integer(
        related="company_id.sales_manager_kpi_dormant_months", readonly=False
    )
    sales_manager_kpi_lost_months = fields.Integer(
        related="company_id.sales_manager_kpi_lost_months", readonly=False
    )
    sales_manager_kpi_abc_a = fields.Integer(
        related="company_id.sales_manager_kpi_abc_a", readonly=False
    )
    sales_manager_kpi_abc_b = fields.Integer(
        related="company_id.sales_manager_kpi_abc_b", readonly=False
    )
