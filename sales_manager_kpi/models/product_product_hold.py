from odoo import models


class ProductProduct(models.Model):
    """What is free of a product, piece by piece."""

    _inherit = "product.product"

    def _free_pieces(self, location):
        """What is free below ``location``, in the order the warehouse would take it.

        Goods kept by lots that have none cannot be chosen, and are left out.

        :return: ``[((location, lot, package, owner), quantity)]``, as sudo, in the
            product's unit
        """
        self.ensure_one()
        # sudo: stock is for all to know, and decides what may be held
        quants = self.env["stock.quant"].sudo()._gather(self.sudo(), location.sudo())
        free = {}
        for quant in quants:
            if self.tracking != "none" and not quant.lot_id:
                continue
            key = quant.location_id, quant.lot_id, quant.package_id, quant.owner_id
            left = quant.quantity - quant.reserved_quantity
            free[key] = free.get(key, 0.0) + left
        return [
            (key, left)
            for key, left in free.items()
            if self.uom_id.compare(left, 0) > 0
        ]
