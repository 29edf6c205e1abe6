from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sales_my_day import asked

LATER = "sales_manager_kpi.mail_activity_type_later"
LONGEST = 12 * 60  # minutes of one appointment


class SalesMyDay(models.AbstractModel):
    """What every area does with one click: log, plan, put off, open.

    A record is asked for its customer and for the document that it is about; the
    document, and not this screen, says what its user may do.
    """

    # Actions have a file of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _actions(self):
        kinds = [
            ["call", self.env._("Call")],
            ["visit", self.env._("Visit")],
            ["meeting", self.env._("Meeting")],
        ]
        return {
            **super()._actions(),
            "log_contact": {
                "name": self.env._("Log a contact"),
                "icon": "fa-phone",
                "asks": [
                    asked("kind", self.env._("Kind"), "selection", options=kinds),
                    asked("note", self.env._("What was said or agreed"), "text"),
                ],
            },
            "plan": {
                "name": self.env._("Into the calendar"),
                "icon": "fa-calendar-plus-o",
                "asks": [
                    asked("at", self.env._("When"), "datetime"),
                    asked("minutes", self.env._("Minutes"), "number", value=30),
                ],
            },
            "later": {
                "name": self.env._("Later"),
                "icon": "fa-clock-o",
                "asks": [asked("day", self.env._("Come back to it on"), "date")],
            },
        }

    # ------------------------------------------------------------------
    # What a record is about
    # ------------------------------------------------------------------

    @api.model
    def _document(self, record):
        """The document behind a record of a source, on which one works."""
        ways = {"customer.figure": "partner_id", "sale.order.control": "order_id"}
        return record[ways[record._name]] if record._name in ways else record

    @api.model
    def _customer(self, record):
        """The customer of a record.

        :raise UserError: where it has none
        """
        record = self._document(record)
        partner = record if record._name == "res.partner" else None
        if partner is None and "partner_id" in record._fields:
            partner = record.partner_id
        if not partner:
            raise UserError(
                self.env._("There is no customer to speak to. Open it instead.")
            )
        return partner

    # ------------------------------------------------------------------
    # Done with one click
    # ------------------------------------------------------------------

    def _act_open(self, record, values):
        document = self._document(record)
        document.check_access("read")
        return document._get_records_action()

    def _act_log_contact(self, record, values):
        """Note what was said; the cadence begins anew."""
        self.env["customer.contact.log"].create(
            {
                "partner_id": self._customer(record).id,
                "company_id": self.env.company.id,
                "kind": values.get("kind") or "call",
                "note": self._word(values, "note"),
            }
        ).action_log()

    def _act_plan(self, record, values):
        """An appointment with oneself about this, in the own calendar."""
        start = self._moment(values, "at")
        minutes = values.get("minutes") or 30
        if not isinstance(minutes, int) or not 0 < minutes <= LONGEST:
            raise UserError(self.env._("Plan between 1 minute and 12 hours."))
        if start + timedelta(minutes=minutes) < fields.Datetime.now():
            raise UserError(self.env._("This time is over. Choose a later one."))
        self._appoint(record, start, minutes)

    def _act_later(self, record, values):
        """Put off: it comes back on its day, and is marked until then."""
        document = self._document(record)
        day = self._date(values, "day")
        if day <= self._day().today:
            raise UserError(self.env._("Choose a day after today."))
        if not hasattr(document, "activity_schedule"):
            raise UserError(self.env._("Plan this into the calendar instead."))
        earlier = document.activity_ids.filtered(
            lambda a: (
                a.user_id == self.env.user and a.activity_type_id.id == self._later_id()
            )
        )
        if earlier:
            earlier.write({"date_deadline": day})
        else:
            document.activity_schedule(LATER, date_deadline=day, user_id=self.env.uid)

    @api.model
    def _later_id(self):
        """Id of the type of activity that puts off; None where it was removed."""
        return self.env["ir.model.data"]._xmlid_to_res_id(LATER) or None

    @api.model
    def _appoint(self, record, start, minutes):
        """Put it into the reader's calendar; nobody is invited.

        :return: the ``calendar.event``
        """
        document = self._document(record)
        document.check_access("read")
        return self.env["calendar.event"].create(
            {
                **self._prepare_appointment(record, document),
                "start": start,
                "stop": start + timedelta(minutes=minutes),
                "duration": minutes / 60,
                "user_id": self.env.uid,
                "partner_ids": [fields.Command.set(self.env.user.partner_id.ids)],
            }
        )

    @api.model
    def _prepare_appointment(self, record, document):
        """Name and document of the event; Odoo plans its activity on the document."""
        return {
            "name": document.display_name,
            "res_model_id": self.env["ir.model"]._get_id(document._name),
            "res_id": document.id,
        }

    # ------------------------------------------------------------------
    # What was typed
    # ------------------------------------------------------------------

    @api.model
    def _word(self, values, name):
        text = values.get(name)
        if not isinstance(text, str) or not text.strip():
            raise UserError(self.env._("Write down what was said or agreed."))
        return text.strip()

    @api.model
    def _moment(self, values, name):
        try:
            moment = fields.Datetime.to_datetime(values.get(name))
        except (TypeError, ValueError):
            moment = None
        if not moment:
            raise UserError(self.env._("Choose a day and a time."))
        return moment

    @api.model
    def _date(self, values, name):
        try:
            day = fields.Date.to_date(values.get(name))
        except (TypeError, ValueError):
            day = None
        if not day:
            raise UserError(self.env._("Choose a day."))
        return day
