from odoo import fields, models


class EvaluationCorrection(models.Model):
    """What somebody said a score should be, beside the computed one.

    Written by the system alone, when a manager or a head assesses; never changed. The
    last one of a kind counts.
    """

    _name = "evaluation.correction"
    _description = "Assessment of a Score"
    _order = "id desc"

    scorecard_id = fields.Many2one(
        comodel_name="evaluation.scorecard",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=[("self", "Self-assessment"), ("head", "Director's assessment")],
        string="Assessed By",
        required=True,
        readonly=True,
    )
    computed_score = fields.Float(
        digits=(16, 2), readonly=True, aggregator=None, help="As it was at that time."
    )
    score = fields.Float(digits=(16, 2), readonly=True, aggregator=None)
    reason = fields.Text(readonly=True)
    author_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Datetime(required=True, readonly=True)
