from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, models

from ..engine.instants import instant
from ..engine.work_clock import WorkClock

FAR = timedelta(days=2)  # days are cut in the time zone, moments are UTC


class ServiceGapTime(models.AbstractModel):
    """Whose hours count and who answers for a customer, read for many at once."""

    _name = "service.gap.time"
    _description = "Time and Responsibility of Service Gaps"

    # ------------------------------------------------------------------
    # Working hours
    # ------------------------------------------------------------------

    @api.model
    def _clocks(self, company, branches, start, stop, whole=False):
        """``{branch id: WorkClock}`` of the hours in which branches work.

        Those of the branch's calendar, else the company's, without public holidays;
        one call per calendar and time zone.

        :param start: first moment of interest, naive UTC; ``stop`` the last one
        :param whole: with the company's own clock, as that of branch False
        """
        Days = self.env["sales.working.days"]
        first, last = (start - FAR).date(), (stop + FAR).date()
        leaves = Days._leaves(company, {}, (start - FAR, stop + FAR))
        clocks = {}
        # sudo: hours and time zone of a branch
        for branch in [*branches.sudo(), *([branches.browse()] if whole else [])]:
            key = Days._calendar(company, branch, self.env["resource.resource"])
            if key not in clocks:
                hours = Days._hours(*key, first, last, leaves)[0]
                clocks[key] = WorkClock(
                    [(_naive(start), _naive(stop)) for start, stop, __ in hours],
                    key[1],
                )
            clocks[branch.id] = clocks[key]
        return clocks

    @api.model
    def _homes(self, users, company):
        """``{user id: [(branch, first day, last day or None)]}`` of memberships."""
        spans = self.env["sales.working.days"]._spans(users, company)
        return {user_id: own for (user_id, __), own in spans.items()}

    # ------------------------------------------------------------------
    # Who answers
    # ------------------------------------------------------------------

    @api.model
    def _owners(self, company, partner_ids):
        """``{customer id: [(from when, user id or None)]}``, sorted; in one query."""
        chains = self.env["customer.assignment"]._chains(company, partner_ids)
        tz = self.env["sales.branch"]._company_tz(company)
        owners = defaultdict(list)
        for partner_id, chain in chains.items():
            for row in reversed(chain):
                owner = row.user_id.id or None
                if not owners[partner_id] or owners[partner_id][-1][1] != owner:
                    since = instant(row.date_from, 0, row.branch_id.tz or tz)
                    owners[partner_id].append((since, owner))
        return owners

    @api.model
    def _responsible_users(self, company, start, stop):
        """Who stood in for whom between two moments, for customers and orders.

        The one place where service gaps learn of deputies.

        :return: ``{principal id: [(start, stop, deputy id, substitution id)]}``
        """
        # sudo: who is responsible, whoever asks
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("decision", "in", ("appointed", "revoked")),
                    ("start_at", "<", stop),
                    ("stop_at", ">", start),
                    ("scope_orders", "=", True),
                ],
                ["principal_id", "deputy_id", "start_at", "stop_at"],
                order="start_at, id",
            )
        )
        stand_ins = defaultdict(list)
        for row in rows:
            stand_ins[row.principal_id.id].append(
                (row.start_at, row.stop_at, row.deputy_id.id, row.id)
            )
        return stand_ins

    @api.model
    def _kept_by_principals(self, substitution_ids):
        """Records that stay the principal's although somebody stands in.

        :return: ``{(model, id): {substitution id, …}}`` of the lists handed over
        """
        # sudo: what was handed over decides who is responsible, whoever asks
        items = self.env["sales.handover.item"].sudo()
        kept = defaultdict(set)
        for item in items.search_fetch(
            [
                ("substitution_id", "in", list(substitution_ids)),
                ("res_id", "!=", False),
            ],
            ["substitution_id", "res_model", "res_id"],
        ):
            kept[item.res_model, item.res_id].add(item.substitution_id.id)
        return kept

    # ------------------------------------------------------------------
    # Active customers
    # ------------------------------------------------------------------

    @api.model
    def _owned(self, company, users, first, last):
        """Ownership that touches the days, in one query: rows in sudo."""
        # sudo: see customer.assignment._owners_at
        return (
            self.env["customer.assignment"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", users.ids),
                    ("date_from", "<=", last),
                    "|",
                    ("date_to", "=", False),
                    ("date_to", ">=", first),
                ],
                ["partner_id", "user_id", "date_from", "date_to"],
            )
        )

    @api.model
    def _active_customers(self, company, partner_ids, month):
        """Of these customers, who bought in the twelve months before ``month``.

        A purchase is what adds turnover on the basis of the company's plans.

        :param month: its first day
        :return: set of customer ids, in one query
        """
        if not partner_ids:
            return set()
        # sudo: continuity must not depend on who reads it; the customers are given
        rows = (
            self.env["sales.fact.report"]
            .sudo()
            ._group_facts(
                [
                    ("company_id", "=", company.id),
                    ("basis", "=", company.sales_manager_kpi_plan_basis),
                    ("is_excluded", "=", False),
                    ("amount", ">", 0),
                    ("date", ">=", month.replace(year=month.year - 1)),
                    ("date", "<", month),
                    ("partner_id", "in", sorted(partner_ids)),
                ],
                ["partner_id"],
                [],
                company,
                (month.replace(year=month.year - 1), month - timedelta(days=1)),
            )
        )
        return {partner.id for (partner,) in rows}


def home_at(homes, clocks, user_id, moment):
    """The branch in which somebody works at ``moment``; None for no member of any."""
    for branch, first, last in homes.get(user_id, ()):
        day = clocks[branch.id].local_day(moment)
        if first <= day and (not last or day <= last):
            return branch
    return None


def _naive(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)
