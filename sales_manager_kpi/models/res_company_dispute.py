from odoo import fields, models


class ResCompany(models.Model):
    """How long a dispute may wait."""

    # The area of pay has files of its own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_dispute_days = fields.Integer(
        string="Working Days to Decide a Dispute",
        required=True,
        default=5,
        help="After these working days it is escalated.",
    )

    _sales_manager_kpi_dispute_days_range = models.Constraint(
        "CHECK (sales_manager_kpi_dispute_days BETWEEN 1 AND 60)",
        "A dispute is decided within 1 to 60 working days.",
    )


class ResConfigSettings(models.TransientModel):
    # The area of pay has files of its own.
    _inherit = "res.config.settings"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_dispute_days = fields.Integer(
        related="company_id.sales_manager_kpi_dispute_days", readonly=False
    )
