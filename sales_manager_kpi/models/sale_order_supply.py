from odoo import fields, models


class SaleOrder(models.Model):
    """What was asked of the departments for an order."""

    # The area of supply has files of its own.
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    supply_request_ids = fields.One2many(
        comodel_name="supply.request", inverse_name="order_id", readonly=True
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
        if self.env["supply.department"]._exist():
            counts = dict(
                self.env["supply.request"]._read_group(
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
