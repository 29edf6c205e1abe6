from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ShowroomSampleType(models.Model):
    """A way to show goods: a hanging card, a swatch, a cut, or a full piece.

    What is cut off is consumed with its cost; a piece stays stock, in the showroom.
    """

    _name = "showroom.sample.type"
    _description = "Sample Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        help="Empty: samples of this type are in the showrooms of all companies.",
    )
    kind = fields.Selection(
        selection=[
            ("card", "Hanging card"),
            ("swatch", "Swatch"),
            ("cut", "Cut"),
            ("piece", "Full piece"),
        ],
        required=True,
        default="cut",
    )
    is_stock_tracked = fields.Boolean(
        string="Stays Stock",
        compute="_compute_is_stock_tracked",
        store=True,
        readonly=False,
        precompute=True,
        help="The sample is moved to the showroom as it is and keeps its value. "
        "Otherwise it is cut off, and its cost is an expense.",
    )
    cut_qty = fields.Float(
        string="Goods for One",
        digits="Product Unit",
        help="What one sample takes from stock. 0: nothing, as with cards of the "
        "supplier.",
    )
    cut_uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        help="Of what one sample takes. Empty: the unit of the product.",
    )
    life_days = fields.Integer(
        string="Life (days)", help="When a sample is to be replaced. 0: never."
    )
    check_every_days = fields.Integer(
        string="Check Every (days)",
        default=30,
        help="How often a sample must have been looked at. 0: never.",
    )
    loan_counts = fields.Boolean(
        string="Counts While on Loan",
        help="A sample that is with a customer, and not overdue, counts as shown.",
    )
    note = fields.Text(help="How such a sample is made and shown.")

    _cut_not_negative = models.Constraint(
        "CHECK (cut_qty >= 0)", "A sample takes 0 or more from stock."
    )
    _days_not_negative = models.Constraint(
        "CHECK (life_days >= 0 AND check_every_days >= 0)",
        "The life of a sample and the days between checks are 0 or more.",
    )

    @api.depends("kind")
    def _compute_is_stock_tracked(self):
        for kind in self:
            kind.is_stock_tracked = kind.kind == "piece"

    @api.constrains("is_stock_tracked", "cut_qty")
    def _check_piece_takes_goods(self):
        for kind in self:
            if kind.is_stock_tracked and not kind.cut_qty:
                raise ValidationError(
                    self.env._(
                        "A sample that stays stock takes goods: say how much in Goods "
                        "for One of %s.",
                        kind.name,
                    )
                )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for kind, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", kind.name)
        return vals_list

    def _fitting(self, products):
        """Those of ``products`` whose unit such a sample can be taken in."""
        self.ensure_one()
        if not self.cut_uom_id:
            return products
        units = products.uom_id.filtered(self.cut_uom_id._has_common_reference)
        return products.filtered(lambda product: product.uom_id in units)

    def _goods_for(self, product, count=1):
        """What ``count`` samples of ``product`` take from stock, in the product unit.

        :raise ValidationError: where the units are of another kind
        """
        self.ensure_one()
        unit = self.cut_uom_id or product.uom_id
        if not unit._has_common_reference(product.uom_id):
            raise ValidationError(
                self.env._(
                    "A %(type)s takes %(unit)s, and %(product)s is counted in "
                    "%(stock)s. Choose another sample type.",
                    type=self.name,
                    unit=unit.name,
                    product=product.display_name,
                    stock=product.uom_id.name,
                )
            )
        return unit._compute_quantity(
            self.cut_qty * count, product.uom_id, rounding_method="HALF-UP"
        )
