from odoo import fields, models


class EvaluationReason(models.TransientModel):
    """Why a scorecard goes back."""

    _name = "evaluation.reason"
    _description = "Reason to Give a Scorecard Back"

    scorecard_ids = fields.Many2many(comodel_name="evaluation.scorecard", required=True)
    kind = fields.Selection(
        selection=[("return", "Ask the manager"), ("reopen", "Reopen")],
        required=True,
        default="return",
    )
    reason = fields.Text(required=True)

    def action_confirm(self):
        """Do what was asked for, with the reason.

        :raises UserError: where one of them may not go there; nothing is done then
        """
        self.ensure_one()
        if self.kind == "return":
            self.scorecard_ids.return_cards(self.reason)
        else:
            self.scorecard_ids.reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
