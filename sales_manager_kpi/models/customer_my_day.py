from odoo import api, models
from odoo.fields import Domain

from .customer_figure_contact import TODO
from .sales_my_day import MOST, source


class SalesMyDay(models.AbstractModel):
    """Contacts that the cadence asks for, and leads that wait."""

    # The customer base has files of its own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "contacts": source(
                self.env._("Contacts due"), "customer.figure", "fa-phone"
            ),
            "leads": source(self.env._("Leads"), "crm.lead", "fa-star"),
        }

    @api.model
    def _asking_types(self):
        return [*super()._asking_types(), TODO]

    @api.model
    def _evening_counted(self):
        return {
            **super()._evening_counted(),
            "contacts": ("customer.contact", "user_id", "at", Domain.TRUE),
        }

    def _items_contacts(self, day):
        """Customers whose cadence runs out by the day, the largest first."""
        if not self._has_role("manager"):
            return []
        figures = self.env["customer.figure"].search_fetch(
            self._mine("user_id") & self._until("next_contact_on", day),
            ["partner_id", "user_id", "next_contact_on", "last_contact_at"],
            limit=MOST,
        )
        return [
            self._item(
                "contacts",
                figure,
                self.env._("Contact due"),
                detail=self.env._(
                    "Last contact on %s",
                    self._date_words(day.local(figure.last_contact_at).date()),
                )
                if figure.last_contact_at
                else self.env._("No contact yet"),
                partner_id=figure.partner_id.id,
                due=figure.next_contact_on,
                for_id=self._for(figure.user_id),
                about=("res.partner", figure.partner_id.id),
                actions=["log_contact", "plan", "later", "open"],
            )
            for figure in figures
        ]

    def _items_leads(self, day):
        """Leads nobody has begun with, and those expected to close by the day."""
        if not self.env["crm.lead"].has_access("read"):
            return []
        leads = self.env["crm.lead"].search_fetch(
            self._mine_or_no_company("user_id", scope="leads")
            & self._until("date_deadline", day, or_none=True)
            & Domain("stage_id.is_won", "=", False)
            & (
                Domain("date_deadline", "!=", False)
                | Domain("activity_ids", "=", False)
            ),
            ["name", "type", "partner_id", "user_id", "date_deadline"]
            + ["expected_revenue", "contact_name", "partner_name"],
            order="expected_revenue desc, id",
            limit=MOST,
        )
        return [
            self._item(
                "leads",
                lead,
                self.env._("To close")
                if lead.date_deadline
                else self.env._("Nothing planned yet"),
                detail=" · ".join(
                    filter(None, [lead.name, lead.partner_name or lead.contact_name])
                ),
                partner_id=lead.partner_id.id,
                due=lead.date_deadline,
                amount=lead.expected_revenue or None,
                for_id=self._for(lead.user_id, scope="leads"),
                actions=[
                    *(["log_contact"] if lead.partner_id else []),
                    *("plan", "later", "open"),
                ],
            )
            for lead in leads
        ]
