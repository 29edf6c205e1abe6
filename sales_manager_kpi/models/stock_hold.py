from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

LIVE = ("active", "partial")
# what is asked of holds that are live, read with them
LIVE_FIELDS = (
    "branch_id",
    "held_qty",
    "move_id",
    "order_id",
    "order_line_id",
    "product_id",
    "product_qty",
    "state",
    "until_at",
    "user_id",
    "warehouse_id",
)
OPEN_FIELDS = frozenset({"note"})


class StockHold(models.Model):
    """Goods reserved for a customer before the order is confirmed.

    A move of the branch's stock to its location of holds, without transfer, reserves
    them where Odoo itself looks, so that nobody else gets them. Made on the quotation,
    given to the order when it is confirmed, and given back when its time is over.
    """

    _name = "stock.hold"
    _description = "Hold of Goods"
    _inherit = ["mail.thread", "mail.activity.mixin", "sales.substituted.mixin"]
    _substitution_scope = "orders"
    _order = "until_at desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(string="Number", required=True, readonly=True, copy=False)
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("active", "Held"),
            ("partial", "Shrunk"),
            ("consumed", "Ordered"),
            ("expired", "Expired"),
            ("released", "Released"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Shrunk: less is there than was held, mostly after a count.",
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Quotation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    lot_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Lots",
        readonly=True,
        help="The rolls that are held, as they were chosen.",
    )
    product_uom_qty = fields.Float(
        string="Quantity",
        digits="Product Unit",
        required=True,
        readonly=True,
        tracking=True,
        help="In the unit of the order line.",
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    product_qty = fields.Float(
        string="Quantity in Stock Unit",
        digits="Product Unit",
        required=True,
        readonly=True,
        help="What was asked for, in the product's unit.",
    )
    stock_uom_id = fields.Many2one(
        related="product_id.uom_id", string="Stock Unit", related_sudo=True
    )
    held_qty = fields.Float(
        string="Held Now",
        digits="Product Unit",
        readonly=True,
        copy=False,
        tracking=True,
        help="What is reserved now, in the product's unit.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    branch_id = fields.Many2one(
        comodel_name="sales.branch",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
    )
    until_at = fields.Datetime(
        string="Until", required=True, readonly=True, tracking=True
    )
    move_id = fields.Many2one(
        comodel_name="stock.move",
        string="Stock Move",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    extension_count = fields.Integer(
        string="Extensions", readonly=True, copy=False, tracking=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        readonly=True,
        index=True,
        tracking=True,
        help="The manager of the quotation.",
    )
    held_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    acting_for_id = fields.Many2one(
        comodel_name="res.users",
        string="Held For",
        readonly=True,
        copy=False,
        help="For whom, where whoever held the goods stood in for somebody.",
    )
    release_reason = fields.Char(readonly=True, copy=False, tracking=True)
    ended_at = fields.Datetime(string="Ended On", readonly=True, copy=False)
    ended_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    note = fields.Text()

    _move_uniq = models.UniqueIndex("(move_id) WHERE move_id IS NOT NULL")
    _quantity_positive = models.Constraint(
        "CHECK (product_qty > 0 AND product_uom_qty > 0 AND held_qty >= 0)",
        "The quantity of a hold is more than 0.",
    )
    _live_idx = models.Index(
        "(product_id, warehouse_id, until_at) WHERE state IN ('active', 'partial')"
    )

    # ------------------------------------------------------------------
    # What may be held
    # ------------------------------------------------------------------

    @api.constrains("order_line_id", "product_qty", "state")
    def _check_not_more_than_ordered(self):
        """All that is held for a line is not more than the line."""
        lines = self.filtered(lambda hold: hold.state in LIVE).order_line_id
        for line, held in lines._live_held().items():
            ordered = line._stock_quantity(line.product_uom_qty)
            if line.product_id.uom_id.compare(held, ordered) > 0:
                raise ValidationError(
                    self.env._(
                        "%(held)s %(unit)s of %(product)s would be held for a line of "
                        "%(ordered)s. Raise the quantity of the line, or hold less.",
                        held=held,
                        ordered=ordered,
                        unit=line.product_id.uom_id.name,
                        product=line.product_id.display_name,
                    )
                )

    @api.constrains("product_id", "order_line_id")
    def _check_product(self):
        for hold in self.filtered("order_line_id"):
            if hold.product_id != hold.order_line_id.product_id:
                raise ValidationError(
                    self.env._("A hold is of the product of its order line.")
                )

    # ------------------------------------------------------------------
    # Written by the system
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise self._refusal()
        for vals in vals_list:
            vals["name"] = self.env["ir.sequence"].next_by_code("stock.hold") or "/"
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and not OPEN_FIELDS.issuperset(vals):
            raise self._refusal()
        return super().write(vals)

    @api.model
    def _refusal(self):
        """Readonly in a view binds no import and no remote call, so the server does."""
        return AccessError(
            self.env._(
                "Goods are held on the quotation; use Extend and Release to change a "
                "hold."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self.filtered(lambda hold: hold.state != "draft"):
            raise ValidationError(
                self.env._("Holds are kept. Release what is not needed any more.")
            )

    # ------------------------------------------------------------------
    # Found
    # ------------------------------------------------------------------

    @api.model
    def _live(self, *domain):
        """Holds that reserve goods now, past their time or not; as sudo.

        :param domain: further conditions
        """
        # sudo: what is held binds everybody
        live = [("state", "in", LIVE), *domain]
        # sudo: as above
        return self.sudo().search_fetch(live, LIVE_FIELDS, order="id")

    def _is_over(self):
        """Whether its time is over, also where nobody has given it back yet."""
        self.ensure_one()
        return self.until_at <= fields.Datetime.now()

    def action_open_order(self):
        """Open the quotation the goods are held for."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }
