from odoo import models
from odoo.tools import SQL


class SalesPlanOutlookGoods(models.AbstractModel):
    """What was delivered, is reserved, lies free or comes in; see the query model."""

    _name = "sales.plan.outlook.goods"
    _inherit = ["sales.plan.outlook.parts"]
    _description = "Queries Behind the Outlook of Plans: Goods"

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
