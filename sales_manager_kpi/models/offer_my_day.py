from odoo import api, fields, models
from odoo.fields import Domain

from .sales_my_day import source
from .sales_offer_flow import EXPIRED, INTEREST

SOON = 3  # days before the last one in which an offer is followed up


class SalesMyDay(models.AbstractModel):
    """Offers whose customer is interested, and those that soon expire."""

    # Offers have files of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "offers": source(
                self.env._("Offers to follow up"), "sales.offer", "fa-envelope-open-o"
            ),
        }

    @api.model
    def _asking_types(self):
        return [*super()._asking_types(), INTEREST, EXPIRED]

    def _wanted_offers(self, day):
        ending = Domain("validity_date", "<=", fields.Date.add(day.date, days=SOON))
        interested = Domain("interest_at", "!=", False)
        return self.env["sales.offer"], self._if_role(
            "manager",
            self._mine("user_id")
            & (
                Domain("state", "=", "sent") & (ending | interested)
                | Domain("state", "=", "expired")
                & Domain("activity_ids.activity_type_id", "=", self._expired_id())
            ),
        )

    def _items_offers(self, day):
        """Worth what was offered; interest waits for a quotation."""
        offers = self._wanted("offers", day, order="amount_company desc, id")
        return [
            self._item(
                "offers",
                offer,
                self._offer_title(offer),
                detail=offer.name,
                partner_id=offer.partner_id.id,
                due=offer.validity_date,
                amount=offer.amount_company,
                for_id=self._for(offer.user_id),
                actions=["open", "log_contact", "plan", "later"],
            )
            for offer in offers
        ]

    @api.model
    def _expired_id(self):
        """Id of the reminder of an expired offer; None where it was removed."""
        return self.env["ir.model.data"]._xmlid_to_res_id(EXPIRED) or None

    @api.model
    def _offer_title(self, offer):
        if offer.state == "expired":
            return self.env._("Offer ran out")
        if offer.interest_at:
            return self.env._("Interested in an offer")
        return self.env._("Offer about to end")
