from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

from ..engine.playbook import Proof

EVENT = "calendar.event"
CLOSED_WITHIN = timedelta(days=3)  # after a meeting its activity is marked as done


class SalesPlaybookStep(models.Model):
    """What happened with leads and their customers, in one query for each source.

    Everything since the lead was made, in its company; leads come in sudo.
    """

    # Proofs have a file of their own.
    _inherit = "sales.playbook.step"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _proofs_call(self, leads):
        return self._talks(leads, ("call",), ("phonecall",))

    @api.model
    def _proofs_meeting(self, leads):
        found = self._talks(leads, ("meeting", "visit"), ("meeting",))
        for lead_id, proofs in self._events(leads).items():
            rows = found[lead_id]
            for event in sorted(proofs):
                # the activity that stands for a meeting is closed after it
                closed = [
                    row
                    for row in rows
                    if row.model == "mail.message"
                    and event.at <= row.at <= event.at + CLOSED_WITHIN
                ]
                if closed:
                    rows.remove(min(closed))
            known = {(proof.model, proof.res_id) for proof in rows}
            rows += [p for p in proofs if (p.model, p.res_id) not in known]
        return found

    @api.model
    def _talks(self, leads, kinds=None, categories=None):
        """Contacts with the customers of leads; of leads without one, what was done.

        :param kinds: kinds of `customer.contact`, all when not given
        :param categories: of activities, all that are contacts when not given
        """
        found = defaultdict(list)
        by_customer = _by_customer(leads)
        domain = [
            ("partner_id", "in", list({key[0] for key in by_customer})),
            ("at", ">=", min(lead._playbook_start() for lead in leads)),
            ("user_id", "!=", False),
        ]
        if kinds:
            domain.append(("kind", "in", kinds))
        rows = self.env["customer.contact"].sudo()  # sudo: whoever spoke to them
        for row in rows.search(domain) if by_customer else ():
            proof = Proof(row.at, row.user_id.id, *_source(row))
            for lead in by_customer.get((row.partner_id.id, row.company_id.id), ()):
                if row.at >= lead._playbook_start():
                    found[lead.id].append(proof)
        self._add_activities(leads, categories, found)
        return found

    @api.model
    def _add_activities(self, leads, categories, found):
        """Calls and meetings that were done on leads nobody is a customer of yet."""
        strangers = leads.filtered(lambda lead: not lead.partner_id)
        if not strangers:
            return
        domain = [
            ("model", "=", "crm.lead"),
            ("res_id", "in", strangers.ids),
            ("mail_activity_type_id.is_customer_contact", "=", True),
        ]
        if categories:
            domain.append(("mail_activity_type_id.category", "in", categories))
        # sudo: whoever did it
        for message in self.env["mail.message"].sudo().search(domain):
            user = message.author_id.user_ids[:1]
            proof = Proof(message.date, user.id, "mail.message", message.id)
            found[message.res_id].append(proof)

    @api.model
    def _events(self, leads):
        """Meetings of opportunities that ended, and that not every guest declined."""
        # sudo: of a private meeting only that there was one is noted
        events = (
            self.env[EVENT]
            .sudo()
            .search(
                [
                    ("opportunity_id", "in", leads.ids),
                    ("stop", "<=", fields.Datetime.now()),
                    ("user_id", "!=", False),
                ]
            )
        )
        found = defaultdict(list)
        starts = {lead.id: lead._playbook_start() for lead in leads}
        for event in events:
            guests = event.attendee_ids.filtered(lambda a: a.state != "declined")
            lead_id = event.opportunity_id.id
            if guests and event.stop >= starts[lead_id]:
                proof = Proof(event.start, event.user_id.id, EVENT, event.id)
                found[lead_id].append(proof)
        return found

    @api.model
    def _proofs_loan(self, leads):
        return self._of_customers(
            leads,
            "showroom.loan",
            "commercial_partner_id",
            "out_at",
            "user_id",
        )

    @api.model
    def _proofs_contract(self, leads):
        return self._of_customers(
            leads,
            "sales.contract",
            "partner_id",
            "activated_at",
            "user_id",
            [("state", "in", ("active", "expired"))],
        )

    @api.model
    def _of_customers(self, leads, model, partner, at, user, domain=()):
        """Documents of the customers since the lead was made."""
        found = defaultdict(list)
        by_customer = _by_customer(leads)
        if not by_customer:
            return found
        # sudo: whoever wrote them
        rows = (
            self.env[model]
            .sudo()
            .search(
                [
                    (partner, "in", list({key[0] for key in by_customer})),
                    (at, ">=", min(lead._playbook_start() for lead in leads)),
                    *domain,
                ]
            )
        )
        for row in rows:
            proof = Proof(row[at], row[user].id, model, row.id)
            for lead in by_customer.get((row[partner].id, row.company_id.id), ()):
                if row[at] >= lead._playbook_start():
                    found[lead.id].append(proof)
        return found

    @api.model
    def _proofs_quotation(self, leads):
        """Since when a quotation is sent is not known: noticed now."""
        now = fields.Datetime.now()
        return self._orders(
            leads,
            ("sent", "sale"),
            lambda order: order.date_order if order.state == "sale" else now,
        )

    @api.model
    def _proofs_order(self, leads):
        return self._orders(leads, ("sale",), lambda order: order.date_order)

    @api.model
    def _orders(self, leads, states, moment):
        found = defaultdict(list)
        # sudo: whoever wrote them
        orders = (
            self.env["sale.order"]
            .sudo()
            .search([("opportunity_id", "in", leads.ids), ("state", "in", states)])
        )
        for order in orders:
            proof = Proof(moment(order), order.user_id.id, "sale.order", order.id)
            found[order.opportunity_id.id].append(proof)
        return found


def _by_customer(leads):
    """``{(customer id, company id): leads}``."""
    found = defaultdict(leads.browse)
    for lead in leads:
        customer = lead.partner_id.commercial_partner_id
        if customer:
            found[customer.id, lead._playbook_company().id] |= lead
    return found


def _source(contact):
    """What happened: a meeting of the calendar is itself, whoever noted it."""
    model, __, res_id = (contact.source_key or "").partition(",")
    if model == EVENT:
        return model, int(res_id)
    return contact._name, contact.id
