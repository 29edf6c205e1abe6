from odoo import fields, models


class StockMove(models.Model):
    """Goods leave for the customer only with orders that may be shipped.

    Moves between own warehouses are no shipments, whichever way they go.
    """

    # The area of registration has files of its own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _action_done(self, cancel_backorder=False):
        rules = self.env["registration.rule"]
        if not any("ship" in rules._ids_by_moment(c.id) for c in self.company_id):
            return super()._action_done(cancel_backorder=cancel_backorder)
        # sudo: who ships may not read the orders behind
        shipped = self.sudo().filtered(
            lambda move: (
                move.location_dest_id.usage == "customer"
                and move.state not in ("done", "cancel")
                and move.sale_line_id
            )
        )
        orders = shipped.sale_line_id.order_id
        found = orders._registration_findings("ship")
        orders._registration_refuse(found)
        result = super()._action_done(cancel_backorder=cancel_backorder)
        orders.sudo(False)._registration_record(found)
        return result


class StockPicking(models.Model):
    """Deliveries show what their order lacks."""

    _inherit = "stock.picking"  # pylint: disable=consider-merging-classes-inherited

    registration_warning = fields.Text(related="sale_id.registration_warning")
