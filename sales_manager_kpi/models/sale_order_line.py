from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "sales.stamped.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _substitution_owner = "salesman_id"
    _stamp_fields = frozenset({"recognition_cost", "recognition_categ_id"})

    recognition_cost = fields.Float(
        copy=False,
        readonly=True,
        digits=0,
        groups="sales_manager_kpi.group_cost",
        help="Cost of one unit of the product's unit of measure, in company currency, "
        "when the order first counted. Empty in the table where it was not known.",
    )

    recognition_categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Category When First Counted",
        copy=False,
        readonly=True,
        help="The product's category when the order first counted; the order stays "
        "there when the product moves to another category.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # A line added to a confirmed order counts from now on.
        lines.filtered(lambda line: line.state == "sale")._recognize_cost()
        return lines

    def _open_for_plan(self, basis):
        """What of the line does not count on ``basis`` yet, in the order's currency."""
        self.ensure_one()
        if self.state != "sale":
            return self.price_subtotal
        if basis == "order":
            return 0.0
        if basis == "delivery":
            ordered = self.product_uom_qty
            left = max(0.0, ordered - self.qty_delivered) / ordered if ordered else 0.0
            return self.price_subtotal * left
        if self.price_subtotal < 0:
            return min(0.0, self.price_subtotal - self.untaxed_amount_invoiced)
        return max(0.0, self.price_subtotal - self.untaxed_amount_invoiced)

    def _recognize_missing_cost(self):
        """Lines that came between two confirmations of their order."""
        # sudo: see _recognize_cost
        self.sudo().filtered(lambda line: not line.recognition_cost)._recognize_cost()

    def _recognize_cost(self):
        """Keep today's cost and category; later events change them on the product.

        Sale_margin's own cost is rewritten by deliveries. Called when a line first
        counts, and again as long as its cost is not known.
        """
        # sudo: the cost is kept whoever confirms, and read with group_cost only
        for line in self.sudo():
            product = line.product_id.with_company(line.company_id)
            if not product:
                continue
            category = line.recognition_categ_id or product.categ_id
            stamps = {"recognition_categ_id": category.id}
            if product.standard_price:
                stamps["recognition_cost"] = product.standard_price
            line.write(stamps)
