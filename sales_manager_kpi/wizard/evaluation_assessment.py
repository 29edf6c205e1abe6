from odoo import fields, models


class EvaluationAssessment(models.TransientModel):
    """The scores of one scorecard, to be given by the manager or the head."""

    _name = "evaluation.assessment"
    _description = "Assess a Scorecard"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("scorecard_id",)

    scorecard_id = fields.Many2one(
        comodel_name="evaluation.scorecard", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[("self", "Self-assessment"), ("head", "Director's assessment")],
        readonly=True,
    )
    comment = fields.Text()
    line_ids = fields.One2many(
        comodel_name="evaluation.assessment.line", inverse_name="assessment_id"
    )

    def action_confirm(self):
        """Keep what changed; the scorecard stays with whoever has it."""
        self.ensure_one()
        changed = self.line_ids.filtered(lambda line: line._is_changed())
        self.scorecard_id.assess(
            {
                line.line_id.criterion_id.id: (line.score, line.reason)
                for line in changed
            },
            self.comment or "",
        )
        return {"type": "ir.actions.act_window_close"}

    def action_confirm_and_pass(self):
        """Keep what changed, then hand in or agree."""
        self.action_confirm()
        if self.kind == "self":
            self.scorecard_id.action_hand_in()
        else:
            self.scorecard_id.action_agree()
        return {"type": "ir.actions.act_window_close"}
