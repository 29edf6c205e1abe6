from odoo import api, fields, models


class SalesVoiceAnswer(models.TransientModel):
    """Asks for the words of a step: an answer, a result, a comment, a reason."""

    _name = "sales.voice.answer"
    _description = "Answer"

    proposal_id = fields.Many2one(comodel_name="sales.proposal", ondelete="cascade")
    assignment_id = fields.Many2one(comodel_name="sales.assignment", ondelete="cascade")
    draft_decision_id = fields.Many2one(
        comodel_name="sales.draft.decision", ondelete="cascade"
    )
    text_hash = fields.Char(
        readonly=True,
        compute="_compute_text_hash",
        store=True,
        help="Of the text as it was when this was opened.",
    )
    step = fields.Selection(
        selection=[
            ("accepted", "Accept"),
            ("declined", "Decline"),
            ("done", "Done"),
            ("report", "Report"),
            ("approve", "Accept the result"),
            ("return", "Return"),
            ("withdraw", "Withdraw"),
            ("sign", "Read and sign"),
        ],
        required=True,
    )
    note = fields.Text(string="Words")

    @api.depends("draft_decision_id")
    def _compute_text_hash(self):
        for answer in self:
            if not answer.text_hash:
                answer.text_hash = answer.draft_decision_id.text_hash

    def action_confirm(self):
        """Do it; the document checks who does."""
        self.ensure_one()
        if self.proposal_id:
            self._answer_proposal()
        elif self.assignment_id:
            self._answer_assignment()
        elif self.draft_decision_id:
            self._answer_decision()
        return {"type": "ir.actions.act_window_close"}

    def _answer_proposal(self):
        if self.step == "done":
            return self.proposal_id._finish(self.note)
        return self.proposal_id._decide(self.step, self.note)

    def _answer_assignment(self):
        if self.step == "report":
            return self.assignment_id._report(self.note)
        return self.assignment_id._judge(self.step, self.note)

    def _answer_decision(self):
        if self.step == "sign":
            return self.draft_decision_id._sign(self.note, self.text_hash)
        return self.draft_decision_id._withdraw(self.note)
