from odoo import models


class SaleOrderLine(models.Model):
    """Lines whose goods do not lie in the branch under the line's own product."""

    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _bypasses_branch(self):
        """Whether the stock of the branch says nothing about the line's product.

        A kit is delivered in parts, and a dropshipped line by its vendor. Both are left
        to Odoo: no sources, no availability and no holds are told of them, rather than
        wrong ones. The parts of a kit still come to the branch by its resupply routes.
        Without Manufacturing and Dropshipping there are neither.
        """
        self.ensure_one()
        # sudo: how goods come is a setting, for whoever sells them
        line = self.sudo()
        product = line.product_id
        is_kit = "is_kits" in product._fields and product.is_kits
        return is_kit or line._is_dropshipped()

    def _is_dropshipped(self):
        """By the route of the line, else by those of its product or category."""
        kinds = self.env["stock.picking.type"]._fields["code"].get_values(self.env)
        if "dropship" not in kinds:
            return False
        product = self.product_id
        routes = self.route_ids or product.route_ids | product.categ_id.total_route_ids
        return any(
            rule.picking_type_id.code == "dropship"
            and rule.location_dest_id.usage == "customer"
            for rule in routes.rule_ids
        )
