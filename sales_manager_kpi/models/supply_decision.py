from odoo import api, fields, models
from odoo.exceptions import AccessError


class SupplyDecision(models.Model):
    """What somebody decided about a supply request: only ever added, by the system."""

    _name = "supply.decision"
    _description = "Supply Decision"
    _inherit = ["append.only.mixin"]
    _order = "id"

    request_id = fields.Many2one(
        comodel_name="supply.request", required=True, index=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="supply.request.line",
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(comodel_name="res.users", required=True)
    acting_for_id = fields.Many2one(
        comodel_name="res.users", help="For whom they stood in."
    )
    decision = fields.Selection(
        selection=[
            ("submit", "Submitted"),
            ("approve", "Approved"),
            ("return", "Sent back"),
            ("review", "Taken into review"),
            ("answer", "Answered"),
            ("change", "Answer changed"),
            ("escalate", "Head asked"),
            ("run", "Ordered"),
            ("fail", "Could not be ordered"),
            ("arrive", "Arrived"),
            ("cancel", "Withdrawn"),
        ],
        required=True,
    )
    verdict = fields.Selection(
        selection=[
            ("granted", "Granted"),
            ("partial", "Granted in part"),
            ("rejected", "Rejected"),
        ],
    )
    quantity = fields.Float(
        digits="Product Unit", aggregator=False, help="Granted, or arrived."
    )
    promised_date = fields.Date()
    comment = fields.Char()
    create_date = fields.Datetime(string="On", readonly=True)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Decisions are written by the system and stay as they are.")
        )
