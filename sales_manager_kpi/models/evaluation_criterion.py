from odoo import fields, models

from ..engine.scoring import DEFAULT_CAP, DEFAULT_FLOOR


class EvaluationCriterion(models.Model):
    """What a manager is judged by, and how it is measured.

    An area that feeds the evaluation extends this model in models/<area>_measures.py:

    * ``measure``: a ``selection_add``, here called ``code``;
    * ``_measure_<code>(period, users)`` → ``{user id: (numerator, denominator,
      value)}``, set-based; value None where there is no base. A fourth element, the
      number of records behind the numerator, may follow;
    * ``_evidence_<code>(period, user)`` → ``(model, domain)`` of the records that the
      numerator adds up, a domain of literals only;
    * ``_numerator_<code>(records)`` → the numerator again, from those records;
    * if one person's evidence takes a query, or the denominator has evidence too,
      ``_evidences_<code>(period, users)`` → ``{user id: {"numerator": (model, domain),
      "denominator": (model, domain)}}`` for all of them.

    The value becomes a score by the curve. With a target source (see
    ``_targets``), the curve reads value ÷ target instead of the value; without a target
    above zero there is no base.
    """

    _name = "evaluation.criterion"
    _description = "Evaluation Criterion"
    _inherit = [
        "evaluation.curve.mixin",
        "evaluation.manual.mixin",
        "evaluation.reminder.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False, help="Short name for imports.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Leave empty to use it in all companies.",
    )
    measure = fields.Selection(
        selection=[("manual", "Entered by a reviewer")],
        required=True,
        help="Where the figure comes from. Every measure shows its evidence.",
    )
    unit = fields.Selection(
        selection=[
            ("percent", "Per cent"),
            ("amount", "Amount"),
            ("days", "Days"),
            ("count", "Number"),
        ],
        required=True,
        default="percent",
        tracking=True,
    )
    direction = fields.Selection(
        selection=[("higher", "Higher is better"), ("lower", "Lower is better")],
        required=True,
        default="higher",
        tracking=True,
    )
    score_cap = fields.Integer(
        string="Highest Score",
        required=True,
        default=DEFAULT_CAP,
        tracking=True,
        help="More than this is not rewarded.",
    )
    score_floor = fields.Integer(
        string="Lowest Score",
        required=True,
        default=DEFAULT_FLOOR,
        tracking=True,
        help="Less than this is not given.",
    )
    description = fields.Text(
        translate=True, help="What it means, in words a manager understands."
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another criterion already has this code. Choose another code."
    )
    _score_cap_range = models.Constraint(
        "CHECK (score_cap >= 100 AND score_cap <= 1000)",
        "The highest score lies between 100 and 1000.",
    )
    _score_floor_range = models.Constraint(
        "CHECK (score_floor >= 0 AND score_floor <= 100)",
        "The lowest score lies between 0 and 100.",
    )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for criterion, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", criterion.name)
            vals.setdefault("code", f"{criterion.code}-copy")
        return vals_list

    def _measure(self, period, users):
        """``{user id: (numerator, denominator, value, number of records or None)}``."""
        self.ensure_one()
        measured = getattr(self, f"_measure_{self.measure}")(period, users)
        return {
            user_id: (*figures[:3], figures[3] if len(figures) > 3 else None)
            for user_id, figures in measured.items()
        }

    def _evidences(self, period, users):
        """``{user id: {"numerator" or "denominator": (model, domain)}}``."""
        self.ensure_one()
        of_all = getattr(self, f"_evidences_{self.measure}", None)
        if of_all:
            return of_all(period, users)
        of_one = getattr(self, f"_evidence_{self.measure}")
        return {user.id: {"numerator": of_one(period, user)} for user in users}

    def _numerator(self, records):
        """The numerator again, from the records its evidence opens."""
        self.ensure_one()
        return getattr(self, f"_numerator_{self.measure}")(records)
