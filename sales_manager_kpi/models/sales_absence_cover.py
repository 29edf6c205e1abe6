from collections import defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine.cover import Cover, cover, less
from .sales_working_days import _part

MEMBER_DUTIES = ("orders", "invoices", "leads")
DIRECTOR_DUTIES = ("direction",)


class SalesAbsenceCover(models.AbstractModel):
    """Who stands in during absences, by instants and by working hours.

    An hour of an absence is covered while for every duty of who is away a deputy
    stands in, and is there.
    """

    _name = "sales.absence.cover"
    _description = "Cover of Absences"

    @api.model
    def _duties(self, absence):
        """Areas of substitution somebody must stand in for.

        None in particular for who serves no customers and directs no branch: any
        substitution covers them.
        """
        return (
            *(MEMBER_DUTIES if absence.is_member else ()),
            *(DIRECTOR_DUTIES if absence.is_director else ()),
        )

    @api.model
    def _of(self, absences):
        """``{absence id: Cover}``; some queries per company, none per absence."""
        result = dict.fromkeys(absences.ids, Cover())
        # sudo: hours, absences and deputies of colleagues, of which hours and the
        # names of deputies leave us; the asked absences passed the reader's rules
        for company, some in absences.sudo().grouped("company_id").items():
            some = some.filtered(lambda a: a.start_at and a.stop_at)
            if some:
                result.update(self._of_company(some, company))
        return result

    def _of_company(self, absences, company):
        bounds = self._bounds(absences)
        rows = self._stand_ins(company, bounds, absences.user_id)
        people = absences.user_id | rows.deputy_id
        hours = PeopleHours(self.env["sales.working.days"], people, company, bounds)
        return self._covers(absences, rows, hours)

    def _covers(self, absences, rows, hours):
        """``{absence id: Cover}`` by what has been read already."""
        by_principal = rows.grouped(lambda row: row.principal_id.id)
        result = {}
        for absence in absences:
            own = by_principal.get(absence.user_id.id, ())
            result[absence.id] = cover(
                hours.of(absence.user_id, absence.branch_id)[0],
                absence.start_at,
                absence.stop_at,
                self._spans(absence, own, hours),
            )
        return result

    def _bounds(self, absences):
        day = timedelta(days=1)
        return (
            min(absences.mapped("start_at")) - day,
            max(absences.mapped("stop_at")) + day,
        )

    def _stand_ins(self, company, bounds, principals=None):
        """Substitutions in force, or to be so, within two moments; in one query."""
        domain = Domain("company_id", "=", company.id)
        if principals is not None:
            domain &= Domain("principal_id", "in", principals.ids)
        # sudo: who stands in for colleagues
        Substitution = self.env["sales.substitution"].sudo()
        return Substitution.search_fetch(
            domain
            & Domain("decision", "in", ("appointed", "revoked"))
            & Domain("start_at", "<", bounds[1])
            & Domain("stop_at", ">", bounds[0]),
            [
                "principal_id",
                "deputy_id",
                "start_at",
                "stop_at",
                *Substitution._scope_fields(),
            ],
        )

    def _spans(self, absence, rows, hours):
        """For each duty of who is away, when a deputy is there for it."""
        by_scope = defaultdict(list)
        anything = []
        for row in rows:
            there = less([(row.start_at, row.stop_at)], hours.away(row.deputy_id))
            anything += there
            for scope in row._scopes():
                by_scope[scope] += there
        return [by_scope[scope] for scope in self._duties(absence)] or [anything]

    @api.model
    def _substitutions(self, absences):
        """``{absence id: sales.substitution}`` that touch the absences, standing by
        ones included; in one query, with all rights."""
        # sudo: for the caller to filter by the reader's rights
        rows = (
            self.env["sales.substitution"]
            .sudo()
            .search(
                [
                    ("principal_id", "in", absences.user_id.ids),
                    ("company_id", "in", absences.company_id.ids),
                    ("decision", "in", ("appointed", "revoked")),
                    ("date_from", "<=", max(absences.mapped("date_to"))),
                    ("date_to", ">=", min(absences.mapped("date_from"))),
                ],
                order="date_from, id",
            )
        )
        by_person = rows.grouped(lambda row: (row.principal_id, row.company_id))
        none = rows.browse()
        result = {}
        for absence in absences:
            own = by_person.get((absence.user_id, absence.company_id), none)
            result[absence.id] = own.filtered(lambda s, a=absence: _touches(s, a))
        return result


class PeopleHours:
    """Working hours and absences of some people of a company, read once."""

    def __init__(self, days, users, company, bounds):
        self.days, self.company = days, company
        self.first, self.last = (moment.date() for moment in bounds)
        self.resources = days._resources(users, company)
        self.leaves = days._leaves(company, self.resources, bounds)
        self.hours = {}

    def of(self, user, branch):
        """Pieces of the working hours, public holidays left out, and the time zone."""
        key = calendar, tz = self.days._calendar(
            self.company, branch, self.resources[user.id]
        )
        if key not in self.hours:
            worked, __ = self.days._hours(
                calendar, tz, self.first, self.last, self.leaves
            )
            self.hours[key] = _pieces(worked)
        return self.hours[key], tz

    def away(self, user):
        """Spans of the user's own absences."""
        return [
            (leave.date_from, leave.date_to)
            for resource in self.resources[user.id]
            for leave in self.leaves[resource.id]
        ]


def _touches(substitution, absence):
    start, stop = substitution.start_at, substitution.stop_at
    if substitution.decision == "revoked" and not start:
        return False
    if not start:  # it stands by
        start, stop = substitution._planned()
        return stop > fields.Datetime.now() and (
            start < absence.stop_at and absence.start_at < stop
        )
    return start < min(absence.stop_at, stop) and absence.start_at < stop


def _pieces(hours):
    """Odoo's attendance intervals as pieces of the engine."""
    return sorted(
        (
            start.astimezone(pytz.utc).replace(tzinfo=None),
            stop.astimezone(pytz.utc).replace(tzinfo=None),
            _part(start, stop, attendances),
        )
        for start, stop, attendances in hours
    )
