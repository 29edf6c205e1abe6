from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ..engine import scoring
from .evaluation_figure import format_figure

HIGHEST = 1000


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
    unit = fields.Selection(
        selection=[
            ("percent", "Per cent"),
            ("amount", "Amount"),
            ("days", "Days"),
            ("count", "Number"),
        ],
        readonly=True,
        help="As it was when the figure was computed.",
    )
    user_id = fields.Many2one(related="scorecard_id.user_id", store=True)
    branch_id = fields.Many2one(related="scorecard_id.branch_id", store=True)
    date_from = fields.Date(related="scorecard_id.date_from", store=True)
    state = fields.Selection(related="scorecard_id.state")
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
    target = fields.Float(
        string="Target Figure", digits=(16, 4), readonly=True, aggregator=None
    )
    has_target = fields.Boolean(string="Has a Target", readonly=True)
    target_display = fields.Char(string="Target", compute="_compute_value_display")
    value_display = fields.Char(string="Result", compute="_compute_value_display")
    score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    weighted_score = fields.Float(
        string="Points",
        digits=(16, 2),
        readonly=True,
        help="Score × weight that counted.",
    )
    self_score = fields.Float(
        string="Own Score",
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="What the manager thinks it should be.",
    )
    has_self_score = fields.Boolean(string="Has an Own Score", readonly=True)
    head_score = fields.Float(
        string="Director's Score", digits=(16, 2), readonly=True, aggregator="avg"
    )
    has_head_score = fields.Boolean(string="Corrected", readonly=True)
    final_score = fields.Float(
        digits=(16, 2),
        readonly=True,
        aggregator="avg",
        help="What counts: the director's score where there is one, else the computed.",
    )
    final_weighted = fields.Float(
        string="Final Points",
        digits=(16, 2),
        readonly=True,
        help="Final score × weight that counted.",
    )
    gate_score = fields.Float(
        string="Gate", digits=(16, 2), readonly=True, aggregator=None
    )
    gate_closed = fields.Boolean(readonly=True)
    evidence_count = fields.Integer(compute="_compute_evidence_count")
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

    @api.depends("value", "has_value", "target", "has_target", "unit")
    @api.depends_context("lang")
    def _compute_value_display(self):
        for line in self:
            line.value_display = (
                line._format_figure(line.value) if line.has_value else self.env._("n/a")
            )
            line.target_display = line.has_target and line._format_figure(line.target)

    @api.depends("evidence_ids.count", "evidence_ids.kind")
    def _compute_evidence_count(self):
        """How many records are behind what was reached."""
        for line in self:
            reached = line.evidence_ids.filtered(lambda e: e.kind == "numerator")
            line.evidence_count = sum(reached.mapped("count"))

    def _format_figure(self, figure):
        return format_figure(self.env, figure, self.unit, self.currency_id)

    def action_open_evidence(self):
        """Open the records whose sum is what was reached."""
        self.ensure_one()
        return self.evidence_ids.filtered(lambda e: e.kind == "numerator").action_open()

    # ------------------------------------------------------------------
    # Assessing
    # ------------------------------------------------------------------

    def _engine_assessed(self, heads):
        return scoring.Assessed(
            scoring.exact(self.score, scoring.SCORE) if self.has_value else None,
            round(self.effective_weight * 100),
            heads.get((self.scorecard_id.id, self.criterion_id.id)),
            scoring.exact(self.gate_score, scoring.SCORE),
        )

    def _assessment(self, kind, score, reason):
        """Values of a correction, or None where it says nothing new."""
        same_as_computed = self._same(score, self.score)
        if not reason and self._says_already(kind, score, same_as_computed):
            return None
        if not self.has_value:
            raise UserError(
                self.env._(
                    "“%s” has no base this month, so there is nothing to score.",
                    self.criterion_id.name,
                )
            )
        if not 0 <= score <= HIGHEST:
            raise UserError(
                self.env._(
                    "The score of “%(criterion)s” lies between 0 and %(highest)s.",
                    criterion=self.criterion_id.name,
                    highest=HIGHEST,
                )
            )
        if kind == "head" and not same_as_computed and not reason:
            raise UserError(
                self.env._(
                    "Say why “%(criterion)s” is %(score)s and not %(computed)s as "
                    "computed; the manager will read it.",
                    criterion=self.criterion_id.name,
                    score=formatLang(self.env, score, digits=2),
                    computed=formatLang(self.env, self.score, digits=2),
                )
            )
        return {
            "criterion_id": self.criterion_id.id,
            "computed_score": self.score,
            "score": score,
            "reason": reason,
        }

    def _says_already(self, kind, score, same_as_computed):
        if self[f"has_{kind}_score"]:
            return self._same(score, self[f"{kind}_score"])
        return same_as_computed

    def _same(self, score, other):
        return float_compare(score, other, precision_digits=2) == 0

    def _take_over(self, kind, row):
        """Show what was said last; the head's word that it is as computed is none."""
        differs = not self._same(row["score"], self.score)
        self.write(
            {
                f"{kind}_score": row["score"],
                f"has_{kind}_score": differs if kind == "head" else True,
            }
        )

    def _prepare_assessment_line(self, kind):
        """The last word of this kind, to be changed; by default the computed score."""
        said = self[f"has_{kind}_score"]
        score = self[f"{kind}_score"] if said else self.score
        return {"line_id": self.id, "before_score": score, "score": score}
