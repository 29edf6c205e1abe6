from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine.need_season import months

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
# Who was told so, and when: written by a button.
CONFIRMED = ("confirmed_on", "confirmed_by_id")


class CustomerNeed(models.Model):
    """What a customer needs of our range, of which quality, how much, and when.

    Offers and the manager's day look here; see ``_needed_products``.
    """

    _name = "customer.need"
    _description = "Need of a Customer"
    _inherit = "sales.substituted.mixin"
    _substitution_scope = "orders"
    _order = "partner_id, season_from, id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        domain="[('parent_id', '=', False)]",
        help="The commercial entity.",
    )
    user_id = fields.Many2one(
        related="partner_id.user_id", string="Owner", store=True, index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        comodel_name="product.product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category",
        string="Range",
        index="btree_not_null",
        ondelete="restrict",
        help="A product category, where it is not one product.",
    )
    quality = fields.Char(
        string="Qualities",
        help="What matters to them: weight, width, flame retardant, washable, …",
    )
    quantity = fields.Float(
        digits="Product Unit",
        help="In a season, or in a year without one. 0: not known.",
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Unit",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    product_quantity = fields.Float(
        string="In the Product's Unit",
        digits="Product Unit",
        compute="_compute_product_quantity",
        store=True,
        help="0 for a whole range: its products have units of their own.",
    )
    season_from = fields.Selection(selection=MONTHS)
    season_to = fields.Selection(
        selection=MONTHS,
        help="This month too. Before the first month it is that of the next year.",
    )
    season_months = fields.Char(
        compute="_compute_season_months",
        store=True,
        export_string_translation=False,
        help="The numbers of its months between commas.",
    )
    confirmed_on = fields.Date(
        string="Last Confirmed",
        readonly=True,
        copy=False,
        default=lambda self: self._default_confirmed_on(),
        help="When the customer said so the last time. Empty: we only suppose it.",
    )
    confirmed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Confirmed To",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    is_supposed = fields.Boolean(
        string="From History",
        readonly=True,
        copy=False,
        help="Proposed from what the customer bought; ask whether it is so.",
    )
    note = fields.Text()

    _one_thing = models.Constraint(
        "CHECK ((product_id IS NULL) <> (categ_id IS NULL))",
        "Choose a product or a range, one of both.",
    )
    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)",
    )
    _season_whole = models.Constraint(
        "CHECK ((season_from IS NULL) = (season_to IS NULL))",
        "A season has a first and a last month, or neither.",
    )

    @api.model
    def _default_confirmed_on(self):
        return self.env["sales.branch"]._company_local_date(self.env.company)

    @api.depends("partner_id", "product_id", "categ_id", "quality")
    def _compute_display_name(self):
        for need in self:
            thing = need.product_id or need.categ_id
            parts = (need.partner_id.name, thing.display_name, need.quality)
            need.display_name = ", ".join(part for part in parts if part)

    @api.depends("product_id")
    def _compute_uom_id(self):
        for need in self:
            unit, own = need.uom_id, need.product_id.uom_id
            if own and (not unit or not unit._has_common_reference(own)):
                need.uom_id = own

    @api.depends("product_id", "uom_id", "quantity")
    def _compute_product_quantity(self):
        for need in self:
            unit, own = need.uom_id, need.product_id.uom_id
            fits = unit and own and unit._has_common_reference(own)
            need.product_quantity = (
                unit._compute_quantity(need.quantity, own, round=False) if fits else 0.0
            )

    @api.depends("season_from", "season_to")
    def _compute_season_months(self):
        for need in self:
            found = months(int(need.season_from or 0), int(need.season_to or 0))
            need.season_months = f",{','.join(map(str, found))},"

    @api.constrains("product_id", "uom_id", "quantity")
    def _check_uom_id(self):
        for need in self:
            unit, own = need.uom_id, need.product_id.uom_id
            if need.quantity and not unit:
                raise ValidationError(
                    self.env._("Say in which unit %s is needed.", need.display_name)
                )
            if own and unit and not unit._has_common_reference(own):
                raise ValidationError(
                    self.env._(
                        "%(unit)s cannot be converted into the unit of %(product)s, "
                        "which is %(own)s. Choose another unit.",
                        unit=unit.name,
                        product=need.product_id.display_name,
                        own=own.name,
                    )
                )

    @api.constrains("partner_id")
    def _check_partner_id(self):
        for need in self:
            customer = need.partner_id
            if customer != customer.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "Write the need down for %(company)s, to whom %(person)s "
                        "belongs.",
                        company=customer.commercial_partner_id.display_name,
                        person=customer.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # a context gives values too
        given = {
            name: self.env.context[f"default_{name}"]
            for name in CONFIRMED
            if f"default_{name}" in self.env.context
        }
        self._check_confirmed([{**given, **vals} for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        self._check_confirmed([vals])
        if not self.env.su and not vals.get("is_supposed", True):
            raise UserError(self._confirm_words())
        result = super().write(vals)
        if "partner_id" in vals:
            self.check_access("write")  # not to a customer of somebody else either
        return result

    def _check_confirmed(self, vals_list):
        """
        :raise UserError: for a confirmation in another name, or on another day
        """
        if self.env.su:
            return
        for vals in vals_list:
            day, who = vals.get("confirmed_on"), vals.get("confirmed_by_id")
            today = self._default_confirmed_on()
            if (day and fields.Date.to_date(day) != today) or (
                who and who != self.env.uid
            ):
                raise UserError(self._confirm_words())

    def _confirm_words(self):
        return self.env._("Confirm a need with its button, on the day itself.")

    def action_confirm(self):
        """The customer said today, to the current user, that it still is so."""
        self.check_access("write")
        # sudo: who was told, and when, is written by this button alone
        self.sudo().write(
            {
                "confirmed_on": self._default_confirmed_on(),
                "confirmed_by_id": self.env.uid,
                "is_supposed": False,
            }
        )
        return True
