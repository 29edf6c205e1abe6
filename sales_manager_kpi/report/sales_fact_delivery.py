from odoo import models
from odoo.tools import SQL

from .sales_fact_query import (
    KIND_DELIVERY_BILLED,
    KIND_DELIVERY_BILLED_SPREAD,
    KIND_DELIVERY_KIT,
    KIND_DELIVERY_KIT_SPREAD,
    KIND_DELIVERY_MOVE,
    KIND_DELIVERY_MOVE_SPREAD,
)


class SalesFactDelivery(models.AbstractModel):
    """Facts on the delivery basis: what left for customers, less what came back.

    A delivered part of an order line is worth that part of the line's value on the
    order basis. What is never moved counts when it is invoiced. What left counts
    until it comes back, also when its order is cancelled afterwards.

    Beside the aliases of the order basis: ``event`` with ``id``, ``moment``, ``day``,
    ``sign``, ``before`` and ``after``: the part of the line delivered before it and
    with it; ``whole`` with ``quantity`` and ``value`` of the line.
    """

    _name = "sales.fact.delivery"
    _inherit = ["sales.fact.delivery.parts"]
    _description = "Facts Query: Deliveries"

    def _sql_delivery_basis(self) -> SQL:
        """All facts on the delivery basis, as branches that filters can reach into."""
        return SQL("\nUNION ALL\n").join(self._sql_delivery_branches())

    def _sql_delivery_branches(self) -> list:
        """The branches that can have rows; planning a branch costs more than asking."""
        exists = self._find_existing(
            {
                "divided": self._sql_divided_orders(),
                "discounted": SQL(
                    "SELECT TRUE FROM (%s) AS found",
                    self._sql_discounted_order_lines(),
                ),
            }
        )
        sources = [
            (self._sql_moved_events, KIND_DELIVERY_MOVE, KIND_DELIVERY_MOVE_SPREAD),
            (
                self._sql_billed_events,
                KIND_DELIVERY_BILLED,
                KIND_DELIVERY_BILLED_SPREAD,
            ),
        ]
        if self._has_kits():
            sources.append(
                (self._sql_kit_events, KIND_DELIVERY_KIT, KIND_DELIVERY_KIT_SPREAD)
            )
        discounted = SQL("line.order_id IN (%s)", self._sql_discounted_order_lines())
        branches = []
        for source, kind, spread_kind in sources:
            events, lowered = source(SQL("TRUE")), source(discounted)
            branches.append(self._sql_delivered_lines(events, kind))
            if exists["divided"]:
                branches.append(self._sql_delivered_lines_divided(events, kind))
            if exists["discounted"]:
                branches.append(self._sql_delivered_spread(lowered, spread_kind))
            if exists["divided"] and exists["discounted"]:
                branches.append(
                    self._sql_delivered_spread_divided(lowered, spread_kind)
                )
        return branches

    # ------------------------------------------------------------------
    # Branches
    # ------------------------------------------------------------------

    def _sql_delivered_lines(self, events, kind) -> SQL:
        """The common path: orders of one manager or nobody, event by event."""
        return SQL(
            "SELECT %s %s WHERE (%s) IS NOT TRUE AND (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_delivery_columns(kind),
                self._sql_delivered_columns(),
            ),
            events,
            self._sql_is_order_divided(),
            self._sql_is_order_adjustment(),
        )

    def _sql_delivered_lines_divided(self, events, kind) -> SQL:
        """Orders of several managers: one row per event and share."""
        value = self._sql_delivered_part(SQL("whole.value"))
        return SQL(
            "SELECT %s %s %s WHERE %s AND (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_delivery_columns(kind, self._sql_order_rank()),
                self._sql_delivered_columns(part=SQL("COALESCE(share.part, 1)")),
                self._sql_delivery_divided_columns(value),
            ),
            events,
            self._sql_shares(value, self._sql_order_credits()),
            self._sql_is_order_divided(),
            self._sql_is_order_adjustment(),
        )

    def _sql_delivered_spread(self, events, kind) -> SQL:
        """The delivered part of the discounts on whole orders of one manager."""
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_delivery_columns(kind),
                self._sql_order_spread_columns(
                    self._sql_delivered_part(SQL("spread.amount"))
                ),
            ),
            events,
            self._sql_delivered_spread_join(),
            self._sql_is_order_divided(),
        )

    def _sql_delivered_spread_divided(self, events, kind) -> SQL:
        """The same for orders of several managers."""
        value = self._sql_delivered_part(SQL("spread.amount"))
        return SQL(
            "SELECT %s %s %s %s WHERE %s",
            self._sql_select(
                self._sql_delivery_columns(kind, self._sql_order_rank()),
                self._sql_order_spread_columns(
                    SQL("COALESCE(share.amount, %s)", value)
                ),
                self._sql_delivery_divided_columns(value),
            ),
            events,
            self._sql_delivered_spread_join(),
            self._sql_shares(value, self._sql_order_credits()),
            self._sql_is_order_divided(),
        )

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _sql_delivered_part(self, value: SQL) -> SQL:
        """What the event makes of ``value``; all events of a line make it up."""
        return SQL(
            "((round(%(value)s * event.after / currency.rounding)"
            " - round(%(value)s * event.before / currency.rounding))"
            " * currency.rounding)",
            value=value,
        )

    def _sql_delivery_columns(self, kind, rank=None) -> dict:
        """What all rows of an event have."""
        return {
            **self._sql_order_columns(kind, rank),
            "id": self._sql_id(SQL("event.id"), kind, rank),
            "basis": SQL("'delivery'"),
            "date": SQL("event.day"),
            "moment": SQL("event.moment"),
            "is_return": SQL("event.sign < 0"),
            "move_id": SQL("event.move_id"),
            "move_line_id": SQL("event.move_line_id"),
            **self._sql_delivery_status(SQL("sale.credited_user_id")),
        }

    def _sql_delivery_status(self, user: SQL) -> dict:
        """As orders, but what left counts even if the rest was cancelled."""
        intercompany = self._sql_is_order_intercompany()
        return {
            **self._sql_status(
                SQL("(line.is_downpayment IS TRUE OR %s)", intercompany), user
            ),
            "reason": SQL(
                "CASE WHEN line.is_downpayment THEN 'down_payment'"
                " WHEN %s THEN 'intercompany' END",
                intercompany,
            ),
        }

    def _sql_delivered_columns(self, part: SQL | None = None) -> dict:
        """Columns of what was delivered of one order line, or of ``part`` of it."""
        quantity = self._sql_in_product_uom(
            SQL("(whole.quantity * (event.after - event.before))")
        )
        discount = self._sql_delivered_part(self._sql_order_line_discount())
        if part:
            quantity = SQL("%s * %s", quantity, part)
            discount = SQL("%s * %s", discount, part)
        return {
            "quantity": quantity,
            "amount": self._sql_delivered_part(SQL("whole.value")),
            "spread_amount": SQL("0"),
            "discount_amount": discount,
            "cost": SQL("line.recognition_cost * (%s)", quantity),
        }

    def _sql_delivery_divided_columns(self, value: SQL) -> dict:
        columns = self._sql_order_divided_columns(value)
        return {**columns, **self._sql_delivery_status(columns["user_id"])}
