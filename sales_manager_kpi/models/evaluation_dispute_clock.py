from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from .evaluation_dispute import OPEN
from .evaluation_dispute_flow import DECIDE_ACTIVITY

FAR = timedelta(days=60)  # how far ahead working hours are looked for, at least
HOURS = 8.0  # of a working day where the calendar does not say


class EvaluationDispute(models.Model):
    """By when a dispute is decided, in working days of the branch, and who hears."""

    # The clock has a file of its own.
    _inherit = "evaluation.dispute"  # pylint: disable=consider-merging-classes-inherited

    due_at = fields.Datetime(
        string="To Decide By",
        compute="_compute_due_at",
        store=True,
        copy=False,
        index="btree_not_null",
    )
    due_on = fields.Date(
        string="To Decide By (day)", compute="_compute_due_at", store=True, copy=False
    )
    escalated_at = fields.Datetime(string="Escalated On", readonly=True, copy=False)
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")

    _due_idx = models.Index("(due_at) WHERE is_open IS TRUE AND escalated_at IS NULL")

    # Not by the days of the settings: a deadline stays as it was given.
    @api.depends("opened_at", "branch_id", "company_id")
    def _compute_due_at(self):
        for company, disputes in self.grouped("company_id").items():
            moments = [one.opened_at for one in disputes if one.opened_at]
            if not company or not moments:
                continue
            days = company.sales_manager_kpi_dispute_days
            clocks = self.env["service.gap.time"]._clocks(
                company,
                disputes.branch_id,
                min(moments),
                max(moments) + FAR + timedelta(days=3 * days),
                whole=True,
            )
            hours = days * (company.resource_calendar_id.hours_per_day or HOURS)
            for dispute in disputes:
                clock = clocks[dispute.branch_id.id]
                due = clock.after(dispute.opened_at, hours)
                dispute.due_at = due or dispute.opened_at + timedelta(days=days)
                moment = pytz.utc.localize(dispute.due_at)
                dispute.due_on = moment.astimezone(clock.tz).date()

    @api.depends("is_open", "due_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for dispute in self:
            dispute.is_late = bool(
                dispute.is_open and dispute.due_at and dispute.due_at < now
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", OPEN) & Domain(
            "due_at", "<", fields.Datetime.now()
        )
        return Domain.OR(late if asked else ~late for asked in value)

    @api.model
    def _cron_escalate(self):
        """Every hour: what nobody decided in time goes to those above, once."""
        late = self.search(
            [
                ("is_open", "=", True),
                ("due_at", "<", fields.Datetime.now()),
                ("escalated_at", "=", False),
            ],
            order="id",
        )
        if not late:
            return
        late._keep("escalate", dict.fromkeys(late, False))
        above = late._above()
        # this takes the place of what was asked of them before
        asked = self.env["mail.activity"].union(
            *(
                task
                for dispute, users in above.items()
                for task in dispute.activity_ids
                if task.user_id in users
            )
        )
        asked.unlink()
        for dispute, users in above.items():
            for user in users:
                dispute.activity_schedule(
                    DECIDE_ACTIVITY,
                    summary=self.env._("Nobody has decided this in time"),
                    date_deadline=dispute.due_on,
                    user_id=user.id,
                )
        late.write({"escalated_at": fields.Datetime.now()})

    def _above(self):
        """``{dispute: users}``: all approvers of pay, or the commercial directors."""
        pay = self.filtered("is_pay")
        above = pay._approvers()
        for dispute in self - pay:
            directors, admins = dispute._company_approvers(dispute.company_id)
            above[dispute] = (directors or admins).filtered(
                lambda user, one=dispute: not one._is_own_matter(user)
            )
        return above
