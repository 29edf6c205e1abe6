from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import scoring

PREVIEW_STEPS = 40


class EvaluationCurveMixin(models.AbstractModel):
    """How the value becomes a score: the curve, and what the value is held against."""

    _name = "evaluation.curve.mixin"
    _description = "Curve and Target of a Criterion"

    curve = fields.Selection(
        selection=[
            ("linear", "Straight line"),
            ("interpolated", "Points, with a line between them"),
            ("stepped", "Steps"),
        ],
        string="Score Curve",
        required=True,
        default="linear",
        tracking=True,
        help="Straight line: 100 × value where higher is better, 100 × (1 − value) "
        "where lower is; against a target, meeting it is 100. Steps: who reaches the "
        "value of a point gets its score.",
    )
    point_ids = fields.One2many(
        comodel_name="evaluation.curve.point",
        inverse_name="criterion_id",
        string="Points",
        copy=True,
    )
    target_source = fields.Selection(
        selection=[
            ("none", "No target: the value is judged by itself"),
            ("constant", "A fixed target"),
            ("plan", "The manager's plan"),
            ("last_year", "The same month of last year"),
        ],
        string="Target",
        required=True,
        default="none",
        tracking=True,
        help="With a target, the score is given for value ÷ target.",
    )
    target_value = fields.Float(
        string="Fixed Target",
        digits=(16, 4),
        tracking=True,
        help="What is to be reached in a month.",
    )
    reads_share = fields.Boolean(compute="_compute_reads_share")
    curve_preview = fields.Json(compute="_compute_curve_preview")

    _target_value_positive = models.Constraint(
        "CHECK (target_source != 'constant' OR target_value > 0)",
        "A fixed target is above zero. Enter what is to be reached in a month.",
    )

    @api.depends("unit", "target_source")
    def _compute_reads_share(self):
        for criterion in self:
            criterion.reads_share = (
                criterion.unit == "percent" or criterion.target_source != "none"
            )

    @api.depends(
        "curve",
        "direction",
        "score_floor",
        "score_cap",
        "target_source",
        "unit",
        "point_ids.value",
        "point_ids.score",
    )
    def _compute_curve_preview(self):
        """Points ``{"x", "y"}`` of the curve, for a picture."""
        for criterion in self:
            curve = criterion._engine_curve()
            criterion.curve_preview = {
                "share": criterion.reads_share,
                "stepped": curve.stepped,
                "points": [
                    {
                        "x": float(value),
                        "y": float(scoring.curve_score(value, curve)),
                    }
                    for value in criterion._preview_values(curve)
                ],
            }

    def _preview_values(self, curve):
        if curve.points:
            first, last = curve.points[0][0], curve.points[-1][0]
            margin = (last - first) / 10 or Decimal(1)
        else:
            first, last, margin = Decimal(0), Decimal(2), Decimal(0)
            if curve.direction == "lower" and not curve.targeted:
                last = Decimal(1)
        start, end = first - margin, last + margin
        steps = [
            start + (end - start) * i / PREVIEW_STEPS for i in range(PREVIEW_STEPS + 1)
        ]
        return sorted({*steps, *(value for value, _score in curve.points)})

    @api.constrains("target_source", "unit")
    def _check_target_source(self):
        for criterion in self:
            if criterion.target_source == "plan" and criterion.unit != "amount":
                raise ValidationError(
                    self.env._(
                        "“%s” is not an amount, so it cannot be held against a plan. "
                        "Choose the unit Amount or another target.",
                        criterion.name,
                    )
                )

    @api.constrains("curve", "direction", "score_floor", "score_cap", "point_ids")
    def _check_points(self):
        """Enough points, each value once, scores within bounds and in one direction."""
        for criterion in self:
            if criterion.curve == "linear":
                continue
            criterion._check_point_count()
            criterion._check_point_scores()

    def _check_points_at_end(self):
        """Check when the transaction ends: points come one by one, a curve at once."""
        pending = self.env.cr.precommit.data.setdefault("evaluation.curve", set())
        if self and not pending:
            self.env.cr.precommit.add(self._check_pending_points)
        pending.update(self.ids)

    def _check_pending_points(self):
        pending = self.env.cr.precommit.data.pop("evaluation.curve", set())
        self.browse(pending).exists()._check_points()

    def _check_point_count(self):
        needed = 1 if self.curve == "stepped" else 2
        if len(self.point_ids) < needed:
            raise ValidationError(
                self.env._(
                    "The curve of “%(criterion)s” needs at least %(number)s points. "
                    "Add them, or choose the straight line.",
                    criterion=self.name,
                    number=needed,
                )
            )

    def _check_point_scores(self):
        points = self.point_ids.sorted("value")
        for point in points:
            if not self.score_floor <= point.score <= self.score_cap:
                raise ValidationError(
                    self.env._(
                        "A point of “%(criterion)s” gives %(score)g, but scores lie "
                        "between %(floor)s and %(cap)s. Change the point or the "
                        "bounds.",
                        criterion=self.name,
                        score=point.score,
                        floor=self.score_floor,
                        cap=self.score_cap,
                    )
                )
        for low, high in zip(points, points[1:], strict=False):
            worse, better = (low, high) if self.direction == "higher" else (high, low)
            if worse.score > better.score:
                raise ValidationError(
                    self.env._(
                        "The points of “%(criterion)s” are out of order: the value "
                        "%(better)g is better than %(worse)g, but gives a lower score. "
                        "Correct the scores or the direction.",
                        criterion=self.name,
                        better=better.value,
                        worse=worse.value,
                    )
                )

    def _engine_curve(self):
        """The curve on plain values, for the engine."""
        self.ensure_one()
        points = () if self.curve == "linear" else self.point_ids.sorted("value")
        return scoring.Curve(
            points=tuple(
                (
                    scoring.exact(point.value, scoring.VALUE),
                    scoring.exact(point.score, scoring.SCORE),
                )
                for point in points
            ),
            stepped=self.curve == "stepped",
            direction=self.direction or "higher",
            floor=self.score_floor,
            cap=self.score_cap,
            targeted=self.target_source != "none",
        )

    # ------------------------------------------------------------------
    # Targets
    # ------------------------------------------------------------------

    def _targets(self, period, users):
        """What the value of each user is held against: ``{user id: target}``.

        * none: nothing; the value is judged by itself
        * constant: the fixed target, the same for everybody
        * plan: the counting targets of the manager's valid plans, in company currency
        * last_year: the value of the same measure and manager, the same month last year

        Who has no target above zero has no base; they may be left out.
        """
        self.ensure_one()
        if self.target_source == "constant":
            return dict.fromkeys(users.ids, self.target_value)
        if self.target_source == "plan":
            return self._plan_targets(period, users)
        if self.target_source == "last_year":
            day = fields.Date.subtract(period.date_from, years=1)
            before = self.env["sales.period"]._for_date(period.company_id, day)
            return {
                user_id: figures[2]
                for user_id, figures in self._measure(before, users).items()
            }
        return {}

    def _plan_targets(self, period, users):
        plans = self._plan_by_user(period, users)
        targets = self.env["sales.plan"].union(*plans.values())._counting_targets()
        return {
            user_id: sum(targets[plan] for plan in own)
            for user_id, own in plans.items()
        }
