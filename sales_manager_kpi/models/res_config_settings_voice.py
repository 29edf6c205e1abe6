from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of proposals and assignments."""

    # Proposals and assignments have files of their own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_proposal_days = fields.Integer(
        related="company_id.sales_manager_kpi_proposal_days", readonly=False
    )
    sales_manager_kpi_assignment_days = fields.Integer(
        related="company_id.sales_manager_kpi_assignment_days", readonly=False
    )
