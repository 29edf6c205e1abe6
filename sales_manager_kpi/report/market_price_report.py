from odoo import api, fields, models
from odoo.tools import SQL

from ..models.market_note import KINDS, RELIABILITY, SOURCES

MEANS = ("price:avg", "list_price:avg")


class MarketPriceReport(models.Model):
    """Prices of competitors over time beside ours, a row for each note with a price.

    In the product's unit and company currency, as converted when it was noted.
    """

    _name = "market.price.report"
    _inherit = ["sales.export.logged.mixin"]
    _description = "Prices in the Market"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "product_id"

    note_id = fields.Many2one(
        comodel_name="market.note", string="Market Note", readonly=True
    )
    date = fields.Date(string="Day", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    competitor_id = fields.Many2one(comodel_name="market.competitor", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Range", readonly=True
    )
    uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Noted By", readonly=True
    )
    branch_id = fields.Many2one(comodel_name="sales.branch", readonly=True)
    kind = fields.Selection(selection=KINDS, readonly=True)
    source = fields.Selection(selection=SOURCES, readonly=True)
    reliability = fields.Selection(selection=RELIABILITY, readonly=True)
    price = fields.Float(
        string="Their Price",
        digits=0,
        readonly=True,
        aggregator="avg",
        help="Per unit of our product, in company currency.",
    )
    list_price = fields.Float(
        string="Our List Price", digits=0, readonly=True, aggregator="avg"
    )
    difference = fields.Float(
        string="Against Ours (%)",
        readonly=True,
        aggregator="avg",
        help="Below 0 they are cheaper. Of a group the mean of its notes. Empty "
        "without a list price of ours.",
    )

    _depends = {
        "market.note": [
            *("active", "noted_on", "company_id", "competitor_id", "product_id"),
            *("user_id", "branch_id", "kind", "source", "reliability"),
            *("product_price", "list_price"),
        ],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.company": ["currency_id"],
    }

    @property
    def _table_query(self) -> SQL:
        for model, names in self._depends.items():
            self.env[model].flush_model(names)
        return SQL(
            """
            SELECT note.id,
                   note.id AS note_id,
                   note.noted_on AS date,
                   note.company_id,
                   company.currency_id,
                   note.competitor_id,
                   note.product_id,
                   goods.categ_id,
                   goods.uom_id,
                   note.user_id,
                   note.branch_id,
                   note.kind,
                   note.source,
                   note.reliability,
                   note.product_price AS price,
                   NULLIF(note.list_price, 0) AS list_price,
                   (note.product_price - note.list_price) * 100
                       / NULLIF(note.list_price, 0) AS difference
              FROM market_note note
              JOIN product_product variant ON variant.id = note.product_id
              JOIN product_template goods ON goods.id = variant.product_tmpl_id
              JOIN res_company company ON company.id = note.company_id
             WHERE note.active AND note.product_price > 0
            """
        )

    def _read_group_select(self, aggregate_spec, query):
        """No mean price of several products or companies: units and money differ."""
        selected = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec not in MEANS:
            return selected
        return SQL(
            "CASE WHEN COUNT(DISTINCT %(product)s) = 1 "
            "AND COUNT(DISTINCT %(company)s) = 1 THEN %(mean)s END",
            product=self._field_to_sql(self._table, "product_id", query),
            company=self._field_to_sql(self._table, "company_id", query),
            mean=selected,
        )

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, *args, **kwargs):
        """What cannot be told is a blank cell in a pivot: no figure, not 0."""
        result = super().formatted_read_grouping_sets(*args, **kwargs)
        for groups in result:
            for group in groups:
                for name in (*MEANS, "difference:avg"):
                    if group.get(name) is None or group[name] is False:
                        group.pop(name, None)
        return result

    def action_open_note(self):
        """Open the market note of this price."""
        self.ensure_one()
        return self.note_id._get_records_action()
