from odoo import models

from .stock_hold import LIVE


class StockWarehouseOrderpoint(models.Model):
    """Held goods are not sold: nothing is bought for them, unless the company says so.

    Core sees the move that holds them, and would order them again at once.
    """

    _inherit = "stock.warehouse.orderpoint"

    def _quantity_in_progress(self):
        result = super()._quantity_in_progress()
        if not self.env["sales.branch"]._hold_locations():
            return result
        held = self._held_quantities()
        for point in self:
            quantity = held.get((point.product_id, point.warehouse_id))
            stock = point.warehouse_id.lot_stock_id
            if quantity and stock._child_of(point.location_id):
                result[point.id] += point.product_id.uom_id._compute_quantity(
                    quantity, point.product_uom, round=False
                )
        return result

    def _held_quantities(self):
        """``{(product, warehouse): quantity}`` of holds that cause no replenishment."""
        # sudo: all that is held counts, whoever replenishes
        groups = (
            self.env["stock.hold"]
            .sudo()
            ._read_group(
                [
                    ("state", "in", LIVE),
                    ("product_id", "in", self.product_id.ids),
                    ("warehouse_id", "in", self.warehouse_id.ids),
                    ("company_id.sales_manager_kpi_hold_reorders", "=", False),
                ],
                ["product_id", "warehouse_id"],
                ["product_qty:sum"],
            )
        )
        return {
            (product.sudo(False), warehouse.sudo(False)): quantity
            for product, warehouse, quantity in groups
        }
