from odoo import api, fields, models
from odoo.exceptions import AccessError

EVENTS = [
    ("quote", "Quotation sent"),
    ("approve", "Approved"),
    ("confirm", "Confirmed"),
    ("post_edit", "Changed after confirmation"),
    ("invoice", "Invoiced"),
]


class SalePriceTrace(models.Model):
    """Why a line had the price it had, as it was at that moment; never computed again.

    Rules are renamed, changed and deleted, rates move: a year later only this tells.
    Prices are per unit of the line, in the order's currency and in the tax frame of
    the line's price.
    """

    _name = "sale.price.trace"
    _description = "Price Trace"
    _inherit = ["append.only.mixin"]
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, index=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(comodel_name="sale.order.line", ondelete="set null")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="set null",
        help="By which it was invoiced; empty otherwise.",
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, index=True)
    event = fields.Selection(selection=EVENTS, required=True)
    create_date = fields.Datetime(string="On", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By")
    acting_for_id = fields.Many2one(comodel_name="res.users", string="For")
    product_id = fields.Many2one(comodel_name="product.product")
    quantity = fields.Float(digits="Product Unit")
    product_uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit")
    currency_id = fields.Many2one(comodel_name="res.currency")
    rate = fields.Float(
        digits=0, aggregator=False, help="Order currency per company currency."
    )
    list_price = fields.Float(min_display_digits="Product Price", aggregator=False)
    norm_price = fields.Float(min_display_digits="Product Price", aggregator=False)
    net_price = fields.Float(min_display_digits="Product Price", aggregator=False)
    final_price = fields.Float(min_display_digits="Product Price", aggregator=False)
    pocket_price = fields.Float(
        min_display_digits="Product Price",
        aggregator=False,
        help="What is left when paying early and the expected bonus are taken off.",
    )
    rule_id = fields.Many2one(
        comodel_name="product.pricelist.item", ondelete="set null"
    )
    rule_label = fields.Char(help="The rule behind the norm, as it was called then.")
    manual_percent = fields.Float(digits="Discount", aggregator=False)
    cost = fields.Float(
        min_display_digits="Product Price",
        aggregator=False,
        groups="sales_manager_kpi.group_cost",
    )
    margin_percent = fields.Float(
        digits="Discount", aggregator=False, groups="sales_manager_kpi.group_cost"
    )
    steps = fields.Json(
        export_string_translation=False,
        help="From the list price down: code, what is behind it, amount per unit.",
    )
    explanation = fields.Text(
        string="Step by Step",
        compute="_compute_explanation",
        help="From the list price down to what is left, and what or who is behind it.",
    )
    request_id = fields.Many2one(
        comodel_name="discount.request",
        string="Approval",
        index="btree_not_null",
        ondelete="restrict",
    )

    _line_event_idx = models.Index("(order_line_id, event)")

    @api.depends("steps")
    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for trace in self:
            order = trace.order_id.sudo()  # sudo: its currency and words, no more
            trace.explanation = "\n".join(
                _step_line(step) for step in order._step_words(trace.steps or [])
            )

    @api.model
    def _agreed(self, lines):
        """``{order line id: the last trace of what was agreed}``, in one query."""
        # sudo: the system's memory of prices, whoever asks; costs have a group
        rows = self.sudo().search_fetch(
            [
                ("order_line_id", "in", lines.ids),
                ("event", "in", ("confirm", "post_edit")),
            ],
            order="id",
        )
        return {row.order_line_id.id: row for row in rows}

    def _still_holds(self):
        """Whether it says what the price is: not of an invoice that was undone."""
        if self.event != "invoice":
            return True
        move = self.move_id
        return move.state == "posted" and move.payment_state != "reversed"

    def _prepare_event(self, event):
        """Values of a later event of the same line that keeps the norm of this one."""
        [vals] = self.copy_data({"event": event})
        return vals

    @api.model
    def _refusal(self):
        return AccessError(
            self.env._("Price traces are written by the system and stay as they are.")
        )


def _step_line(step):
    """A step in one line: what, how much, what remains, and why."""
    price = step["price"] if step["total"] else f"{step['amount']} → {step['price']}"
    reasons = [
        f"{source['label']} ({source['validity']})"
        if source["validity"]
        else source["label"]
        for source in step["sources"]
    ]
    return " · ".join([f"{step['name']}: {price}", *reasons])
