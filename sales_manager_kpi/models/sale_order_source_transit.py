from collections import defaultdict

from odoo import Command, models


class SaleOrderSource(models.Model):
    """Goods on their way for a line that was called off still arrive.

    Core cancels the receipt together with the order and leaves what has left already
    in the transit location, without a document that anybody would find it by.
    """

    _inherit = "sale.order.source"  # pylint: disable=consider-merging-classes-inherited

    def _document_transit(self, legs_by_line):
        """Receive at the branch, without the order, what no document receives.

        :param legs_by_line: ``{line: {Place: Legs}}``
        """
        gaps = [
            (line, legs)
            for line, by_place in legs_by_line.items()
            for legs in by_place.values()
            if legs.undocumented
        ]
        if not gaps:
            return
        kept = self._stranded([line for line, _legs in gaps])
        moves = self.env["stock.move"]
        for line, legs in gaps:
            missing = max(0, legs.undocumented - kept[line])
            kept[line] = max(0, kept[line] - legs.undocumented)
            if missing:
                moves |= moves.create(self._prepare_receipt(line, legs, missing))
        moves._action_confirm(merge=False)
        moves._action_assign()

    def _stranded(self, lines):
        """``{line: steps}`` that documents without the order receive, or received."""
        moves = self.env["stock.move"].search(
            [
                ("stranded_line_id", "in", [line.id for line in lines]),
                ("state", "!=", "cancel"),
                ("location_id.usage", "=", "transit"),
            ]
        )
        kept = defaultdict(int)
        for move in moves:
            line = move.stranded_line_id
            quantity = move.quantity if move.state == "done" else move.product_uom_qty
            kept[line] += line._to_steps(quantity, move.product_uom)
        return kept

    def _prepare_receipt(self, line, legs, steps):
        """The move that takes ``steps`` from transit into the branch."""
        sent = [
            move
            for move in legs.moves
            if move.state == "done" and move.location_dest_id.usage == "transit"
        ]
        warehouse = line.warehouse_id
        operation = warehouse.in_type_id
        stock = warehouse.lot_stock_id
        return {
            "product_id": line.product_id.id,
            "product_uom": line.product_id.uom_id.id,
            "product_uom_qty": line._from_steps(steps),
            "company_id": line.company_id.id,
            "picking_type_id": operation.id,
            "warehouse_id": warehouse.id,
            "location_id": sent[-1].location_dest_id.id,
            "location_dest_id": (operation.default_location_dest_id or stock).id,
            "location_final_id": stock.id,
            "move_orig_ids": [Command.set([move.id for move in sent])],
            "origin": self.env._("%s, called off", line.order_id.name),
            "stranded_line_id": line.id,
        }
