from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of showrooms."""

    # The area of the showroom has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_sample_account_id = fields.Many2one(
        related="company_id.sales_manager_kpi_sample_account_id", readonly=False
    )
