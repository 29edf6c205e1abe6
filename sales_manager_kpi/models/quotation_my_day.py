from odoo import api, models
from odoo.fields import Domain

from .sales_my_day import source

LARGEST = 15  # quotations to follow up; more of them is a list, not a day


class SalesMyDay(models.AbstractModel):
    """Quotations that were sent and would bring the plan nearer."""

    # Quotations have a file of their own.
    _inherit = "sales.my.day"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sources(self):
        return {
            **super()._sources(),
            "quotations": source(
                self.env._("Quotations to close"), "sale.order", "fa-file-text-o"
            ),
        }

    def _items_quotations(self, day):
        """The largest ones that were sent; due on the last day of their validity."""
        if not self.env["sale.order"].has_access("read"):
            return []
        orders = self.env["sale.order"].search_fetch(
            self._mine("user_id") & Domain("state", "=", "sent"),
            ["name", "partner_id", "user_id", "validity_date", "amount_untaxed"]
            + ["currency_id"],
            order="amount_untaxed desc, id",
            limit=LARGEST,
        )
        return [
            self._item(
                "quotations",
                order,
                self._quotation_title(order, day),
                detail=order.name,
                partner_id=order.partner_id.id,
                due=order.validity_date,
                amount=self._in_company_currency(
                    order.amount_untaxed, order.currency_id, day
                ),
                for_id=self._for(order.user_id),
                actions=["log_contact", "plan", "later", "open"],
            )
            for order in orders
        ]

    def _quotation_title(self, order, day):
        if order.validity_date and order.validity_date < day.date:
            return self.env._("Quotation ran out")
        if order.validity_date == day.date:
            return self.env._("Quotation ends today")
        return self.env._("Quotation to close")
