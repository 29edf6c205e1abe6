from odoo import models


class StockReturnPicking(models.TransientModel):
    """A return of what was claimed is the remedy of the claim."""

    _inherit = "stock.return.picking"

    def _create_return(self):
        picking = super()._create_return()
        if self.picking_id:
            # sudo: the warehouse need not see the claim it settles
            claims = self.env["customer.claim"].sudo()
            claims._link_remedy("return", "picking_id", self.picking_id, picking)
        return picking
