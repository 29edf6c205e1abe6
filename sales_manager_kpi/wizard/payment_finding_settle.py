from odoo import fields, models


class PaymentFindingSettle(models.TransientModel):
    """Why findings are settled: one reason for all of them."""

    _name = "payment.finding.settle"
    _description = "Reason to Settle Payment Findings"

    finding_ids = fields.Many2many(
        comodel_name="payment.finding", string="Findings", required=True
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Settle all of them, or none."""
        self.ensure_one()
        self.finding_ids.settle(self.reason)
        return {"type": "ir.actions.act_window_close"}
