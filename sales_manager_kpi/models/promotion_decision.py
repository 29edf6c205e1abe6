from odoo import api, fields, models
from odoo.exceptions import AccessError


class PromotionDecision(models.Model):
    """What somebody decided about a programme: only ever added, by the system."""

    _name = "promotion.decision"
    _description = "Decision about a Promotion Programme"
    _inherit = ["append.only.mixin"]
    _order = "id"
    _rec_name = "decision"

    program_id = fields.Many2one(
        comodel_name="loyalty.program", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(comodel_name="res.users", required=True)
    decision = fields.Selection(
        selection=[
            ("submit", "Submitted"),
            ("approve", "Approved"),
            ("return", "Returned to draft"),
            ("stop", "Stopped"),
        ],
        required=True,
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    budget_amount = fields.Monetary(string="Budget", help="As it was then.")
    create_date = fields.Datetime(string="On", readonly=True)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Decisions are written by the system and stay as they are.")
        )
