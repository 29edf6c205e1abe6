from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.categories import path_ids
from ..engine.scoring import ratio
from .read_once import read_once, remember

# What of a plan judges its manager.
JUDGING = [
    "basis",
    "company_id",
    "currency_id",
    "day_from",
    "day_to",
    "period_id",
    "target_amount",
    "user_id",
]


class EvaluationCriterion(models.Model):
    """Plan fulfilment: what counted for the plan, per target of the plan."""

    _inherit = "evaluation.criterion"

    measure = fields.Selection(
        selection_add=[("plan_fulfilment", "Plan fulfilment")],
        ondelete={"plan_fulfilment": "cascade"},
    )

    def _measure_plan_fulfilment(self, period, users):
        """Counted facts of the plan's basis, per target of the valid plan.

        A plan without a total line is filled by its own categories alone. Amounts are
        untaxed, in company currency; the company's policy says whether the agreed or
        the effective target counts. Who moved has a plan per branch: facts of its days
        and targets are added up. Without a plan or a target there is no base; the
        numerator is then what counted on the company's basis.
        """
        return read_once(
            self.env,
            ("plan_fulfilment", period.id, frozenset(users.ids)),
            lambda: self._plan_fulfilments(period, users),
        )

    @api.model
    def _plan_fulfilments(self, period, users):
        plans = self._plan_by_user(period, users)
        every = self.env["sales.plan"].union(*plans.values())
        if len(every) > 1:  # the form of one plan has its lines
            self._remember_categories(every)
        facts = read_once(
            self.env,
            ("plan_facts", period.id, frozenset(users.ids)),
            lambda: self._plan_facts(period, users, plans),
        )
        targets = every._counting_targets()
        measured = {}
        for user in users:
            own = plans.get(user.id, ())
            amount, count = facts.get(user.id, (0.0, 0))
            target = sum(targets[plan] for plan in own) or None
            measured[user.id] = (amount, target, ratio(amount, target), count)
        return measured

    def _evidence_plan_fulfilment(self, period, user):
        """The fact rows that fill the plan of ``user``."""
        return self._evidences_plan_fulfilment(period, user)[user.id]["numerator"]

    def _evidences_plan_fulfilment(self, period, users):
        plans = self._plan_by_user(period, users)
        evidences = {}
        for user in users:
            own = plans.get(user.id)
            domain = self._plan_fact_domain(period, user, own)
            evidences[user.id] = {
                "numerator": self._plan_fact_source(period, own, domain)
            }
            if own:
                evidences[user.id]["denominator"] = (
                    "sales.plan",
                    [("id", "in", own.ids)] if len(own) > 1 else [("id", "=", own.id)],
                )
        return evidences

    def _numerator_plan_fulfilment(self, records):
        return sum(records.mapped("amount"))

    # ------------------------------------------------------------------
    # Plans and the facts that fill them
    # ------------------------------------------------------------------

    @api.model
    def _plan_by_user(self, period, users):
        """``{user id: valid plans}``, in one query; one per branch of who moved."""
        key = period.id, frozenset(users.ids)
        plans = read_once(
            self.env,
            ("valid_plans", *key),
            lambda: self.env["sales.plan"]._valid_plans(
                period, users, JUDGING if len(users) > 1 else None
            ),
        )
        by_user = read_once(
            self.env,
            ("plans_by_user", *key),
            lambda: plans.sorted("day_from").grouped("user_id"),
        )
        return {user.id: own for user, own in by_user.items()}

    @api.model
    def _remember_categories(self, plans):
        """Read for many plans at once what `_plan_categories` asks for each."""
        for plan, categories in plans._filling_categories_of_all().items():
            remember(self.env, ("plan_categories", plan.id), categories)

    @api.model
    def _plan_basis(self, period, plans):
        """The basis of these plans of one manager: of the last one."""
        if plans:
            return plans[-1:].basis
        return period.company_id.sales_manager_kpi_plan_basis

    @api.model
    def _plan_categories(self, plan):
        """The categories that fill ``plan``; none when everything does."""
        if not plan:
            return self.env["product.category"]
        return read_once(
            self.env, ("plan_categories", plan.id), lambda: plan._filling_categories()
        )

    @api.model
    def _plan_fact_domain(self, period, user, plans):
        """Domain of the fact rows that fill the plans of ``user``, literals only."""
        domains = [
            [
                *self._plan_days_domain(period, user, plan),
                ("status", "=", "counted"),
                *self._plan_categories_domain(plan),
            ]
            for plan in plans or [None]
        ]
        # plans of neighbouring days: facts of different days, so none comes twice
        ands = [["&"] * (len(domain) - 1) + domain for domain in domains]
        return ["|"] * (len(ands) - 1) + sum(ands, []) if ands[1:] else domains[0]

    @api.model
    def _plan_fact_source(self, period, plans, domain):
        """Model and domain of the rows: of a closed month the frozen ones."""
        bases = {self._plan_basis(period, plan) for plan in plans or [None]}
        if all(period._is_frozen(basis) for basis in bases):
            frozen = [("period_id", "=", period.id), ("kind", "=", "frozen")]
            return "sales.fact.line", ["&", "&", *frozen, *_prefix(domain)]
        return "sales.fact.report", domain

    @api.model
    def _plan_days_domain(self, period, user, plan):
        """What is on the basis and in the days of ``plan``, counted or not."""
        first, last = self._plan_days(period, plan)
        return [
            ("company_id", "=", period.company_id.id),
            ("basis", "=", self._plan_basis(period, plan)),
            ("user_id", "=", user.id),
            ("date", ">=", fields.Date.to_string(first)),
            ("date", "<=", fields.Date.to_string(last)),
        ]

    @api.model
    def _plan_days(self, period, plan):
        if plan:
            return plan.day_from, plan.day_to
        return period.date_from, period.date_to

    @api.model
    def _plan_categories_domain(self, plan):
        categories = self._plan_categories(plan)
        return [("categ_id", "child_of", categories.ids)] if categories else []

    @api.model
    def _plan_facts(self, period, users, plans):
        """``{user id: (amount, rows)}`` of what fills the plans.

        One query per basis, range of days and kind of plan: those of everything and
        those of categories.
        """
        kinds = defaultdict(dict)
        for user in users:
            for plan in plans.get(user.id) or [None]:
                kind = (
                    self._plan_basis(period, plan),
                    self._plan_days(period, plan),
                    bool(self._plan_categories(plan)),
                )
                kinds[kind][user.id] = plan
        facts = defaultdict(lambda: (0.0, 0))
        for (basis, days, by_category), plan_by_user in kinds.items():
            domain = Domain(
                [
                    ("company_id", "=", period.company_id.id),
                    ("basis", "=", basis),
                    ("status", "=", "counted"),
                    ("user_id", "in", list(plan_by_user)),
                    ("date", ">=", days[0]),
                    ("date", "<=", days[1]),
                ]
            )
            asked = domain, period.company_id, days
            if by_category:
                found = self._facts_in_categories(*asked, plan_by_user)
            else:
                found = self._facts_of_all(*asked)
            for user_id, (amount, count) in found.items():
                total, number = facts[user_id]
                facts[user_id] = (total + amount, number + count)
        return facts

    @api.model
    def _facts_of_all(self, domain, company, days):
        rows = self.env["sales.fact.report"]._group_facts(
            domain, ["user_id"], ["amount:sum", "__count"], company, days
        )
        return {user.id: (amount, count) for user, amount, count in rows}

    @api.model
    def _facts_in_categories(self, domain, company, days, plans):
        rows = self.env["sales.fact.report"]._group_facts(
            domain,
            ["user_id", "categ_id"],
            ["amount:sum", "__count"],
            company,
            days,
        )
        chosen = {
            user_id: set(self._plan_categories(plan).ids)
            for user_id, plan in plans.items()
        }
        facts = defaultdict(lambda: (0.0, 0))
        for user, category, amount, count in rows:
            if not chosen[user.id].isdisjoint(path_ids(category.parent_path)):
                total, number = facts[user.id]
                facts[user.id] = (total + amount, number + count)
        return facts


def _prefix(domain):
    """``domain`` with every operator written out, to be one part of another."""
    return domain if domain[0] in ("&", "|") else ["&"] * (len(domain) - 1) + domain
