from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The settings of pay."""

    # Pay has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_scheme_four_eyes = fields.Boolean(
        related="company_id.sales_manager_kpi_scheme_four_eyes", readonly=False
    )
    sales_manager_kpi_salary_four_eyes = fields.Boolean(
        related="company_id.sales_manager_kpi_salary_four_eyes", readonly=False
    )
