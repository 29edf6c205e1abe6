from collections import defaultdict

from odoo import api, fields, models


class SupplyRequestLine(models.Model):
    """What has come of what was granted, and whether the promise was kept."""

    # Arriving has a file of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    arrived_qty = fields.Float(
        string="Arrived", digits="Product Unit", readonly=True, copy=False
    )
    arrived_at = fields.Datetime(string="Arrived On", readonly=True, copy=False)
    is_promise_kept = fields.Boolean(
        string="Promise Kept",
        readonly=True,
        copy=False,
        help="All that was granted came by the day first promised.",
    )

    def _follow_arrival(self):
        """Look at the moves of these lines again, in a handful of queries."""
        lines = self.filtered(lambda line: line.state == "in_progress")
        if not lines:
            return
        come, coming = lines._counted_moves()
        for line in lines:
            line._take_arrival(come[line], coming[line])
        lines.request_id._settle()

    def _counted_moves(self):
        """``({line: arrived}, {line: still to come})`` at their branches."""
        come, coming = defaultdict(float), defaultdict(float)
        for move in self.move_ids:
            line = move.supply_request_line_id
            inside = line.branch_id.warehouse_id.lot_stock_id
            if move.state == "cancel" or move.location_id._child_of(inside):
                continue
            if move.state == "done" and move.location_dest_id._child_of(inside):
                come[line] += move.product_uom._compute_quantity(
                    move.quantity, line.uom_id, rounding_method="HALF-UP"
                )
            elif move.state != "done":
                # the legs to it: the longest wait counts, not their sum
                coming[line] = max(coming[line], move.product_qty)
        return come, coming

    def _take_arrival(self, come, coming):
        """Keep what came; what a waiting transfer had from stock came first."""
        compare = self.uom_id.compare
        arrived = min(come, self.granted_qty)
        if self.origin_move_id and compare(coming, 0.0) > 0:
            arrived = min(arrived, max(0.0, self._asked_for_origin() - coming))
        values = {"arrived_qty": arrived}
        done = compare(arrived, self.granted_qty) >= 0
        if not done and compare(coming, 0.0) <= 0 and not self._is_ordered_outside():
            if compare(come, 0.0) <= 0:
                return self._lose_moves()
            values |= self._prepare_arrival(kept=False)
        elif done:
            values |= self._prepare_arrival(kept=True)
        self.write(values)
        if "state" in values:
            self._tell_arrived()
        return None

    def _asked_for_origin(self):
        """What the transfer lacked, refused or not: what it waits for comes last."""
        asked = self.order_line_id.supply_line_ids.filtered(
            lambda line: (
                line.origin_move_id == self.origin_move_id and line.state != "cancelled"
            )
        )
        return sum((asked | self).mapped("asked_qty"))

    def _is_ordered_outside(self):
        """Whether a purchase or a production brings it, with receipts of its own."""
        actions = self.route_id.rule_ids.mapped("action")
        return not {"buy", "manufacture"}.isdisjoint(actions)

    def _prepare_arrival(self, kept):
        now = fields.Datetime.now()
        in_time = self.branch_id._local_date(now) <= self.first_promised_date
        return {"state": "done", "arrived_at": now, "is_promise_kept": kept and in_time}

    def _lose_moves(self):
        """Nothing came and nothing will: withdrawn with the order, else to be run."""
        if self.request_id.order_id.state == "cancel":
            self.write({"state": "cancelled", "ordered_qty": 0.0})
            return
        self.write(
            {
                "state": "answered",
                "ordered_qty": 0.0,
                "origin_move_id": False,
                "error": self.env._(
                    "The transfers were cancelled. Order again, or change the answer."
                ),
            }
        )

    def _tell_arrived(self):
        request = self.request_id
        request._decide("arrive", lines=self, quantity=self.arrived_qty)
        request._tell(
            request.user_id,
            self.env._(
                "%(quantity)s %(unit)s of %(product)s have arrived.",
                quantity=f"{self.arrived_qty:g}",
                unit=self.uom_id.name,
                product=self.product_id.display_name,
            ),
        )


class StockMove(models.Model):
    """Moves know for which request they bring goods, through all their legs."""

    # The area of supply has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    supply_request_line_id = fields.Many2one(
        comodel_name="supply.request.line",
        index="btree_not_null",
        ondelete="set null",
    )

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.supply_request_line_id:
            values["supply_request_line_id"] = self.supply_request_line_id.id
        return values

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return [
            *super()._prepare_merge_moves_distinct_fields(),
            "supply_request_line_id",
        ]

    @api.model
    def _prepare_merge_negative_moves_excluded_distinct_fields(self):
        """An order that shrinks takes from its transfer, whoever follows that."""
        return [
            *super()._prepare_merge_negative_moves_excluded_distinct_fields(),
            "supply_request_line_id",
        ]

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._follow_supply()
        return moves

    def _action_cancel(self):
        result = super()._action_cancel()
        self._follow_supply()
        return result

    def _follow_supply(self):
        """The requests look at what has come; nothing without departments."""
        if not self or not self.env["supply.department"]._exist():
            return
        # sudo: whoever moves goods, the requests follow
        secret = self.sudo()
        secret._claim_receipts()
        secret.supply_request_line_id._follow_arrival()

    def _claim_receipts(self):
        """Receipts of purchases and productions are those of the request they name."""
        found = self.filtered(
            lambda move: (
                move.state == "done"
                and move.reference_ids
                and not move.supply_request_line_id
            )
        )
        if not found:
            return
        lines = self.env["supply.request.line"].search(
            [
                ("request_id.reference_id", "in", found.reference_ids.ids),
                ("product_id", "in", found.product_id.ids),
                ("origin_move_id", "=", False),
                ("state", "=", "in_progress"),
            ],
            order="id",
        )
        for move in found if lines else ():
            own = lines.filtered(
                lambda line, move=move: (
                    line.product_id == move.product_id
                    and line.request_id.reference_id in move.reference_ids
                    and line._is_ordered_outside()
                    and move.location_dest_id._child_of(
                        line.branch_id.warehouse_id.view_location_id
                    )
                )
            )
            move.supply_request_line_id = own[:1]


class StockRule(models.Model):
    """Carries the request from a procurement to its moves."""

    _inherit = "stock.rule"

    def _get_custom_move_fields(self):
        return [*super()._get_custom_move_fields(), "supply_request_line_id"]
