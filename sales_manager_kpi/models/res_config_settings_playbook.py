from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of leads."""

    # The playbook has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_lead_hours = fields.Float(
        related="company_id.sales_manager_kpi_lead_hours", readonly=False
    )
