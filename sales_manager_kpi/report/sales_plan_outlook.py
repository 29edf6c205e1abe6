from collections import defaultdict
from datetime import datetime, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.outlook import Scope, conversion, shortage
from .sales_plan_outlook_query import OPEN_MONTHS

AVERAGE_MONTHS = 3
CONVERSION_MONTHS = 12
# Fewer decided quotations say nothing about a manager.
LEAST_DECIDED = 5
SCOPES = (
    "average",
    "goods",
    "open_orders",
    "quotations",
    "covered",
    "free",
    "incoming",
)


class SalesPlanOutlook(models.AbstractModel):
    """What stands beside a plan line: what was, what is coming, what can be had.

    Collects every source once for all asked lines, then answers each line out of it.
    """

    _name = "sales.plan.outlook"
    _inherit = ["sales.plan.outlook.query"]
    _description = "Outlook of Plans"

    @api.model
    def _figures(self, lines):
        """``{line: {figure: value}}`` in the line's unit, money or a quantity.

        ``average`` of the last full months, ``open_orders``, ``quotations`` (weighted),
        ``free`` and ``incoming`` goods, ``short``: how much the line asks beyond what
        can be had. None where there is no base to tell.
        """
        shown = lines.plan_id._shown()
        lines = lines.filtered(
            lambda line: (
                line.plan_id in shown
                and line.measure in ("amount", "quantity")
                and line.plan_id.user_id
                and line.plan_id.day_from
            )
        )
        if not lines:
            return {}
        # sudo: the figures are one for the manager and for whoever approves, so they
        # do not depend on who reads; only sums for plans the reader may read get out
        outlook = self.sudo()
        outlook._flush_tables()
        plans = lines.plan_id
        scopes = {plan: {name: Scope() for name in SCOPES} for plan in plans}
        groups = outlook._groups_by_partner(lines)
        outlook._collect_facts(plans, scopes, groups)
        ahead = plans.filtered(outlook._is_ahead)
        outlook._collect_documents(ahead, scopes, groups)
        outlook._collect_goods(ahead, scopes, groups)
        return {
            line: outlook._line_figures(
                line, scopes[line.plan_id], line.plan_id in ahead
            )
            for line in lines
        }

    def _is_ahead(self, plan):
        """Whether something can still happen in the days of the plan."""
        return plan.day_to >= self._today(plan)

    def _today(self, plan):
        if plan.branch_id:
            return plan.branch_id._local_today()
        return self.env["sales.branch"]._company_local_date(plan.company_id)

    # ------------------------------------------------------------------
    # Collect
    # ------------------------------------------------------------------

    def _groups_by_partner(self, lines):
        """``{customer id: [customer group ids of these lines]}``, in one query."""
        wanted = lines.partner_category_id
        if not wanted:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rel.partner_id, wanted.id
                  FROM res_partner_category AS wanted
                  JOIN res_partner_category AS tag
                    ON starts_with(tag.parent_path, wanted.parent_path)
                  JOIN res_partner_res_partner_category_rel AS rel
                    ON rel.category_id = tag.id
                 WHERE wanted.id = ANY(%s)
                 GROUP BY 1, 2
                """,
                wanted.ids,
            )
        )
        result = defaultdict(list)
        for partner_id, category_id in rows:
            result[partner_id].append(category_id)
        return result

    def _collect_facts(self, plans, scopes, groups):
        """The average of the last full months, and what of it came out of stock."""
        for (company, basis, after), chosen in plans.grouped(
            lambda plan: (plan.company_id, plan.basis, self._average_until(plan))
        ).items():
            by_user = chosen.grouped(lambda plan: plan.user_id.id)
            for row in self._read_facts(company, basis, after, list(by_user)):
                for plan in by_user[row["user_id"]]:
                    self._add(scopes[plan]["average"], row, groups, AVERAGE_MONTHS)
                    if row["is_storable"]:
                        self._add(scopes[plan]["goods"], row, groups, AVERAGE_MONTHS)

    def _average_until(self, plan):
        """The day after the last full month before the plan, or before today."""
        return min(plan.day_from, self._today(plan)).replace(day=1)

    def _read_facts(self, company, basis, after, user_ids):
        Fact = self.env["sales.fact.report"].with_context(
            allowed_company_ids=company.ids
        )
        query = Fact._search(
            self._facts_domain(company, basis, after)
            & Domain("user_id", "in", user_ids)
        )
        fact = query.table
        query.add_join(
            "LEFT JOIN",
            "goods",
            "product_product",
            SQL("goods.id = %s", SQL.identifier(fact, "product_id")),
        )
        query.add_join(
            "LEFT JOIN",
            "sort",
            "product_template",
            SQL("sort.id = goods.product_tmpl_id"),
        )
        query.add_join(
            "LEFT JOIN",
            "category",
            "product_category",
            SQL("category.id = %s", SQL.identifier(fact, "categ_id")),
        )
        columns = [
            SQL.identifier(fact, name) for name in ("user_id", "partner_id", "uom_id")
        ]
        columns += [
            SQL("category.parent_path"),
            SQL("COALESCE(sort.is_storable, FALSE)"),
        ]
        query.groupby = SQL(", ").join(columns)
        sums = [
            SQL("SUM(%s)", SQL.identifier(fact, name))
            for name in ("quantity", "amount")
        ]
        names = ("user_id", "partner_id", "uom_id", "parent_path", "is_storable")
        return [
            dict(zip((*names, "quantity", "amount"), row, strict=True))
            for row in self.env.execute_query(query.select(*columns, *sums))
        ]

    def _facts_domain(self, company, basis, after):
        return (
            Domain("company_id", "=", company.id)
            & Domain("basis", "=", basis)
            & Domain("status", "=", "counted")
            & Domain("date", ">=", after - relativedelta(months=AVERAGE_MONTHS))
            & Domain("date", "<", after)
        )

    def _collect_documents(self, plans, scopes, groups):
        """Open orders and quotations of the plans that lie ahead."""
        if not plans:
            return
        users, companies = plans.user_id, plans.company_id
        since = datetime.now() - relativedelta(months=OPEN_MONTHS)
        for basis, chosen in plans.grouped("basis").items():
            rows = self._read_open_orders(basis, users, companies, since)
            if basis == "payment":
                rows = rows + self._read_unpaid_invoices(users, companies)
            self._add_rows(chosen, "open_orders", rows, scopes, groups)
        rates = self._conversion_rates(users, companies)
        rows = self._read_quotations(users, companies, self._today(plans[0]))
        for row in rows:
            weight = row["probability"]
            if weight is None:
                weight = rates.get((row["company_id"], row["user_id"])) or 0.0
            row["quantity"] = float(row["quantity"] or 0.0) * float(weight)
            row["amount"] = float(row["amount"] or 0.0) * float(weight)
        self._add_rows(plans, "quotations", rows, scopes, groups)

    @api.model
    def _conversion_rates(self, users, companies):
        """``{(company id, user id): rate}``; the manager's own, else the company's.

        The share of the quotations decided in the last twelve months (ordered,
        cancelled or expired) that was ordered; None where nobody decided enough.
        """
        today = self.env["sales.branch"]._company_local_date(companies[:1])
        rows = self._read_conversions(
            companies, today - relativedelta(months=CONVERSION_MONTHS), today
        )
        by_company, own = defaultdict(lambda: [0, 0]), {}
        for company_id, user_id, won, decided in rows:
            by_company[company_id][0] += won
            by_company[company_id][1] += decided
            own[company_id, user_id] = conversion(won, decided, LEAST_DECIDED)
        result = {}
        for company in companies:
            everybody = conversion(*by_company[company.id], LEAST_DECIDED)
            for user in users:
                rate = own.get((company.id, user.id))
                result[company.id, user.id] = everybody if rate is None else rate
        return result

    def _collect_goods(self, plans, scopes, groups):
        """Free and incoming goods, and what of the plan has its goods already."""
        places, spans = {}, []
        keys = dict(enumerate(plans))
        for key, plan in keys.items():
            start, stop = self._span(plan)
            spans.append((key, plan.user_id.id, plan.company_id.id, start, stop))
            branch = plan.branch_id
            warehouses = branch.warehouse_id | branch.supplying_warehouse_id
            if warehouses:
                places.setdefault((warehouses, plan.company_id, stop), []).append(plan)
        if not places:
            return
        since = datetime.now() - relativedelta(months=OPEN_MONTHS)
        for row in self._read_covered(spans, since):
            self._add(scopes[keys[row["key"]]]["covered"], row, groups)
        self._collect_supply(dict(enumerate(places.items())), scopes)

    def _collect_supply(self, places, scopes):
        prices = {
            company: self._average_prices(company)
            for company in {company for (__, company, __), __ in places.values()}
        }
        rows = self._read_supply(
            [
                (key, warehouses.ids, stop)
                for key, ((warehouses, __, stop), __) in places.items()
            ]
        )
        for row in rows:
            (__, company, __), plans = places[row["key"]]
            price = prices[company].get(row["product_id"], row["list_price"] or 0.0)
            for name in ("free", "incoming"):
                quantity = float(row[name] or 0.0)
                for plan in plans:
                    scopes[plan][name].add(
                        quantity * float(price),
                        {row["uom_id"]: quantity},
                        parent_path=row["parent_path"],
                    )

    def _average_prices(self, company):
        """``{product id: price}`` of the last full months in company currency."""
        after = self.env["sales.branch"]._company_local_date(company).replace(day=1)
        rows = (
            self.env["sales.fact.report"]
            .with_context(allowed_company_ids=company.ids)
            ._read_group(
                self._facts_domain(company, "order", after)
                & Domain("product_id", "!=", False),
                ["product_id"],
                ["amount:sum", "quantity:sum"],
            )
        )
        return {
            product.id: amount / quantity
            for product, amount, quantity in rows
            if quantity and quantity > 0 and amount and amount > 0
        }

    def _span(self, plan):
        """First moment of the plan, and the first one after it, in naive UTC."""
        zone = pytz.timezone(
            plan.branch_id.tz or plan.company_id.partner_id.tz or "UTC"
        )
        return [
            zone.localize(datetime.combine(day, datetime.min.time()))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (plan.day_from, plan.day_to + timedelta(days=1))
        ]

    def _add_rows(self, plans, name, rows, scopes, groups):
        by_key = plans.grouped(lambda plan: (plan.company_id.id, plan.user_id.id))
        for row in rows:
            for plan in by_key.get((row["company_id"], row["user_id"]), ()):
                self._add(scopes[plan][name], row, groups)

    def _add(self, scope, row, groups, months=1):
        scope.add(
            float(row["amount"] or 0.0) / months,
            {row["uom_id"]: float(row["quantity"] or 0.0) / months},
            parent_path=row["parent_path"],
            partner_id=row["partner_id"],
            groups=groups.get(row["partner_id"], ()),
        )

    # ------------------------------------------------------------------
    # Answer
    # ------------------------------------------------------------------

    def _line_figures(self, line, scopes, is_ahead):
        of = line._object()
        key = (line.dimension, of.id if of else 0)
        figures = {"average": self._value(scopes["average"], key, line)}
        if not is_ahead:
            return figures
        for name in ("open_orders", "quotations"):
            figures[name] = self._value(scopes[name], key, line)
        warehouse = line.plan_id.branch_id.warehouse_id
        if line.dimension not in ("total", "category") or not (
            warehouse or line.plan_id.branch_id.supplying_warehouse_id
        ):
            return figures
        for name in ("free", "incoming"):
            figures[name] = self._value(scopes[name], key, line)
        figures["short"] = self._short(line, scopes, key, figures)
        return figures

    def _short(self, line, scopes, key, figures):
        share = 1.0
        if line.measure == "amount":
            goods = self._value(scopes["goods"], key, line)
            share = goods / figures["average"] if figures["average"] > 0 else None
        return shortage(
            line[line._target_field()],
            self._value(scopes["covered"], key, line),
            share,
            figures["free"] + figures["incoming"],
        )

    def _value(self, scope, key, line):
        """The figure of the line in its own unit; other kinds of units do not count."""
        if line.measure == "amount":
            return line.currency_id.round(scope.amount(key))
        result = 0.0
        for unit_id, quantity in scope.quantities(key).items():
            unit = self.env["uom.uom"].browse(unit_id)
            if line.uom_id and unit and unit._has_common_reference(line.uom_id):
                result += unit._compute_quantity(
                    quantity, line.uom_id, round=False, raise_if_failure=False
                )
        return result
