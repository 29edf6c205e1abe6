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
    _inherit = ["sales.plan.outlook.goods"]
    _description = "Queries Behind the Outlook of Plans"

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
