from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of rankings, milestones and badges."""

    # Rankings have files of their own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_ranking_public = fields.Selection(
        related="company_id.sales_manager_kpi_ranking_public", readonly=False
    )
    sales_manager_kpi_ranking_scope = fields.Selection(
        related="company_id.sales_manager_kpi_ranking_scope", readonly=False
    )
    sales_manager_kpi_milestones = fields.Selection(
        related="company_id.sales_manager_kpi_milestones", readonly=False
    )
    sales_manager_kpi_badges = fields.Boolean(
        related="company_id.sales_manager_kpi_badges", readonly=False
    )
    sales_manager_kpi_award_days = fields.Integer(
        related="company_id.sales_manager_kpi_award_days", readonly=False
    )
