from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..engine import pay_terms as terms
from ..engine.trade_bonus import ZERO, exact
from .bonus_component import FACT_KINDS


class Subject(NamedTuple):
    """Who is paid, by what, and how much of the month they were there.

    :param is_member: False for who left: what they sold before still counts
    :param factor: part of the month's working days; None where there are none
    :param months: full months before this one in the company; None where unknown
    """

    user_id: int
    branch: object
    scheme: object
    is_member: bool
    factor: object
    months: int | None

    def gets(self, component):
        """Whether a component says anything about this person."""
        if not self.is_member and (
            component.kind not in FACT_KINDS or component.kind == "team_override"
        ):
            return False
        if component.newcomer_months:
            return self.months is not None and self.months < component.newcomer_months
        return True


class BonusRunPeople(models.AbstractModel):
    """Who is paid for a month: members of branches, who left and still has returns."""

    _name = "bonus.run.people"
    _inherit = ["bonus.run.facts"]
    _description = "Pay Run: People"

    @api.model
    def _subjects(self, period, users=None, schemes=None):
        """``{user id: Subject}`` of those who fall under a scheme."""
        company = period.company_id
        Scheme = self.env["bonus.scheme"]
        if schemes is None:
            schemes = Scheme._in_force(company, period.date_from)
        if not schemes:
            return {}
        homes = self._homes(period, schemes, users)
        found = {}
        for user_id, (branch, job, is_member) in homes.items():
            scheme = schemes._nearest(user_id, branch, job)
            if scheme:
                found[user_id] = (branch, scheme, is_member)
        presence = self._presence(period, found)
        return {
            user_id: Subject(user_id, *home, *presence[user_id])
            for user_id, home in found.items()
        }

    @api.model
    def _without_scheme(self, period):
        """Members of branches whom no scheme pays, where any scheme holds."""
        schemes = self.env["bonus.scheme"]._in_force(
            period.company_id, period.date_from
        )
        if not schemes:
            return self.env["res.users"]
        homes = self._homes(period, schemes, None)
        return self.env["res.users"].browse(
            sorted(
                user_id
                for user_id, (branch, job, is_member) in homes.items()
                if is_member and not schemes._nearest(user_id, branch, job)
            )
        )

    @api.model
    def _homes(self, period, schemes, users):
        """``{user id: (branch, job, whether a member in the period)}``."""
        Branch, Job = self.env["sales.branch"], self.env["evaluation.job"]
        memberships = self.env["evaluation.run"]._memberships(period, users)
        homes = {
            member.user_id.id: (member.branch_id, member.job_id, True)
            for member in memberships
        }
        asked = None if users is None else set(users.ids)
        named = set(schemes.with_context(active_test=False).user_ids.ids) - homes.keys()
        named &= named if asked is None else asked
        for user_id in named - self._left(period, named):
            homes[user_id] = (Branch, Job, True)
        leavers = self._with_traces(period, schemes, users) - homes.keys()
        for member in self._last_memberships(period, leavers):
            homes[member.user_id.id] = (member.branch_id, member.job_id, False)
        return homes

    @api.model
    def _left(self, period, user_ids):
        """Of these who are in no branch in the period: those that were in one before,
        and direct none."""
        left = self._last_memberships(period, user_ids).user_id
        if not left:
            return set()
        directed = self.env["sales.branch"].search(
            [
                ("company_id", "=", period.company_id.id),
                ("director_id", "in", left.ids),
            ]
        )
        return set((left - directed.director_id).ids)

    @api.model
    def _with_traces(self, period, schemes, users):
        """Ids of users of whom something counts in the period, members or not."""
        components = schemes.component_ids.filtered(lambda c: c.kind in FACT_KINDS)
        found, bases = set(), sorted(set(components.mapped("basis")))
        for basis in bases:
            whole = self._read_whole(period, basis, components, users)
            found.update(key[0] for key in whole.figures)
        found |= self._with_settlements(period, users, bases)
        return found - {False}

    @api.model
    def _last_memberships(self, period, user_ids):
        """Of those who left before the period, the last one last."""
        if not user_ids:
            return self.env["sales.branch.member"]
        return self.env["sales.branch.member"].search(
            Domain("company_id", "=", period.company_id.id)
            & Domain("user_id", "in", sorted(user_ids))
            & Domain("date_from", "<", period.date_from),
            order="date_from, id",
        )

    @api.model
    def _presence(self, period, found):
        """``{user id: (factor, months)}``; see `Subject`."""
        company = period.company_id
        users = self.env["res.users"].browse(found)
        Days = self.env["sales.working.days"]
        spans = Days._spans(users, company)
        days = {}
        if any(
            component.is_prorated
            for _branch, scheme, _member in found.values()
            for component in scheme.component_ids
        ):
            days = Days._of(users, company, period.date_from, period.date_to, spans)
        presence = {}
        for user in users:
            own = spans.get((user.id, company.id), [])
            factor = _factor(days[user.id], own, period) if user.id in days else None
            presence[user.id] = (factor, _months_before(own, period))
        return presence


def _factor(days, spans, period):
    """Working days in branches per working days of the month, a decimal at most 1."""
    whole = exact(days.working(period.date_from, period.date_to))
    if not whole:
        return None
    if not spans:
        return terms.NEUTRAL
    there = sum(
        (
            exact(
                days.working(
                    max(period.date_from, start),
                    min(period.date_to, end or period.date_to),
                )
            )
            for _branch, start, end in spans
        ),
        ZERO,
    )
    return min(there / whole, terms.NEUTRAL)


def _months_before(spans, period):
    if not spans:
        return None
    first = min(start for _branch, start, _end in spans)
    month = period.date_from
    return max((month.year - first.year) * 12 + month.month - first.month, 0)
