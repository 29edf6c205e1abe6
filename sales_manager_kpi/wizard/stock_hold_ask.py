from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..engine.rolls import longest, smallest_roll


class StockHoldAsk(models.TransientModel):
    """What of a quotation is held, from which rolls, and until when."""

    _name = "stock.hold.ask"
    _description = "What to Hold"

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Quotation", required=True
    )
    until_on = fields.Date(
        string="Until",
        required=True,
        help="Until the end of this working day of the branch.",
    )
    latest_on = fields.Date(string="At the Latest", readonly=True)
    line_ids = fields.One2many(
        comodel_name="stock.hold.ask.line", inverse_name="ask_id", string="Goods"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id"))
        if not order:
            return values
        branch = order._check_holds_goods()
        lines = order.order_line
        if ids := self.env.context.get("hold_line_ids"):
            lines = lines.filtered(lambda line: line.id in ids)
        latest = branch._local_date(branch._hold_end())
        rows = [Command.create(vals) for vals in self._prepare_lines(lines, branch)]
        values.update(until_on=latest, latest_on=latest, line_ids=rows)
        return values

    @api.model
    def _prepare_lines(self, lines, branch):
        """Rows of what is not held yet, preset to what is free of it."""
        held = lines._live_held()
        left = {}
        rows = []
        for line in lines.filtered(lambda line: line.product_id.is_storable):
            product = line.product_id
            need = line._stock_quantity(line.product_uom_qty) - held.get(line, 0.0)
            if product.uom_id.compare(need, 0) <= 0:
                continue
            if product not in left:
                left[product] = product._free_pieces(branch.warehouse_id.lot_stock_id)
            rows.append(self._prepare_line(line, need, left[product]))
            left[product] = _without(
                left[product], rows[-1]["lot_ids"], rows[-1].pop("preset")
            )
        return rows

    @api.model
    def _prepare_line(self, line, need, pieces):
        """One row; ``preset`` is its quantity in the product's unit."""
        product = line.product_id
        step = 10 ** -self.env["decimal.precision"].precision_get("Product Unit")
        free = sum(part for __, part in pieces)
        preset, lots = min(need, free), self.env["stock.lot"]
        if product.product_tmpl_id._is_cut_whole():
            preset = min(need, longest(pieces))
            key = smallest_roll(preset, pieces, step) if preset else None
            lots = key[1] if key else lots
        unit = line.product_uom_id
        return {
            "order_line_id": line.id,
            "need_qty": _in_unit(need, product, unit),
            "free_qty": _in_unit(free, product, unit),
            "quantity": _in_unit(preset, product, unit),
            "lot_ids": [Command.set(lots.ids)],
            "preset": preset,
        }

    def action_confirm(self):
        """Hold the goods of all lines with a quantity, or of none.

        :raise UserError: where something cannot be held, or nothing is asked for
        """
        self.ensure_one()
        lines = self.line_ids.filtered("quantity")
        if not lines:
            raise UserError(self.env._("Say how much is to be held."))
        until = self._until_at()
        for line in lines:
            if line.order_line_id.order_id != self.order_id:
                raise UserError(self.env._("Hold goods of one quotation at a time."))
            line.order_line_id._hold(line.quantity, line.lot_ids, until)
        return {"type": "ir.actions.act_window_close"}

    def _until_at(self):
        """The end of the chosen day, no later than the company allows.

        :raise UserError: for a day that is over, or later
        """
        branch = self.order_id._check_holds_goods()
        end = branch._hold_end()
        latest = branch._local_date(end)
        if self.until_on > latest:
            raise UserError(
                self.env._(
                    "Goods are held until %s at the latest. Extend the hold when the "
                    "day comes.",
                    fields.Date.to_string(latest),
                )
            )
        if self.until_on == latest:
            return end
        return branch._end_of_work(self.until_on)


class StockHoldAskLine(models.TransientModel):
    """What of one order line is held."""

    _name = "stock.hold.ask.line"
    _description = "Line of What to Hold"

    ask_id = fields.Many2one(
        comodel_name="stock.hold.ask", required=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(comodel_name="sale.order.line", required=True)
    product_id = fields.Many2one(related="order_line_id.product_id")
    tracking = fields.Selection(related="product_id.tracking")
    product_uom_id = fields.Many2one(
        related="order_line_id.product_uom_id", string="Unit"
    )
    need_qty = fields.Float(string="Not Held Yet", digits="Product Unit", readonly=True)
    free_qty = fields.Float(string="Free", digits="Product Unit", readonly=True)
    quantity = fields.Float(string="Hold", digits="Product Unit")
    lot_choice_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Lots with Goods",
        compute="_compute_lot_choice",
        compute_sudo=True,
    )
    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Lots",
        domain="[('id', 'in', lot_choice_ids)]",
        help="Empty: the shortest roll that is long enough. Several: the quantity is "
        "joined from them.",
    )

    @api.depends("order_line_id")
    def _compute_lot_choice(self):
        for line in self:
            order = line.order_line_id.order_id
            stock = order.warehouse_id.lot_stock_id
            pieces = []
            if stock and line.product_id.tracking != "none":
                pieces = line.product_id._free_pieces(stock)
            line.lot_choice_ids = self.env["stock.lot"].union(
                *(lot for (__, lot, *__), __ in pieces)
            )


def _in_unit(quantity, product, unit):
    """``quantity`` of the product's unit in another of its kind, never too much."""
    return product.uom_id._compute_quantity(quantity, unit, rounding_method="DOWN")


def _without(pieces, lot_command, quantity):
    """What is left of ``pieces`` for the next line of the same product."""
    lot_ids = lot_command[0][2]
    left = []
    for key, free in pieces:
        part = min(free, quantity) if not lot_ids or key[1].id in lot_ids else 0.0
        quantity -= part
        if free - part > 0:
            left.append((key, free - part))
    return left
