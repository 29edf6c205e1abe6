from odoo import fields, models

from ..engine.scoring import ratio

FACTS = "sales.fact.report"


class EvaluationCriterion(models.Model):
    """Growth: turnover of a manager's customers against the same days of last year.

    The value is this year per last year: 1.05 is 5 % more, and scores 105 where the
    score follows the value. What the territory is, and who is left out, says
    ``sales.growth``; the basis is that of the company's plans.
    """

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("territory_growth", "Growth of the territory (1.05 is 5 % more)"),
            (
                "territory_growth_lfl",
                "Growth of the territory, customers of both years only",
            ),
            ("sector_growth", "Growth of a sector (industry)"),
            ("district_growth", "Growth of a district"),
        ],
        ondelete={
            "territory_growth": "cascade",
            "territory_growth_lfl": "cascade",
            "sector_growth": "cascade",
            "district_growth": "cascade",
        },
    )
    industry_ids = fields.Many2many(
        comodel_name="res.partner.industry",
        string="Sectors",
        help="Growth of the manager's customers in these industries. Empty: in the one "
        "that most of the manager's customers belong to.",
    )
    district_ids = fields.Many2many(
        comodel_name="sales.territory",
        string="Districts",
        domain=[("kind", "=", "district")],
        help="Growth of the manager's customers in these districts. Empty: in the one "
        "where most of the manager's customers are.",
    )

    # ------------------------------------------------------------------
    # The territory: all customers of the manager, new ones included
    # ------------------------------------------------------------------

    def _measure_territory_growth(self, period, users):
        return self._growth_measure(period, users, "territory")

    def _evidences_territory_growth(self, period, users):
        return self._growth_evidences(period, users, "territory")

    def _evidence_territory_growth(self, period, user):
        return self._evidences_territory_growth(period, user)[user.id]["numerator"]

    def _numerator_territory_growth(self, records):
        return sum(records.mapped("amount"))

    # ------------------------------------------------------------------
    # Like for like: customers who bought in both windows
    # ------------------------------------------------------------------

    def _measure_territory_growth_lfl(self, period, users):
        return self._growth_measure(period, users, "like_for_like")

    def _evidences_territory_growth_lfl(self, period, users):
        return self._growth_evidences(period, users, "like_for_like")

    def _evidence_territory_growth_lfl(self, period, user):
        evidences = self._evidences_territory_growth_lfl(period, user)
        return evidences[user.id]["numerator"]

    def _numerator_territory_growth_lfl(self, records):
        return sum(records.mapped("amount"))

    # ------------------------------------------------------------------
    # One sector, one district of the territory
    # ------------------------------------------------------------------

    def _measure_sector_growth(self, period, users):
        return self._growth_measure(period, users, "sector")

    def _evidences_sector_growth(self, period, users):
        return self._growth_evidences(period, users, "sector")

    def _evidence_sector_growth(self, period, user):
        return self._evidences_sector_growth(period, user)[user.id]["numerator"]

    def _numerator_sector_growth(self, records):
        return sum(records.mapped("amount"))

    def _measure_district_growth(self, period, users):
        return self._growth_measure(period, users, "district")

    def _evidences_district_growth(self, period, users):
        return self._growth_evidences(period, users, "district")

    def _evidence_district_growth(self, period, user):
        return self._evidences_district_growth(period, user)[user.id]["numerator"]

    def _numerator_district_growth(self, records):
        return sum(records.mapped("amount"))

    # ------------------------------------------------------------------
    # One method for all
    # ------------------------------------------------------------------

    def _growth_measure(self, period, users, part):
        """``{user id: (this year, last year, this per last, rows)}``.

        Last year without turnover, or below zero, is no base: the value is None.
        """
        _windows, grown = self._growth_figures(period, users, part)
        measured = {}
        for user in users:
            now, rows = _total(grown[user.id].now)
            before, _rows = _total(grown[user.id].before)
            value = ratio(now, before) if before > 0 else None
            measured[user.id] = (now, before or None, value, rows)
        return measured

    def _growth_evidences(self, period, users, part):
        """The fact rows of both windows, customer by customer, literals only."""
        windows, grown = self._growth_figures(period, users, part)
        evidences = {}
        for user in users:
            figures = grown[user.id]
            evidences[user.id] = {
                "numerator": self._growth_facts(
                    period, user, windows[0], windows[1], figures.now
                )
            }
            if figures.before:
                evidences[user.id]["denominator"] = self._growth_facts(
                    period, user, windows[2], windows[3], figures.before
                )
        return evidences

    def _growth_facts(self, period, user, date_from, date_to, figures):
        return FACTS, [
            ("company_id", "=", period.company_id.id),
            ("basis", "=", period.company_id.sales_manager_kpi_plan_basis),
            ("status", "=", "counted"),
            ("user_id", "=", user.id),
            ("date", ">=", fields.Date.to_string(date_from)),
            ("date", "<=", fields.Date.to_string(date_to)),
            ("partner_id", "in", sorted(figures)),
        ]

    def _growth_figures(self, period, users, part):
        """The windows, and ``{user id: Grown}`` of the customers in ``part``.

        A fixed number of queries, whatever the number of managers.
        """
        Growth = self.env["sales.growth"]
        company = period.company_id
        windows = Growth._windows(period)
        if not windows:
            days = period.date_from, period.date_to
            return (*days, *days), Growth._nothing(users)
        owned = Growth._owned(company, windows, users)
        if part in ("sector", "district"):
            owned = self._growth_part(owned, part)
        if part == "like_for_like":
            owned = [each for each in owned if each.since <= windows.before_from]
        grown = Growth._grown(
            company, windows, company.sales_manager_kpi_plan_basis, users, owned
        )
        if part == "like_for_like":
            grown = {user_id: _in_both(figures) for user_id, figures in grown.items()}
        return windows, grown

    def _growth_part(self, owned, part):
        """Those of ``owned`` in the chosen sectors or districts, or in the main one."""
        name = "industry_id" if part == "sector" else "district_id"
        if part == "district":
            owned = self.env["sales.growth"]._in_districts(owned)
        chosen = self.industry_ids if part == "sector" else self.district_ids
        main = self.env["sales.growth"]._main(owned, name)
        return [
            each
            for each in owned
            if (value := getattr(each, name))
            and (value in chosen.ids if chosen else value == main[each.user_id])
        ]


def _total(figures):
    """Amount and number of rows of all customers."""
    amounts = figures.values()
    return sum(amount for amount, _rows in amounts), sum(rows for _a, rows in amounts)


def _in_both(figures):
    """Only customers with turnover above zero in both windows."""
    kept = {
        partner_id
        for partner_id, (amount, _rows) in figures.now.items()
        if amount > 0 and figures.before.get(partner_id, (0, 0))[0] > 0
    }
    return type(figures)(
        *(
            {key: window[key] for key in kept}
            for window in (figures.now, figures.before)
        )
    )
