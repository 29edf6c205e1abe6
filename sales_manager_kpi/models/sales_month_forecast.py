from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from ..engine import forecast
from ..engine.categories import nearest
from ..engine.working_days import share
from .sales_month_screen import FACTS, iso

HISTORY = 12  # months before the running one


class SalesMonthForecast(models.AbstractModel):
    """Collects what `engine.forecast` needs, for one manager or for all at once."""

    _name = "sales.month.forecast"
    _description = "Forecast of a Month"

    @api.model
    def _of(self, period, users, plans, first=None, last=None):
        """Where the month of every user will end.

        :param plans: ``{user id: valid plans}``; see ``_plan_by_user``
        :param first: the days to look at, where not the whole month
        :return: ``{user id: dict}`` with the figures of `engine.forecast.Forecast`, the
            fact, the target that counts, working days and ``words``
        """
        company = period.company_id
        first, last = first or period.date_from, last or period.date_to
        today = self.env["sales.branch"]._company_local_date(company)
        since = first
        if first < today <= last:  # only a month that runs is projected
            since = first.replace(day=1) - relativedelta(months=HISTORY)
        Days = self.env["sales.working.days"]
        spans = Days._spans(users, company)
        days = Days._of(users, company, since, last, spans)
        everybody = self.env["sales.plan"].union(*plans.values())
        targets = everybody._counting_targets(known=days)
        present = everybody._days(known=days, spans=spans)
        rows = self._rows(company, users, plans, since, last)
        result = {}
        for user in users:
            own = plans.get(user.id) or everybody.browse()
            member = [
                (start, end) for _branch, start, end in spans[user.id, company.id]
            ]
            month = _Month(first, last, today, days[user.id], member)
            counts = self._counter(company, own, today)
            for day, basis, path, amount in rows[user.id]:
                if counts(day, basis, path, first <= day <= last):
                    month.add(day, amount)
            target = sum(targets[plan] for plan in own) if own else None
            result[user.id] = {
                **self._values(month, target),
                **self._presence(own, present),
            }
        return result

    def _rows(self, company, users, plans, since, last):
        """``{user id: [(day, basis, category path, amount)]}``, in one query."""
        Criterion = self.env["evaluation.criterion"]
        default = company.sales_manager_kpi_plan_basis
        bases = {plan.basis for own in plans.values() for plan in own}
        if len(plans) < len(users):
            bases.add(default)
        groups = ["user_id", "basis", "date:day"]
        by_category = any(
            Criterion._plan_categories(plan) for own in plans.values() for plan in own
        )
        if by_category:
            groups.append("categ_id")
        # sudo: sums of managers whose month the reader was found to see; the figure
        # does not depend on who reads it
        found = (
            self.env[FACTS]
            .sudo()
            ._read_group(
                Domain("company_id", "=", company.id)
                & Domain("basis", "in", sorted(bases or {default}))
                & Domain("status", "=", "counted")
                & Domain("user_id", "in", users.ids)
                & Domain("date", ">=", iso(since))
                & Domain("date", "<=", iso(last)),
                groups,
                ["amount:sum"],
            )
        )
        rows = defaultdict(list)
        for user, basis, day, *category, amount in found:
            path = category[0].parent_path if category else None
            rows[user.id].append((day, basis, path, amount))
        return rows

    def _counter(self, company, plans, today):
        """Says whether a row fills these plans, or filled such plans in the past."""
        Criterion = self.env["evaluation.criterion"]
        default = company.sales_manager_kpi_plan_basis
        kinds = [
            (
                plan.day_from,
                plan.day_to,
                plan.basis,
                set(Criterion._plan_categories(plan).ids),
            )
            for plan in plans
        ]
        begun = [kind for kind in kinds if kind[0] <= today] or kinds[:1]

        def counts(day, basis, path, in_month):
            fitting = [kind for kind in kinds if kind[0] <= day <= kind[1]]
            if not in_month:
                fitting = begun[-1:]
            if not kinds:
                return basis == default
            return any(
                basis == wanted and (not chosen or nearest(path, chosen))
                for _first, _last, wanted, chosen in fitting
            )

        return counts

    def _presence(self, plans, present):
        """What absences leave of the plans: days, and the target that follows."""
        working = sum(present[plan][0] for plan in plans)
        planned = sum(present[plan][1] for plan in plans)
        return {
            "working_days": working,
            "planned_days": planned,
            "agreed_target": sum(plans.mapped("target_amount")) if plans else None,
            "effective_target": sum(
                plan._part_of_target(share(*present[plan]) or 0.0)
                if present[plan][0]
                else plan.target_amount
                for plan in plans
            )
            if plans
            else None,
            "days_note": plans[:1]._days_note(working, planned) if plans else "",
        }

    def _values(self, month, target):
        result = forecast.forecast(
            month.fact,
            target,
            month.done,
            month.left,
            before=month.before,
            daily=month.daily(),
            shares=month.shares(),
        )
        return {
            **result._asdict(),
            "fact": month.fact,
            "target": target,
            "share": result.expected / target
            if target and result.expected is not None
            else None,
            "words": self._words(result),
        }

    def _words(self, result):
        """How the forecast was made, or why there is none."""
        if result.method == "history":
            return self.env._(
                "By the course of %(months)s earlier months at this working day",
                months=result.months,
            )
        if result.method == "linear":
            return self.env._(
                "Straight on at the pace of the %(days)s working days until yesterday",
                days=f"{result.done:g}",
            )
        if result.method == "final":
            return self.env._("No working day is left: this is the result")
        if not result.done and not result.left:
            return self.env._("No forecast: no working day in this month")
        if not result.done:
            return self.env._("No forecast yet: no working day is over")
        return self.env._("No forecast: more was credited than sold")


class _Month:
    """Days and amounts of one manager, this month and the ones before."""

    def __init__(self, first, last, today, days, member):
        self.first, self.last, self.today = first, last, today
        self.days = days
        yesterday = today - timedelta(days=1)
        self.done = days.planned(first, min(last, yesterday), member or None)
        self.left = days.planned(max(first, today), last, member or None)
        self.fact = self.before = 0.0
        self.by_day = defaultdict(float)
        self.history = defaultdict(dict)

    def add(self, day, amount):
        if day < self.first:
            month = self.history[day.replace(day=1)]
            month[day] = month.get(day, 0.0) + amount
        elif day <= self.last:
            self.fact += amount
            if day < self.today:
                self.before += amount
                self.by_day[day] += amount

    def daily(self):
        """Facts of the working days that are over; of others with the one before."""
        amounts = []
        for day in _dates(self.first, min(self.last, self.today - timedelta(days=1))):
            if self.days.present.get(day):
                amounts.append(0.0)
            if amounts:
                amounts[-1] += self.by_day.get(day, 0.0)
        return amounts

    def shares(self):
        """What each earlier month had reached at this point of its working days."""
        if not (self.done and self.left):
            return []
        point = self.done / (self.done + self.left)
        return [
            forecast.share_at(point, self._positions(start, amounts))
            for start, amounts in sorted(self.history.items())
        ]

    def _positions(self, start, amounts):
        position = 0.0
        for day in _dates(start, start + relativedelta(day=31)):
            position += self.days.present.get(day, 0.0)
            if position:
                yield position, amounts.get(day, 0.0)


def _dates(first, last):
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
