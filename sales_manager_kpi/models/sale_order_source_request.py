from odoo import models

from .supply_ladder_batch import ladder_batch

SUPERVISED = ("regional", "production")


class SaleOrderSource(models.Model):
    """Asks for goods: of warehouses by Odoo's rules, of supervisors by requests."""

    _inherit = "sale.order.source"  # pylint: disable=consider-merging-classes-inherited

    def _to_request(self):
        """Those that lie in another warehouse, and nobody has asked for yet."""
        return self.filtered(
            lambda source: (
                source.state == "planned" and source.kind in ("central", "other_branch")
            )
        )

    def _short(self):
        """Those nobody has: planned at a supervisor, or asked of who is short, too."""
        return self.filtered(
            lambda source: (
                (source.state == "planned" and source.kind in SUPERVISED)
                or (source.state == "requested" and source.warehouse_id)
            )
        )

    def _shortages(self):
        """``[(branch, order line, transfer or none, quantity)]`` of these sources.

        The transfer is the move that waits for the goods in the warehouse they are to
        leave, its first step: one that no request answered for, if there is one. The
        quantity is what it lacks, in the product's unit.
        """
        shortages = []
        for source in self:
            waiting = source.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            home = source.branch_id.warehouse_id
            transfer = waiting.filtered(
                lambda move, home=home: (
                    move.procure_method == "make_to_stock"
                    and move.location_id.warehouse_id not in (home, home.browse())
                )
            ).sorted(lambda move: (bool(move.supply_request_line_id), move.id))[:1]
            shortages.append(
                (source.branch_id, source.order_line_id, transfer, source.quantity)
            )
        return shortages

    def _procure(self, raise_user_error=True):
        """Let Odoo's rules bring these goods from where they lie to the branch.

        With the routes of the branch, so that they come from there and not from a
        vendor, and with the references of the order, so that they are the order's.

        :raise UserError: where no rule leads there
        """
        Rule = self.env["stock.rule"]
        needs = [source._prepare_need() for source in self]
        with ladder_batch(self.env) as batch:
            batch.add(self.order_line_id)
            Rule.run(needs, raise_user_error=raise_user_error)
            pickings = self.order_id.picking_ids
            pickings.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ).action_confirm()

    def _prepare_need(self):
        """This source as a ``stock.rule.Procurement`` into the stock of its branch."""
        self.ensure_one()
        line = self.order_line_id
        warehouse = line.warehouse_id
        routes = self.branch_id._resupply_routes()
        values = {
            **line._prepare_procurement_values(),
            "route_ids": routes.filtered(
                lambda route: route.supplier_wh_id == self.warehouse_id
            ),
            "warehouse_id": warehouse,
            "location_final_id": warehouse.lot_stock_id,
            "partner_id": False,
        }
        return self.env["stock.rule"].Procurement(
            line.product_id,
            self.quantity,
            line.product_id.uom_id,
            warehouse.lot_stock_id,
            line.product_id.display_name,
            line.order_id.name,
            line.company_id,
            values,
        )
