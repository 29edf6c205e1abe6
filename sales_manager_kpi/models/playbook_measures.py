from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ..engine.instants import instant
from ..engine.scoring import ratio
from .read_once import read_once

LEADS = "crm.lead"
FUNNEL = "sales.funnel.report"
CONTACTS = "customer.contact"
FAR = timedelta(days=60)  # how far ahead working hours are looked for
CODES = [
    ("leads_in_time", "Leads worked in time (share)"),
    ("step_conversion", "Steps of the playbook done (share)"),
    ("meetings_held", "Meetings held (number)"),
]


class EvaluationCriterion(models.Model):
    """Selling: how fast leads are worked, how far they come, how many meetings."""

    # Every area that feeds the evaluation has its own measures file.
    _inherit = "evaluation.criterion"  # pylint: disable=consider-merging-classes-inherited

    measure = fields.Selection(
        selection_add=CODES, ondelete={code: "cascade" for code, _name in CODES}
    )
    playbook_step_id = fields.Many2one(
        comodel_name="sales.playbook.step",
        ondelete="restrict",
        help="Judge this step alone; empty for all steps together.",
    )

    # ------------------------------------------------------------------
    # Leads worked in time
    # ------------------------------------------------------------------

    def _measure_leads_in_time(self, period, users):
        """``{user id: (worked in time, due, share, worked in time)}`` in leads.

        Of leads that were assigned in the period and whose working hours are over, or
        that were worked before.
        """
        found = self._leads_worked(period, users)
        measured = {}
        for user in users:
            in_time, due = (len(ids) for ids in found[user.id])
            measured[user.id] = (in_time, due or None, ratio(in_time, due), in_time)
        return measured

    def _evidence_leads_in_time(self, period, user):
        return self._evidences_leads_in_time(period, user)[user.id]["numerator"]

    def _evidences_leads_in_time(self, period, users):
        found = self._leads_worked(period, users)
        return {
            user.id: {
                kind: (LEADS, [("id", "in", ids), ("active", "in", [True, False])])
                for kind, ids in zip(
                    ("numerator", "denominator"), found[user.id], strict=True
                )
            }
            for user in users
        }

    def _numerator_leads_in_time(self, records):
        return len(records)

    @api.model
    def _leads_worked(self, period, users):
        """``{user id: (ids worked in time, ids due)}``; sorted, read once."""
        return read_once(
            self.env,
            ("leads_worked", period.id, *sorted(users.ids)),
            lambda: self._read_leads_worked(period, users),
        )

    @api.model
    def _read_leads_worked(self, period, users):
        found = {user.id: ([], []) for user in users}
        leads = self._leads_assigned(period, users)
        if not leads:
            return found
        now = fields.Datetime.now()
        deadlines = self._lead_deadlines(period.company_id, leads)
        touched = self._first_touches(leads)
        for lead in leads.sorted("id"):
            first, deadline = touched.get(lead.id), deadlines[lead]
            in_time = first is not None and first <= deadline
            if in_time:
                found[lead.user_id.id][0].append(lead.id)
            if in_time or deadline < now:
                found[lead.user_id.id][1].append(lead.id)
        return found

    @api.model
    def _leads_assigned(self, period, users):
        """Leads that were given to their manager in the days of the period."""
        after = fields.Date.add(period.date_to, days=1)
        # sudo: a score must not depend on who reads it; company, days and people are
        # given, and whoever shows a figure answers for who may see it
        leads = self.env[LEADS].sudo().with_context(active_test=False)
        for tz, some in self._claims_zones(period, users).items():
            leads |= leads.search(
                [
                    ("user_id", "in", some.ids),
                    ("company_id", "in", [False, period.company_id.id]),
                    ("date_open", ">=", str(instant(period.date_from, 0, tz))),
                    ("date_open", "<", str(instant(after, 0, tz))),
                ]
            )
        return leads.filtered(
            lambda lead: lead._playbook_company() == period.company_id
        )

    @api.model
    def _lead_deadlines(self, company, leads):
        """``{lead: moment}`` when its working hours are over."""
        hours = company.sudo().sales_manager_kpi_lead_hours  # sudo: a setting
        moments = leads.mapped("date_open")
        branches = leads._lead_branches()
        places = self.env["sales.branch"].union(*branches.values())
        stop = max(moments) + FAR + timedelta(weeks=hours / 20)
        clocks = self.env["service.gap.time"]._clocks(
            company, places, min(moments), stop, whole=True
        )
        plain = timedelta(hours=hours)  # a calendar without hours gives the clock's
        return {
            lead: clocks[branches[lead].id].after(lead.date_open, hours)
            or lead.date_open + plain
            for lead in leads
        }

    @api.model
    def _first_touches(self, leads):
        """``{lead id: moment}`` of the first contact or step since it was assigned."""
        moments = defaultdict(list)
        for mark in leads.playbook_mark_ids:
            moments[mark.lead_id.id].append(mark.at)
        Step = self.env["sales.playbook.step"]
        for proofs in (Step._talks(leads), Step._events(leads)):
            for lead_id, some in proofs.items():
                moments[lead_id] += [proof.at for proof in some]
        assigned = {lead.id: lead.date_open.replace(microsecond=0) for lead in leads}
        return {
            lead_id: min(since)
            for lead_id, some in moments.items()
            if (since := [moment for moment in some if moment >= assigned[lead_id]])
        }

    # ------------------------------------------------------------------
    # Steps done
    # ------------------------------------------------------------------

    def _measure_step_conversion(self, period, users):
        """``{user id: (done, done or lost, share, done)}`` in steps of leads.

        Of the steps that ended in the period: done, or reached by a lead that was lost.
        """
        # sudo: see _leads_assigned
        rows = (
            self.env[FUNNEL]
            .sudo()
            ._read_group(
                self._funnel_domain(period, users), ["user_id", "state"], ["__count"]
            )
        )
        counts = {(user.id, state): count for user, state, count in rows}
        measured = {}
        for user in users:
            done = counts.get((user.id, "done"), 0)
            ended = done + counts.get((user.id, "lost"), 0)
            measured[user.id] = (done, ended or None, ratio(done, ended), done)
        return measured

    def _evidence_step_conversion(self, period, user):
        return self._evidences_step_conversion(period, user)[user.id]["numerator"]

    def _evidences_step_conversion(self, period, users):
        return {
            user.id: {
                "numerator": (
                    FUNNEL,
                    [*self._funnel_domain(period, user), ("state", "=", "done")],
                ),
                "denominator": (FUNNEL, self._funnel_domain(period, user)),
            }
            for user in users
        }

    def _numerator_step_conversion(self, records):
        return sum(records.mapped("converted"))

    def _funnel_domain(self, period, users):
        domain = [
            ("company_id", "=", period.company_id.id),
            ("user_id", "in", users.ids),
            ("ended_on", ">=", fields.Date.to_string(period.date_from)),
            ("ended_on", "<=", fields.Date.to_string(period.date_to)),
        ]
        if self.playbook_step_id:
            domain.append(("step_id", "=", self.playbook_step_id.id))
        return domain

    # ------------------------------------------------------------------
    # Meetings
    # ------------------------------------------------------------------

    def _measure_meetings_held(self, period, users):
        """``{user id: (meetings, None, meetings)}`` with customers, by who held them.

        Who owns no customer and held none has no base.
        """
        counts = {}
        for tz, some in self._claims_zones(period, users).items():
            # sudo: see _leads_assigned
            rows = (
                self.env[CONTACTS]
                .sudo()
                ._read_group(
                    self._meetings_domain(period, some, tz), ["user_id"], ["__count"]
                )
            )
            counts |= {user.id: count for user, count in rows}
        owners = self._owners_of_customers(period, users)
        return {
            user.id: self._count_of(
                counts.get(user.id, 0), user.id in counts or user.id in owners
            )
            for user in users
        }

    def _evidence_meetings_held(self, period, user):
        return self._evidences_meetings_held(period, user)[user.id]["numerator"]

    def _evidences_meetings_held(self, period, users):
        return {
            user.id: {"numerator": (CONTACTS, self._meetings_domain(period, user, tz))}
            for tz, some in self._claims_zones(period, users).items()
            for user in some
        }

    def _numerator_meetings_held(self, records):
        return len(records)

    @api.model
    def _meetings_domain(self, period, users, tz):
        after = fields.Date.add(period.date_to, days=1)
        return [
            ("company_id", "=", period.company_id.id),
            ("kind", "=", "meeting"),
            ("user_id", "in", users.ids),
            ("at", ">=", str(instant(period.date_from, 0, tz))),
            ("at", "<", str(instant(after, 0, tz))),
        ]
