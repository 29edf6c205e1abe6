from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sales_fact_search import asked_bases


class Closed(NamedTuple):
    """Neighbouring months of a company that are frozen on a basis."""

    company_id: int
    basis: str
    first: object
    last: object


class SalesFactClosed(models.AbstractModel):
    """Reads closed months from their frozen rows, so that a closed number stays."""

    _name = "sales.fact.closed"
    _description = "Facts of Open and of Closed Months"

    @api.model
    def _group_facts(self, domain, groupby, aggregates, companies, days):
        """Facts as `_read_group` adds them up, those of closed months as frozen.

        At most one query for live and one for frozen rows, after one that asks what is
        closed, where the company closes months at all.

        :param domain: conditions on facts, those on companies, days and basis too
        :param aggregates: sums, counts and minima, which can be put together
        :param companies: the companies that ``domain`` asks for
        :param days: first and last day that ``domain`` asks for; not all between need
            be asked for
        """
        domain = Domain(domain)
        bases = asked_bases(domain)
        closed = self._closed(companies, days, bases)
        if not closed:
            return self._read_group(domain, groupby, aggregates)
        frozen = Domain.OR(
            Domain("company_id", "=", one.company_id)
            & Domain("basis", "=", one.basis)
            & Domain("date", ">=", one.first)
            & Domain("date", "<=", one.last)
            for one in closed
        )
        # with the rights of the reader: both models have the same rules
        rows = self.env["sales.fact.line"]._read_group(
            domain & Domain("kind", "=", "frozen") & frozen, groupby, aggregates
        )
        if not self._is_all_closed(closed, companies, days, bases):
            outside = self._outside(closed, companies, bases)
            live = self._read_group(domain & outside, groupby, aggregates)
            rows = _added_up([*live, *rows], len(groupby), aggregates)
        return rows

    @api.model
    @api.readonly
    def open_facts(self, name, domain):
        """Open the facts behind a figure: those of a closed month as they were frozen.

        They are read with the rights of who opens them.

        :param str name: of the figure, as a title
        :param list domain: the conditions that came with the figure
        :return: a window action
        """
        is_frozen = self._is_of_closed_month(Domain(domain))
        frozen = [("kind", "=", "frozen")]
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "sales.fact.line" if is_frozen else "sales.fact.report",
            "domain": list(Domain(domain) & Domain(frozen)) if is_frozen else domain,
            "views": [
                (False, kind)
                for kind in ("list", "pivot", *(() if is_frozen else ("graph",)))
            ],
            "context": {"create": False, "frozen_facts": is_frozen},
        }

    @api.model
    def _is_of_closed_month(self, domain):
        """Whether all days that ``domain`` names are of one month that is frozen."""
        asked = {"date": set(), "company_id": set(), "basis": set()}
        for condition in domain.iter_conditions():
            if condition.field_expr in asked:
                value = condition.value
                is_one = isinstance(value, str | int | date)
                asked[condition.field_expr].update([value] if is_one else value)
        company_ids, bases = asked["company_id"], asked["basis"]
        if not asked["date"] or not bases or len(company_ids) != 1:
            return False
        days = [fields.Date.to_date(day) for day in asked["date"]]
        # sudo: which months are closed is no secret
        period = (
            self.env["sales.period"]
            .sudo()
            .search(
                [
                    ("company_id", "in", list(company_ids)),
                    ("date_from", "<=", min(days)),
                    ("date_to", ">=", max(days)),
                ],
                limit=1,
            )
        )
        return bool(period) and all(period._is_frozen(basis) for basis in bases)

    def _sql_with_frozen(self, names) -> SQL:
        """Query of all facts with the columns ``names``, closed months as frozen.

        Where no company has closed a month, it is the query of the live facts.
        """
        # sudo: whether months are closed is no secret
        Period = self.env["sales.period"].sudo()
        if not Period.search_count([("state", "!=", "open")], limit=1):
            return self._table_query
        self.env["sales.fact.line"].flush_model()
        Period.flush_model(["state", "frozen_bases"])
        return SQL(
            """
            SELECT %(live)s
              FROM (%(facts)s) AS fact
             WHERE NOT EXISTS (
                    SELECT FROM sales_period AS closed
                     WHERE closed.state <> 'open'
                       AND closed.company_id = fact.company_id
                       AND closed.date_from = date_trunc('month', fact.date)::date
                       AND fact.basis = ANY(string_to_array(closed.frozen_bases, ','))
                   )
             UNION ALL
            SELECT %(frozen)s
              FROM sales_fact_line AS line
             WHERE line.kind = 'frozen'
            """,
            live=SQL(", ").join(SQL.identifier("fact", name) for name in names),
            facts=self._table_query,
            frozen=SQL(", ").join(
                SQL.identifier("line", "fact_key" if name == "id" else name)
                for name in names
            ),
        )

    @api.model
    def _closed(self, companies, days, bases):
        """What is frozen of ``companies`` on ``bases`` in these days."""
        # sudo: since when a company closes its months is no secret
        companies = companies.sudo().filtered("sales_manager_kpi_first_managed_month")
        if not companies:
            return []
        # sudo: nor is which months are closed
        periods = (
            self.env["sales.period"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "in", companies.ids),
                    ("state", "!=", "open"),
                    ("date_from", "<=", days[1]),
                    ("date_to", ">=", days[0]),
                ],
                ["company_id", "date_from", "date_to", "frozen_bases", "state"],
                order="company_id, date_from",
            )
        )
        return [
            one
            for basis in bases
            for one in _neighbours(
                Closed(period.company_id.id, basis, period.date_from, period.date_to)
                for period in periods
                if period._is_frozen(basis)
            )
        ]

    @api.model
    def _is_all_closed(self, closed, companies, days, bases):
        whole = {
            (one.company_id, one.basis)
            for one in closed
            if one.first <= days[0] and one.last >= days[1]
        }
        return len(whole) == len(companies) * len(bases)

    @api.model
    def _outside(self, closed, companies, bases):
        """What is not frozen; in the form that reaches an index where it is simple."""
        return Domain.AND(
            (Domain("date", "<", one.first) | Domain("date", ">", one.last))
            | (
                Domain("company_id", "!=", one.company_id)
                if len(companies) > 1
                else Domain.FALSE
            )
            | (Domain("basis", "!=", one.basis) if len(bases) > 1 else Domain.FALSE)
            for one in closed
        )


def _neighbours(months):
    """Months that follow one another as one."""
    found = []
    for month in months:
        last = found[-1] if found else None
        if (
            last
            and last.company_id == month.company_id
            and (month.first - last.last).days == 1
        ):
            found[-1] = last._replace(last=month.last)
        else:
            found.append(month)
    return found


def _added_up(rows, depth, aggregates):
    """Rows of the same group as one."""
    put = [_least if name.endswith(":min") else _sum for name in aggregates]
    found = {}
    for row in rows:
        key, values = row[:depth], row[depth:]
        before = found.get(key)
        if before is not None:
            values = tuple(
                together(one, other)
                for together, one, other in zip(put, before, values, strict=True)
            )
        found[key] = values
    return [(*key, *values) for key, values in found.items()]


def _least(one, other):
    return min((value for value in (one, other) if value is not None), default=None)


def _sum(one, other):
    """Nothing known and nothing known is not zero."""
    if one is None or other is None:
        return other if one is None else one
    return one + other
