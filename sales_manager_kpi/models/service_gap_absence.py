from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ..engine.instants import instant
from ..engine.work_clock import length, without


class ServiceGapAbsence(models.AbstractModel):
    """Absences in which nobody stands in: they leave every active customer alone.

    An absence is what Odoo's calendars know as one: time off of a member's resource,
    however it was entered. Only working hours of the branch matter.
    """

    _name = "service.gap.absence"
    _description = "Absences without a Deputy"

    @api.model
    def _wanted_absence(self, window, start):
        """Service gaps of absences, as the sweep keeps them.

        :param start: from when on gaps count
        :return: see ``service.gap.sweep._wanted_turn``
        """
        leaves = self._leaves_of_members(window, start)
        if not leaves:
            return []
        Time = self.env["service.gap.time"]
        company = window.company
        homes = Time._homes(leaves.resource_id.user_id, company)
        last = max(*leaves.mapped("date_to"), window.now)
        first = max(start, min(leaves.mapped("date_from")))
        branches = self.env["sales.branch"].union(
            *(span[0] for own in homes.values() for span in own)
        )
        clocks = Time._clocks(company, branches, first, last)
        stand_ins = Time._responsible_users(company, first, last)
        found = []
        for leave in leaves:
            user = leave.resource_id.user_id
            branch, pieces = self._uncovered(
                leave, start, homes, clocks, stand_ins[user.id]
            )
            if pieces and pieces[0][0] < window.now:
                found.append((leave, user, branch, clocks[branch.id], pieces))
        return self._absence_gaps(window, found)

    def _leaves_of_members(self, window, start):
        # sudo: when a member is absent, never why
        resources = (
            self.env["resource.resource"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("company_id", "=", window.company.id),
                    ("user_id.sales_branch_member_ids", "!=", False),
                ],
                ["user_id"],
            )
        )
        # sudo: as above
        return (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search_fetch(
                Domain("resource_id", "in", resources.ids)
                & Domain("time_type", "=", "leave")
                & Domain("date_from", "<=", window.now)
                & Domain("date_to", ">=", start)
                & (
                    Domain("date_to", ">=", window.since)
                    | Domain("id", "in", window.open_ids("absence"))
                ),
                ["resource_id", "date_from", "date_to"],
                order="id",
            )
        )

    def _uncovered(self, leave, start, homes, clocks, stand_ins):
        """Branch and working hours of an absence in which nobody stands in."""
        user = leave.resource_id.user_id
        for branch, first, last in homes.get(user.id, ()):
            clock = clocks[branch.id]
            begin = max(start, leave.date_from, instant(first, 0, clock.tz.zone))
            end = leave.date_to
            if last:
                end = min(end, instant(last, 24, clock.tz.zone))
            spans = [(since, until) for since, until, *__ in stand_ins]
            pieces = without(clock.between(begin, end), spans)
            if pieces:
                return branch, pieces
        return None, []

    def _absence_gaps(self, window, found):
        """The customers hit, day by day, and the gaps themselves."""
        customers = self._active_by_day(window, found)
        gaps = []
        for leave, user, branch, clock, pieces in found:
            past = [(a, min(b, window.now)) for a, b in pieces if a < window.now]
            days = {
                (partner_id, day)
                for day in clock.days_of(past)
                for partner_id in customers[user.id, day]
            }
            if days:
                goes_on = pieces[-1][1] > window.now
                gaps.append(
                    {
                        "kind": "absence",
                        "reference": f"{leave._name},{leave.id}",
                        "turn": 0,
                        "res_model": leave._name,
                        "res_id": leave.id,
                        "partner_id": False,
                        "user_id": user.id,
                        "principal_id": False,
                        "substitution_id": False,
                        "branch_id": branch.id,
                        "note": False,
                        "due_at": pieces[0][0],
                        "date": clock.local_day(pieces[0][0]),
                        "closed_at": False if goes_on else past[-1][1],
                        "swept_hours": length(past),
                        "days": days,
                    }
                )
        return gaps

    def _active_by_day(self, window, found):
        """``{(user id, day): active customers owned then}`` of uncovered days.

        One query for ownership, one more for each month.
        """
        Time = self.env["service.gap.time"]
        days = {
            (user, day)
            for _leave, user, _branch, clock, pieces in found
            for day in clock.days_of([p for p in pieces if p[0] < window.now])
        }
        customers = defaultdict(set)
        if not days:
            return customers
        users = self.env["res.users"].union(*(user for user, __ in days))
        first, last = (pick(day for __, day in days) for pick in (min, max))
        rows = Time._owned(window.company, users, first, last)
        active = {
            month: Time._active_customers(window.company, rows.partner_id.ids, month)
            for month in {day.replace(day=1) for __, day in days}
        }
        by_user = rows.grouped("user_id")
        for user, day in days:
            for row in by_user.get(user, ()):
                if (
                    row.date_from <= day
                    and (not row.date_to or day <= row.date_to)
                    and row.partner_id.id in active[day.replace(day=1)]
                ):
                    customers[user.id, day].add(row.partner_id.id)
        return customers
