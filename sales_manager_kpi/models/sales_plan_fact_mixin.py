from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.categories import path_ids
from .sales_plan_states import VALID_STATES


class PlanFact:
    """Counted amounts of one manager in one month, by category."""

    def __init__(self):
        self.total = 0.0
        self._by_ancestor = defaultdict(float)

    def add(self, parent_path, amount):
        """Add ``amount`` of a category, for it and for all above it."""
        self.total += amount
        for category_id in path_ids(parent_path):
            self._by_ancestor[category_id] += amount

    def of(self, line):
        """What counts for ``line``: everything, or its category with its children."""
        if line.dimension == "total":
            return self.total
        return self._by_ancestor.get(line.categ_id.id, 0.0)


class SalesPlanFactMixin(models.AbstractModel):
    """Plan against fact: the part of ``sales.plan`` that reads what was sold.

    A plan with a total line is filled by everything the manager sold; one without
    speaks of its categories only, so only these fill it.
    """

    _name = "sales.plan.fact.mixin"
    _description = "Plan against Fact"

    currency_id = fields.Many2one(comodel_name="res.currency")
    fact_amount = fields.Monetary(
        string="Fact",
        compute="_compute_fact_amount",
        help="Counted so far, live, on the plan's basis.",
    )
    has_base = fields.Boolean(
        compute="_compute_fact_amount",
        help="Whether there is a target to compare with.",
    )
    fulfilment = fields.Float(
        compute="_compute_fact_amount",
        aggregator=None,
        help="Fact as a share of the target. Without a target there is no base: the "
        "field is blank then, not 0 %.",
    )
    progress = fields.Float(
        string="Fulfilment (%)",
        compute="_compute_fact_amount",
        aggregator=None,
    )

    @api.depends(
        "user_id",
        "company_id",
        "day_from",
        "day_to",
        "basis",
        "target_amount",
        "company_id.sales_manager_kpi_target_policy",
        "line_ids.categ_id",
        "line_ids.dimension",
    )
    def _compute_fact_amount(self):
        for plan, (fact, _target, share) in self._fulfilments().items():
            plan.fact_amount = fact
            plan.has_base = share is not None
            plan.fulfilment = share or 0.0
            plan.progress = 100 * (share or 0.0)

    def _fulfilments(self):
        """Fact, counting target and share of every plan.

        :return: ``{plan: (fact, target, share)}``, amounts in company currency, share
            as a fraction, None where there is no target
        """
        facts = self._facts()
        targets = self._counting_targets()
        result = {}
        for plan in self:
            fact = plan._counted(facts[plan]) if plan in facts else 0.0
            target = targets[plan]
            result[plan] = (fact, target, fact / target if target > 0 else None)
        return result

    def _shown(self):
        """These plans without those that only a form knows, of somebody else.

        Facts, absences and outlook are read in sudo, for plans the reader may read. A
        client fills a form with whatever it likes, also with the name of a colleague.
        """
        if self.env.su:
            return self
        return self.filtered(lambda plan: plan.id or plan._may_be_shown())

    def _may_be_shown(self):
        """Whether the acting user may read the plan that this form would make."""
        if not self.user_id or self.user_id == self.env.user:
            return True
        origin = self._origin
        if origin and origin.has_access("read") and origin.user_id == self.user_id:
            return True
        branches = self._proper_branches()[self]
        return any(self._may_judge_for(branch) for branch in branches)

    def _counted(self, fact):
        return sum(fact.of(line) for line in self._target_lines())

    @api.model
    def _valid_plans(self, period, users=None, names=None):
        """The approved or running plans of ``users`` (all without) in ``period``.

        :param names: fields to read at once; None for all
        """
        domain = Domain("period_id", "in", period.ids) & Domain(
            "state", "in", VALID_STATES
        )
        if users is not None:
            domain &= Domain("user_id", "in", users.ids)
        return self.search_fetch(domain, names)

    def _facts(self, months_back=0):
        """Counted amounts of these plans' managers and days: ``{plan: PlanFact}``.

        :param int months_back: 12 for the same days of the year before
        """
        plans_by_basis = defaultdict(self.browse)
        for plan in self:
            plans_by_basis[plan.basis] |= plan
        result = {}
        for basis, plans in plans_by_basis.items():
            for plan, rows in plans._fact_rows(basis, months_back=months_back).items():
                fact = result[plan] = PlanFact()
                for category, amount in rows:
                    fact.add(category.parent_path, amount)
        return result

    def _fact_rows(
        self, basis, groupby=("categ_id",), measure="amount", only=None, months_back=0
    ):
        """What counted on ``basis`` in the days of these plans.

        One query for all whole months, and one per distinct range of days for plans
        of a part of the month; never one per plan.

        :param groupby: fields of the facts that tell the rows apart
        :param only: a further domain on the facts
        :return: ``{plan: [(*records of groupby, figure)]}``; plans without facts have
            no key
        """
        plans_by_days = defaultdict(lambda: defaultdict(list))
        for plan in self._shown():
            if plan.user_id and plan.day_from and plan.day_to:
                days = plan._days_back(months_back)
                key = plan.company_id.id, plan.user_id.id, days[0]
                group = None if _is_month(*days) else days
                plans_by_days[group][key].append(plan)
        result = defaultdict(list)
        for days, plans in plans_by_days.items():
            rows = self._read_facts(basis, plans.keys(), days, groupby, measure, only)
            for company, user, month, *row in rows:
                key = company.id, user.id, days[0] if days else month
                for plan in plans.get(key, ()):
                    result[plan].append(tuple(row))
        return result

    @api.model
    def _read_facts(self, basis, keys, days, groupby, measure, only):
        """Rows of company, manager, month, ``groupby`` and the figure for ``keys``.

        :param keys: ``(company id, user id, first day)``
        :param days: first and last day of all keys; whole months without
        """
        company_ids = {company_id for company_id, __, __ in keys}
        hull = days
        if days:
            dates = Domain("date", ">=", days[0]) & Domain("date", "<=", days[1])
        else:
            months = {month for __, __, month in keys}
            dates = self._months_domain(months)
            hull = min(months), max(months) + relativedelta(day=31)
        # sudo: the figure must be the same for the manager and for the director, so it
        # does not depend on who reads. Only sums of the keys' companies and users leave
        # this method, and the keys come from plans the reader may read.
        Fact = (
            self.env["sales.fact.report"]
            .sudo()
            .with_context(allowed_company_ids=sorted(company_ids))
        )
        return Fact._group_facts(
            Domain("basis", "=", basis)
            & Domain("status", "=", "counted")
            & Domain("company_id", "in", sorted(company_ids))
            & Domain("user_id", "in", sorted({user_id for __, user_id, __ in keys}))
            & Domain(only or Domain.TRUE)
            & dates,
            ["company_id", "user_id", "date:month", *groupby],
            [f"{measure}:sum"],
            self.env["res.company"].browse(sorted(company_ids)),
            hull,
        )

    def _days_back(self, months):
        """The days of the plan some months before; a whole month stays whole."""
        back = relativedelta(months=months)
        if _is_month(self.day_from, self.day_to):
            first = self.day_from - back
            return first, first + relativedelta(day=31)
        return self.day_from - back, self.day_to - back

    @api.model
    def _months_domain(self, months):
        """Dates within ``months``, neighbouring months as one range."""
        ranges = []
        for month in sorted(months):
            if ranges and ranges[-1][1] == month:
                ranges[-1][1] = month + relativedelta(months=1)
            else:
                ranges.append([month, month + relativedelta(months=1)])
        return Domain.OR(
            Domain("date", ">=", start) & Domain("date", "<", end)
            for start, end in ranges
        )


def _is_month(first, last):
    return first.day == 1 and last == first + relativedelta(day=31)
