from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..engine.categories import nearest
from .sales_month_screen import FACTS, TREND_MONTHS, any_of, iso


class SalesMyMonth(models.AbstractModel):
    """The last months of one manager, read with the one that is shown."""

    # the parts of a screen, a file each
    _inherit = "sales.my.month"  # pylint: disable=consider-merging-classes-inherited

    def _trend(self, period, user, plans, shares, rows):
        """What counted in the last months, each on the plans that held then."""
        first = period.date_from - relativedelta(months=TREND_MONTHS - 1)
        months = [first + relativedelta(months=i) for i in range(TREND_MONTHS)]
        return [
            self._trend_month(
                period,
                user,
                month,
                plans.filtered(lambda p, m=month: p.date_from == m).sorted("day_from"),
                rows,
                shares,
            )
            for month in months
        ]

    def _fact_rows(self, period, user, plans):
        """What the last months have, counted or not, in one query.

        :param plans: those that held in these months
        :return: rows of first day, basis, status, category, amount and count; by month,
            by day where a plan is of a part of one
        """
        first = period.date_from - relativedelta(months=TREND_MONTHS - 1)
        whole = all(plan._is_whole_month() for plan in plans)
        Criterion = self.env["evaluation.criterion"]
        bases = {Criterion._plan_basis(period, plan) for plan in [None, *plans]}
        # sudo: one manager and company, whom the reader was found to judge
        rows = (
            self.env[FACTS]
            .sudo()
            ._group_facts(
                [
                    ("company_id", "=", period.company_id.id),
                    ("user_id", "=", user.id),
                    ("basis", "in", sorted(bases)),
                    ("date", ">=", first),
                    ("date", "<=", period.date_to),
                ],
                [f"date:{'month' if whole else 'day'}", "basis", "status", "categ_id"],
                ["amount:sum", "__count"],
                period.company_id,
                (first, period.date_to),
            )
        )
        return [(fields.Date.to_date(day), *row) for day, *row in rows]

    def _rows_of(self, period, plan, rows):
        """``[(status, category, amount, count)]`` of one plan's days and basis."""
        Criterion = self.env["evaluation.criterion"]
        first, last = Criterion._plan_days(period, plan)
        basis = Criterion._plan_basis(period, plan)
        sums = defaultdict(lambda: (0, 0))
        for day, row_basis, status, category, amount, count in rows:
            if first <= day <= last and row_basis == basis:
                total, number = sums[status, category]
                sums[status, category] = total + amount, number + count
        return [(*key, *figures) for key, figures in sums.items()]

    def _trend_month(self, period, user, month, plans, rows, shares):
        Criterion = self.env["evaluation.criterion"]
        last = month + relativedelta(day=31)
        kinds = [
            (
                plan.day_from if plan else month,
                plan.day_to if plan else last,
                Criterion._plan_basis(period, plan),
                set(Criterion._plan_categories(plan).ids),
            )
            for plan in plans or [None]
        ]
        domain = any_of(
            [
                [
                    *(
                        term
                        for term in Criterion._plan_fact_domain(period, user, plan)
                        if term[0] != "date"
                    ),
                    ("date", ">=", iso(start)),
                    ("date", "<=", iso(end)),
                ]
                for plan, (start, end, *_kind) in zip(
                    plans or [None], kinds, strict=True
                )
            ]
        )
        return {
            "date": iso(month),
            "fact": sum(
                amount
                for day, row_basis, status, category, amount, _count in rows
                for start, end, basis, chosen in kinds
                if status == "counted"
                and start <= day <= end
                and row_basis == basis
                and (not chosen or nearest(category.parent_path, chosen))
            ),
            "target": self._target(plans, shares) if plans else None,
            "domain": domain,
        }
