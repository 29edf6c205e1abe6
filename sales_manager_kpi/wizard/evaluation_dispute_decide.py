from odoo import fields, models


class EvaluationDisputeDecide(models.TransientModel):
    """Asks why: of who asks back, answers, decides or closes a dispute."""

    _name = "evaluation.dispute.decide"
    _description = "Step of a Dispute (asking)"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("dispute_id",)

    dispute_id = fields.Many2one(
        comodel_name="evaluation.dispute", required=True, ondelete="cascade"
    )
    step = fields.Selection(
        selection=[
            ("ask", "Ask for more"),
            ("answer", "Answer"),
            ("accepted", "Accept"),
            ("partly", "Accept in part"),
            ("rejected", "Reject"),
            ("close", "Close"),
        ],
        required=True,
    )
    # as the reader may read the dispute, of which anybody can guess the number
    is_pay = fields.Boolean(related="dispute_id.is_pay", related_sudo=False)
    company_id = fields.Many2one(related="dispute_id.company_id", related_sudo=False)
    currency_id = fields.Many2one(related="dispute_id.currency_id", related_sudo=False)
    claimed_amount = fields.Monetary(
        related="dispute_id.claimed_amount", related_sudo=False
    )
    amount = fields.Monetary(
        string="Accepted Amount",
        help="Becomes an adjustment that another approver of pay approves. 0: what is "
        "wrong is put right at its source, and the statement computed again.",
    )
    reason_id = fields.Many2one(
        comodel_name="bonus.adjustment.reason",
        string="Reason of the Adjustment",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    note = fields.Text(required=True)

    def action_confirm(self):
        """Do it; the dispute checks who does."""
        self.ensure_one()
        dispute = self.dispute_id
        if self.step == "ask":
            dispute._ask_back(self.note)
        elif self.step == "answer":
            dispute._answer(self.note)
        elif self.step == "close":
            dispute._close(self.note)
        else:
            dispute._decide(self.step, self.note, self.amount, self.reason_id)
        return {"type": "ir.actions.act_window_close"}
