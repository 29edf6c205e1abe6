from dateutil.relativedelta import relativedelta

from odoo import api, models

TREND_MONTHS = 12
# An average of fewer people would tell what a colleague has.
FEWEST = 3


class EvaluationComparisonMixin(models.AbstractModel):
    """A month beside the month before, the others, and the year."""

    _name = "evaluation.comparison.mixin"
    _description = "A Scorecard beside Others"

    @api.readonly
    def get_comparison(self):
        """What the pictures on a scorecard show; scores, None where there is none.

        The average is a number alone, over the branch if it has three scorecards that
        month, else over the company if that has; of fewer it would give a colleague
        away.

        :return: ``{"criteria": [{"id", "name", "score", "previous", "average"}],
            "average": "branch", "company" or False, "people": number,
            "trend": [{"date", "score", "final", "average"}]}``
        """
        self.ensure_one().check_access("read")
        previous = self._of_month(self.date_from - relativedelta(months=1))
        scope, domain = self._average_scope()
        averages = self._criterion_averages(domain)
        before = {line.criterion_id: line for line in previous.line_ids}
        return {
            "criteria": [
                {
                    "id": line.criterion_id.id,
                    "name": line.criterion_id.name,
                    "score": _final(line),
                    "previous": _final(before.get(line.criterion_id)),
                    "average": averages.get(line.criterion_id.id),
                }
                for line in self.line_ids
            ],
            "average": scope,
            "trend": self._trend_rows(scope),
        }

    def _of_month(self, first):
        return self.search(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("date_from", "=", first),
            ],
            limit=1,
        )

    def _scopes(self):
        company = [("company_id", "=", self.company_id.id)]
        return [
            ("branch", [*company, ("branch_id", "=", self.branch_id.id)]),
            ("company", company),
        ]

    def _average_scope(self):
        """Whose average may be shown: its name and the domain of the scorecards."""
        for name, domain in self._scopes():
            domain = [*domain, ("date_from", "=", self.date_from)]
            # sudo: how many there are, nothing about them
            if self.sudo().search_count(domain, limit=FEWEST) == FEWEST:
                return name, domain
        return False, []

    def _criterion_averages(self, domain):
        if not domain:
            return {}
        # sudo: averages over at least FEWEST people, as numbers alone
        rows = (
            self.env["evaluation.scorecard.line"]
            .sudo()
            ._read_group(
                [
                    ("scorecard_id", "any", domain),
                    ("criterion_id", "in", self.line_ids.criterion_id.ids),
                    ("has_value", "=", True),
                ],
                ["criterion_id"],
                ["final_score:avg", "__count"],
            )
        )
        return {
            criterion.id: average
            for criterion, average, count in rows
            if count >= FEWEST
        }

    def _trend_rows(self, scope):
        first = self.date_from - relativedelta(months=TREND_MONTHS - 1)
        months = [first + relativedelta(months=i) for i in range(TREND_MONTHS)]
        span = [("date_from", ">=", first), ("date_from", "<=", self.date_from)]
        own = self.search(
            [
                *span,
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
        cards = {card.date_from: card for card in own if card.has_score}
        averages = self._monthly_averages(scope, span)
        rows = []
        for month in months:
            card = cards.get(month)
            rows.append(
                {
                    "date": month.isoformat(),
                    "score": card.score if card else None,
                    "final": card.final_score if card else None,
                    "average": averages.get(month),
                }
            )
        return rows

    def _monthly_averages(self, scope, span):
        if not scope:
            return {}
        domain = [*dict(self._scopes())[scope], *span, ("has_score", "=", True)]
        # sudo: averages over at least FEWEST people, as numbers alone
        rows = self.sudo()._read_group(
            domain, ["date_from:month"], ["final_score:avg", "__count"]
        )
        return {month: average for month, average, count in rows if count >= FEWEST}


def _final(line):
    return line.final_score if line and line.has_value else None
