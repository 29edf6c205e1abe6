from odoo import api, models
from odoo.tools import SQL


class StockMove(models.Model):
    """Moves that hold goods, and those that would take them."""

    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Reserve as core does, but never another roll for what was held.

        Where a branch holds goods, whoever reserves locks them first: core would skip
        goods that somebody is just holding, and give them twice.
        """
        locations = self.env["sales.branch"]._hold_locations()
        if not locations:
            return super()._action_assign(force_qty=force_qty)
        rolls = self.filtered(
            lambda move: (
                move.location_dest_id.id in locations
                and move.product_id.tracking != "none"
            )
        )
        moves = self - rolls
        moves._lock_where_goods_are_held()
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _lock_where_goods_are_held(self):
        """Lock what there is of these products in warehouses that hold goods."""
        self.env["stock.hold"]._lock_goods(
            self.product_id,
            SQL(
                """
                place.warehouse_id = ANY(%s)
                AND place.warehouse_id IN (
                    SELECT warehouse_id
                      FROM sales_branch
                     WHERE hold_location_id IS NOT NULL)
                """,
                self.location_id.warehouse_id.ids,
            ),
        )

    def _get_source_document(self):
        """The forecast of a product names the hold."""
        if self.location_dest_id.id in self.env["sales.branch"]._hold_locations():
            # sudo: its number, for whoever reads the forecast
            return self.env["stock.hold"].sudo().search([("move_id", "=", self.id)])
        return super()._get_source_document()


class StockMoveLine(models.Model):
    """A count, a correction or a transfer may take what is held; the hold follows."""

    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._tell_holds(lines._moves_that_hold())
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not {"quantity", "lot_id", "location_id", "product_uom_id"}.isdisjoint(vals):
            self._tell_holds(self._moves_that_hold())
        return result

    def unlink(self):
        move_ids = self._moves_that_hold()
        result = super().unlink()
        self._tell_holds(move_ids)
        return result

    def _moves_that_hold(self):
        """Ids of their moves that hold goods; a look into the cache without holds."""
        locations = self.env["sales.branch"]._hold_locations()
        if not locations:
            return []
        return self.move_id.filtered(
            lambda move: move.location_dest_id.id in locations
        ).ids

    @api.model
    def _tell_holds(self, move_ids):
        if move_ids:
            self.env["stock.hold"]._follow_moves(move_ids)
