from odoo import fields, models


class SalesProposalStep(models.Model):
    """What somebody did about a proposal."""

    _name = "sales.proposal.step"
    _description = "Step of a Proposal"
    _inherit = ["sales.voice.step.mixin"]

    document_id = fields.Many2one(
        comodel_name="sales.proposal",
        string="Proposal",
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
            ("submit", "Submitted"),
            ("take_back", "Taken back"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("done", "Done"),
            ("share", "Shared"),
            ("escalate", "Not answered in time"),
        ],
        required=True,
        readonly=True,
    )
