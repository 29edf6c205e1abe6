from odoo import api, fields, models
from odoo.exceptions import UserError

MOST = 200


class ShowroomMake(models.TransientModel):
    """Makes samples of a product: how many, and out of which roll."""

    _name = "showroom.make"
    _description = "Make Samples"

    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        domain="[('is_kept', '=', True)]",
        default=lambda self: self.env["sales.branch"]._of_user(),
    )
    company_id = fields.Many2one(related="branch_id.company_id")
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain="[('type', '=', 'consu')]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    sample_type_id = fields.Many2one(comodel_name="showroom.sample.type", required=True)
    count = fields.Integer(string="How Many", default=1, required=True)
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Roll",
        domain="[('product_id', '=', product_id)]",
        help="Empty: the smallest that is long enough.",
    )
    place = fields.Char()
    sample_ids = fields.Many2many(
        comodel_name="showroom.sample", help="Drafts that are made; else new ones are."
    )
    need_qty = fields.Float(
        string="Takes", digits="Product Unit", compute="_compute_need_qty"
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")

    @api.depends("product_id", "sample_type_id", "count")
    def _compute_need_qty(self):
        for wizard in self:
            kind = wizard.sample_type_id
            wizard.need_qty = (
                kind._goods_for(wizard.product_id, wizard.count)
                if kind and wizard.product_id
                else 0.0
            )

    def action_confirm(self):
        """Make the samples and open them.

        :raise UserError: where goods are missing; nothing is made then
        """
        self.ensure_one()
        if not 1 <= self.count <= MOST:
            raise UserError(self.env._("Make 1 to %s samples at a time.", MOST))
        samples = self.sample_ids or self._new_samples()
        samples._make(self.branch_id._stock_of_showroom(), self.lot_id)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "sales_manager_kpi.showroom_sample_action"
        )
        return {**action, "domain": [("id", "in", samples.ids)], "context": {}}

    def _new_samples(self):
        return self.env["showroom.sample"].create(
            [
                {
                    "branch_id": self.branch_id.id,
                    "product_id": self.product_id.id,
                    "sample_type_id": self.sample_type_id.id,
                    "place": self.place,
                }
                for __ in range(self.count)
            ]
        )


class ShowroomEnd(models.TransientModel):
    """How samples leave the showroom, and why."""

    _name = "showroom.end"
    _description = "Take Samples Out"

    sample_ids = fields.Many2many(comodel_name="showroom.sample", required=True)
    outcome = fields.Selection(
        selection=[
            ("stock", "Back into stock, for sale again"),
            ("scrap", "Thrown away"),
            ("lost", "Lost"),
        ],
        required=True,
        default="scrap",
    )
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Take all of them out, or none.

        :raise UserError: see ``showroom.sample._end``
        """
        self.ensure_one()
        self.sample_ids._end(self.outcome, self.reason)
        return {"type": "ir.actions.act_window_close"}


class ShowroomSell(models.TransientModel):
    """Sells a piece on display: on a quotation of the customer."""

    _name = "showroom.sell"
    _description = "Sell a Display Piece"

    sample_id = fields.Many2one(comodel_name="showroom.sample", required=True)
    warehouse_id = fields.Many2one(related="sample_id.branch_id.warehouse_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Quotation",
        domain="[('partner_id', 'child_of', partner_id), "
        "('state', 'in', ('draft', 'sent')), ('warehouse_id', '=', warehouse_id)]",
        help="Empty: a new one.",
    )

    def action_confirm(self):
        """Sell it, and open the quotation.

        :raise AccessError: without the right to sell display pieces
        """
        self.ensure_one()
        self.sample_id._check_may_sell()
        order = self.order_id or self.env["sale.order"].create(
            {"partner_id": self.partner_id.id, "warehouse_id": self.warehouse_id.id}
        )
        self.sample_id._sell(order)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }
