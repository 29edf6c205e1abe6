from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.market import converted, difference, unit_price


class MarketNote(models.Model):
    """A price of a competitor, beside ours.

    Converted once, when it is written: into the product's unit, and into the company's
    currency at the rate of the day. Our list price is kept beside it as it was when the
    note was made: no correction of what they ask reads it again, only another product
    or another day does.
    """

    # Prices have a file of their own.
    _inherit = "market.note"  # pylint: disable=consider-merging-classes-inherited

    price = fields.Float(
        string="Their Price",
        digits="Product Price",
        aggregator=None,
        tracking=True,
        help="Untaxed, for one of the unit. 0: none was told.",
    )
    price_currency_id = fields.Many2one(
        comodel_name="res.currency",
        string="Their Currency",
        default=lambda self: self.env.company.currency_id,
    )
    uom_id = fields.Many2one(
        comodel_name="uom.uom",
        string="Per",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    price_rate = fields.Float(
        string="Rate",
        digits=0,
        compute="_compute_product_price",
        store=True,
        aggregator=None,
        help="Of their currency for one of the company's, on the day of the note.",
    )
    price_rate_on = fields.Date(
        string="Rate Of", compute="_compute_product_price", store=True
    )
    product_price = fields.Float(
        string="Their Price in Our Unit and Currency",
        digits=0,
        compute="_compute_product_price",
        store=True,
        aggregator="avg",
    )
    list_price = fields.Float(
        string="Our List Price",
        digits=0,
        compute="_compute_list_price",
        store=True,
        aggregator="avg",
        help="Per unit, in company currency, as it was when the price was noted.",
    )
    price_difference = fields.Float(
        string="Against Ours (%)",
        compute="_compute_price_difference",
        help="Below 0 they are cheaper than our list price.",
    )
    has_list_price = fields.Boolean(compute="_compute_price_difference")

    _price_not_negative = models.Constraint(
        "CHECK (price >= 0)", "A price is 0, which is none, or more."
    )

    @api.depends("product_id")
    def _compute_uom_id(self):
        for note in self:
            unit, own = note.uom_id, note.product_id.uom_id
            if own and (not unit or not unit._has_common_reference(own)):
                note.uom_id = own

    @api.depends(
        *("price", "price_currency_id", "uom_id", "product_id", "noted_on"),
        "company_id",
    )
    def _compute_product_price(self):
        rates = self._price_rates()
        for note in self:
            rate_on, rate = rates.get(note, (False, 0.0))
            unit, own = note.uom_id, note.product_id.uom_id
            fits = unit and own and unit._has_common_reference(own)
            note.price_rate_on, note.price_rate = rate_on, rate
            note.product_price = 0.0
            if not (note.price and rate and fits):
                continue
            theirs = unit_price(
                _exact(note.price), _exact(unit.factor), _exact(own.factor)
            )
            note.product_price = float(converted(theirs, _exact(rate)))

    @api.depends("product_id", "noted_on", "company_id")
    def _compute_list_price(self):
        for note in self:
            told = note.product_id and note.noted_on
            note.list_price = note._own_price() if told else 0.0

    def _own_price(self):
        """Our list price now, in company currency per unit of the product."""
        product = self.product_id.with_company(self.company_id)
        return product.currency_id._convert(
            product.lst_price,
            self.company_id.currency_id,
            self.company_id,
            self.noted_on,
            round=False,
        )

    @api.depends("product_price", "list_price")
    def _compute_price_difference(self):
        for note in self:
            percent = (
                difference(_exact(note.product_price), _exact(note.list_price))
                if note.product_price
                else None
            )
            note.has_list_price = percent is not None
            note.price_difference = float(percent or 0)

    def _price_rates(self):
        """``{note: (day of the rate, rate)}`` of notes with a price; none without one.

        The last rate on or before the day: a later one is not known on that day. One
        query for each company.
        """
        result = {}
        priced = self.filtered(lambda note: note.price and note.noted_on)
        for company, notes in priced.grouped("company_id").items():
            own = company.currency_id
            foreign = notes.price_currency_id - own
            # sudo: rates are no secret
            rows = (
                self.env["res.currency.rate"]
                .sudo()
                .search_fetch(
                    [
                        # the company's own too: it need not be the base of the rates
                        ("currency_id", "in", (foreign | own).ids),
                        ("company_id", "in", (False, company.root_id.id)),
                        ("name", "<=", max(notes.mapped("noted_on"))),
                    ],
                    ["currency_id", "company_id", "name", "rate"],
                    order="name desc, company_id",
                )
                if foreign
                else ()
            )
            for note in notes:
                currency = note.price_currency_id or own
                if currency == own:
                    result[note] = note.noted_on, 1.0
                    continue
                theirs, ours = (
                    next(
                        (
                            row
                            for row in rows
                            if row.currency_id == one and row.name <= note.noted_on
                        ),
                        None,
                    )
                    for one in (currency, own)
                )
                if theirs:
                    rate = theirs.rate / (ours.rate if ours else 1.0)
                    result[note] = theirs.name, rate
        return result

    @api.constrains(
        *("price", "price_currency_id", "uom_id", "product_id", "noted_on"),
        "company_id",
    )
    def _check_price(self):
        """Nothing is compared that cannot be converted."""
        rates = self._price_rates()
        for note in self.filtered("price"):
            if not note.price_currency_id:
                raise ValidationError(self.env._("Say in which currency the price is."))
            if not note.uom_id:
                raise ValidationError(self.env._("Say for which unit the price is."))
            if note not in rates:
                raise ValidationError(
                    self.env._(
                        "There is no rate of %(currency)s on or before %(day)s. Have "
                        "the rate entered, or note the price in %(own)s.",
                        currency=note.price_currency_id.name,
                        day=fields.Date.to_string(note.noted_on),
                        own=note.company_id.currency_id.name,
                    )
                )
        for note in self:
            unit, own = note.uom_id, note.product_id.uom_id
            if unit and own and not unit._has_common_reference(own):
                raise ValidationError(
                    self.env._(
                        "%(unit)s cannot be converted into the unit of %(product)s, "
                        "which is %(own)s. Choose another unit.",
                        unit=unit.name,
                        product=note.product_id.display_name,
                        own=own.name,
                    )
                )


def _exact(number):
    """A float as people wrote it."""
    return Decimal(str(number))
