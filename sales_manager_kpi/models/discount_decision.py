from odoo import api, fields, models
from odoo.exceptions import AccessError


class DiscountDecision(models.Model):
    """What somebody decided about a request: only ever added, by the system."""

    _name = "discount.decision"
    _description = "Discount Decision"
    _inherit = ["append.only.mixin"]
    _order = "id"
    _log_access = True

    request_id = fields.Many2one(
        comodel_name="discount.request", required=True, index=True, ondelete="cascade"
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
            ("ask", "Asked"),
            ("approve", "Approved"),
            ("counter", "Counter-offer"),
            ("reject", "Rejected"),
            ("forward", "Forwarded"),
            ("escalate", "Next level asked"),
            ("cancel", "Withdrawn"),
            ("unneeded", "Not needed"),
            ("expire", "Expired"),
            ("consume", "Used"),
        ],
        required=True,
    )
    comment = fields.Char()
    fingerprint = fields.Char(
        export_string_translation=False, help="Of the order as it was then."
    )
    create_date = fields.Datetime(string="On", readonly=True)

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Decisions are written by the system and stay as they are.")
        )
