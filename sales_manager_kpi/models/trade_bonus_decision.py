from odoo import api, fields, models
from odoo.exceptions import AccessError


class TradeBonusDecision(models.Model):
    """What somebody decided about an agreement: only ever added, by the system."""

    _name = "trade.bonus.decision"
    _description = "Trade Bonus Decision"
    _inherit = ["append.only.mixin"]
    _order = "id"

    agreement_id = fields.Many2one(
        comodel_name="trade.bonus.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Decided By", required=True
    )
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )
    decision = fields.Selection(
        selection=[
            ("submit", "Submitted"),
            ("approve", "Approved"),
            ("reject", "Rejected"),
            ("activate", "Within the norms"),
            ("replace", "Replaced by a new version"),
            ("suspend", "Suspended"),
            ("resume", "Resumed"),
            ("close", "Closed"),
            ("cancel", "Cancelled"),
        ],
        required=True,
    )
    comment = fields.Char()
    create_date = fields.Datetime(string="On", readonly=True)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Decisions are written by the system and stay as they are.")
        )
