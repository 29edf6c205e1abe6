from odoo import fields, models


class TradeBonusReason(models.TransientModel):
    """What is done to an agreement only with a reason."""

    _name = "trade.bonus.reason"
    _description = "Reason About a Trade Bonus"

    agreement_id = fields.Many2one(
        comodel_name="trade.bonus.agreement", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[
            ("reject", "Reject"),
            ("suspend", "Suspend"),
            ("cancel", "Cancel"),
        ],
        required=True,
    )
    comment = fields.Char(string="Why", required=True)

    def action_confirm(self):
        """Do it, and keep the reason."""
        self.ensure_one()
        deeds = {
            "reject": self.agreement_id.reject,
            "suspend": self.agreement_id.suspend,
            "cancel": self.agreement_id.cancel,
        }
        deeds[self.kind](self.comment)
        return {"type": "ir.actions.act_window_close"}
