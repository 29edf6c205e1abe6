from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from .sales_my_day import MOST, asked, source

AHEAD = 90  # days ahead in which something may have been put off


class SalesMyDay(models.AbstractModel):
    """Activities and meetings of the day, and what was put off to a later one."""

    # Activities have a file of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "meetings": source(
                self.env._("Appointments"), "calendar.event", "fa-calendar"
            ),
            "activities": source(self.env._("Activities"), "mail.activity", "fa-check"),
        }

    @api.model
    def _actions(self):
        return {
            **super()._actions(),
            "done": {
                "name": self.env._("Done"),
                "icon": "fa-check",
                "asks": [
                    asked("feedback", self.env._("Result"), "text", required=False)
                ],
            },
        }

    # ------------------------------------------------------------------
    # Found
    # ------------------------------------------------------------------

    def _wanted_meetings(self, day):
        return self.env["calendar.event"], (
            Domain("attendee_ids", "any", self._attending())
            & Domain("start", "<", day.stop)
            & Domain("stop", ">", day.start)
        )

    def _items_meetings(self, day):
        """The reader's own: what a colleague has in the calendar is theirs alone."""
        events = self._wanted(
            *("meetings", day),
            ["name", "start", "stop", "allday", "location", "res_model", "res_id"],
            order="start, id",
        )
        # sudo: which of these events an activity of the reader stands for
        linked = self.env["mail.activity"].sudo()
        if events:
            linked = linked.search_fetch(
                [
                    ("calendar_event_id", "in", events.ids),
                    ("user_id", "=", self.env.uid),
                ],
                ["calendar_event_id"],
            )
        with_activity = set(linked.calendar_event_id.ids)
        return [
            self._item(
                "meetings",
                event,
                event.name or self.env._("Busy"),
                detail=event.location or "",
                at=False if event.allday else event.start,
                until=False if event.allday else event.stop,
                about=(event.res_model, event.res_id),
                actions=(["done"] if event.id in with_activity else []) + ["open"],
            )
            for event in events
        ]

    @api.model
    def _attending(self):
        """Domain of attendance: the reader's, not declined."""
        partner = self.env.user.partner_id
        return [("partner_id", "=", partner.id), ("state", "!=", "declined")]

    def _items_activities(self, day):
        """Due by the day, of the reader and of whom they stand in for."""
        Activity = self.env["mail.activity"]
        until = fields.Date.add(day.date, days=AHEAD)
        mine = Domain("user_id", "=", self.env.uid) | Activity._stood_in_for_domain()
        activities = Activity.search_fetch(
            mine
            & Domain("calendar_event_id", "=", False)
            & (
                Domain("date_deadline", "<=", day.date)
                | (
                    Domain("activity_type_id", "=", self._later_id())
                    & Domain("date_deadline", "<=", until)
                )
            ),
            ["res_model", "res_id", "res_name", "summary", "activity_type_id"]
            + ["date_deadline", "user_id"],
            order="date_deadline, id",
            limit=5 * MOST,
        )
        partners = self._activity_partners(activities)
        return [
            self._item(
                "activities",
                activity,
                activity.summary or activity.activity_type_id.name,
                detail=activity.res_name or "",
                due=activity.date_deadline,
                partner_id=partners.get((activity.res_model, activity.res_id), False),
                for_id=activity.user_id.id
                if activity.user_id != self.env.user
                else False,
                about=(activity.res_model, activity.res_id),
                type_id=activity.activity_type_id.id,
                actions=["done", "plan", "later", "open"],
            )
            for activity in activities
        ]

    def _activity_partners(self, activities):
        """``{(model, id): customer id}`` of documents that the reader reads."""
        ids = defaultdict(set)
        for activity in activities:
            ids[activity.res_model].add(activity.res_id)
        partners = {("res.partner", one): one for one in ids.get("res.partner", ())}
        for model, (path, _company) in activities._contact_documents().items():
            if path == "id" or not ids.get(model):
                continue
            records = self.env[model].search_fetch(
                [("id", "in", list(ids[model]))], [path]
            )
            for record in records:
                partners[model, record.id] = record[path].id
        return partners

    def _put_off(self, items, day):
        """Mark what was put off or planned, and drop what only asks for an item."""
        result = super()._put_off(items, day)
        later, asking = self._later_id(), self._asking_type_ids()
        shown = {item["about"] for item in items if item["source"] != "activities"}
        put_off, planned = {}, {}
        for item in items:
            if item["source"] == "activities" and item["type_id"] == later:
                put_off[item["about"]] = item["due"]
            elif item["source"] == "meetings" and item["at"]:
                planned[item["about"]] = fields.Datetime.to_string(item["at"])
        kept = []
        for item in items:
            kind = item.pop("type_id", False)
            about = item.pop("about")
            is_mark = kind == later and (about in shown or item["due"] > day.date)
            if is_mark or (kind in asking and about in shown):
                continue
            until = put_off.get(about)
            is_late = bool(until and until > day.date and kind != later)
            item["later"] = fields.Date.to_string(until) if is_late else False
            item["planned"] = item["source"] != "meetings" and planned.get(about, False)
            kept.append(item)
        items[:] = kept
        return result

    @api.model
    @tools.ormcache()
    def _asking_type_ids(self):
        """Ids of `_asking_types` that are still there; in one query, and cached."""
        names = [name.split(".") for name in self._asking_types()]
        # sudo: ids of what the addon made
        rows = (
            self.env["ir.model.data"]
            .sudo()
            .search_fetch(
                Domain.OR(
                    Domain("module", "=", module) & Domain("name", "=", name)
                    for module, name in names
                ),
                ["res_id"],
            )
        )
        return frozenset(rows.mapped("res_id"))

    # ------------------------------------------------------------------
    # Done
    # ------------------------------------------------------------------

    def _act_done(self, record, values):
        """Mark an activity done, or the one that stands for an appointment."""
        activity = record
        if record._name == "calendar.event":
            activity = record.activity_ids.filtered(
                lambda one: one.user_id == self.env.user
            )
        if not activity:
            raise UserError(self.env._("Nothing of this is to be marked as done."))
        feedback = values.get("feedback")
        activity.action_feedback(
            feedback=feedback if isinstance(feedback, str) else False
        )

    @api.model
    def _document(self, record):
        if record._name == "mail.activity" and record.res_model:
            return self.env[record.res_model].browse(record.res_id)
        return super()._document(record)

    def _act_later(self, record, values):
        """An activity is put off by its own day."""
        if record._name != "mail.activity":
            return super()._act_later(record, values)
        day = self._date(values, "day")
        if day <= self._day().today:
            raise UserError(self.env._("Choose a day after today."))
        record.write({"date_deadline": day})
        return True

    @api.model
    def _prepare_appointment(self, record, document):
        """An activity moves to the time that is planned for it."""
        if record._name != "mail.activity":
            return super()._prepare_appointment(record, document)
        name = record.summary or record.activity_type_id.name
        if not record.res_model:
            return {"name": name, "activity_ids": [fields.Command.link(record.id)]}
        values = super()._prepare_appointment(record, document)
        values["name"] = f"{name}: {values['name']}"
        return {**values, "activity_ids": [fields.Command.link(record.id)]}

    @api.model
    def _appoint(self, record, start, minutes):
        event = super()._appoint(record, start, minutes)
        if record._name == "mail.activity":
            # the event has its time already: it need not follow
            activity = record.with_context(calendar_event_meeting_update=True)
            activity.date_deadline = self._day().local(start).date()
        return event
