from datetime import timedelta

from odoo import api, fields, models

DAYS_BACK = 7  # a night that failed is caught up with


class CalendarEvent(models.Model):
    """A meeting that was held with a customer is a contact."""

    _inherit = "calendar.event"

    @api.model
    def _cron_note_contacts(self):
        """Note meetings that ended, and were neither cancelled nor declined."""
        now = fields.Datetime.now()
        # sudo: a job; of a private meeting only that there was one is noted
        held = self.sudo().search(
            [
                ("stop", "<=", now),
                ("stop", ">", now - timedelta(days=DAYS_BACK)),
                ("user_id", "!=", False),
                ("attendee_ids", "!=", False),
            ]
        )
        self.env["customer.contact"]._log(held._prepare_contacts())

    def _prepare_contacts(self):
        """One for each customer that took part; in sudo."""
        guests = self.attendee_ids.filtered(lambda a: a.state != "declined")
        customers = guests.partner_id.commercial_partner_id.customer_figure_ids
        known = {(f.partner_id.id, f.company_id.id) for f in customers}
        contacts = {}
        for guest in guests:
            event, company = guest.event_id, guest.event_id.user_id.company_id
            partner = guest.partner_id
            key = event.id, partner.commercial_partner_id.id
            if (key[1], company.id) in known and key not in contacts:
                contacts[key] = {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "user_id": event.user_id.id,
                    "kind": "meeting",
                    "at": event.start,
                    "res_model": self._name,
                    "res_id": event.id,
                    "source_key": f"{self._name},{event.id}",
                }
        return list(contacts.values())
