from odoo import api, fields, models
from odoo.tools.misc import formatLang


class EvaluationScorecardLine(models.Model):
    """One criterion of a scorecard. Written by the system alone.

    Without base, ``value``, ``score`` and what cannot be known of numerator and
    denominator are NULL in the table; ``has_value`` tells.
    """

    _name = "evaluation.scorecard.line"
    _description = "Scorecard Line"
    _order = "scorecard_id, sequence, id"

    scorecard_id = fields.Many2one(
        comodel_name="evaluation.scorecard",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    criterion_id = fields.Many2one(
        comodel_name="evaluation.criterion",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    unit = fields.Selection(related="criterion_id.unit")
    currency_id = fields.Many2one(related="scorecard_id.currency_id")
    weight = fields.Float(
        string="Weight (%)", digits=(6, 2), readonly=True, aggregator="avg"
    )
    effective_weight = fields.Float(
        string="Counted Weight (%)",
        digits=(6, 2),
        readonly=True,
        aggregator="avg",
        help="The weight of criteria without a base is shared out over the others.",
    )
    numerator = fields.Float(string="Reached", digits=(16, 4), readonly=True)
    denominator = fields.Float(string="Against", digits=(16, 4), readonly=True)
    value = fields.Float(digits=(16, 6), readonly=True, aggregator="avg")
    has_value = fields.Boolean(string="Has a Base", readonly=True)
    value_display = fields.Char(string="Result", compute="_compute_value_display")
    score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    weighted_score = fields.Float(
        string="Points",
        digits=(16, 2),
        readonly=True,
        help="Score × weight that counted.",
    )
    evidence_ids = fields.One2many(
        comodel_name="evaluation.evidence",
        inverse_name="line_id",
        readonly=True,
    )

    _criterion_uniq = models.UniqueIndex(
        "(scorecard_id, criterion_id)",
        "A scorecard has one line per criterion.",
    )

    @api.depends("criterion_id", "scorecard_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (
                f"{line.criterion_id.name} · {line.scorecard_id.display_name}"
            )

    @api.depends("value", "has_value", "unit")
    @api.depends_context("lang")
    def _compute_value_display(self):
        for line in self:
            line.value_display = line._format_value()

    def _format_value(self):
        if not self.has_value:
            return self.env._("n/a")
        if self.unit == "percent":
            return f"{formatLang(self.env, self.value * 100, digits=1)} %"
        if self.unit == "amount":
            return formatLang(self.env, self.value, currency_obj=self.currency_id)
        return formatLang(self.env, self.value, digits=1)

    def action_open_evidence(self):
        """Open the records whose sum is what was reached."""
        self.ensure_one()
        return self.evidence_ids.filtered(lambda e: e.kind == "numerator").action_open()
