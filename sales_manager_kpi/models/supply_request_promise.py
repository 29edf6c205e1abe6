from odoo import models

from .supply_ladder_batch import ladder_batch

OVER = ("done", "cancel")


class SupplyRequestLine(models.Model):
    """The plan of the warehouse follows the promise, whenever it is given or moves."""

    # Promises have a file of their own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    def _run(self):
        result = super()._run()
        self.sudo()._follow_promise()  # sudo: the plan of a warehouse, for who answers
        return result

    def _follow_promise(self):
        """Plan the open moves of these lines, and deliveries that wait, by promises.

        The deadline moves where it is the department's own. That of an order's moves
        is what the customer was told: a later plan shows there that it is broken.
        """
        lines = self.filtered(
            lambda line: line.state == "in_progress" and line.promised_date
        )
        if not lines:
            return
        with ladder_batch(self.env) as batch:
            batch.add(lines.order_line_id)
            for line in lines:
                waiting, own = line._legs_by_owner()
                day = line._promised_at()
                waiting._plan_for(day)
                own._plan_for(day)
                own._meet_plan()
            lines.order_line_id._plan_waiting_delivery()

    def _legs_by_owner(self):
        """Open moves: of the transfer that waited already, and of the request."""
        moves = self.move_ids.filtered(lambda move: move.state not in OVER)
        origin = self.origin_move_id
        waiting = moves & (origin | moves.browse(origin._rollup_move_dests()))
        return waiting, moves - waiting


class SaleOrderLine(models.Model):
    """Deliveries that wait for what was promised."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _plan_waiting_delivery(self):
        """Plan what waits at the branch for the last of the promises; as sudo.

        Never before the day agreed with the customer.
        """
        for line in self:
            promised = line.supply_line_ids.filtered(
                lambda asked: asked.state == "in_progress" and asked.promised_date
            )
            stock = line.warehouse_id.lot_stock_id
            legs = line.move_ids.filtered(
                lambda move, home=line.warehouse_id: (
                    move.state not in OVER and move.location_id.warehouse_id == home
                )
            )
            waits = legs.filtered(
                lambda move, stock=stock: (
                    move.state != "assigned" and move.location_id._child_of(stock)
                )
            )
            if not promised or not waits:
                continue
            days = [asked._promised_at() for asked in promised]
            agreed = line.order_id.commitment_date
            legs._plan_for(max([*days, *([agreed] if agreed else [])]), anchor=min)

    def write(self, vals):
        """Core plans a delivery anew when it is of more; the promise stands."""
        result = super().write(vals)
        if "product_uom_qty" in vals and self.env["supply.department"]._exist():
            # sudo: see supply.request.line._run
            self.sudo().supply_line_ids._follow_promise()
        return result


class StockMove(models.Model):
    """Moves that are planned by a promise."""

    # The area of supply has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _plan_for(self, day, anchor=max):
        """Move these legs together, so that one of them is on ``day``.

        :param anchor: which one, the last (``max``) or the first (``min``)
        """
        if not self:
            return
        delta = day - anchor(self.mapped("date"))
        if delta:
            for move in self:
                move.date += delta

    def _meet_plan(self):
        """The day each of these legs is planned for is its deadline, too.

        By the way core has for it, so that nothing beyond these legs moves.
        """
        known = self | self.move_orig_ids | self.move_dest_ids
        for move in self.with_context(date_deadline_propagate_ids=set(known.ids)):
            if move.date_deadline != move.date:
                move.date_deadline = move.date
