from odoo import models

from .supply_request_promise import OVER


class SupplyRequestLine(models.Model):
    """Granted for an order that needs less now."""

    # Giving back has a file of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    def _give_back(self, quantity):
        """Offer back ``quantity`` of what was granted; as sudo.

        What is not ordered, and transfers that have not left, are called off. What a
        purchase or a production brings, or has left, comes all the same; the
        department is told. What is brought to a supplying warehouse stays there.
        """
        self.ensure_one()
        free = max(0.0, min(quantity, self.granted_qty - self.ordered_qty))
        first = self._own_first_legs()
        there = sum(first.mapped("product_qty"))
        called_off = min(quantity - free, there)
        comes = quantity - free - called_off
        # the answer first: what is called off then is no promise broken
        self.ordered_qty = max(0.0, self.ordered_qty - called_off)
        self._grant_less(quantity if self.origin_move_id else free + called_off)
        first._send_less(called_off)
        self._go_on()
        if self.uom_id.compare(comes, 0.0) > 0:
            self._tell_less(comes)

    def _own_first_legs(self):
        """The first legs of what was ordered for it, as far as they have not left."""
        waiting, own = self._legs_by_owner()
        return own._first_legs() - waiting

    def _grant_less(self, quantity):
        """``quantity`` of the answer is needed no more; what is left of it stands."""
        self.ensure_one()
        uom = self.uom_id
        if uom.compare(quantity, 0.0) <= 0:
            return
        words = self.env._("The order needs it no more")
        if uom.compare(quantity, self.granted_qty) >= 0:
            self.write({"state": "cancelled", "ordered_qty": 0.0, "error": False})
            self.request_id._decide("cancel", words, lines=self)
        else:
            self.write(
                {
                    "product_uom_id": uom.id,
                    "product_uom_qty": self.asked_qty - quantity,
                    "granted_qty": self.granted_qty - quantity,
                }
            )
            self.request_id._decide("change", words, lines=self)
        self.request_id._settle()

    def _go_on(self):
        """With less granted, all of it may be ordered, or have come."""
        if self.state == "answered" and self.ordered_qty:
            self.state = self._state_of_answer()
        self._follow_arrival()
        self.request_id._settle()

    def _tell_less(self, quantity):
        self.request_id._tell(
            self.request_id._answerers(),
            self.env._(
                "%(order)s needs %(quantity)s %(unit)s of %(product)s less. They are "
                "ordered or on their way: decide what becomes of them.",
                order=self.request_id.order_id.name,
                quantity=f"{quantity:g}",
                unit=self.uom_id.name,
                product=self.product_id.display_name,
            ),
        )


class StockMove(models.Model):
    """Transfers that are to bring less."""

    # The area of supply has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _first_legs(self, warehouse_id=None):
        """Those that take goods out of the stock of a warehouse, and wait there.

        :param warehouse_id: only of that one; none for any
        """
        return self.filtered(
            lambda move: (
                move.state not in OVER
                and move.procure_method == "make_to_stock"
                and move.location_id.warehouse_id
                and warehouse_id in (None, move.location_id.warehouse_id.id)
            )
        )

    def _send_less(self, quantity):
        """Call off ``quantity`` of these first legs, the last first, and what follows.

        :param quantity: in the product's unit
        :return: what was called off
        """
        called_off = 0.0
        for move in self.sorted("id", reverse=True):
            part = min(quantity - called_off, move.product_qty)
            if move.product_id.uom_id.compare(part, 0.0) <= 0:
                break
            for leg in move._legs_to_branch().sorted("id", reverse=True) | move:
                leg._bring_less(part)
            called_off += part
        return called_off

    def _legs_to_branch(self):
        """The open legs that follow these, short of those to a customer."""
        legs = self.browse(self._rollup_move_dests()) - self
        return legs.filtered(
            lambda leg: (
                leg.state not in OVER
                and (leg.location_final_id or leg.location_dest_id).usage != "customer"
            )
        )

    def _bring_less(self, quantity):
        unit = self.product_uom
        left = self.product_uom_qty - self.product_id.uom_id._compute_quantity(
            quantity, unit, rounding_method="HALF-UP"
        )
        if self.state in OVER:
            return
        if unit.compare(left, 0.0) <= 0:
            self._action_cancel()
            return
        reserved = bool(self.quantity)
        self.product_uom_qty = left
        if reserved:
            self._action_assign()
