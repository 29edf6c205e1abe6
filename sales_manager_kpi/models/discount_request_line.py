from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class DiscountRequestLine(models.Model):
    """A line of an order as it was when approval was asked for.

    Prices are per the line's unit and in the tax frame of the order line.
    """

    _name = "discount.request.line"
    _description = "Discount Request: Line"
    _order = "request_id, id"

    request_id = fields.Many2one(
        comodel_name="discount.request", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="request_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="request_id.currency_id")
    state = fields.Selection(related="request_id.state")
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line", index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom", string="Unit", readonly=True
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    list_price = fields.Float(min_display_digits="Product Price", readonly=True)
    norm_price = fields.Float(min_display_digits="Product Price", readonly=True)
    asked_price = fields.Float(
        min_display_digits="Product Price",
        readonly=True,
        help="What remains of the price when all discounts by hand are taken off.",
    )
    approved_price = fields.Float(
        string="Lowest Price Approved",
        min_display_digits="Product Price",
        help="The price may be this or more. Raise it to make a counter-offer.",
    )
    percent = fields.Float(
        string="Below the Norm (%)", digits="Discount", readonly=True, aggregator=False
    )
    margin_percent = fields.Float(
        string="Margin (%)",
        digits="Discount",
        readonly=True,
        aggregator=False,
        groups="sales_manager_kpi.group_cost",
    )
    findings = fields.Char(string="Outside the Norm", readonly=True)

    def write(self, vals):
        if not self.env.su:
            self._check_may_write(vals)
        return super().write(vals)

    def _check_may_write(self, vals):
        """Only who decides sets a lowest price, and none below what is asked."""
        if set(vals) != {"approved_price"} or any(r.state != "pending" for r in self):
            raise AccessError(
                self.env._(
                    "A request stays as it was asked; only the lowest price approved "
                    "is set, until it is decided."
                )
            )
        for request in self.request_id:
            request._check_authority()
        if any(vals["approved_price"] < line.asked_price for line in self):
            raise UserError(
                self.env._("The lowest price approved is not below what is asked.")
            )
