from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from ..engine.offers import percent_below

MANAGER = "sales_manager_kpi.group_manager"


class SaleOrder(models.Model):
    """Quotations that came of an offer."""

    # The area of offers has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    sales_offer_id = fields.Many2one(
        comodel_name="sales.offer",
        string="Offer",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        groups=MANAGER,
    )
    offer_differences = fields.Text(
        string="Other Than Offered",
        compute="_compute_offer_differences",
        groups=MANAGER,
        help="Lines whose price is not the one that the customer was offered.",
    )

    @api.depends(
        *("sales_offer_id", "order_line.price_unit", "order_line.discount"),
        *("order_line.product_uom_id", "currency_id"),
    )
    @api.depends_context("lang")
    def _compute_offer_differences(self):
        for order in self:
            lines = order.order_line if order.sales_offer_id else ()
            words = [
                line._offer_difference_words()
                for line in lines
                if line._differs_from_offer()
            ]
            order.offer_differences = "\n".join(words) or False

    def _action_confirm(self):
        result = super()._action_confirm()
        # sudo: an offer is won by whoever confirms, the customer in the portal too
        offers = self.sudo().sales_offer_id
        if offers:
            offers._win()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        # sudo: as above
        offers = self.sudo().sales_offer_id
        if offers:
            offers._lose_order()
        return result

    def action_open_sales_offer(self):
        """Open the offer that this came of.

        :raise AccessError: for who may not read it
        """
        self.ensure_one()
        self.sales_offer_id.check_access("read")
        return self.sales_offer_id._get_records_action()


class SaleOrderLine(models.Model):
    """Lines that were offered at a price."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    sales_offer_line_id = fields.Many2one(
        comodel_name="sales.offer.line",
        string="Offered As",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=MANAGER,
    )

    def _offered_line(self):
        # sudo: what the customer was told, for who reads the quotation that came of it
        return self.sudo().sales_offer_line_id

    def _differs_from_offer(self):
        """Whether the net price is another one than the customer was offered."""
        offered = self._offered_line()
        if not offered or not self.product_uom_id:
            return False
        rounding = self.currency_id.rounding or 0.01
        return abs(self._net_price() - self._offered_price()) > rounding / 2

    def _offered_price(self):
        """What was offered, in the unit and the currency of this line."""
        offered = self._offered_line()
        price = offered.price_unit
        if offered.product_uom_id._has_common_reference(self.product_uom_id):
            price = offered.product_uom_id._compute_price(price, self.product_uom_id)
        order = self.order_id
        return offered.currency_id._convert(
            *(price, self.currency_id, order.company_id),
            order.date_order or fields.Datetime.now(),
            round=False,
        )

    def _keep_offered_prices(self):
        """Lines take the prices that were offered, as if typed by hand.

        What core prices as offered stays core's. Written after creation, a price is a
        manual one to core and to the norms alike: it is not recomputed, and the gate,
        the traces and the concessions judge it by the price list beside it.
        """
        for line in self.filtered(lambda line: line._differs_from_offer()):
            line.write({"price_unit": line._offered_price(), "discount": 0.0})

    def _offer_difference_words(self):
        offered, price = self._offered_price(), self._net_price()
        percent = percent_below(price, offered)
        return self.env._(
            "%(product)s: %(price)s, offered at %(offered)s (%(percent)s)",
            product=self.product_id.display_name,
            price=self.currency_id.format(price),
            offered=self.currency_id.format(offered),
            percent=f"{-percent:+.1f} %" if percent is not None else "–",
        )


class SalesOffer(models.Model):
    """From an offer to its quotation."""

    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    def action_make_quotation(self):
        """Make a quotation of what was offered, and open it.

        Until its last day, where its branch is, the offer's prices hold. After that
        they are Odoo's of this moment: the quotation says so, and what differs.

        :raise UserError: for offers that were not sent, or are lost
        """
        self.ensure_one()
        self.check_access("write")
        self._check_state("sent", "won", "expired")
        problem = None if self.partner_id.active else self._archived_customer_words()
        self._refuse(problem or self._unsold_words())
        order = self.env["sale.order"].create(self._prepare_quotation())
        order.message_post_with_source(
            "mail.message_origin_link",
            render_values={"self": order, "origin": self},
            subtype_xmlid="mail.mt_note",
        )
        if self._is_valid():
            order.order_line._keep_offered_prices()
        else:
            order.message_post(body=self._priced_anew_words())
        return order._get_records_action()

    def _is_valid(self):
        """Whether its prices still hold today, where its branch is."""
        return self.validity_date >= self._today()

    def _priced_anew_words(self):
        return self.env._(
            "%(offer)s was valid until %(day)s, which is over: the prices are those of "
            "today.",
            offer=self.name,
            day=format_date(self.env, self.validity_date),
        )

    def _prepare_quotation(self):
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "pricelist_id": self.pricelist_id.id,
            "payment_term_id": self.payment_term_id.id,
            "origin": self.name,
            "sales_offer_id": self.id,
            "opportunity_id": self.lead_id.id,
            "campaign_id": self.campaign_id.id,
            "source_id": self.source_id.id,
            "medium_id": self.medium_id.id,
            "order_line": [
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "product_uom_id": line.product_uom_id.id,
                        "product_uom_qty": line.quantity,
                        "sales_offer_line_id": line.id,
                    }
                )
                for line in self.line_ids
            ],
        }

    def action_open_orders(self):
        """Open the quotations and orders that came of this offer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sale.action_quotations_with_onboarding"
        )
        return {
            **action,
            "domain": [("sales_offer_id", "=", self.id)],
            "context": {"create": False},
        }
