from odoo import models

from ..engine.concession import percent
from ..engine.waterfall import invoiced


class AccountMove(models.Model):
    """Keeps at which price the lines of traced orders were invoiced.

    Each posting is an event of its own. Credit notes set no price: what they take back
    stands among the concessions.
    """

    # The area of discounts has files of its own.
    _inherit = "account.move"  # pylint: disable=consider-merging-classes-inherited

    def _trace_invoiced(self):
        """Trace the lines whose agreed price was traced; the others had no norm.

        In one look-up and one insert, however many lines these invoices have.
        """
        moves = self.sudo()  # sudo: who posts may not read the orders behind
        lines = moves.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.quantity > 0
        )
        sold = lines.sale_line_ids
        if not sold:
            return
        # sudo: traces are written by the system, whoever posts
        traces = self.env["sale.price.trace"].sudo()
        agreed = traces._agreed(sold)
        traces.create(
            [
                line._prepare_invoice_trace(trace)
                for line in lines
                if (trace := agreed.get(line._sold_line().id))
            ]
        )


class AccountMoveLine(models.Model):
    """Says an invoiced price in the terms of the order: unit, currency, tax frame."""

    # The area of discounts has files of its own.
    _inherit = "account.move.line"  # pylint: disable=consider-merging-classes-inherited

    def _prepare_invoice_trace(self, agreed):
        """The trace of this line; what the norm was, ``agreed`` says."""
        sold, move = self._sold_line(), self.move_id
        quantity = self._quantity_as_ordered(sold)
        change = self._net_as_ordered(sold) - agreed.net_price
        if abs(change * quantity) <= sold.currency_id.rounding:
            change = 0.0
        final = agreed.final_price + change
        given = percent(agreed.norm_price - final, agreed.norm_price) or 0.0
        # who posts is looked for where they changed the price
        by_whom = {"label": self.env.user.name} if change else {}
        rows = invoiced(agreed.steps or [], change, by_whom)
        return {
            **agreed._prepare_event("invoice"),
            "move_id": move.id,
            "user_id": self.env.uid,
            "acting_for_id": move.acting_for_id.id,
            "quantity": quantity,
            "rate": self._order_rate(sold),
            "net_price": agreed.net_price + change,
            "final_price": final,
            "pocket_price": rows[-1]["price"] if rows else final,
            "manual_percent": given if change else agreed.manual_percent,
            "steps": rows,
            **self._traced_margin(sold, agreed, rows),
        }

    def _net_as_ordered(self, sold):
        """The net price per unit of the order line, in its currency and tax frame."""
        net = self.price_unit * (1 - (self.discount or 0.0) / 100)
        if self.tax_ids != sold.tax_ids:
            untaxed = self.price_subtotal / self.quantity
            net = untaxed / (sold._untaxed_rate() or 1.0)
        net *= self.quantity / (self._quantity_as_ordered(sold) or self.quantity)
        if self.currency_id == sold.currency_id:
            return net
        day = self.move_id.invoice_date or self.date
        return self.currency_id._convert(
            net, sold.currency_id, self.company_id, day, round=False
        )

    def _order_rate(self, sold):
        """Order currency per company currency, on the day of the invoice."""
        if self.currency_id == sold.currency_id:
            return self.move_id.invoice_currency_rate or 1.0
        return self.env["res.currency"]._get_conversion_rate(
            self.company_id.currency_id,
            sold.currency_id,
            self.company_id,
            self.move_id.invoice_date or self.date,
        )

    def _traced_margin(self, sold, agreed, rows):
        """Cost as it was recognised, and what of the untaxed net price is margin."""
        cost = agreed.cost
        if self.recognition_cost:
            per_unit = self.product_id.uom_id._compute_price(
                self.recognition_cost, sold.product_uom_id
            )
            cost = per_unit * self._order_rate(sold)
        prices = {row["code"]: row["price"] for row in rows}
        untaxed = prices.get("net", 0.0) * sold._untaxed_rate()
        margin = percent(untaxed - cost, untaxed) if cost else None
        return {"cost": cost, "margin_percent": margin or 0.0}
