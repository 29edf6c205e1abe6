from odoo import fields, models
from odoo.tools import float_compare


class EvaluationAssessmentLine(models.TransientModel):
    _name = "evaluation.assessment.line"
    _description = "Score to Be Given"
    _inherit = ["sales.asking.mixin"]
    _asked_about = ("line_id",)

    assessment_id = fields.Many2one(
        comodel_name="evaluation.assessment", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one(
        comodel_name="evaluation.scorecard.line", required=True, ondelete="cascade"
    )
    criterion_id = fields.Many2one(related="line_id.criterion_id", related_sudo=False)
    has_value = fields.Boolean(related="line_id.has_value", related_sudo=False)
    value_display = fields.Char(related="line_id.value_display", related_sudo=False)
    computed_score = fields.Float(
        related="line_id.score", related_sudo=False, string="Computed Score"
    )
    has_self_score = fields.Boolean(
        related="line_id.has_self_score", related_sudo=False
    )
    self_score = fields.Float(related="line_id.self_score", related_sudo=False)
    before_score = fields.Float(digits=(16, 2), readonly=True)
    score = fields.Float(digits=(16, 2))
    reason = fields.Text()

    def _is_changed(self):
        if not self.has_value:
            return False
        return bool(self.reason) or bool(
            float_compare(self.score, self.before_score, precision_digits=2)
        )
