from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from .customer_claim import OPEN
from .customer_claim_flow import LATE_ACTIVITY, OPENED_ACTIVITY

FAR = timedelta(days=60)  # how far ahead working hours are looked for, at least


class CustomerClaim(models.Model):
    """By when a claim is decided, in working hours, and who is warned before."""

    # The clock has a file of its own.
    _inherit = "customer.claim"  # pylint: disable=consider-merging-classes-inherited

    due_at = fields.Datetime(
        string="To Decide By",
        compute="_compute_due_at",
        store=True,
        copy=False,
        index="btree_not_null",
        help="When the working hours of the branch to decide have passed; an appeal "
        "starts them again.",
    )
    half_at = fields.Datetime(
        string="Half of the Time", compute="_compute_due_at", store=True, copy=False
    )
    due_on = fields.Date(
        string="To Decide By (day)",
        compute="_compute_due_at",
        store=True,
        copy=False,
        help="The day in the branch's time zone.",
    )
    half_warned_at = fields.Datetime(readonly=True, copy=False)
    due_warned_at = fields.Datetime(readonly=True, copy=False)
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )

    _half_idx = models.Index(
        "(half_at) WHERE state IN ('new', 'review', 'appealed') "
        "AND half_warned_at IS NULL"
    )
    _due_idx = models.Index(
        "(due_at) WHERE state IN ('new', 'review', 'appealed') "
        "AND due_warned_at IS NULL"
    )

    # Not by the hours of the settings: a deadline stays as it was given.
    @api.depends("opened_at", "appealed_at", "branch_id", "kind_id", "company_id")
    def _compute_due_at(self):
        for company, claims in self.grouped("company_id").items():
            running = claims.filtered(lambda claim: claim._clock_runs())
            moments = [claim.appealed_at or claim.opened_at for claim in running]
            if not moments:
                continue
            clocks = running._clocks(company, min(moments), max(moments))
            for claim, moment in zip(running, moments, strict=True):
                claim._set_clock(clocks[claim.branch_id.id], moment)

    def _clock_runs(self):
        """Once judged, the deadline stays what it was judged by."""
        return bool(self.opened_at and self.company_id) and self.state in OPEN

    def _set_clock(self, clock, moment):
        hours = self._hours_to_decide()
        plain = timedelta(hours=hours)  # a calendar without hours gives the clock's
        due_at = clock.after(moment, hours) or moment + plain
        self.due_at = due_at
        self.half_at = clock.after(moment, hours / 2) or moment + plain / 2
        self.due_on = pytz.utc.localize(due_at).astimezone(clock.tz).date()

    def _hours_to_decide(self):
        return self.kind_id.hours or self.company_id.sales_manager_kpi_claim_hours

    def _clocks(self, company, first, last):
        """``{branch id: WorkClock}``; False is the company without a branch."""
        hours = max(claim._hours_to_decide() for claim in self)
        # a week of work has 20 hours at the least
        stop = last + FAR + timedelta(weeks=hours / 20)
        Gap = self.env["service.gap.time"]
        return Gap._clocks(company, self.branch_id, first, stop, whole=True)

    @api.depends("state", "due_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for claim in self:
            claim.is_late = bool(
                claim.state in OPEN and claim.due_at and claim.due_at < now
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", OPEN) & Domain(
            "due_at", "<", fields.Datetime.now()
        )
        return Domain.OR(late if asked else ~late for asked in value)

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    @api.model
    def _cron_warn(self):
        """Every hour: warn at half of the time, and at its end; of each once.

        The second warning takes the place of the first.
        """
        now = fields.Datetime.now()
        waiting = Domain("state", "in", OPEN)
        late = self.search(
            waiting & Domain("due_at", "<=", now) & Domain("due_warned_at", "=", False)
        )
        half = self.search(
            waiting
            & Domain("half_at", "<=", now)
            & Domain("due_at", ">", now)
            & Domain("half_warned_at", "=", False)
        )
        late.activity_unlink([LATE_ACTIVITY])  # what was told at half of the time
        late._warn(self.env._("The time to decide this claim is over."))
        late.write({"half_warned_at": now, "due_warned_at": now})
        half._warn(self.env._("Half of the time to decide this claim has passed."))
        half.write({"half_warned_at": now})

    def _warn(self, words):
        """An activity each, in as many queries for many as for one; in sudo."""
        activity_type = self.env.ref(LATE_ACTIVITY)
        model_id = self.env["ir.model"]._get_id(self._name)
        # quick: the activity itself is the message, and no mail goes out for each
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": words,
                    "res_model_id": model_id,
                    "res_id": claim.id,
                    "user_id": user.id,
                    "date_deadline": claim.due_on,
                    "automated": True,
                }
                for claim, user in self._warned_users().items()
            ]
        )

    def _pass_reminders(self):
        """Somebody else handles it."""
        for user, claims in self.grouped("user_id").items():
            # sudo: reminding is the system's
            claims.sudo().activity_reschedule(
                [LATE_ACTIVITY, OPENED_ACTIVITY], new_user_id=user.id
            )

    def _warned_users(self):
        """``{claim: who handles it, or the substitute while they are away}``."""
        now = fields.Datetime.now()
        warned = {}
        for company, claims in self.grouped("company_id").items():
            in_force = self.env["sales.substitution"]._in_force(
                claims.user_id, company, now, "orders"
            )
            for claim in claims:
                user = claim.user_id
                if user.id in in_force:
                    user = in_force[user.id].deputy_id
                if not user.active:
                    user = claim.branch_id.director_id
                warned[claim] = user
        return {claim: user for claim, user in warned.items() if user}
