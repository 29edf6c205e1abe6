from odoo import api, models
from odoo.tools import SQL


class SalesLateGoods(models.AbstractModel):
    """What was ordered and promised, and is not there to deliver.

    An order line past its promised date counts as far as it is neither delivered nor
    reserved, and as far as it does not count on the basis for another reason already.
    """

    _name = "sales.late.goods"
    _inherit = ["sales.plan.outlook.query"]
    _description = "Late for Lack of Goods"

    @api.model
    def _by_category(self, plan, since, until):
        """Missing goods of the plan's manager, promised before ``until``.

        :param since: older orders are not looked at; naive UTC like ``until``
        :return: ``[(parent path of the category, amount, [order ids])]``, amounts
            untaxed in company currency
        """
        if plan.basis == "order":
            return []  # an order counts when it is confirmed, delivered or not
        self._flush_tables()
        return self.env.execute_query(
            SQL(
                """
                SELECT category.parent_path,
                       SUM(line.price_subtotal / %(rate)s * share.part
                           * LEAST(open.part, goods.missing)) AS amount,
                       array_agg(DISTINCT sale.id) AS order_ids
                  FROM %(orders)s
                 CROSS JOIN LATERAL (SELECT %(part)s AS part) AS open
                 CROSS JOIN LATERAL (%(goods)s) AS goods
                 WHERE %(mine)s
                   AND %(recent)s
                   AND %(counting)s
                   AND open.part > 0
                   AND goods.missing > 0
                   AND COALESCE(sale.commitment_date, goods.due) < %(until)s
                 GROUP BY category.parent_path
                """,
                rate=self._sql_rate(),
                orders=self._sql_order_lines(),
                part=self._sql_open_part(plan.basis),
                goods=self._sql_missing_goods(),
                mine=self._sql_mine(plan.user_id, plan.company_id),
                recent=self._sql_is_recent(plan.user_id.ids, since),
                counting=self._sql_is_counting_line(),
                until=until,
            )
        )

    def _sql_missing_goods(self) -> SQL:
        """Of one order line: the part not to be had, and when it was due."""
        return SQL(
            """
            SELECT MIN(COALESCE(move.date_deadline, move.date)) AS due,
                   1 - (
                       COALESCE(line.qty_delivered, 0) * line_uom.factor
                       + SUM(
                           CASE WHEN source.usage = 'internal'
                                 AND move.state IN ('assigned', 'partially_available')
                                THEN move.quantity * move_uom.factor
                                ELSE 0
                           END
                       )
                   ) / NULLIF(line.product_uom_qty * line_uom.factor, 0) AS missing
              FROM stock_move AS move
              JOIN uom_uom AS move_uom ON move_uom.id = move.product_uom
              JOIN stock_location AS source ON source.id = move.location_id
             WHERE move.sale_line_id = line.id
               AND move.state NOT IN ('draft', 'done', 'cancel')
            """
        )
