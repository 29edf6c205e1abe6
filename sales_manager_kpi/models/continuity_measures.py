from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from ..engine.instants import instant
from ..engine.scoring import ratio
from ..engine.work_clock import without
from .read_once import read_once

DAYS = "service.gap.day"
GAPS = "service.gap"


class EvaluationCriterion(models.Model):
    """Continuity of service: customers who waited, per customers answered for.

    Counted in customer-days: a customer on a working day of the branch. Each has one
    person who answers for it: the owner, or a deputy while one stands in. A day on
    which both do is both's.
    """

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=[
            ("continuity", "Continuity of service (share of interrupted days)"),
            ("service_gaps", "Service gaps"),
        ],
        ondelete={"continuity": "cascade", "service_gaps": "cascade"},
    )

    # ------------------------------------------------------------------
    # Interrupted customer-days per active customer-days
    # ------------------------------------------------------------------

    def _measure_continuity(self, period, users):
        """``{user id: (interrupted, active, share, rows)}`` in customer-days.

        Until today in the running month. Without active customers there is no base.
        """
        active = self._active_days(period, users)
        interrupted, rows = defaultdict(int), defaultdict(int)
        for user_id, partner_id, number in self._interrupted(period, users):
            if partner_id in active[user_id]:
                interrupted[user_id] += 1
                rows[user_id] += number
        measured = {}
        for user in users:
            total = sum(active[user.id].values())
            done = interrupted[user.id]
            measured[user.id] = (
                done,
                total or None,
                ratio(done, total),
                rows[user.id],
            )
        return measured

    def _evidence_continuity(self, period, user):
        return self._evidences_continuity(period, user)[user.id]["numerator"]

    def _evidences_continuity(self, period, users):
        """The customers and days that service gaps touched, of active customers."""
        active = self._active_days(period, users)
        evidences = {}
        for user in users:
            customers = sorted(active[user.id])
            domain = [
                *self._gap_month(period, user),
                ("gap_id.state", "!=", "excused"),
                ("partner_id", "in", customers),
            ]
            evidences[user.id] = {"numerator": (DAYS, domain)}
        return evidences

    def _numerator_continuity(self, records):
        return len({(row.partner_id.id, row.date) for row in records})

    # ------------------------------------------------------------------
    # Number of service gaps
    # ------------------------------------------------------------------

    def _measure_service_gaps(self, period, users):
        """``{user id: (gaps, None, gaps, rows)}``: gaps that fell due in the month."""
        # sudo: see _interrupted
        rows = (
            self.env[GAPS]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", period.company_id.id),
                    ("user_id", "in", users.ids),
                    ("date", ">=", period.date_from),
                    ("date", "<=", period.date_to),
                    ("state", "!=", "excused"),
                ],
                ["user_id"],
                ["__count"],
            )
        )
        counts = {user.id: count for user, count in rows}
        return {
            user.id: (counts.get(user.id, 0), None, *[counts.get(user.id, 0)] * 2)
            for user in users
        }

    def _evidence_service_gaps(self, period, user):
        return GAPS, [*self._gap_month(period, user), ("state", "!=", "excused")]

    def _numerator_service_gaps(self, records):
        return len(records)

    # ------------------------------------------------------------------
    # Collecting
    # ------------------------------------------------------------------

    def _gap_month(self, period, user):
        return [
            ("company_id", "=", period.company_id.id),
            ("user_id", "=", user.id),
            ("date", ">=", fields.Date.to_string(period.date_from)),
            ("date", "<=", fields.Date.to_string(period.date_to)),
        ]

    def _interrupted(self, period, users):
        """``[(user id, customer id, rows)]``, one for each interrupted customer-day."""
        # sudo: a score must not depend on who reads it; company, days and managers are
        # given, and whoever shows a figure answers for who may see it
        rows = (
            self.env[DAYS]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", period.company_id.id),
                    ("user_id", "in", users.ids),
                    ("date", ">=", period.date_from),
                    ("date", "<=", period.date_to),
                    ("gap_id.state", "!=", "excused"),
                ],
                ["user_id", "partner_id", "date:day"],
                ["__count"],
            )
        )
        return [(user.id, partner.id, number) for user, partner, __, number in rows]

    def _active_days(self, period, users):
        """``{user id: {active customer id: days answered for}}``.

        A handful of queries, whatever the number of managers and customers.
        """
        return read_once(
            self.env,
            ("active_days", period.id, frozenset(users.ids)),
            lambda: self._read_active_days(period, users),
        )

    def _read_active_days(self, period, users):
        Time = self.env["service.gap.time"]
        company = period.company_id
        today = self.env["sales.branch"]._company_local_date(company)
        last = min(period.date_to, today)
        found = {user.id: defaultdict(int) for user in users}
        if last < period.date_from:
            return found
        stand_ins = self._stand_ins(company, period.date_from, last)
        principals = [
            principal
            for principal, rows in stand_ins.items()
            if not {row[2] for row in rows}.isdisjoint(users.ids)
        ]
        people = users | self.env["res.users"].browse(principals)
        owned = Time._owned(company, people, period.date_from, last)
        active = Time._active_customers(company, owned.partner_id.ids, period.date_from)
        days = self._answering(company, people, stand_ins, period.date_from, last)
        for row in owned.filtered(lambda row: row.partner_id.id in active):
            for user_id, answered in days[row.user_id.id].items():
                number = _within(answered, row.date_from, row.date_to or last)
                if number and user_id in found:
                    found[user_id][row.partner_id.id] += number
        return found

    def _stand_ins(self, company, first, last):
        Time = self.env["service.gap.time"]
        tz = self.env["sales.branch"]._company_tz(company)
        start = instant(first, 0, tz) - timedelta(days=1)
        return Time._responsible_users(
            company, start, instant(last, 24, tz) + timedelta(days=1)
        )

    def _answering(self, company, owners, stand_ins, first, last):
        """Who answers for whose customers on which days.

        :return: ``{owner id: {user id: [days]}}``, sorted working days of the branch
        """
        Time = self.env["service.gap.time"]
        homes = Time._homes(owners, company)
        branches = self.env["sales.branch"].union(
            *(span[0] for own in homes.values() for span in own)
        )
        bounds = [instant(day, 12, "UTC") for day in (first, last)]
        clocks = Time._clocks(company, branches, *bounds)
        answering = {owner.id: defaultdict(list) for owner in owners}
        for owner_id, spans in homes.items():
            rows = stand_ins.get(owner_id, ())
            for branch, start, end in spans:
                clock = clocks[branch.id]
                start, end = max(first, start), min(last, end or last)
                for user_id, days in _shared(clock, owner_id, rows, start, end):
                    answering[owner_id][user_id] += days
        return answering


def _shared(clock, owner_id, stand_ins, first, last):
    """Days from ``first`` to ``last`` by who answers: the owner and the deputies."""
    if first > last:
        return
    pieces = clock.between(
        instant(first, 0, clock.tz.zone), instant(last, 24, clock.tz.zone)
    )
    spans = [row[:2] for row in stand_ins]
    yield owner_id, clock.days_of(without(pieces, spans) if spans else pieces)
    deputies = defaultdict(set)
    for start, stop, deputy, __ in stand_ins:
        for day in clock.days(start, stop):
            if first <= day <= last:
                deputies[deputy].add(day)
    for deputy, days in deputies.items():
        yield deputy, sorted(days)


def _within(days, first, last):
    """How many of the sorted ``days`` lie from ``first`` to ``last``."""
    return max(0, bisect_right(days, last) - bisect_left(days, first))
