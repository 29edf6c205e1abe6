from odoo import fields, models

from .supply_request import CLOSED


class SaleOrder(models.Model):
    """What was asked of the departments for an order."""

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    supply_request_ids = fields.One2many(
        comodel_name="supply.request",
        inverse_name="order_id",
        readonly=True,
        groups="sales_manager_kpi.group_manager,"
        "sales_manager_kpi.group_supply_supervisor",
    )
    supply_request_count = fields.Integer(
        string="Supply Requests", compute="_compute_supply_request_count"
    )
    supply_tell_customer = fields.Boolean(
        string="Tell Customer of New Dates",
        help="The customer gets a mail when a promised date of goods moves.",
    )

    def _compute_supply_request_count(self):
        counts = {}
        Request = self.env["supply.request"]
        if self.env["supply.department"]._exist() and Request.has_access("read"):
            counts = dict(
                Request._read_group(
                    [("order_id", "in", self.ids)], ["order_id"], ["__count"]
                )
            )
        for order in self:
            order.supply_request_count = counts.get(order._origin, 0)

    def action_open_supply_requests(self):
        """Open what was asked of the departments for this order."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.supply_request_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {
            "default_kind": "shortage",
            "default_order_id": self.id,
            "default_tell_customer": self.supply_tell_customer,
        }
        return action

    def _action_cancel(self):
        result = super()._action_cancel()
        if self.env["supply.department"]._exist():
            # sudo: what was asked for the order goes with it, whoever cancels
            self.sudo().supply_request_ids._follow_cancelled_order()
        return result


class SupplyRequest(models.Model):
    """What becomes of a request whose order is cancelled."""

    # The area of supply has files of its own.
    _inherit = "supply.request"  # pylint: disable=consider-merging-classes-inherited

    def _follow_cancelled_order(self):
        """Nobody needs these goods any more, as far as they have not come.

        Transfers of the request that have not left are cancelled. What has left, or
        was ordered for the supplying warehouse, comes all the same: the department is
        told, and decides what to do with it.
        """
        for request in self.filtered(lambda r: r.state not in CLOSED):
            lines = request.line_ids.filtered(
                lambda line: line.state not in ("done", "cancelled")
            )
            coming = lines._withdraw()
            request._decide("cancel", self.env._("The order was cancelled"))
            request._settle()
            words = ", ".join(coming.mapped("product_id.display_name"))
            if words:
                request._tell(
                    request._answerers(),
                    self.env._(
                        "%(order)s was cancelled. Decide about what is coming for it: "
                        "%(products)s",
                        order=request.order_id.name,
                        products=words,
                    ),
                )


class SupplyRequestLine(models.Model):
    """What becomes of a line whose order is cancelled."""

    # The area of supply has files of its own.
    _inherit = "supply.request.line"  # pylint: disable=consider-merging-classes-inherited

    def _withdraw(self):
        """Nobody waits for these lines any more.

        :return: those whose goods come all the same
        """
        coming = self.filtered(
            lambda line: (
                line.ordered_qty
                and (
                    line.origin_move_id
                    or line._is_ordered_outside()
                    or "done" in line.move_ids.mapped("state")
                )
            )
        )
        (self - coming).move_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
        self.write({"state": "cancelled", "error": False})
        return coming
