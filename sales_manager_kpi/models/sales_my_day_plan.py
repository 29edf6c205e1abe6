from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.day_slots import day_slots
from .sales_my_day_actions import LONGEST

SLOT = 30  # minutes
MANY = 40  # items planned at once


class SalesMyDay(models.AbstractModel):
    """Chosen things go into the calendar, one after the other."""

    # Planning has a file of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def plan_day(self, items, start="09:00", minutes=SLOT, day=None):
        """Put items into the reader's calendar, in the order in which they come.

        In slots from ``start`` on, never in the past, within the reader's working
        hours, and around what the calendar holds already.

        :param items: ``[{"source", "res_id"}]``
        :param start: hour and minute on the clock of the branch
        :param minutes: length of a slot
        :param day: ISO date; today if none
        :return: ``{"planned": number, "left": number}`` that found no place any more
        :raise UserError: for no items or such as are not on the reader's day, no such
            time, or a length that makes no sense
        :raise AccessError: where one is not the reader's to see
        """
        self._check_role()
        day = self._day(day)
        records = self._chosen(items, day)
        if not isinstance(minutes, int) or not 5 <= minutes <= LONGEST:
            raise UserError(self.env._("A slot takes between 5 minutes and 12 hours."))
        begin = max(self._clock(start, day), fields.Datetime.now())
        slots = day_slots(
            self._working_time(day),
            self._busy_time(day),
            _next_minutes(begin, 5),
            timedelta(minutes=minutes),
            len(records),
        )
        for record, slot in zip(records, slots, strict=False):
            self._appoint(record, slot, minutes)
        return {"planned": len(slots), "left": len(records) - len(slots)}

    @api.model
    def _chosen(self, items, day):
        """The records of items in their order, all of them readable and on the day."""
        if not isinstance(items, list) or not 0 < len(items) <= MANY:
            raise UserError(self.env._("Choose between 1 and %s things.", MANY))
        sources, records, ids = self._sources(), [], defaultdict(set)
        for item in items:
            item = item if isinstance(item, dict) else {}
            code, res_id = item.get("source"), item.get("res_id")
            spec = sources.get(code) if isinstance(code, str) else None
            if not spec or not isinstance(res_id, int) or isinstance(res_id, bool):
                raise UserError(
                    self.env._("My day does not know that. Reload the page.")
                )
            records.append(self.env[spec["model"]].browse(res_id))
            ids[code].add(res_id)
        for model in {record._name for record in records}:
            same = [record.id for record in records if record._name == model]
            self.env[model].browse(same).check_access("read")
        if any(found - set(self._offered(code, day)) for code, found in ids.items()):
            raise UserError(self._not_offered_words())
        return records

    @api.model
    def _clock(self, text, day):
        """The moment of a time of the day, in naive UTC."""
        try:
            hour = time.fromisoformat(text)
        except (TypeError, ValueError):
            hour = None
        if hour is None or hour.tzinfo:
            raise UserError(self.env._("Write the time as 09:00."))
        zone = pytz.timezone(day.tz)
        return _naive(zone.localize(datetime.combine(day.date, hour)))

    @api.model
    def _working_time(self, day):
        """``[(from, to)]`` in which the reader works on the day, in naive UTC.

        By the calendar of the reader, else of the branch, else of the company; without
        any, from 8 to 18 on the clock of the branch.
        """
        # sudo: the working hours of the reader themselves
        resource = self.env["resource.resource"].sudo()
        resource = resource.search(
            [
                ("user_id", "=", self.env.uid),
                ("company_id", "in", [day.company.id, False]),
            ],
            limit=1,
        )
        company = day.company.sudo()  # sudo: see above
        calendar = (
            resource.calendar_id
            or self._branch().resource_calendar_id
            or company.resource_calendar_id
        )
        if not calendar:
            return [(self._clock("08:00", day), self._clock("18:00", day))]
        bounds = (pytz.utc.localize(day.start), pytz.utc.localize(day.stop))
        hours = calendar._work_intervals_batch(*bounds, resources=resource)
        pieces = hours[resource.id if resource else False]
        return [(_naive(begin), _naive(end)) for begin, end, _rest in pieces]

    @api.model
    def _busy_time(self, day):
        """What the reader's calendar holds; days marked as a whole hold no hour."""
        events = self.env["calendar.event"].search_fetch(
            [
                ("attendee_ids", "any", self._attending()),
                ("start", "<", day.stop),
                ("stop", ">", day.start),
                ("allday", "=", False),
                ("show_as", "=", "busy"),
            ],
            ["start", "stop"],
        )
        return [(event.start, event.stop) for event in events]


def _naive(moment):
    return moment.astimezone(pytz.utc).replace(tzinfo=None)


def _next_minutes(moment, step):
    """The same moment, or the next one on the clock's steps of minutes."""
    whole = moment.replace(second=0, microsecond=0)
    rest = -whole.minute % step
    if not rest and whole < moment:
        rest = step
    return whole + timedelta(minutes=rest)
