from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

ASKED = {
    *("branch_id", "partner_id", "product_id", "sample_type_id"),
    *("product_qty", "lot_id"),
}
# The parcel may get its number after it left.
KEPT = {"courier", "tracking_ref", "note"}


class ShowroomGiveaway(models.Model):
    """Goods that somebody gets for nothing: out of stock at their cost, and no sale.

    What was given is a move that is done; what comes back is a movement of its own.
    """

    _name = "showroom.giveaway"
    _description = "Give-Away"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "steps.only.mixin",
        "showroom.kept.mixin",
        "showroom.goods.mixin",
    ]
    _number_field = "name"
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(readonly=True, copy=False, default="/")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Manager",
        required=True,
        index=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    categ_id = fields.Many2one(related="product_id.categ_id", store=True)
    tracking = fields.Selection(related="product_id.tracking")
    sample_type_id = fields.Many2one(
        comodel_name="showroom.sample.type",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Says how much one of them takes. Empty: type the quantity.",
    )
    product_qty = fields.Float(
        string="Quantity",
        digits="Product Unit",
        compute="_compute_product_qty",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="In the unit of the product.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Roll",
        copy=False,
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
        help="Empty: the smallest that is long enough.",
    )
    courier = fields.Char(tracking=True)
    tracking_ref = fields.Char(string="Tracking No.", copy=False, tracking=True)
    given_on = fields.Date(readonly=True, copy=False, index="btree_not_null")
    state = fields.Selection(
        string="Status",
        selection=[("draft", "Draft"), ("given", "Given")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    cost = fields.Monetary(
        readonly=True,
        copy=False,
        groups="sales_manager_kpi.group_cost",
        help="What the goods had cost.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_ids = fields.One2many(
        comodel_name="stock.move",
        inverse_name="showroom_giveaway_id",
        readonly=True,
        groups="stock.group_stock_user",
    )
    note = fields.Text()

    _quantity_not_negative = models.Constraint(
        "CHECK (product_qty >= 0)", "A give-away takes 0 or more from stock."
    )

    @api.depends("product_id", "sample_type_id")
    def _compute_product_qty(self):
        for gift in self:
            if gift.state in ("draft", False) and gift.product_id:
                kind = gift.sample_type_id
                gift.product_qty = (
                    kind._goods_for(gift.product_id)
                    if kind
                    else gift.product_qty or 1.0
                )
            else:
                gift.product_qty = gift.product_qty

    @api.constrains("product_id", "lot_id")
    def _check_goods(self):
        for gift in self:
            if gift.product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%s cannot be given: it is no goods. Choose a product that is.",
                        gift.product_id.display_name,
                    )
                )
            if gift.lot_id and gift.lot_id.product_id != gift.product_id:
                raise ValidationError(
                    self.env._(
                        "Roll %(roll)s is of another product. Choose one of "
                        "%(product)s, or none.",
                        roll=gift.lot_id.name,
                        product=gift.product_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def write(self, vals):
        if not self.env.su and not ASKED.isdisjoint(vals):
            self._check_draft()
        return super().write(vals)

    @api.model
    def _typed_fields(self):
        return ASKED | KEPT

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        if any(gift.state != "draft" for gift in self):
            raise ValidationError(
                self.env._("What was given is kept: the goods have left stock.")
            )

    def _check_draft(self):
        """
        :raise UserError: for what was given already
        """
        for gift in self:
            if gift.state != "draft":
                raise UserError(
                    self.env._("%s was given already. Make another one.", gift.name)
                )

    # ------------------------------------------------------------------
    # Given
    # ------------------------------------------------------------------

    def action_give(self):
        """Take the goods out of the branch's stock, at their cost.

        :raise AccessError: for who does not work in the branch
        :raise UserError: where less is free, or the roll is too short
        """
        self._check_keeping()
        self._check_draft()
        for gift in self:
            if gift.uom_id.compare(gift.product_qty, 0) <= 0:
                raise UserError(
                    self.env._("Say how much of %s is given.", gift.product_id.name)
                )
        for gift in self.sudo():  # sudo: goods move, for who keeps the showroom
            gift._give()
        return True

    def _give(self):
        """In sudo."""
        branch = self.branch_id
        stock = branch._stock_of_showroom()
        self.env["stock.hold"]._lock_quants(self.product_id, stock)
        place, roll = self._choose_roll(stock, self.lot_id, self.product_qty)
        move = self._move_goods(
            self.product_qty,
            place,
            branch._showroom_location("sample"),
            roll,
            self.env._("Give-away"),
        )
        self.write(
            {
                "state": "given",
                "given_on": branch._local_today(),
                "lot_id": roll.id,
                "cost": abs(move.value),
            }
        )

    def _goods_words(self):
        return self.env._(
            "%(name)s of %(product)s",
            name=self.name,
            product=self.product_id.display_name,
        )

    def _goods_origin(self, words):
        return f"{words} {self.name}"

    def _goods_link(self):
        return {"showroom_giveaway_id": self.id}


class StockMove(models.Model):
    """Moves of give-aways."""

    # Give-aways have files of their own.
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    showroom_giveaway_id = fields.Many2one(
        comodel_name="showroom.giveaway",
        string="Give-Away",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
