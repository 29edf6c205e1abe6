from odoo import models
from odoo.tools import SQL

from .sales_fact_query import (
    KIND_DELIVERY_BILLED,
    KIND_DELIVERY_KIT,
    KIND_DELIVERY_MOVE,
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
            (self._sql_moved_events(), KIND_DELIVERY_MOVE),
            (self._sql_billed_events(), KIND_DELIVERY_BILLED),
        ]
        if self._has_kits():
            sources.append((self._sql_kit_events(), KIND_DELIVERY_KIT))
        pieces = self._sql_pieces(exists["discounted"])
        branches = []
        for events, kind in sources:
            branches.append(self._sql_delivered(events, pieces, kind))
            if exists["divided"]:
                branches.append(self._sql_delivered_divided(events, pieces, kind))
        return branches

    # ------------------------------------------------------------------
    # Branches
    # ------------------------------------------------------------------

    def _sql_delivered(self, events, pieces, kind) -> SQL:
        """The common path: orders of one manager or nobody, event by event."""
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_delivery_columns(kind),
                self._sql_delivered_columns(),
            ),
            events,
            pieces,
            self._sql_is_order_divided(),
        )

    def _sql_delivered_divided(self, events, pieces, kind) -> SQL:
        """Orders of several managers: one row per event, piece and share."""
        value = self._sql_delivered_part(SQL("piece.value"))
        return SQL(
            "SELECT %s %s %s %s WHERE %s",
            self._sql_select(
                self._sql_delivery_columns(kind, self._sql_order_rank()),
                self._sql_delivered_columns(
                    part=SQL("COALESCE(share.part, 1)"),
                    value=SQL("COALESCE(share.amount, %s)", value),
                ),
                self._sql_delivery_divided_columns(value),
            ),
            events,
            pieces,
            self._sql_shares(value, self._sql_order_credits()),
            self._sql_is_order_divided(),
        )

    def _sql_pieces(self, discounted) -> SQL:
        """What an event is worth: the line's value and, beside it, what lowers that.

        Both come from one reading of the events, since finding them is the expensive
        part; the parts of a discount are only computed for orders that have one.
        """
        pieces = SQL(
            """
            SELECT FALSE AS is_discount, FALSE AS is_spread, whole.value
             WHERE (%s) IS NOT TRUE
            """,
            self._sql_is_order_adjustment(),
        )
        if discounted:
            pieces = SQL(
                """
                %s
                UNION ALL
                SELECT TRUE, spread.is_spread, spread.amount
                  FROM (%s) AS spread
                 WHERE spread.line_id = line.id
                   AND %s
                """,
                pieces,
                self._sql_spread(self._sql_order_candidates()),
                self._sql_is_discounted_order(SQL("line.order_id")),
            )
        return SQL("CROSS JOIN LATERAL (%s) AS piece", pieces)

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
            # the kind of a discount follows that of what it lowers
            "id": SQL(
                "%s + piece.is_discount::integer",
                self._sql_id(SQL("event.id"), kind, rank),
            ),
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

    def _sql_delivered_columns(self, part=None, value=None) -> dict:
        """Columns of what was delivered of one order line, or of ``part`` of it.

        A discount is value alone, neither goods nor cost.
        """
        quantity = self._sql_in_product_uom(
            SQL("(whole.quantity * (event.after - event.before))")
        )
        discount = self._sql_delivered_part(self._sql_order_line_discount())
        value = value or self._sql_delivered_part(SQL("piece.value"))
        if part:
            quantity = SQL("%s * %s", quantity, part)
            discount = SQL("%s * %s", discount, part)
        return {
            "quantity": SQL("CASE WHEN piece.is_discount THEN 0 ELSE %s END", quantity),
            "amount": value,
            "spread_amount": SQL("CASE WHEN piece.is_spread THEN %s ELSE 0 END", value),
            "discount_amount": SQL(
                "CASE WHEN piece.is_discount THEN -(%s) ELSE %s END", value, discount
            ),
            "cost": SQL(
                "CASE WHEN NOT piece.is_discount THEN line.recognition_cost * (%s)"
                " WHEN piece.is_spread AND line.recognition_cost IS NULL THEN NULL"
                " ELSE 0 END",
                quantity,
            ),
        }

    def _sql_delivery_divided_columns(self, value: SQL) -> dict:
        columns = self._sql_order_divided_columns(value)
        return {**columns, **self._sql_delivery_status(columns["user_id"])}
