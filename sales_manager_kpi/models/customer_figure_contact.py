from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.working_days import nth_working_day

TODO = "sales_manager_kpi.mail_activity_type_customer_contact"
AHEAD = 2  # days before the day on which an activity appears
HORIZON = 40  # days beyond the cadence within which a working day must be found


class Contact(NamedTuple):
    """The last contact with a customer: its row, and when it was."""

    id: int
    at: datetime


class CustomerFigure(models.Model):
    """The last contact, the next one by the cadence, and who is asked for it."""

    # Contacts have a file of their own.
    _inherit = "customer.figure"  # pylint: disable=consider-merging-classes-inherited

    def _renew_contacts(self):
        """Last and next contact out of the rows; in sudo, some queries for all."""
        latest = self._latest_contacts()
        for figure in self:
            row = latest.get(figure.id)
            figure.last_contact_at = row.at if row else False
        figures = self.filtered(lambda f: f.active and f.user_id and f._cadence())
        dues = self._open_dues()
        rest = self - figures
        rest._end_dues(dues)
        rest.filtered("next_contact_on").write({"next_contact_on": False})
        figures._renew_dues(dues, latest)
        self._close_met_activities()

    def _latest_contacts(self):
        """``{figure id: its last Contact}``, in one query."""
        self.env["customer.contact"].flush_model(["figure_id", "at"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (figure_id) figure_id, id, at
                  FROM customer_contact
                 WHERE figure_id = ANY(%s)
              ORDER BY figure_id, at DESC, id DESC
                """,
                self.ids,
            )
        )
        return {figure_id: Contact(*row) for figure_id, *row in rows}

    def _open_dues(self):
        dues = self.env["customer.contact.due"].search(
            [("figure_id", "in", self.ids), ("ended_on", "=", False)]
        )
        return {due.figure_id.id: due for due in dues}

    def _end_dues(self, dues=None):
        """No contact is asked for any more: what is not due yet was never asked."""
        dues = self._open_dues() if dues is None else dues
        mine = self.env["customer.contact.due"].union(
            *(dues[figure.id] for figure in self if figure.id in dues)
        )
        today = fields.Date.today()
        late = mine.filtered(lambda due: due.due_on < today)
        if late:
            late.write({"ended_on": today})
        (mine - late).unlink()

    def _cadence(self):
        """Working days between contacts with this customer; 0 for none."""
        return self.class_id.contact_every_days

    def _local_day(self, moment):
        if self.branch_id:
            return self.branch_id._local_date(moment)
        return self.env["sales.branch"]._company_local_date(self.company_id, moment)

    # ------------------------------------------------------------------
    # What is due
    # ------------------------------------------------------------------

    def _renew_dues(self, dues, latest):
        """End what was met or passed on, and ask for the next; in sudo."""
        now = fields.Datetime.now()
        starts, kept = {}, {}
        for figure in self:
            due, row = dues.get(figure.id), latest.get(figure.id)
            today = figure._local_day(now)
            day = figure._local_day(row.at) if row else None
            if not due:
                starts[figure] = day or today
            elif day and day > due.asked_from:
                due.write({"ended_on": day, "contact_id": row.id})
                starts[figure] = day
            elif due.user_id != figure.user_id and due.due_on < today:
                due.write({"ended_on": today})  # the new owner begins anew
                starts[figure] = today
            else:
                kept[figure] = due
        self._keep_dues(kept)
        self._ask_next(starts)

    def _keep_dues(self, kept):
        """Open ones follow the owner and the cadence of the class."""
        wanted = self._next_days(
            {
                figure: due.asked_from
                for figure, due in kept.items()
                if due.every_days != figure._cadence()
            }
        )
        for figure, due in kept.items():
            values = {"user_id": figure.user_id.id, "branch_id": figure.branch_id.id}
            if figure in wanted:
                values.update(every_days=figure._cadence(), due_on=wanted[figure])
            due.write(values)
            figure.next_contact_on = due.due_on

    def _ask_next(self, starts):
        """Ask for the next contact; the day is never one that is over."""
        days = self._next_days(starts)
        Due = self.env["customer.contact.due"]
        Due.flush_model()  # the ones before have ended: there is one open at a time
        Due.create(
            [
                {
                    "figure_id": figure.id,
                    "user_id": figure.user_id.id,
                    "branch_id": figure.branch_id.id,
                    "asked_from": start,
                    "every_days": figure._cadence(),
                    "due_on": days[figure],
                }
                for figure, start in starts.items()
            ]
        )
        for figure in starts:
            figure.next_contact_on = days[figure]

    def _next_days(self, starts):
        """``{figure: day}`` so many working days of its branch after its start.

        Today where that is over: what is asked now cannot be late yet. Some queries
        for each calendar, none for each customer.
        """
        if not starts:
            return {}
        first = min(starts.values())
        longest = max(figure._cadence() for figure in starts)
        last = max(starts.values()) + timedelta(days=2 * longest + HORIZON)
        calendars = self.env["sales.working.days"]._of_branches(
            {(figure.branch_id, figure.company_id) for figure in starts}, first, last
        )
        now = fields.Datetime.now()
        found = {}
        for figure, start in starts.items():
            days = calendars[figure.branch_id, figure.company_id]
            day = nth_working_day(days, start, figure._cadence())
            found[figure] = max(day, figure._local_day(now))
        return found

    # ------------------------------------------------------------------
    # Activities
    # ------------------------------------------------------------------

    @api.model
    def _plan_contacts(self, company):
        """Ask the owners, or who stands in, for contacts due in two days; in sudo.

        One at a time for each customer, however often it runs.
        """
        today = self.env["sales.branch"]._company_local_date(company)
        figures = self.search(
            [
                ("company_id", "=", company.id),
                ("user_id", "!=", False),
                ("next_contact_on", "<=", today + timedelta(days=AHEAD)),
            ]
        )
        planned = figures._planned_activities()
        asked = {(a.res_id, a.user_id.id) for a in planned}
        owners = figures.user_id.filtered("active")
        deputies = self.env["sales.substitution"]._in_force(
            owners, company, fields.Datetime.now(), "orders"
        )
        for figure in figures.filtered(lambda f: f.user_id.active):
            row = deputies.get(figure.user_id.id)
            user = row.deputy_id if row else figure.user_id
            mine = {(figure.partner_id.id, u.id) for u in (user, figure.user_id)}
            if mine.isdisjoint(asked):
                figure._plan_contact(user)

    def _plan_contact(self, user):
        note = self.env._("Due by the cadence of the class of this customer.")
        if self.last_contact_at:
            day = fields.Date.to_string(self._local_day(self.last_contact_at))
            note = self.env._("Last contact on %s.", day)
        partner = self.partner_id.with_context(mail_activity_quick_update=True)
        partner.activity_schedule(
            TODO, date_deadline=self.next_contact_on, user_id=user.id, note=note
        )

    def _planned_activities(self):
        """Open activities of ours on these customers, in one query."""
        kind_id = self.env["ir.model.data"]._xmlid_to_res_id(TODO)
        if not self or not kind_id:
            return self.env["mail.activity"]
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", kind_id),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.partner_id.ids),
            ]
        )

    def _close_met_activities(self):
        """What was asked for has been done, by whatever contact, or is not asked."""
        if not self.env["mail.activity"]._contact_type_used():
            return
        planned = self._planned_activities()
        if not planned:
            return
        next_days = {}
        for figure in self:
            if figure.next_contact_on:
                day = next_days.get(figure.partner_id.id, figure.next_contact_on)
                next_days[figure.partner_id.id] = min(day, figure.next_contact_on)
        planned.filtered(
            lambda a: (
                next_days.get(a.res_id) is None or a.date_deadline < next_days[a.res_id]
            )
        ).unlink()
