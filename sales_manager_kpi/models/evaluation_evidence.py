from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class EvaluationEvidence(models.Model):
    """The records behind a figure of a scorecard. Written by the system alone."""

    _name = "evaluation.evidence"
    _description = "Evaluation Evidence"
    _order = "line_id, kind desc, id"

    line_id = fields.Many2one(
        comodel_name="evaluation.scorecard.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=[("numerator", "Reached"), ("denominator", "Measured against")],
        string="Figure",
        required=True,
        readonly=True,
    )
    name = fields.Char(compute="_compute_name")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    domain = fields.Char(
        required=True, readonly=True, help="Literals only; it is never evaluated."
    )
    count = fields.Integer(
        string="Records", readonly=True, help="How many there were at computing."
    )
    amount = fields.Float(digits=(16, 4), readonly=True)

    _kind_uniq = models.UniqueIndex(
        "(line_id, kind)", "A figure has one set of evidence."
    )

    @api.depends("kind", "line_id")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for evidence in self:
            criterion = evidence.line_id.criterion_id.name
            evidence.name = f"{criterion} · {labels.get(evidence.kind)}"

    @api.depends("name")
    def _compute_display_name(self):
        for evidence in self:
            evidence.display_name = evidence.name

    def action_open(self):
        """Open the records behind the figure, with the rights of the reader."""
        if not self:
            raise UserError(
                self.env._("There is nothing behind this figure: it has no base.")
            )
        self.ensure_one()
        self.check_access("read")
        res_model, domain = self._source()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": res_model,
            "domain": domain,
            "views": [[False, kind] for kind in self._view_kinds(res_model)],
            "context": {"create": False},
        }

    def _source(self):
        """Model and domain of the records: of a closed month the frozen facts."""
        domain = self._domain()
        if self.res_model == "sales.fact.report":
            period = self._month_of(domain)
            bases = {
                leaf[2]
                for leaf in domain
                if isinstance(leaf, list | tuple) and tuple(leaf[:2]) == ("basis", "=")
            }
            if period and bases and all(period._is_frozen(basis) for basis in bases):
                frozen = Domain("period_id", "=", period.id)
                frozen &= Domain("kind", "=", "frozen")
                return "sales.fact.line", list(frozen & Domain(domain))
        return self.res_model, domain

    def _month_of(self, domain):
        """The month of these facts: the scorecard's, unless they are of other days."""
        period = self.line_id.scorecard_id.period_id
        days = [
            fields.Date.to_date(leaf[2])
            for leaf in domain
            if isinstance(leaf, list | tuple) and leaf[0] == "date"
        ]
        if not days or any(period.date_from <= day <= period.date_to for day in days):
            return period
        return period.search(
            [
                ("company_id", "=", period.company_id.id),
                ("date_from", "<=", min(days)),
                ("date_to", ">=", min(days)),
            ],
            limit=1,
        )

    def _view_kinds(self, res_model):
        if res_model.startswith("sales.fact.") or not self.env[res_model]._auto:
            return ["list", "pivot"]
        return ["list", "form"]

    def _domain(self):
        """The stored domain as a list; literals are all it can hold."""
        return literal_eval(self.domain)
