from odoo import fields, models


class RegistrationDispute(models.TransientModel):
    """Asks why: of who disputes an event, and of who decides."""

    _name = "registration.dispute"
    _description = "Dispute of a Registration Event"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("event_id",)

    event_id = fields.Many2one(
        comodel_name="registration.event", required=True, ondelete="cascade"
    )
    step = fields.Selection(
        selection=[
            ("dispute", "Dispute"),
            ("accepted", "Accept"),
            ("refused", "Refuse"),
        ],
        required=True,
        default="dispute",
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Do it; the event checks who does."""
        self.ensure_one()
        self.event_id.check_access("read")
        if self.step == "dispute":
            self.event_id._dispute(self.reason)
        else:
            self.event_id._decide(self.step, self.reason)
        return {"type": "ir.actions.act_window_close"}
