from odoo import fields, models


class ResCompany(models.Model):
    """What of pay takes effect when a second person has approved it."""

    # Pay has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_scheme_four_eyes = fields.Boolean(
        string="Schemes by Two People",
        default=True,
        help="One approver of pay submits a scheme, another activates it.",
    )
    sales_manager_kpi_salary_four_eyes = fields.Boolean(
        string="Salaries by Two People",
        help="A salary holds once another approver of pay has approved it.",
    )
