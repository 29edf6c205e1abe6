from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of claims."""

    # Claims have files of their own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_claim_hours = fields.Float(
        related="company_id.sales_manager_kpi_claim_hours", readonly=False
    )
    sales_manager_kpi_claim_alias_name = fields.Char(
        string="Address for Claims",
        compute="_compute_sales_manager_kpi_claim_alias_name",
        inverse="_inverse_sales_manager_kpi_claim_alias_name",
        help="The part before the @. Mails to this address open claims.",
    )

    @api.depends("company_id")
    def _compute_sales_manager_kpi_claim_alias_name(self):
        for settings in self:
            alias = settings.company_id.sales_manager_kpi_claim_alias_id
            settings.sales_manager_kpi_claim_alias_name = alias.alias_name

    def _inverse_sales_manager_kpi_claim_alias_name(self):
        for settings in self:
            settings.company_id._set_claim_alias(
                settings.sales_manager_kpi_claim_alias_name
            )
