from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_first_managed_month = fields.Date(
        related="company_id.sales_manager_kpi_first_managed_month", readonly=False
    )

    @api.onchange("sales_manager_kpi_first_managed_month")
    def _onchange_first_managed_month(self):
        """Any day of a month stands for it."""
        day = self.sales_manager_kpi_first_managed_month
        self.sales_manager_kpi_first_managed_month = day and day.replace(day=1)
