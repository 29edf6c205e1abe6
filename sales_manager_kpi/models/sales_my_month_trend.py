from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..engine.categories import nearest
from .sales_month_screen import FACTS, TREND_MONTHS, any_of, iso


class SalesMyMonth(models.AbstractModel):
    """The last months of one manager, beside the one that is shown."""

    # the parts of a screen, a file each
    _inherit = "sales.my.month"  # pylint: disable=consider-merging-classes-inherited

    def _trend(self, period, user, plans, shares):
        """What counted in the last months, each on the plans that held then."""
        first = period.date_from - relativedelta(months=TREND_MONTHS - 1)
        by_day = not all(plan._is_whole_month() for plan in plans)
        Criterion = self.env["evaluation.criterion"]
        bases = {Criterion._plan_basis(period, plan) for plan in [None, *plans]}
        unit = "day" if by_day else "month"
        facts = self._trend_facts(period, user, first, unit, sorted(bases))
        months = [first + relativedelta(months=i) for i in range(TREND_MONTHS)]
        return [
            self._trend_month(
                period,
                user,
                month,
                plans.filtered(lambda p, m=month: p.date_from == m).sorted("day_from"),
                facts,
                shares,
            )
            for month in months
        ]

    def _trend_facts(self, period, user, first, unit, bases):
        """Rows of month or day, basis, category and amount, in one query."""
        # sudo: see _figures_of
        return (
            self.env[FACTS]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", period.company_id.id),
                    ("user_id", "=", user.id),
                    ("basis", "in", bases),
                    ("status", "=", "counted"),
                    ("date", ">=", first),
                    ("date", "<=", period.date_to),
                ],
                [f"date:{unit}", "basis", "categ_id"],
                ["amount:sum"],
            )
        )

    def _trend_month(self, period, user, month, plans, facts, shares):
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
                for day, row_basis, category, amount in facts
                for start, end, basis, chosen in kinds
                if start <= fields.Date.to_date(day) <= end
                and row_basis == basis
                and (not chosen or nearest(category.parent_path, chosen))
            ),
            "target": self._target(plans, shares) if plans else None,
            "domain": domain,
        }
