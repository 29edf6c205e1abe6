from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.season import MONTHS
from .sales_plan_season_mixin import SEASONAL


class SalesPlanHistoryMixin(models.AbstractModel):
    """The part of ``sales.plan.proposal`` that reads what was sold before."""

    _name = "sales.plan.history.mixin"
    _inherit = ["sales.plan.season.mixin"]
    _description = "History for a Plan Proposal"

    def _history_by_target(self, targets):
        """``{(user id, period, basis): {category: amount}}``, a query per pair."""
        users_by_pair = defaultdict(lambda: self.env["res.users"])
        for user, __, period, basis in targets:
            users_by_pair[period, basis] |= user
        result = {}
        for (period, basis), users in users_by_pair.items():
            first, after, months = self._window(period)
            read = getattr(self, f"_read_history_{self.source}")
            rows = read(users, basis, first, after)
            for user_id, category, amount in self._amounts(rows, period, first, months):
                amounts = result.setdefault((user_id, period, basis), {})
                amounts[category] = amounts.get(category, 0.0) + amount
        return result

    def _amounts(self, rows, period, first, months):
        """History rows as amounts of one month, by the chosen method."""
        if self.method in SEASONAL:
            return self._season_amounts(rows, period, first, months)
        return [
            (user_id, category, amount / months) for user_id, category, amount in rows
        ]

    def _window(self, period):
        """First day, day after the last, and number of months of the history."""
        if self.method == "last_year":
            first = period.date_from - relativedelta(years=1)
            return first, first + relativedelta(months=1), 1
        today = self.env["sales.branch"]._company_local_date(self.company_id)
        after = min(period.date_from, today.replace(day=1))
        months = MONTHS if self.method == "year" else self.months
        return after - relativedelta(months=months), after, months

    def _history_domain(self, statuses, basis, first, after):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("basis", "=", basis)
            & Domain("status", "in", statuses)
            & Domain("date", ">=", first)
            & Domain("date", "<", after)
        )

    def _facts(self):
        # sudo: history of the managers whose plans the acting user may write, checked
        # in _targets; always with the company and the users in the domain
        return (
            self.env["sales.fact.report"]
            .sudo()
            .with_context(allowed_company_ids=self.company_id.ids)
        )

    def _read_history_credited(self, users, basis, first, after):
        domain = self._history_domain(["counted"], basis, first, after)
        rows = self._facts()._read_group(
            domain & Domain("user_id", "in", users.ids),
            ["user_id", "categ_id"],
            ["amount:sum"],
        )
        return [(user.id, category, amount) for user, category, amount in rows]

    def _read_history_owned(self, users, basis, first, after):
        """What the customers bought whom these users own now, whoever sold it."""
        self.env["customer.assignment"].flush_model(
            ["partner_id", "company_id", "user_id", "date_to"]
        )
        domain = self._history_domain(["counted", "unassigned"], basis, first, after)
        query = self._facts()._search(domain)
        fact = query.table
        query.add_join(
            "JOIN",
            "owner",
            "customer_assignment",
            SQL(
                "owner.partner_id = %s AND owner.company_id = %s "
                "AND owner.date_to IS NULL AND owner.user_id IN %s",
                SQL.identifier(fact, "partner_id"),
                SQL.identifier(fact, "company_id"),
                tuple(users.ids) or (0,),
            ),
        )
        category = SQL.identifier(fact, "categ_id")
        user = SQL.identifier("owner", "user_id")
        query.groupby = SQL("%s, %s", user, category)
        rows = self.env.execute_query(
            query.select(user, category, SQL("SUM(%s)", SQL.identifier(fact, "amount")))
        )
        Category = self.env["product.category"]
        return [
            (user_id, Category.browse(category_id), float(amount))
            for user_id, category_id, amount in rows
        ]
