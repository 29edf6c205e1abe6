from odoo import fields, models


class ResCompany(models.Model):
    """How soon proposals are answered and assignments are due."""

    # Proposals and assignments have files of their own.
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    sales_manager_kpi_proposal_days = fields.Integer(
        string="Working Days to Answer a Proposal",
        required=True,
        default=10,
        help="Working days of the branch, from the moment it was submitted.",
    )
    sales_manager_kpi_assignment_days = fields.Integer(
        string="Working Days for an Assignment",
        required=True,
        default=5,
        help="What is proposed as the deadline of a new assignment.",
    )

    _sales_manager_kpi_voice_days_range = models.Constraint(
        "CHECK (sales_manager_kpi_proposal_days BETWEEN 1 AND 90 "
        "AND sales_manager_kpi_assignment_days BETWEEN 1 AND 90)",
        "Proposals are answered and assignments are due within 1 to 90 working days.",
    )
