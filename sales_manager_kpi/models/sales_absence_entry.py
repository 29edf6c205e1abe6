from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..engine.instants import HOURS, instant

ENTERED = {
    "user_id",
    "company_id",
    "date_from",
    "date_to",
    "whole_days",
    "hour_from",
    "hour_to",
}
PERSON = {"user_id", "company_id"}


class SalesAbsenceEntry(models.AbstractModel):
    """The part of ``sales.absence`` that enters, changes and removes leaves.

    A person enters their own absence as long as it has not begun; whoever directs the
    branch, or the company, enters those of others, also afterwards. Nobody enters for
    another company, or over an absence that is there already.
    """

    _name = "sales.absence.entry"
    _description = "Entering Absences"

    # A row is a leave: there is no table of ours for the ORM to write.
    # pylint: disable=method-required-super

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        defaults = self.default_get(sorted(ENTERED))
        rows = [
            {**defaults, **{k: v for k, v in vals.items() if k in ENTERED}}
            for vals in vals_list
        ]
        absences = self._enter([self._entry(row) for row in rows])
        absences.check_access("create")
        return absences

    def write(self, vals):
        if not ENTERED.isdisjoint(vals):
            self.check_access("write")
            self._change({k: v for k, v in vals.items() if k in ENTERED})
        return True

    def unlink(self):
        self.check_access("unlink")
        for absence in self:
            absence._check_changeable()
        self._leaves().unlink()
        return True

    # pylint: enable=method-required-super

    def copy_data(self, default=None):
        raise UserError(self.env._("Enter the other absence by its own dates."))

    # ------------------------------------------------------------------
    # The leaves behind
    # ------------------------------------------------------------------

    def _leaves(self):
        # sudo: managers have no rights on leaves of others; every caller has checked
        # who may change whose absence
        return self.env["resource.calendar.leaves"].sudo().browse(self.ids)

    def _entry(self, row):
        """What was typed, as records and days; the instants come with the branch."""
        first, last = (
            fields.Date.to_date(row[name]) for name in ("date_from", "date_to")
        )
        if not first or not last:
            raise ValidationError(
                self.env._("An absence needs a first and a last day.")
            )
        whole = row.get("whole_days")
        return {
            "user": self.env["res.users"].browse(row["user_id"]),
            "company": self.env["res.company"].browse(row["company_id"]),
            "first": first,
            "last": last,
            "hours": (0.0, HOURS) if whole else (row["hour_from"], row["hour_to"]),
            "whole": whole,
        }

    def _enter(self, entries):
        users = self.env["res.users"].union(*(entry["user"] for entry in entries))
        self.env["sales.branch.member"]._lock_users(users.ids)
        self._locate(entries)
        for entry in entries:
            self._check_entry(entry)
            self._check_may_enter(entry)
        self._check_overlap(entries)
        resources = self._resources(entries)
        # sudo: see _leaves
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .create([self._prepare_leave_vals(entry, resources) for entry in entries])
        )
        self.invalidate_model()
        return self.browse(leaves.ids)

    def _change(self, vals):
        if any(
            absence[name].id != vals[name]
            for absence in self
            for name in PERSON & vals.keys()
        ):
            raise UserError(
                self.env._(
                    "An absence stays with its person. Remove it, and enter "
                    "another one."
                )
            )
        for absence in self:
            absence._check_changeable()
        current = self.read(sorted(ENTERED), load=None)
        entries = [self._entry({**row, **vals}) for row in current]
        self.env["sales.branch.member"]._lock_users(self.user_id.ids)
        self._locate(entries)
        for absence, entry in zip(self, entries, strict=True):
            self._check_entry(entry)
            self._check_may_enter(entry)
            self._check_overlap([entry], absence)
            absence._leaves().write(
                {"date_from": entry["start"], "date_to": entry["stop"]}
            )
        self.invalidate_model()

    def _prepare_leave_vals(self, entry, resources):
        resource = resources[entry["user"].id, entry["company"].id]
        return {
            # never why: leaves are read by more people than should know
            "name": self.env._("Absent"),
            "resource_id": resource.id,
            "calendar_id": resource.calendar_id.id,
            "company_id": entry["company"].id,
            "date_from": entry["start"],
            "date_to": entry["stop"],
            "time_type": "leave",
        }

    # ------------------------------------------------------------------
    # Where and when
    # ------------------------------------------------------------------

    def _locate(self, entries):
        """Add branch, duties and instants to the entries; some queries for all."""
        users = self.env["res.users"].union(*(e["user"] for e in entries))
        companies = self.env["res.company"].union(*(e["company"] for e in entries))
        spans = self.env["sales.working.days"]._spans(users, companies)
        # sudo: who directs a branch is no secret
        directed = (
            self.env["sales.branch"]
            .sudo()
            .search(
                [
                    ("director_id", "in", users.ids),
                    ("company_id", "in", companies.ids),
                ]
            )
        )
        for entry in entries:
            home = self._home(entry, spans)
            own = directed.filtered(
                lambda b, e=entry: (
                    b.director_id == e["user"] and b.company_id == e["company"]
                )
            )[:1]
            entry["branch"] = (home or own).sudo(False)
            entry.update(self._instants(entry))

    def _home(self, entry, spans):
        """The branch the person works in during the absence; the first of them."""
        for branch, start, end in spans.get(
            (entry["user"].id, entry["company"].id), ()
        ):
            if start <= entry["last"] and (not end or end >= entry["first"]):
                return branch
        return self.env["sales.branch"].sudo()  # sudo: nothing, as those above are

    def _instants(self, entry):
        # sudo: time zones
        tz = entry["branch"].sudo().tz or entry["company"].sudo().partner_id.tz or "UTC"
        hour_from, hour_to = entry["hours"]
        start = instant(entry["first"], hour_from, tz)
        stop = instant(entry["last"], hour_to, tz, late=True)
        if entry["whole"]:
            # as Odoo ends whole days, also those of HR
            stop -= timedelta(seconds=1)
        return {"start": start, "stop": stop, "tz": tz}

    def _resources(self, entries):
        """``{(user id, company id): resource}``, made where there is none."""
        # sudo: a technical record of the user, see sales.branch.member
        Resource = self.env["resource.resource"].sudo()
        domain = Domain.OR(
            Domain("user_id", "=", entry["user"].id)
            & Domain("company_id", "=", entry["company"].id)
            for entry in entries
        )
        found = {}
        for resource in Resource.search(domain, order="id desc"):
            found[resource.user_id.id, resource.company_id.id] = resource
        for entry in entries:
            key = entry["user"].id, entry["company"].id
            if key not in found:
                found[key] = Resource.create(self._prepare_resource_vals(entry))
        return found

    def _prepare_resource_vals(self, entry):
        # sudo: working hours and the name of who is away
        branch, company = entry["branch"].sudo(), entry["company"].sudo()
        calendar = branch.resource_calendar_id or company.resource_calendar_id
        return {
            "name": entry["user"].name,
            "user_id": entry["user"].id,
            "company_id": company.id,
            "resource_type": "user",
            "calendar_id": calendar.id,
            "tz": entry["tz"],
        }

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def _check_entry(self, entry):
        hour_from, hour_to = entry["hours"]
        if not (0 <= hour_from < HOURS and 0 < hour_to <= HOURS):
            raise ValidationError(self.env._("Hours lie between 0:00 and 24:00."))
        if entry["stop"] <= entry["start"]:
            raise ValidationError(
                self.env._(
                    "An absence ends after it begins. Correct its days or hours."
                )
            )
        user, company = entry["user"], entry["company"]
        # sudo: the companies and groups of a colleague
        if company not in user.sudo().company_ids:
            raise ValidationError(
                self.env._(
                    "%(user)s has no access to company %(company)s.",
                    user=user.name,
                    company=company.sudo().name,  # sudo: the name of a company
                )
            )
        if not entry["branch"] and not self._is_office(user):
            raise ValidationError(
                self.env._(
                    "%(user)s belongs to no branch in these days. An administrator "
                    "adds them to one under Configuration, Branches.",
                    user=user.name,
                )
            )

    def _is_office(self, user):
        """In no branch, and yet somebody others wait for."""
        # sudo: groups of a colleague
        return any(
            user.sudo().has_group(f"sales_manager_kpi.{name}")
            for name in ("group_supply_supervisor", "group_commercial_director")
        )

    def _check_may_enter(self, entry):
        me = self.env.user
        if self.env.su:
            return
        if entry["company"] not in self.env.companies:
            raise AccessError(
                self.env._(
                    "Switch to company %s to enter absences there.",
                    entry["company"].sudo().name,  # sudo: a name
                )
            )
        if self._directs(entry["branch"], entry["user"]):
            return
        if entry["user"] != me:
            raise AccessError(
                self.env._(
                    "You enter your own absences. Those of %(user)s are entered by "
                    "themselves, the director of their branch, or the commercial "
                    "director.",
                    user=entry["user"].name,
                )
            )
        if entry["start"] < self._today(entry):
            raise UserError(
                self.env._(
                    "These days have begun. Ask whoever directs you to enter them."
                )
            )

    def _today(self, entry):
        """The moment at which today began there."""
        day = self.env["sales.branch"]._company_local_date(entry["company"])
        if entry["branch"]:
            day = entry["branch"].sudo()._local_today()  # sudo: a time zone
        return instant(day, 0.0, entry["tz"])

    def _directs(self, branch, user):
        """Whether the current user enters and decides for ``user``."""
        me = self.env.user
        if me.has_group("sales_manager_kpi.group_commercial_director"):
            return True
        return user != me and bool(branch) and branch._is_directed_by(me)

    def _decides(self):
        """Whether the current user names who stands in."""
        self.ensure_one()
        return self._directs(self.branch_id, self.user_id)

    def _why_not(self):
        """Why the current user may not change this absence; None where they may."""
        if self.from_hr:
            return self.env._(
                "This absence comes from an approved leave. Change it there."
            )
        if self.env.su or self._decides():
            return None
        if self.user_id != self.env.user:
            return self.env._("You change your own absences only.")
        if self.start_at <= fields.Datetime.now():
            return self.env._(
                "This absence has begun. Ask whoever directs you to change it."
            )
        return None

    def _check_changeable(self):
        reason = self._why_not()
        if reason:
            raise UserError(reason)

    def _check_overlap(self, entries, changed=None):
        """Nobody is absent twice at once; in one query."""
        # sudo: overlaps with what the writer does not see, too
        others = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id.user_id", "in", [e["user"].id for e in entries]),
                    ("time_type", "=", "leave"),
                    ("date_from", "<", max(e["stop"] for e in entries)),
                    ("date_to", ">", min(e["start"] for e in entries)),
                    ("id", "not in", (changed or self).ids),
                ]
            )
        )
        taken = [
            (
                leave.resource_id.user_id,
                leave.resource_id.company_id,
                leave.date_from,
                leave.date_to,
            )
            for leave in others
        ]
        for entry in entries:
            own = entry["user"], entry["company"]
            for user, company, start, stop in taken:
                if (
                    (user, company) == own
                    and start < entry["stop"]
                    and entry["start"] < stop
                ):
                    raise ValidationError(
                        self.env._(
                            "%(user)s is absent already from %(start)s to %(stop)s. "
                            "Change that absence instead.",
                            user=user.name,
                            start=self._day_of(start, entry["tz"]),
                            stop=self._day_of(stop, entry["tz"]),
                        )
                    )
            taken.append((*own, entry["start"], entry["stop"]))

    def _day_of(self, moment, tz):
        local = fields.Datetime.context_timestamp(self.with_context(tz=tz), moment)
        return fields.Date.to_string(local.date())
