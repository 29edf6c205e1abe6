from odoo import api, fields, models
from odoo.exceptions import AccessError

STEPS = [
    ("open", "Opened"),
    ("ask", "Information asked"),
    ("answer", "Answered"),
    ("accepted", "Accepted"),
    ("partly", "Accepted in part"),
    ("rejected", "Rejected"),
    ("escalate", "Escalated"),
    ("close", "Closed"),
]


class EvaluationDisputeStep(models.Model):
    """What somebody did about a dispute: only ever added, by the system."""

    _name = "evaluation.dispute.step"
    _description = "Step of a Dispute"
    _inherit = ["append.only.mixin"]
    _order = "id"

    dispute_id = fields.Many2one(
        comodel_name="evaluation.dispute",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="dispute_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    step = fields.Selection(selection=STEPS, required=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", required=True, ondelete="restrict"
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )
    amount = fields.Monetary(aggregator=None)
    note = fields.Text(string="Reason")
    create_date = fields.Datetime(string="On", readonly=True)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Steps are written by the system and stay as they are.")
        )
