from datetime import timedelta

from odoo import api, fields, models

from .calendar_event_contact import DAYS_BACK

# What ticks a step of which kind, by the kind of the contact.
BY_CONTACT = {
    "call": "call",
    "meeting": "meeting",
    "visit": "meeting",
    "loan": "loan",
}


class CustomerContact(models.Model):
    """Who was spoken to may be on a step that waits for it."""

    # The playbook has files of its own.
    _inherit = "customer.contact"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _log_all(self, vals_list):
        rows = super()._log_all(vals_list)
        kinds = {BY_CONTACT[row.kind] for row in rows if row.kind in BY_CONTACT}
        if kinds:
            self.env["crm.lead"]._follow_playbooks(kinds, customers=rows.partner_id)
        return rows


class MailActivity(models.Model):
    """A call on a lead that is nobody's yet proves a step, too."""

    # The playbook has files of its own.
    _inherit = "mail.activity"  # pylint: disable=consider-merging-classes-inherited

    def _action_done(self, feedback=False, attachment_ids=None):
        Lead = self.env["crm.lead"]
        lead_ids = []
        if self.env["sales.playbook"]._in_use():
            talks = self.filtered(
                lambda a: (
                    a.res_model == "crm.lead" and a.activity_type_id.is_customer_contact
                )
            )
            lead_ids = talks.mapped("res_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if lead_ids:
            Lead._follow_playbooks({"call", "meeting"}, leads=Lead.browse(lead_ids))
        return result


class CalendarEvent(models.Model):
    """Meetings of opportunities that were held."""

    # The playbook has files of its own.
    _inherit = "calendar.event"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _cron_note_contacts(self):
        result = super()._cron_note_contacts()
        if self.env["sales.playbook"]._in_use():
            self._note_opportunity_meetings()
        return result

    @api.model
    def _note_opportunity_meetings(self):
        """With customers of leads who have no figures yet, and with leads alone."""
        now = fields.Datetime.now()
        # sudo: a job; of a private meeting only that there was one is noted
        held = self.sudo().search(
            [
                ("stop", "<=", now),
                ("stop", ">", now - timedelta(days=DAYS_BACK)),
                ("user_id", "!=", False),
                ("opportunity_id.playbook_id", "!=", False),
            ]
        )
        held = held.filtered(
            lambda event: event.attendee_ids.filtered(lambda a: a.state != "declined")
        )
        self.env["customer.contact"]._log(
            [
                {
                    "partner_id": event.opportunity_id.partner_id.id,
                    "company_id": event.opportunity_id._playbook_company().id,
                    "user_id": event.user_id.id,
                    "kind": "meeting",
                    "at": event.start,
                    "res_model": self._name,
                    "res_id": event.id,
                    "source_key": f"{self._name},{event.id}",
                }
                for event in held
                if event.opportunity_id.partner_id
            ]
        )
        Lead = self.env["crm.lead"]
        Lead._follow_playbooks({"meeting"}, leads=held.opportunity_id)


class SaleOrder(models.Model):
    """A quotation that is sent, and an order that is confirmed."""

    # The playbook has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals or "opportunity_id" in vals:
            self._follow_playbooks()
        return result

    def _follow_playbooks(self):
        if not self.env["sales.playbook"]._in_use():
            return
        # sudo: the lead may be somebody else's
        orders = self.sudo().filtered(lambda order: order.state in ("sent", "sale"))
        if orders.opportunity_id:
            kinds = {"quotation", "order", "offer"}
            Lead = self.env["crm.lead"]
            Lead._follow_playbooks(kinds, leads=orders.opportunity_id)


class SalesContract(models.Model):
    """A contract that is in force."""

    # The playbook has files of its own.
    _inherit = "sales.contract"  # pylint: disable=consider-merging-classes-inherited

    def action_activate(self):
        """Put these drafts in force; leads of their customers go on."""
        result = super().action_activate()
        self.env["crm.lead"]._follow_playbooks({"contract"}, customers=self.partner_id)
        return result
