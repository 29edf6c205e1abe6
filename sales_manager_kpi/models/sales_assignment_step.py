from odoo import fields, models


class SalesAssignmentStep(models.Model):
    """What somebody did about an assignment."""

    _name = "sales.assignment.step"
    _description = "Step of an Assignment"
    _inherit = ["sales.voice.step.mixin"]

    document_id = fields.Many2one(
        comodel_name="sales.assignment",
        string="Assignment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="document_id.company_id", store=True, precompute=True
    )
    step = fields.Selection(
        selection=[
            ("give", "Given"),
            ("report", "Reported"),
            ("accepted", "Accepted"),
            ("returned", "Returned"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
    )
