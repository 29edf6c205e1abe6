from collections import defaultdict
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.categories import path_ids
from .read_once import read_once

NOW, BEFORE = 0, 1


class Windows(NamedTuple):
    """The days that are compared, all four included."""

    date_from: object
    date_to: object
    before_from: object
    before_to: object


class Owned(NamedTuple):
    """A customer whom one manager owned in both windows, or who is new."""

    partner_id: int
    user_id: int
    industry_id: int
    since: object
    territory_id: int
    past_territories: tuple
    district_id: int | None = None


class Grown(NamedTuple):
    """Turnover and fact rows per customer: ``({partner id: (amount, rows)}, ...)``."""

    now: dict
    before: dict


class SalesGrowth(models.AbstractModel):
    """Turnover of a manager's customers against the same days of last year.

    The territory of a manager is the customers that the manager owns on the last day of
    the window. A customer is compared only if nobody else owned it between the first
    day of last year's window and that day: who was handed over counts in neither
    window, so nobody grows by receiving a customer, nor shrinks by giving one away. A
    customer nobody owned before is new, unless a colleague already sold to it.
    """

    _name = "sales.growth"
    _description = "Growth of a Territory"

    @api.model
    def _windows(self, period):
        """The elapsed part of ``period`` and the same days last year.

        :return: Windows, or None for a month that has not begun
        """
        today = self.env["sales.branch"]._company_local_date(period.company_id)
        if period.date_from > today:
            return None
        year = relativedelta(years=1)
        before_from = period.date_from - year
        if today >= period.date_to:
            days = period.date_to, before_from + relativedelta(day=31)
        else:
            days = today, today - year
        return Windows(period.date_from, days[0], before_from, days[1])

    @api.model
    def _grown(self, company, windows, basis, users, owned):
        """Counted turnover of the ``owned`` customers: ``{user id: Grown}``.

        A few queries, whatever the number of managers and customers. Days of closed
        months are read as they were frozen.
        """
        by_user = defaultdict(dict)
        for customer in owned:
            by_user[customer.user_id][customer.partner_id] = customer
        grown = self._nothing(users)
        turnover = read_once(
            self.env,
            ("turnover", company.id, windows, basis, frozenset(users.ids)),
            lambda: self._turnover(company, windows, basis, users),
        )
        for user, partner, year, amount, rows in turnover:
            if partner.id in by_user[user.id]:
                window = NOW if year.year == windows.date_from.year else BEFORE
                grown[user.id][window][partner.id] = (amount or 0.0, rows)
        received = self._received(company, windows, basis, by_user, grown)
        for user_id, partner_id in received:
            for window in grown[user_id]:
                window.pop(partner_id, None)
        return grown

    @api.model
    def _nothing(self, users):
        return {user.id: Grown({}, {}) for user in users}

    @api.model
    def _turnover(self, company, windows, basis, users):
        # sudo: a score must not depend on who reads it; company, days and managers are
        # given, and whoever shows a figure answers for who may see it
        return (
            self.env["sales.fact.report"]
            .sudo()
            ._group_facts(
                Domain("company_id", "=", company.id)
                & Domain("basis", "=", basis)
                & Domain("status", "=", "counted")
                & Domain("user_id", "in", users.ids)
                & (
                    Domain("date", ">=", windows.date_from)
                    & Domain("date", "<=", windows.date_to)
                    | Domain("date", ">=", windows.before_from)
                    & Domain("date", "<=", windows.before_to)
                ),
                ["user_id", "partner_id", "date:year"],
                ["amount:sum", "__count"],
                company,
                (windows.before_from, windows.date_to),
            )
        )

    @api.model
    def _received(self, company, windows, basis, by_user, grown):
        """Customers without an owner before, to whom somebody else sold by then."""
        young = {
            partner_id: customer
            for user_id, figures in grown.items()
            for partner_id in figures.now
            if (customer := by_user[user_id][partner_id]).since > windows.before_from
        }
        if not young:
            return []
        rows = read_once(
            self.env,
            ("sellers", company.id, windows, basis, frozenset(young)),
            lambda: self._sellers(company, windows, basis, sorted(young)),
        )
        return [
            (young[partner.id].user_id, partner.id)
            for partner, user, first in rows
            if user.id != young[partner.id].user_id and first < young[partner.id].since
        ]

    @api.model
    def _sellers(self, company, windows, basis, partner_ids):
        """Who sold to these customers, and since when."""
        # sudo: see _turnover
        return (
            self.env["sales.fact.report"]
            .sudo()
            ._group_facts(
                Domain("company_id", "=", company.id)
                & Domain("basis", "=", basis)
                & Domain("is_excluded", "=", False)
                & Domain("partner_id", "in", partner_ids)
                & Domain("date", ">=", windows.before_from)
                & Domain("date", "<=", windows.date_to),
                ["partner_id", "user_id"],
                ["date:min"],
                company,
                (windows.before_from, windows.date_to),
            )
        )

    # ------------------------------------------------------------------
    # Customers that can be compared
    # ------------------------------------------------------------------

    @api.model
    def _owned(self, company, windows, users):
        """Comparable customers of ``users``: ``[Owned]``, in one query."""
        return read_once(
            self.env,
            ("owned", company.id, windows, frozenset(users.ids)),
            lambda: self._read_owned(company, windows, users),
        )

    @api.model
    def _read_owned(self, company, windows, users):
        self.env["customer.assignment"].flush_model()
        self.env["res.partner"].flush_model(["industry_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT owned.partner_id, owned.user_id, customer.industry_id,
                       past.since, owned.territory_id, past.territories
                  FROM customer_assignment AS owned
                  JOIN res_partner AS customer ON customer.id = owned.partner_id
                  CROSS JOIN LATERAL (
                      SELECT min(was.date_from) AS since,
                             bool_and(was.user_id IS NOT NULL
                                      AND was.user_id = owned.user_id) AS stayed,
                             array_agg(DISTINCT was.territory_id) FILTER (
                                 WHERE was.territory_id IS NOT NULL
                             ) AS territories
                        FROM customer_assignment AS was
                       WHERE was.partner_id = owned.partner_id
                         AND was.company_id = owned.company_id
                         AND was.date_from <= %(date_to)s
                         AND (was.date_to IS NULL OR was.date_to >= %(before_from)s)
                  ) AS past
                 WHERE owned.company_id = %(company)s
                   AND owned.user_id = ANY(%(users)s)
                   AND owned.date_from <= %(date_to)s
                   AND (owned.date_to IS NULL OR owned.date_to >= %(date_to)s)
                   AND past.stayed
                """,
                company=company.id,
                users=list(users.ids),
                date_to=windows.date_to,
                before_from=windows.before_from,
            )
        )
        return [Owned(*row) for row in rows]

    @api.model
    def _in_districts(self, owned):
        """``owned`` with their districts, in one query.

        A district that changed between the windows is none: who moved is compared
        within the territory, but in no district.
        """
        districts = read_once(self.env, ("districts",), self._districts)
        return [
            each._replace(
                district_id=_stayed_in(
                    districts, each.territory_id, each.past_territories
                )
            )
            for each in owned
        ]

    @api.model
    def _districts(self):
        """``{territory id: id of the district it is or lies in}``."""
        # sudo: where a customer lies is not a matter of who asks
        territories = (
            self.env["sales.territory"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch([], ["kind", "parent_path"])
        )
        districts = set(territories.filtered(lambda t: t.kind == "district").ids)
        return {
            territory.id: next(
                (i for i in path_ids(territory.parent_path)[::-1] if i in districts),
                None,
            )
            for territory in territories
        }

    @api.model
    def _main(self, owned, name):
        """What most customers of each manager have in ``name``: ``{user id: id}``."""
        counts = defaultdict(lambda: defaultdict(int))
        for customer in owned:
            value = getattr(customer, name)
            if value:
                counts[customer.user_id][value] += 1
        return {
            user_id: min(by_value, key=lambda value: (-by_value[value], value))
            for user_id, by_value in counts.items()
        }


def _stayed_in(districts, territory_id, past):
    """The district of ``territory_id``, unless a row of the ``past`` names another."""
    district_id = districts.get(territory_id)
    others = {districts.get(other) for other in past or ()} - {district_id, None}
    return None if others else district_id
