from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain

from .sales_month_screen import FACTS, is_valid, iso, tile

TOP = 5


class SalesMyMonth(models.AbstractModel):
    """Where the month of one manager will end, and which customers stay behind."""

    _inherit = "sales.my.month"

    @api.model
    def get_forecast(self, period_date=None, user_id=None):
        """The forecast of the month of one manager, beside `get_data`.

        Asked for by itself, so that the month is there before its forecast is.

        :raise AccessError: for the month of somebody the user may not judge
        """
        self._check_group()
        period = self._period(period_date)
        visible = self.env["evaluation.run"]._visible_members(period)
        user = self._subject(user_id, visible)
        if user.id not in visible:
            return False
        # sudo: the month of one manager, which the reader was found to judge
        plans = self.env["sales.plan"].sudo()._valid_plans(period, user)
        plans = plans.filtered(is_valid).sorted("day_from")
        by_user = {user.id: plans} if plans else {}
        values = self.env["sales.month.forecast"]._of(period, user, by_user)[user.id]
        return {
            **values,
            "policy": period.company_id.sales_manager_kpi_target_policy,
            "customers": self._behind(period, user, plans, values),
            "register": self._register_domain(
                period,
                user,
                self.env["evaluation.criterion"]._plan_basis(period, plans),
            ),
        }

    def _behind(self, period, user, plans, values):
        """Customers furthest behind their plan, else behind last year's same days."""
        basis = self.env["evaluation.criterion"]._plan_basis(period, plans)
        amounts, before = self._by_customer(period, user, basis)
        wanted = dict.fromkeys(before, "last_year")
        references = dict(before)
        passed = values["done"] + values["left"]
        part = values["done"] / passed if passed else 0.0
        for line in plans.line_ids:
            if line.dimension == "customer" and line.measure == "amount":
                # sudo above: names of customers in the plan of this manager
                wanted[line.partner_id] = "plan"
                references[line.partner_id] = line.target_amount * part
        rows = []
        for partner, reference in references.items():
            amount = amounts.get(partner, 0.0)
            if partner and reference - amount > 0:
                rows.append(
                    {
                        "id": partner.id,
                        "name": partner.display_name,
                        "kind": wanted[partner],
                        "reference": reference,
                        "gap": reference - amount,
                        **tile(
                            self._customer_domain(period, user, basis, partner), amount
                        ),
                    }
                )
        return sorted(rows, key=lambda row: -row["gap"])[:TOP]

    def _by_customer(self, period, user, basis):
        """Amounts by customer until today, and in the same days of last year."""
        year = relativedelta(years=1)
        until = self._until(period)
        whole = until == period.date_to
        then = until - year + relativedelta(day=31 if whole else None)
        # sudo: see get_forecast
        rows = (
            self.env[FACTS]
            .sudo()
            ._group_facts(
                Domain("company_id", "=", period.company_id.id)
                & Domain("basis", "=", basis)
                & Domain("status", "=", "counted")
                & Domain("user_id", "=", user.id)
                & (
                    _between(period.date_from, until)
                    | _between(period.date_from - year, then)
                ),
                ["partner_id", "date:year"],
                ["amount:sum"],
                period.company_id,
                (period.date_from - year, until),
            )
        )
        now, before = defaultdict(float), defaultdict(float)
        for partner, day, amount in rows:
            of_year = now if day.year == period.date_from.year else before
            of_year[partner] += amount
        return now, before

    def _until(self, period):
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        return max(period.date_from, min(today, period.date_to))

    def _customer_domain(self, period, user, basis, partner):
        return [
            *self._register_domain(period, user, basis),
            ("partner_id", "=", partner.id),
            ("status", "=", "counted"),
        ]

    def _register_domain(self, period, user, basis):
        """The month of this manager on one basis: of facts, or of what is none."""
        return [
            ("company_id", "=", period.company_id.id),
            ("basis", "=", basis),
            ("user_id", "=", user.id),
            ("date", ">=", iso(period.date_from)),
            ("date", "<=", iso(period.date_to)),
        ]


def _between(first, last):
    return Domain("date", ">=", iso(first)) & Domain("date", "<=", iso(last))
