from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

MONTHS = timedelta(days=365)
LIKE_LEAST = 2  # of class, territory and size
BUYERS_LEAST = 2  # one customer's taste is no advice
SUGGESTED = 20
# What is queried, by model.
READ = {
    "sale.order": ["partner_id", "company_id", "state", "date_order", "currency_id"],
    "sale.order.line": [
        *("order_id", "product_id", "product_uom_qty", "product_uom_id"),
        *("price_unit", "discount", "display_type", "is_downpayment", "reward_id"),
    ],
    "res.partner": ["commercial_partner_id"],
    "customer.figure": [
        *("partner_id", "company_id", "class_id", "territory_id", "turnover"),
        "active",
    ],
    "product.product": ["active"],
    "product.template": ["sale_ok", "type"],
}


class SalesOffer(models.Model):
    """What the customer bought before, and what similar customers buy."""

    # What was bought has a file of its own.
    _inherit = "sales.offer"  # pylint: disable=consider-merging-classes-inherited

    def _bought_before(self, products=None, limit=None):
        """The last purchase of each product by the customer, in one query.

        Of confirmed orders of the whole commercial entity, whoever sold them.

        :param products: only of these; of all if None
        :return: ``{product id: {date, quantity, uom, price, currency}}``, the latest
            first; price per that unit, its discount taken off
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id._origin
        if not customer or (products is not None and not products):
            return {}
        self._flush_sold()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT *
                  FROM (
                    SELECT DISTINCT ON (line.product_id)
                           line.product_id, sale.date_order, line.product_uom_qty,
                           line.product_uom_id,
                           line.price_unit * (1 - COALESCE(line.discount, 0) / 100),
                           sale.currency_id
                      FROM sale_order_line AS line
                      JOIN sale_order AS sale ON sale.id = line.order_id
                      JOIN res_partner AS partner ON partner.id = sale.partner_id
                     WHERE partner.commercial_partner_id = %(customer)s
                       AND sale.company_id = %(company)s
                       AND sale.state = 'sale'
                       AND %(goods)s
                       AND %(asked)s
                  ORDER BY line.product_id, sale.date_order DESC, line.id DESC
                  ) AS last
              ORDER BY date_order DESC, product_id
                 LIMIT %(limit)s
                """,
                customer=customer.id,
                company=self.company_id.id,
                goods=_goods(),
                asked=SQL("TRUE")
                if products is None
                else SQL("line.product_id IN %s", tuple(products._origin.ids)),
                limit=limit,
            )
        )
        unit, money = self.env["uom.uom"], self.env["res.currency"]
        units = unit.browse({row[3] for row in rows})
        currencies = money.browse({row[5] for row in rows})
        local = self.env["sales.branch"]._company_local_date
        return {
            product_id: {
                "date": local(self.company_id, moment),
                "quantity": quantity,
                "uom": unit.browse(unit_id).with_prefetch(units.ids),
                "price": float(price or 0.0),
                "currency": money.browse(currency_id).with_prefetch(currencies.ids),
            }
            for product_id, moment, quantity, unit_id, price, currency_id in rows
        }

    def _similar_bought(self, limit=SUGGESTED):
        """What similar customers bought in the last 12 months, and this one did not.

        Similar is who shares two of: the class, the territory, the size (12 months'
        turnover between half and twice). Only how many they are is told, never who.

        :return: ``[(product, number of similar customers that bought it, number of
            similar customers)]``, the most bought first; in one query
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id._origin
        if not customer:
            return []
        self._flush_sold()
        rows = self.env.execute_query(
            SQL(
                """
                WITH own AS (
                    SELECT partner_id, class_id, territory_id, turnover
                      FROM customer_figure
                     WHERE partner_id = %(customer)s AND company_id = %(company)s
                ), alike AS (
                    SELECT figure.partner_id
                      FROM customer_figure AS figure, own
                     WHERE figure.company_id = %(company)s
                       AND figure.active
                       AND figure.partner_id != own.partner_id
                       AND COALESCE((figure.class_id = own.class_id)::int, 0)
                         + COALESCE((figure.territory_id = own.territory_id)::int, 0)
                         + COALESCE((own.turnover > 0 AND figure.turnover
                                     BETWEEN own.turnover / 2
                                         AND own.turnover * 2)::int, 0)
                           >= %(least)s
                ), bought AS (
                    SELECT DISTINCT partner.commercial_partner_id AS customer_id,
                                    line.product_id
                      FROM sale_order_line AS line
                      JOIN sale_order AS sale ON sale.id = line.order_id
                      JOIN res_partner AS partner ON partner.id = sale.partner_id
                      JOIN product_product AS product
                           ON product.id = line.product_id
                      JOIN product_template AS template
                           ON template.id = product.product_tmpl_id
                     WHERE sale.company_id = %(company)s
                       AND sale.state = 'sale'
                       AND sale.date_order >= %(since)s
                       AND product.active AND template.sale_ok
                       AND template.type != 'combo'
                       AND %(goods)s
                       AND partner.commercial_partner_id IN (
                            SELECT partner_id FROM alike
                             UNION SELECT %(customer)s)
                )
                SELECT product_id, count(*), (SELECT count(*) FROM alike)
                  FROM bought
                 WHERE customer_id != %(customer)s
                   AND product_id NOT IN (
                        SELECT product_id FROM bought
                         WHERE customer_id = %(customer)s)
              GROUP BY product_id
                HAVING count(*) >= %(buyers)s
              ORDER BY count(*) DESC, product_id
                 LIMIT %(limit)s
                """,
                customer=customer.id,
                company=self.company_id.id,
                least=LIKE_LEAST,
                buyers=BUYERS_LEAST,
                since=fields.Datetime.now() - MONTHS,
                goods=_goods(),
                limit=limit,
            )
        )
        products = self.env["product.product"].browse(row[0] for row in rows)
        return [
            (product, buyers, similar)
            for product, (__, buyers, similar) in zip(products, rows, strict=True)
        ]

    @api.model
    def _flush_sold(self):
        """Only what is queried: figures are computed while offers are pending."""
        for model, names in READ.items():
            self.env[model].flush_model(names)

    @api.model
    def _needed_products(self, partner):
        """What ``partner`` needs in this season or the next, by the needs profile."""
        return self.env["customer.need"]._needed_products(partner)[partner]


def _goods():
    """Lines of what was really sold."""
    return SQL(
        "line.display_type IS NULL AND line.product_uom_qty > 0 "
        "AND COALESCE(line.is_downpayment, FALSE) = FALSE "
        "AND line.reward_id IS NULL AND line.product_id IS NOT NULL"
    )
