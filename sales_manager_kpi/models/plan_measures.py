from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.categories import path_ids
from ..engine.scoring import ratio


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
        untaxed, in company currency. Without a plan or a target there is no base; the
        numerator is then what counted on the company's basis.
        """
        plans = self._plan_by_user(period, users)
        facts = self._plan_facts(period, users, plans)
        targets = self.env["sales.plan"].union(*plans.values())._counting_targets()
        measured = {}
        for user in users:
            plan = plans.get(user.id)
            amount, count = facts.get(user.id, (0.0, 0))
            target = plan and targets[plan] or None
            measured[user.id] = (amount, target, ratio(amount, target), count)
        return measured

    def _evidence_plan_fulfilment(self, period, user):
        """The fact rows that fill the plan of ``user``."""
        return self._evidences_plan_fulfilment(period, user)[user.id]["numerator"]

    def _evidences_plan_fulfilment(self, period, users):
        plans = self._plan_by_user(period, users)
        evidences = {}
        for user in users:
            plan = plans.get(user.id)
            domain = self._plan_fact_domain(period, user, plan)
            evidences[user.id] = {"numerator": ("sales.fact.report", domain)}
            if plan:
                evidences[user.id]["denominator"] = (
                    "sales.plan",
                    [("id", "=", plan.id)],
                )
        return evidences

    def _numerator_plan_fulfilment(self, records):
        return sum(records.mapped("amount"))

    # ------------------------------------------------------------------
    # Plans and the facts that fill them
    # ------------------------------------------------------------------

    @api.model
    def _plan_by_user(self, period, users):
        """``{user id: valid plan}``, in one query."""
        plans = self.env["sales.plan"]._valid_plans(period, users)
        return {plan.user_id.id: plan for plan in plans}

    @api.model
    def _plan_basis(self, period, plan):
        return plan.basis if plan else period.company_id.sales_manager_kpi_plan_basis

    @api.model
    def _plan_categories(self, plan):
        """The categories that fill ``plan``; none when everything does."""
        lines = plan._main_lines() if plan else []
        if any(line.dimension == "total" for line in lines):
            return self.env["product.category"]
        return lines.categ_id if lines else self.env["product.category"]

    @api.model
    def _plan_fact_domain(self, period, user, plan):
        """Domain of the fact rows that fill the plan of ``user``, literals only."""
        categories = self._plan_categories(plan)
        return [
            ("company_id", "=", period.company_id.id),
            ("basis", "=", self._plan_basis(period, plan)),
            ("status", "=", "counted"),
            ("user_id", "=", user.id),
            ("date", ">=", fields.Date.to_string(period.date_from)),
            ("date", "<=", fields.Date.to_string(period.date_to)),
            *([("categ_id", "child_of", categories.ids)] if categories else []),
        ]

    @api.model
    def _plan_facts(self, period, users, plans):
        """``{user id: (amount, rows)}`` of what fills the plans.

        Two queries per basis at most: one for plans of everything, one for plans of
        categories.
        """
        kinds = defaultdict(list)
        for user in users:
            plan = plans.get(user.id)
            by_category = bool(self._plan_categories(plan))
            kinds[self._plan_basis(period, plan), by_category].append(user.id)
        facts = {}
        for (basis, by_category), user_ids in kinds.items():
            domain = Domain(
                [
                    ("company_id", "=", period.company_id.id),
                    ("basis", "=", basis),
                    ("status", "=", "counted"),
                    ("user_id", "in", user_ids),
                    ("date", ">=", period.date_from),
                    ("date", "<=", period.date_to),
                ]
            )
            if by_category:
                facts.update(self._facts_in_categories(domain, plans))
            else:
                facts.update(self._facts_of_all(domain))
        return facts

    @api.model
    def _facts_of_all(self, domain):
        rows = self.env["sales.fact.report"]._read_group(
            domain, ["user_id"], ["amount:sum", "__count"]
        )
        return {user.id: (amount, count) for user, amount, count in rows}

    @api.model
    def _facts_in_categories(self, domain, plans):
        rows = self.env["sales.fact.report"]._read_group(
            domain, ["user_id", "categ_id"], ["amount:sum", "__count"]
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
