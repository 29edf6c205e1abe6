from odoo import fields, models


class SaleOrderControlLine(models.Model):
    """When a line of goods was promised, is expected, and reached the customer."""

    _name = "sale.order.control.line"
    _description = "Shipment of an Order Line"
    _inherit = ["append.only.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "order_id desc, order_line_id"
    _rec_name = "order_line_id"

    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", required=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", ondelete="cascade"
    )
    product_id = fields.Many2one(comodel_name="product.product", ondelete="cascade")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", index="btree_not_null"
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager of the Customer",
        index="btree_not_null",
    )
    credited_user_id = fields.Many2one(comodel_name="res.users", string="Credited To")
    branch_id = fields.Many2one(comodel_name="sales.branch", index="btree_not_null")
    ordered_qty = fields.Float(string="Ordered", digits="Product Unit")
    shipped_qty = fields.Float(string="Shipped", digits="Product Unit")
    product_uom_id = fields.Many2one(
        related="order_line_id.product_uom_id", string="Unit"
    )
    promised_on = fields.Date(
        string="Promised",
        help="The delivery date of the order, else the day Odoo told the customer.",
    )
    agreed_on = fields.Date(
        string="Promised in Time",
        help="By this day on-time shipment is judged: a later one counts where it was "
        "agreed before the goods were late.",
    )
    expected_on = fields.Date(
        string="Expected",
        help="When what is left is planned to leave. Empty while nobody answered for "
        "goods that were asked for.",
    )
    first_shipped_at = fields.Datetime(string="First Shipped")
    last_shipped_at = fields.Datetime(string="Last Shipped")
    shipped_on = fields.Date(
        string="Complete On",
        help="The day the customer's goods were complete, in the branch's time zone.",
    )
    is_late = fields.Boolean(string="Late")
    is_on_time = fields.Boolean(string="In Time")

    _line_uniq = models.UniqueIndex(
        "(order_line_id)", "A line is controlled in one row only."
    )
    _agreed_idx = models.Index("(company_id, agreed_on)")

    def _substitution_roads(self):
        return [
            *super()._substitution_roads(),
            (self._substitution_scope, "owner_id", self._substitution_company),
        ]
