from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of contracts."""

    # The area of contracts has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_contract_notice_days = fields.Integer(
        related="company_id.sales_manager_kpi_contract_notice_days", readonly=False
    )
