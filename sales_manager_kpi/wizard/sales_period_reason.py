from odoo import fields, models


class SalesPeriodReason(models.TransientModel):
    """Why a month is reopened, or closed in spite of open points."""

    _name = "sales.period.reason"
    _description = "Reason for Closing or Reopening"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("period_id",)

    period_id = fields.Many2one(
        comodel_name="sales.period", required=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=[("close", "Close"), ("reopen", "Reopen")], required=True
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Do what was asked for, with the reason.

        :raises UserError: where the month may not go there
        """
        self.ensure_one()
        if self.kind == "reopen":
            self.period_id._reopen(self.reason)
        else:
            self.period_id._close_anyway(self.reason)
        return self.period_id.action_open_cockpit()
