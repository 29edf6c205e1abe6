from odoo import models
from odoo.tools import SQL

# Older orders that are still open will hardly count any more.
OPEN_MONTHS = 24


class SalesPlanOutlookQuery(models.AbstractModel):
    """One query per source of the outlook, for all asked managers at once.

    Rows are dicts with ``user_id``, ``company_id``, ``parent_path`` of the category,
    ``partner_id``, ``uom_id`` of the product, ``quantity`` in it and ``amount``
    untaxed in company currency.
    """

    _name = "sales.plan.outlook.query"
    _inherit = ["sales.fact.query"]
    _description = "Queries Behind the Outlook of Plans"

    _read_tables = {
        "account.move": [
            "amount_residual",
            "amount_total",
            "state",
            "credited_user_id",
        ],
        "account.move.line": ["balance", "parent_state", "quantity"],
        "customer.assignment": ["partner_id", "company_id", "user_id", "date_to"],
        "product.category": ["parent_path"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "is_storable", "list_price", "uom_id"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "company_id",
            "credit_kind",
            "credited_user_id",
            "currency_rate",
            "date_order",
            "first_confirmation_date",
            "first_confirmation_rate",
            "opportunity_id",
            "partner_id",
            "state",
            "user_id",
            "validity_date",
        ],
        "sale.order.line": [
            "order_id",
            "price_subtotal",
            "product_uom_qty",
            "qty_delivered",
            "qty_invoiced",
            "untaxed_amount_invoiced",
        ],
        "crm.lead": ["probability"],
        "sales.credit": ["kind", "order_id", "share_bp", "user_id"],
        "stock.location": ["usage", "warehouse_id"],
        "stock.move": [
            "date",
            "location_dest_id",
            "location_id",
            "product_id",
            "product_qty",
            "quantity",
            "sale_line_id",
            "state",
        ],
        "stock.quant": ["location_id", "product_id", "quantity", "reserved_quantity"],
        "uom.uom": ["factor"],
    }

    def _flush_tables(self):
        for model, names in self._read_tables.items():
            self.env[model].flush_model(names)

    # ------------------------------------------------------------------
    # Orders and quotations
    # ------------------------------------------------------------------

    def _read_open_orders(self, basis, users, companies, since):
        """Confirmed order lines as far as they do not count on ``basis`` yet."""
        if basis == "order":
            return []  # a confirmed order counts
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT %(columns)s,
                       SUM(%(quantity)s * open.part * share.part) AS quantity,
                       SUM(line.price_subtotal / %(rate)s
                           * open.part * share.part) AS amount
                  FROM %(orders)s
                 CROSS JOIN LATERAL (SELECT GREATEST(0, %(part)s) AS part) AS open
                 WHERE %(mine)s
                   AND %(recent)s
                   AND open.part > 0
                   AND %(goods)s
                 GROUP BY %(groups)s
                """,
                columns=self._sql_columns(),
                quantity=self._sql_in_product_uom(SQL("line.product_uom_qty")),
                rate=self._sql_rate(),
                orders=self._sql_order_lines(),
                part=self._sql_open_part(basis),
                mine=self._sql_mine(users, companies),
                recent=self._sql_is_recent(users.ids, since),
                goods=self._sql_is_counting_line(),
                groups=self._sql_groups(),
            )
        )

    def _sql_open_part(self, basis) -> SQL:
        """The part of an order line that is still to come."""
        if basis == "delivery":
            return SQL(
                "1 - COALESCE(line.qty_delivered, 0) / NULLIF(line.product_uom_qty, 0)"
            )
        return SQL(
            "1 - COALESCE("
            "line.untaxed_amount_invoiced / NULLIF(line.price_subtotal, 0),"
            " line.qty_invoiced / NULLIF(line.product_uom_qty, 0))"
        )

    def _read_unpaid_invoices(self, users, companies):
        """Posted invoices as far as they are not paid, for the payment basis."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT move.credited_user_id AS user_id,
                       move.company_id,
                       category.parent_path,
                       move.commercial_partner_id AS partner_id,
                       template.uom_id,
                       SUM(%(quantity)s * open.part) AS quantity,
                       SUM(-line.balance * open.part) AS amount
                  FROM account_move AS move
                  JOIN account_move_line AS line
                    ON line.move_id = move.id AND line.display_type = 'product'
                  %(products)s
                  LEFT JOIN product_category AS category
                         ON category.id = template.categ_id
                 CROSS JOIN LATERAL (
                       SELECT move.amount_residual
                              / NULLIF(move.amount_total, 0) AS part
                       ) AS open
                 WHERE move.move_type = 'out_invoice'
                   AND move.state = 'posted'
                   AND move.amount_residual > 0
                   AND move.company_id = ANY(%(companies)s)
                   AND move.credited_user_id = ANY(%(users)s)
                 GROUP BY 1, 2, 3, 4, 5
                """,
                quantity=self._sql_in_product_uom(SQL("line.quantity")),
                products=self._sql_product_joins(),
                companies=companies.ids,
                users=users.ids,
            )
        )

    def _read_quotations(self, users, companies, today):
        """Open quotations by the probability of their opportunity (NULL: none)."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT %(columns)s,
                       lead.probability / 100 AS probability,
                       SUM(%(quantity)s * share.part) AS quantity,
                       SUM(line.price_subtotal / %(rate)s * share.part) AS amount
                  FROM %(orders)s
                  LEFT JOIN crm_lead AS lead ON lead.id = sale.opportunity_id
                 WHERE %(mine)s
                   AND sale.state IN ('draft', 'sent')
                   AND (sale.validity_date IS NULL OR sale.validity_date >= %(today)s)
                   AND %(goods)s
                 GROUP BY %(groups)s, lead.probability
                """,
                columns=self._sql_columns(),
                quantity=self._sql_in_product_uom(SQL("line.product_uom_qty")),
                rate=self._sql_rate(),
                orders=self._sql_order_lines(),
                mine=self._sql_mine(users, companies),
                today=today,
                goods=self._sql_is_counting_line(),
                groups=self._sql_groups(),
            )
        )

    def _read_conversions(self, companies, since, today):
        """Quotations decided since a day, and those won, by company and manager."""
        return self.env.execute_query(
            SQL(
                """
                SELECT sale.company_id,
                       %(user)s AS user_id,
                       COUNT(*) FILTER (WHERE sale.state = 'sale') AS won,
                       COUNT(*) AS decided
                  FROM sale_order AS sale
                  LEFT JOIN res_partner AS buyer ON buyer.id = sale.partner_id
                  %(owner)s
                 WHERE sale.company_id = ANY(%(companies)s)
                   AND sale.date_order >= %(since)s
                   AND (sale.state IN ('sale', 'cancel')
                        OR sale.validity_date < %(today)s)
                 GROUP BY 1, 2
                """,
                user=SQL(
                    "COALESCE(sale.credited_user_id, owner.user_id, sale.user_id)"
                ),
                owner=self._sql_owner(),
                companies=companies.ids,
                since=since,
                today=today,
            )
        )

    # ------------------------------------------------------------------
    # Goods
    # ------------------------------------------------------------------

    def _read_covered(self, spans, since):
        """What was delivered within the spans, or is reserved for open orders.

        :param list spans: ``[(key, user id, company id, from, until)]``, naive UTC
        :return: rows with ``key`` beside the usual columns
        """
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT span.key,
                       category.parent_path,
                       buyer.commercial_partner_id AS partner_id,
                       template.uom_id,
                       SUM(moved.quantity * share.part) AS quantity,
                       SUM(moved.quantity * share.part * line.price_subtotal / %(rate)s
                           / NULLIF(%(ordered)s, 0)) AS amount
                  FROM %(orders)s
                  JOIN (VALUES %(spans)s)
                    AS span(key, user_id, company_id, start, stop)
                    ON span.user_id = share.user_id
                   AND span.company_id = sale.company_id
                  JOIN stock_move AS move ON move.sale_line_id = line.id
                  JOIN uom_uom AS move_uom ON move_uom.id = move.product_uom
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target ON target.id = move.location_dest_id
                 CROSS JOIN LATERAL (
                       SELECT move.quantity * move_uom.factor / product_uom.factor
                              * CASE WHEN source.usage = 'customer' THEN -1 ELSE 1 END
                              AS quantity
                       ) AS moved
                 WHERE %(recent)s
                   AND (
                       (move.state = 'done'
                        AND move.date >= span.start AND move.date < span.stop
                        AND 'customer' IN (source.usage, target.usage))
                       OR (move.state IN ('assigned', 'partially_available')
                           AND source.usage = 'internal')
                   )
                 GROUP BY 1, 2, 3, 4
                """,
                rate=self._sql_rate(),
                ordered=self._sql_in_product_uom(SQL("line.product_uom_qty")),
                orders=self._sql_order_lines(),
                recent=self._sql_is_recent([span[1] for span in spans], since),
                spans=SQL(", ").join(
                    SQL("(%s, %s, %s, %s::timestamp, %s::timestamp)", *span)
                    for span in spans
                ),
            )
        )

    def _read_supply(self, places):
        """Free stock, and what comes in until a moment, of storable products.

        Goods on their way from one warehouse of a place to the other come in as far as
        they are reserved for it; they are not free any more where they leave.

        :param list places: ``[(key, [warehouse ids], until)]``
        """
        return self.env.execute_query_dict(
            SQL(
                """
                  WITH place(key, warehouse_ids, until) AS (VALUES %(places)s),
                       goods AS (
                       SELECT place.key,
                              quant.product_id,
                              quant.quantity - quant.reserved_quantity AS free,
                              0::numeric AS incoming
                         FROM place
                         JOIN stock_location AS location
                           ON location.warehouse_id = ANY(place.warehouse_ids)
                          AND location.usage = 'internal'
                         JOIN stock_quant AS quant ON quant.location_id = location.id
                        UNION ALL
                       SELECT place.key,
                              move.product_id,
                              0,
                              CASE WHEN source.usage = 'internal'
                                    AND source.warehouse_id = ANY(place.warehouse_ids)
                                   THEN move.quantity * move_uom.factor / uom.factor
                                   ELSE move.product_qty
                              END
                         FROM place
                         JOIN stock_location AS target
                           ON target.warehouse_id = ANY(place.warehouse_ids)
                          AND target.usage = 'internal'
                         JOIN stock_move AS move ON move.location_dest_id = target.id
                         JOIN stock_location AS source ON source.id = move.location_id
                         JOIN uom_uom AS move_uom ON move_uom.id = move.product_uom
                         JOIN product_product AS product ON product.id = move.product_id
                         JOIN product_template AS template
                           ON template.id = product.product_tmpl_id
                         JOIN uom_uom AS uom ON uom.id = template.uom_id
                        WHERE move.state IN (
                                  'waiting', 'confirmed', 'partially_available',
                                  'assigned'
                              )
                          AND move.date < place.until
                          AND move.sale_line_id IS NULL
                          AND (source.usage <> 'internal'
                               OR source.warehouse_id
                                  IS DISTINCT FROM target.warehouse_id)
                       )
                SELECT goods.key,
                       goods.product_id,
                       category.parent_path,
                       template.uom_id,
                       template.list_price,
                       SUM(goods.free) AS free,
                       SUM(goods.incoming) AS incoming
                  FROM goods
                  JOIN product_product AS product ON product.id = goods.product_id
                  JOIN product_template AS template
                    ON template.id = product.product_tmpl_id AND template.is_storable
                  LEFT JOIN product_category AS category
                         ON category.id = template.categ_id
                 GROUP BY 1, 2, 3, 4, 5
                """,
                places=SQL(", ").join(
                    SQL("(%s, %s::integer[], %s::timestamp)", key, warehouse_ids, until)
                    for key, warehouse_ids, until in places
                ),
            )
        )

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _sql_columns(self) -> SQL:
        return SQL(
            "share.user_id, sale.company_id, category.parent_path,"
            " buyer.commercial_partner_id AS partner_id, template.uom_id"
        )

    def _sql_groups(self) -> SQL:
        return SQL(
            "share.user_id, sale.company_id, category.parent_path,"
            " buyer.commercial_partner_id, template.uom_id"
        )

    def _sql_order_lines(self) -> SQL:
        """Order lines with the managers they are credited to, or would be today."""
        return SQL(
            """
            sale_order AS sale
            JOIN sale_order_line AS line
              ON line.order_id = sale.id AND line.display_type IS NULL
            LEFT JOIN res_partner AS buyer ON buyer.id = sale.partner_id
            %(owner)s
            LEFT JOIN sales_credit AS credit
                   ON credit.order_id = sale.id AND sale.credit_kind = 'shared'
            CROSS JOIN LATERAL (
                SELECT COALESCE(credit.user_id, sale.credited_user_id,
                                owner.user_id, sale.user_id) AS user_id,
                       COALESCE(credit.share_bp, 10000)::numeric / 10000 AS part
            ) AS share
            %(products)s
            LEFT JOIN product_category AS category ON category.id = template.categ_id
            """,
            owner=self._sql_owner(),
            products=self._sql_product_joins(),
        )

    def _sql_owner(self) -> SQL:
        """Who has the customer today: whom a quotation would be credited to."""
        return SQL(
            """
            LEFT JOIN customer_assignment AS owner
                   ON owner.partner_id = buyer.commercial_partner_id
                  AND owner.company_id = sale.company_id
                  AND owner.date_to IS NULL
                  AND sale.state <> 'sale'
            """
        )

    def _sql_mine(self, users, companies) -> SQL:
        return SQL(
            "sale.company_id = ANY(%s) AND share.user_id = ANY(%s)",
            companies.ids,
            users.ids,
        )

    def _sql_is_recent(self, user_ids, since) -> SQL:
        """Confirmed orders of these managers, by the indexes there are for them."""
        return SQL(
            "sale.state = 'sale' AND sale.first_confirmation_date >= %s"
            " AND (sale.credited_user_id = ANY(%s) OR sale.credit_kind = 'shared')",
            since,
            user_ids,
        )

    def _sql_rate(self) -> SQL:
        return SQL(
            "COALESCE(NULLIF(sale.first_confirmation_rate, 0),"
            " NULLIF(sale.currency_rate, 0), 1)"
        )

    def _sql_is_counting_line(self) -> SQL:
        """Down payments and deliveries to an own company never count."""
        return SQL(
            "line.is_downpayment IS NOT TRUE AND (%s) IS NOT TRUE",
            self._sql_is_intercompany(SQL("buyer.commercial_partner_id")),
        )
