from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from ..engine.instants import instant
from ..engine.responsibility import turns
from .service_gap import QUIET
from .service_gap_obligations import Window
from .service_gap_time import home_at

LOOK_BACK = timedelta(days=60)  # what is older is settled, or has an open gap
BATCH = 500


class ServiceGapSweep(models.Model):
    """Finds what customers did not get in time, and when they did: one row a company.

    What is found depends on documents and the clock, not on when it is looked for: a
    late run finds the same gaps with the same moments as an early one, and a second run
    changes nothing. Queries do not grow with the number of obligations.
    """

    _name = "service.gap.sweep"
    _description = "Search for Service Gaps"
    _inherit = ["service.gap.obligations", "service.gap.absence", "service.gap.notice"]
    _rec_name = "company_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    swept_at = fields.Datetime(string="Last Run", readonly=True)
    message_id = fields.Integer(
        readonly=True, help="The first message that the next run may have to read."
    )

    _company_uniq = models.UniqueIndex(
        "(company_id)", "There is one search for each company."
    )

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _cron_sweep(self):
        """Look through every company with branches; goes on where it stopped."""
        companies = self._companies()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(companies))
        for company in companies:
            for __ in self._sweep(company):
                if not Cron._commit_progress():
                    return
            if not Cron._commit_progress(1):
                return

    @api.model
    def _companies(self):
        """Companies that have branches and want gaps kept."""
        rows = self.env["sales.branch"]._read_group([], ["company_id"])
        return [company for (company,) in rows if company.sales_manager_kpi_gaps_from]

    @api.model
    def _sweep(self, company):
        """Bring the service gaps of ``company`` to what they are now, batch by batch.

        A generator: the caller may commit after each batch. Nothing is done where
        somebody else is at it.
        """
        row = self._lock(company)
        if not row:
            return
        window = row._window()
        wanted = row._wanted(window)
        for batch in split_every(BATCH, wanted, list):
            row._keep(window, batch)
            yield len(batch)
        row._end_vanished(window, {_key(vals) for vals in wanted})
        row.write({"swept_at": window.now, "message_id": window.message_id})

    def _lock(self, company):
        row = self.search([("company_id", "=", company.id)]) or self.create(
            {"company_id": company.id}
        )
        return row.try_lock_for_update(allow_referencing=True)

    def _window(self):
        company = self.company_id
        now = fields.Datetime.now()
        since = min(now, self.swept_at or self._start(company)) - LOOK_BACK
        gaps = self.env["service.gap"].search(
            [("company_id", "=", company.id), ("closed_at", "=", False)]
        )
        return Window(company, now, since, self._first_message(since), gaps)

    def _start(self, company):
        """The moment from which on gaps count."""
        tz = self.env["sales.branch"]._company_tz(company)
        return instant(company.sales_manager_kpi_gaps_from, 0, tz)

    def _first_message(self, since):
        """Messages have no index by date: their ids grow with it, well enough."""
        message = (
            self.env["mail.message"]
            .sudo()  # sudo: an id
            .search(
                [("id", ">=", self.message_id), ("date", ">=", since)],
                order="id",
                limit=1,
            )
        )
        return message.id or self.message_id

    # ------------------------------------------------------------------
    # What there should be
    # ------------------------------------------------------------------

    def _wanted(self, window):
        """Values of every gap that the documents tell of, open or not.

        Beside the fields of ``service.gap``, ``days``: set of (customer id, day).
        """
        start = self._start(window.company)
        wanted = []
        for kind in self.env["service.gap"]._obligation_kinds():
            ready = getattr(self, f"_wanted_{kind}", None)
            if ready:
                wanted += ready(window, start)
            else:
                obligations = getattr(self, f"_overdue_{kind}")(window)
                wanted += self._wanted_turns(window, start, kind, obligations)
        return wanted

    def _wanted_turns(self, window, start, kind, obligations):
        """The gaps of these obligations: who let them pass, and who has them since."""
        if not obligations:
            return []
        Time = self.env["service.gap.time"]
        company = window.company
        owners = Time._owners(company, {o.partner_id for o in obligations})
        users = self.env["res.users"].browse(
            {user for own in owners.values() for __, user in own if user}
        )
        homes = Time._homes(users, company)
        first = min(o.since for o in obligations)
        branches = self.env["sales.branch"].union(
            *(span[0] for own in homes.values() for span in own)
        )
        clocks = Time._clocks(company, branches, first, window.now)
        stand_ins = Time._responsible_users(company, first, window.now)
        kept = Time._kept_by_principals(
            [row[3] for rows in stand_ins.values() for row in rows]
        )
        wanted = []
        for each in obligations:
            if not self._is_asked(each, owners[each.partner_id], stand_ins):
                continue
            due_at = self._due_at(each, owners[each.partner_id], homes, clocks)
            if not due_at or due_at < start or due_at >= window.now:
                continue
            for turn, part in enumerate(
                turns(
                    due_at,
                    min(each.met_at or window.now, window.now),
                    owners[each.partner_id],
                    stand_ins,
                    kept.get((each.res_model, each.res_id), ()),
                )
            ):
                vals = self._wanted_turn(window, each, part, homes, clocks)
                if vals:
                    wanted.append({**vals, "kind": kind, "turn": turn})
        return wanted

    def _is_asked(self, obligation, owners, stand_ins):
        """Whether the owner is meant: nobody's gap is what a third person was asked."""
        if not obligation.asked_id:
            return True
        own = {user for __, user in owners}
        deputies = {row[2] for user in own for row in stand_ins.get(user, ())}
        return obligation.asked_id in own | deputies

    def _due_at(self, obligation, owners, homes, clocks):
        """When it was due; None for what is not, or is nobody's of a branch."""
        if obligation.due_at:
            return obligation.due_at
        owner = None
        for since, user in owners:
            if since <= obligation.since:
                owner = user
        branch = home_at(homes, clocks, owner, obligation.since)
        if not branch:
            return None
        clock = clocks[branch.id]
        if obligation.hours:
            return clock.after(obligation.since, obligation.hours)
        day = obligation.day
        return clock.end_of_day(clock.local_day(day) if hasattr(day, "hour") else day)

    def _wanted_turn(self, window, obligation, turn, homes, clocks):
        """Values of the gap of one person; None where no work was done meanwhile."""
        owner = turn.principal or turn.user
        branch = home_at(homes, clocks, owner, turn.start)
        if not branch:
            return None
        clock = clocks[branch.id]
        ends = [end for end in (obligation.met_at, turn.stop) if end]
        end = min([*ends, window.now])
        days = clock.days(turn.start, end)
        if not days:
            return None
        return {
            "reference": obligation.reference,
            "res_model": obligation.res_model,
            "res_id": obligation.res_id,
            "partner_id": obligation.partner_id,
            "user_id": turn.user,
            "principal_id": turn.principal or False,
            "substitution_id": turn.stand_in or False,
            "branch_id": branch.id,
            "note": obligation.note,
            "due_at": turn.start.replace(microsecond=0),
            "date": clock.local_day(turn.start),
            "closed_at": _closed(ends, window.now),
            "swept_hours": clock.hours(turn.start, end),
            "days": {(obligation.partner_id, day) for day in days},
        }

    # ------------------------------------------------------------------
    # Keeping it
    # ------------------------------------------------------------------

    def _keep(self, window, batch):
        """Create, go on with and close the gaps of one batch."""
        Gap = self.env["service.gap"].with_context(**QUIET)
        known = Gap.search(
            [
                ("company_id", "=", window.company.id),
                ("reference", "in", list({vals["reference"] for vals in batch})),
            ]
        )
        known = {(gap.kind, gap.reference, gap.turn): gap for gap in known}
        gaps, days, new = Gap.browse(), {}, []
        for vals in batch:
            gap = known.get(_key(vals))
            if not gap:
                new.append(vals)
            elif gap.state == "open":
                gap.write(_progress(vals))
                gaps |= gap
                days[gap] = vals["days"]
            elif not gap.closed_at and vals["closed_at"]:
                gap.closed_at = vals["closed_at"]  # excused, and done now
        # what passes on is closed before it is opened for the next person
        gaps.flush_recordset()
        created = Gap.create([self._opening(window, vals) for vals in new])
        days.update((gap, vals["days"]) for gap, vals in zip(created, new, strict=True))
        self._keep_days(days)
        self._after_closed(gaps.filtered(lambda gap: gap.state == "closed"))
        self._after_opened(created)

    def _opening(self, window, vals):
        return {
            **{name: value for name, value in vals.items() if name != "days"},
            **_progress(vals),
            "company_id": window.company.id,
            "opened_at": window.now,
        }

    def _keep_days(self, days):
        """Rows of customers and days are those of ``{gap: {(customer, day)}}``."""
        Day = self.env["service.gap.day"]
        gaps = self.env["service.gap"].union(*days)
        rows = Day.search_fetch(
            [("gap_id", "in", gaps.ids)], ["gap_id", "partner_id", "date"]
        )
        known = {(row.gap_id, row.partner_id.id, row.date): row for row in rows}
        wanted = {(gap, *each) for gap, some in days.items() for each in some}
        Day.union(*(row for key, row in known.items() if key not in wanted)).unlink()
        Day.create(
            [
                {"gap_id": gap.id, "partner_id": partner_id, "date": day}
                for gap, partner_id, day in sorted(
                    wanted - known.keys(), key=lambda key: (key[0].id, *key[1:])
                )
            ]
        )

    def _end_vanished(self, window, keys):
        """Close open gaps whose obligation is not there any more: moved, cancelled.

        The moment is when its record changed last, where there is one.
        """
        gaps = self.env["service.gap"].with_context(**QUIET).union(window.gaps)
        gaps = gaps.filtered(
            lambda gap: (
                not gap.closed_at and (gap.kind, gap.reference, gap.turn) not in keys
            )
        )
        if not gaps:
            return
        changed = self._changed_at(gaps)
        clocks = self.env["service.gap.time"]._clocks(
            window.company, gaps.branch_id, min(gaps.mapped("due_at")), window.now
        )
        days = {}
        for gap in gaps:
            clock = clocks[gap.branch_id.id]
            moment = changed.get(tuple(gap.reference.split(",")[:2])) or window.now
            moment = max(gap.due_at, min(moment, window.now)).replace(microsecond=0)
            gap.closed_at = moment
            if gap.state == "excused":
                continue
            if gap.kind == "absence":
                gap.write(self._taken_back())
                days[gap] = set()
                continue
            gap.state = "closed"
            gap.swept_hours = clock.hours(gap.due_at, moment)
            partner_id = gap.partner_id.id
            days[gap] = {(partner_id, day) for day in clock.days(gap.due_at, moment)}
        self._keep_days(days)
        self._after_closed(gaps)

    def _taken_back(self):
        """An absence that was none, or was covered after all, left nobody alone."""
        return {
            "state": "excused",
            "excuse_reason": self.env._("The absence was taken back."),
            "excused_at": fields.Datetime.now(),
            "swept_hours": 0,
            "partner_count": 0,
        }

    def _changed_at(self, gaps):
        """``{(model, id): last change}`` of the records that references name."""
        changed = {}
        for model, some in gaps.grouped(lambda g: g.reference.split(",")[0]).items():
            ids = [int(gap.reference.split(",")[1]) for gap in some]
            # sudo: when a record changed
            rows = (
                self.env[model]
                .sudo()
                .with_context(active_test=False)
                .search_fetch([("id", "in", ids)], ["write_date"])
            )
            changed.update(((model, str(row.id)), row.write_date) for row in rows)
        return changed


def _key(vals):
    return vals["kind"], vals["reference"], vals["turn"]


def _progress(vals):
    """What a gap still learns while it is open."""
    return {
        "state": "closed" if vals["closed_at"] else "open",
        "closed_at": vals["closed_at"],
        "swept_hours": vals["swept_hours"],
        "partner_count": len({partner_id for partner_id, __ in vals["days"]}),
    }


def _closed(ends, now):
    """The first of the moments that has come."""
    ended = [end for end in ends if end <= now]
    return min(ended).replace(microsecond=0) if ended else False
