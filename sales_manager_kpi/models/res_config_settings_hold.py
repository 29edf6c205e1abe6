from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of holds."""

    # The area of supply has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_hold_days = fields.Integer(
        related="company_id.sales_manager_kpi_hold_days", readonly=False
    )
    sales_manager_kpi_hold_extensions = fields.Integer(
        related="company_id.sales_manager_kpi_hold_extensions", readonly=False
    )
    sales_manager_kpi_hold_extensions_director = fields.Integer(
        related="company_id.sales_manager_kpi_hold_extensions_director", readonly=False
    )
    sales_manager_kpi_hold_reorders = fields.Boolean(
        related="company_id.sales_manager_kpi_hold_reorders", readonly=False
    )
