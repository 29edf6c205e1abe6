from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

SOURCES = [
    ("manual", "Chosen"),
    ("category", "Category"),
    ("showroom", "Showroom"),
    ("bought", "Bought before"),
    ("similar", "Similar customers"),
    ("needed", "Needs of the customer"),
]
TYPED = {
    *("offer_id", "sequence", "product_id", "product_uom_id", "quantity", "min_qty"),
    *("description", "typed_price", "source", "reason"),
}
# Of all lines, what the figures of each depend on.
ASKED = ("product_id", "product_uom_id", "quantity", "typed_price")
# What `sales.offer._live_figures` tells of a line, as the fields show it.
FIGURES = (
    *("list_price", "norm_price", "price_unit", "price_subtotal", "free_price"),
    *("discount", "allowed_percent", "bonus", "last_qty", "last_price"),
    *("free_qty", "central_qty", "coming_qty"),
)


class SalesOfferLine(models.Model):
    """A product that is offered: what it costs this customer, and where it is.

    Prices are per the line's unit, in the currency of the offer and in the tax frame
    of the price list. Nothing is priced here: see ``sales.offer._order_in_memory``.
    """

    _name = "sales.offer.line"
    _description = "Offer: Product"
    _inherit = ["steps.only.mixin", "sales.export.logged.mixin"]
    _order = "offer_id, sequence, id"
    _check_company_auto = True

    offer_id = fields.Many2one(
        comodel_name="sales.offer", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="offer_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="offer_id.currency_id")
    state = fields.Selection(related="offer_id.state")
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True), ('type', '!=', 'combo')]",
    )
    product_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_product_uom_id",
        store=True,
        readonly=False,
        copy=True,
        precompute=True,
        required=True,
        ondelete="restrict",
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    min_qty = fields.Float(
        string="Minimum",
        digits="Product Unit",
        help="The least that can be ordered, in the unit of the line; 0 for any.",
    )
    description = fields.Text(
        string="Composition",
        compute="_compute_description",
        store=True,
        readonly=False,
        copy=True,
        precompute=True,
    )
    typed_price = fields.Float(
        string="Price by Hand",
        min_display_digits="Product Price",
        help="Empty for the price of the price list. A price beyond your authority is "
        "marked, and an offer with one is neither printed nor sent.",
    )
    source = fields.Selection(
        selection=SOURCES, required=True, default="manual", copy=False
    )
    reason = fields.Char(string="Why", copy=False)
    image_128 = fields.Image(related="product_id.image_128", string="Picture")

    list_price = fields.Float(
        min_display_digits="Product Price", compute="_compute_figures"
    )
    norm_price = fields.Float(
        string="Price List",
        min_display_digits="Product Price",
        compute="_compute_figures",
        help="What the customer's own price list gives.",
    )
    price_unit = fields.Float(
        string="Customer's Price",
        min_display_digits="Product Price",
        compute="_compute_figures",
    )
    discount = fields.Float(
        string="Off the List (%)", digits="Discount", compute="_compute_figures"
    )
    price_subtotal = fields.Monetary(
        string="Untaxed Amount", compute="_compute_figures"
    )
    free_price = fields.Float(
        string="Lowest Without Approval",
        min_display_digits="Product Price",
        compute="_compute_figures",
        help="Empty where no norm limits the price.",
    )
    allowed_percent = fields.Float(
        string="May Be Given (%)",
        digits="Discount",
        compute="_compute_figures",
        help="The discount off the price list that needs no approval.",
    )
    needs_approval = fields.Boolean(compute="_compute_figures")
    bonus = fields.Float(
        string="Expected Bonus",
        min_display_digits="Product Price",
        compute="_compute_figures",
        help="What the bonus agreement of the customer will probably give, per unit.",
    )
    rule_label = fields.Char(string="Priced By", compute="_compute_figures")
    explanation = fields.Text(string="Step by Step", compute="_compute_figures")
    last_date = fields.Date(string="Last Bought", compute="_compute_figures")
    last_qty = fields.Float(
        string="Last Quantity", digits="Product Unit", compute="_compute_figures"
    )
    last_price = fields.Float(
        min_display_digits="Product Price",
        compute="_compute_figures",
        help="Per unit of the line, in the currency of the offer.",
    )
    free_qty = fields.Float(
        string="Free in the Branch", digits="Product Unit", compute="_compute_figures"
    )
    central_qty = fields.Float(
        string="Free in the Centre", digits="Product Unit", compute="_compute_figures"
    )
    coming_qty = fields.Float(
        string="Coming In", digits="Product Unit", compute="_compute_figures"
    )
    promised_on = fields.Date(string="Can Be There On", compute="_compute_figures")
    availability = fields.Char(compute="_compute_figures")

    _quantities = models.Constraint(
        "CHECK (quantity > 0 AND min_qty >= 0 AND typed_price >= 0)",
        "Quantities are above zero; minimum quantities and prices are not negative.",
    )

    @api.depends("product_id")
    def _compute_product_uom_id(self):
        for line in self:
            line.product_uom_id = line.product_id.uom_id

    @api.depends("product_id", "offer_id.partner_id")
    def _compute_description(self):
        for line in self:
            lang = line.offer_id.partner_id.lang
            product = line.product_id.with_context(lang=lang or self.env.lang)
            line.description = product and product._offer_description()

    @api.depends("offer_id.figures", *(f"offer_id.line_ids.{name}" for name in ASKED))
    @api.depends_context("lang")
    def _compute_figures(self):
        for offer, lines in self.grouped("offer_id").items():
            known = (offer.figures or {}).get("lines", {})
            for line in lines:
                line._show_figures(known.get(str(line.id), {}))

    def _show_figures(self, row):
        self.update({name: row.get(name) or 0.0 for name in FIGURES})
        self.needs_approval = bool(row.get("needs_approval"))
        self.rule_label = row.get("rule_label") or False
        self.last_date = row.get("last_date") or False
        self.promised_on = row.get("promised_on") or False
        self.explanation = self.offer_id._explained(row)
        self.availability = self.offer_id._availability_words(row)

    @api.constrains("product_id", "product_uom_id")
    def _check_product_id(self):
        """What cannot be sold, or not in this unit, cannot be offered."""
        for line in self:
            product = line.product_id
            if not product.active or not product.sale_ok or product.type == "combo":
                raise ValidationError(
                    self.env._(
                        "%(product)s is not for sale, or archived. Take it off the "
                        "offer.",
                        product=product.display_name,
                    )
                )
            if not line.product_uom_id._has_common_reference(product.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is sold by %(own)s, which %(unit)s cannot be "
                        "converted to. Choose another unit.",
                        product=product.display_name,
                        own=product.uom_id.name,
                        unit=line.product_uom_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        result = super().write(vals)
        if "offer_id" in vals:
            self._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._check_draft()

    def _check_draft(self):
        if not self.env.su:
            self.offer_id._check_state("draft")

    @api.model
    def _typed_fields(self):
        return TYPED

    def action_open_product(self):
        """Open the product.

        :raise UserError: never for a saved line
        """
        self.ensure_one()
        if not self.product_id:
            raise UserError(self.env._("Choose a product first."))
        return self.product_id._get_records_action()


class ProductProduct(models.Model):
    """What an offer tells of a product."""

    # Offers tell of products in their own words.
    _inherit = "product.product"  # pylint: disable=consider-merging-classes-inherited

    def _offer_description(self):
        """Composition and properties, a line each, and the words for customers."""
        self.ensure_one()
        rows = [f"{name}: {values}" for name, values in self._showroom_composition()]
        if self.description_sale:
            rows.append(self.description_sale)
        return "\n".join(rows)
