from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import groupby
from odoo.tools.intervals import Intervals

from ..engine.working_days import WorkingDays


class SalesWorkingDays(models.AbstractModel):
    """The working days of managers, out of Odoo's own calendars and absences.

    Hours are those of the user's resource in the company, else of the branch, else of
    the company; days are cut in the time zone of the branch. Public holidays are
    absences without a resource: nobody works then. Half days are fractions.
    """

    _name = "sales.working.days"
    _description = "Working Days of Managers"

    @api.model
    def _of(self, users, company, first, last, spans=None):
        """Working days of ``users`` in ``company`` from ``first`` to ``last``.

        Some queries for the calendars and a handful for everybody, none per user.

        :param spans: the users' `_spans`, where they have been read already
        :return: ``{user id: WorkingDays}`` for all of them
        """
        spans = self._spans(users, company) if spans is None else spans
        homes = self._homes(spans, first, last)
        resources = self._resources(users, company)
        calendars = {
            user.id: self._calendar(company, homes.get(user.id), resources[user.id])
            for user in users
        }
        bounds = _moment(first) - timedelta(days=1), _moment(last) + timedelta(days=2)
        leaves = self._leaves(company, resources, bounds)
        hours = {}
        result = {}
        for user in users:
            calendar, tz = calendars[user.id]
            if (calendar, tz) not in hours:
                hours[calendar, tz] = self._hours(calendar, tz, first, last, leaves)
            own = [
                leave
                for resource in resources[user.id]
                for leave in leaves[resource.id]
            ]
            result[user.id] = _working_days(*hours[calendar, tz], own, tz)
        return result

    @api.model
    def _covered(self, company, windows):
        """Working days within ``windows``, by the hours of the person who is away.

        Absences of that person count as any other day: they are what is covered.

        :param windows: ``{key: (user, start, stop)}``, the moments naive UTC
        :return: ``{key: days}``, parts of a day included
        """
        if not windows:
            return {}
        users = self.env["res.users"].union(*(user for user, *__ in windows.values()))
        first = min(start for __, start, ___ in windows.values()).date()
        last = max(stop for __, ___, stop in windows.values()).date()
        first, last = first - timedelta(days=1), last + timedelta(days=1)
        homes = self._homes(self._spans(users, company), first, last)
        resources = self._resources(users, company)
        leaves = self._leaves(company, {}, (_moment(first), _moment(last)))
        calendars = {
            user.id: self._calendar(company, homes.get(user.id), resources[user.id])
            for user in users
        }
        hours = {
            (calendar, tz): self._hours(calendar, tz, first, last, leaves)[0]
            for calendar, tz in set(calendars.values())
        }
        result = {}
        for key, (user, start, stop) in windows.items():
            tz = calendars[user.id][1]
            covered = hours[calendars[user.id]] & self._window(start, stop, tz)
            result[key] = round(sum(_fractions(covered).values()), 4)
        return result

    @api.model
    def _of_branches(self, places, first, last):
        """Working days of branches, whoever works there: public holidays are none.

        :param places: ``{(branch, company)}``; without a branch, the company's own
        :return: ``{(branch, company): sorted days}``
        """
        bounds = _moment(first) - timedelta(days=1), _moment(last) + timedelta(days=2)
        leaves, hours, found = {}, {}, {}
        for branch, company in places:
            if company not in leaves:
                leaves[company] = self._leaves(company, {}, bounds)
            branch = branch.sudo()  # sudo: its hours, not its data
            key = (
                *self._calendar(company, branch, self.env["resource.resource"]),
                company,
            )
            if key not in hours:
                calendar, tz = key[:2]
                hours[key] = sorted(
                    self._hours(calendar, tz, first, last, leaves[company])[1]
                )
            found[branch.sudo(False), company] = hours[key]
        return found

    def _window(self, start, stop, tz):
        zone = pytz.timezone(tz)
        start, stop = (
            pytz.utc.localize(moment).astimezone(zone) for moment in (start, stop)
        )
        return Intervals([(start, stop, self.env["resource.calendar.leaves"])])

    @api.model
    def _spans(self, users, companies):
        """``{(user id, company id): [(branch, first day, last day or None)]}``."""
        # sudo: when a colleague worked where; only the asked users and companies
        members = (
            self.env["sales.branch.member"]
            .sudo()
            .search_fetch(
                [("user_id", "in", users.ids), ("company_id", "in", companies.ids)],
                ["user_id", "company_id", "branch_id", "date_from", "date_to"],
                order="date_from, id",
            )
        )
        spans = defaultdict(list)
        for member in members:
            spans[member.user_id.id, member.company_id.id].append(
                (member.branch_id, member.date_from, member.date_to or None)
            )
        return spans

    # ------------------------------------------------------------------
    # Whose hours, and which absences
    # ------------------------------------------------------------------

    def _homes(self, spans, first, last):
        """The branch that gives time zone and hours: the last within the days."""
        homes = {}
        for (user_id, _company_id), own in spans.items():
            for branch, start, end in own:
                if user_id not in homes or (
                    start <= last and (not end or end >= first)
                ):
                    homes[user_id] = branch
        return homes

    def _resources(self, users, company):
        # sudo: the calendar of a colleague, of whom only numbers of days leave us
        resources = (
            self.env["resource.resource"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [("user_id", "in", users.ids), ("company_id", "=", company.id)],
                ["user_id", "calendar_id", "active"],
                order="active desc, id",
            )
        )
        by_user = defaultdict(resources.browse)
        for resource in resources:
            by_user[resource.user_id.id] |= resource
        return by_user

    def _calendar(self, company, branch, resources):
        company = company.sudo()  # sudo: its hours, not its data
        calendar = (
            resources[:1].calendar_id
            or (branch and branch.resource_calendar_id)
            or company.resource_calendar_id
        )
        tz = (branch and branch.tz) or calendar.tz or company.partner_id.tz or "UTC"
        return calendar, tz

    def _leaves(self, company, resources, bounds):
        """``{resource id, False for public holidays: [leaves]}``, in one query."""
        ids = [resource.id for some in resources.values() for resource in some]
        # sudo: dates of absences, never their reasons
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                Domain("time_type", "=", "leave")
                & Domain("date_from", "<=", bounds[1])
                & Domain("date_to", ">=", bounds[0])
                & (
                    Domain("resource_id", "in", ids)
                    | (
                        Domain("resource_id", "=", False)
                        & Domain("company_id", "in", [False, company.id])
                    )
                ),
                ["resource_id", "calendar_id", "date_from", "date_to"],
                order="id",
            )
        )
        by_resource = defaultdict(list)
        for leave in leaves:
            by_resource[leave.resource_id.id].append(leave)
        return by_resource

    def _hours(self, calendar, tz, first, last, leaves):
        """Attendances of a calendar, with and without the public holidays."""
        if not calendar:
            return Intervals(), {}
        zone = pytz.timezone(tz)
        start = zone.localize(datetime.combine(first, time.min))
        end = zone.localize(datetime.combine(last + timedelta(days=1), time.min))
        hours = calendar._attendance_intervals_batch(start, end, tz=zone)[False]
        public = [
            leave
            for leave in leaves[False]
            if not leave.calendar_id or leave.calendar_id == calendar
        ]
        hours -= _intervals(public, zone)
        return hours, _fractions(hours)


def _working_days(hours, full, own, tz):
    if not own:
        return WorkingDays(full)
    left = hours - _intervals(own, pytz.timezone(tz))
    return WorkingDays(full, _fractions(left))


def _intervals(leaves, zone):
    return Intervals(
        [
            (
                pytz.utc.localize(leave.date_from).astimezone(zone),
                pytz.utc.localize(leave.date_to).astimezone(zone),
                leave,
            )
            for leave in leaves
        ]
    )


def _fractions(hours):
    """``{day: part of a working day}`` of attendance intervals."""
    return {
        day: min(1.0, round(sum(_part(*interval) for interval in intervals), 4))
        for day, intervals in groupby(hours, key=lambda interval: interval[0].date())
    }


def _part(start, stop, attendances):
    """What is left of an attendance, in days, as Odoo counts them."""
    hours = sum(attendances.mapped("duration_hours"))
    if not hours:
        return 0.0
    days = sum(attendances.mapped("duration_days"))
    # a holiday ends at 23:59:59, so that seconds say nothing
    worked = round((stop - start).total_seconds() / 60) / 60
    return days * worked / hours


def _moment(day):
    return datetime.combine(day, time.min)
