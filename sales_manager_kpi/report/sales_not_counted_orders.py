from odoo import models
from odoo.tools import SQL

from .sales_not_counted_parts import KIND_BASIS, KIND_ORDER


class SalesNotCountedOrders(models.AbstractModel):
    """Quotations, and what of confirmed orders a basis knows nothing of yet."""

    _name = "sales.not.counted.orders"
    _inherit = ["sales.not.counted.parts"]
    _description = "Query of What Is Not Counted: Orders"

    def _sql_quotations(self, basis) -> SQL:
        """Orders never confirmed: quotations, and those cancelled as such."""
        day = SQL("sale.date_order")
        amount = SQL(
            "SELECT round(sale.amount_untaxed / COALESCE(NULLIF(sale.currency_rate, 0),"
            " 1) / currency.rounding) * currency.rounding AS amount,"
            " CASE WHEN sale.state = 'cancel' THEN 'cancelled' ELSE 'quotation' END"
            " AS reason"
        )
        return self._sql_orders(
            basis, day, amount, SQL("sale.first_confirmation_date IS NULL")
        )

    def _sql_open_orders(self, basis) -> SQL:
        """Confirmed orders, as far as the basis knows nothing of them yet."""
        parts = {
            "invoice": self._sql_not_invoiced(with_elsewhere=True),
            "payment": self._sql_not_invoiced(with_elsewhere=False),
            "delivery": self._sql_not_delivered(),
        }
        return self._sql_orders(
            basis,
            SQL("sale.first_confirmation_date"),
            parts[basis],
            SQL("sale.first_confirmation_date IS NOT NULL"),
        )

    def _sql_orders(self, basis, moment: SQL, pending: SQL, condition: SQL) -> SQL:
        Fact = self.env["sales.fact.report"]
        kind = KIND_BASIS[basis] + KIND_ORDER
        columns = {
            "id": self._sql_id(
                SQL("sale.id"), SQL("manager.user_id"), SQL("day.day"), kind
            ),
            "basis": SQL("%s", basis),
            "moment": moment,
            "company_id": SQL("sale.company_id"),
            "currency_id": SQL("currency.id"),
            "partner_id": SQL("buyer.commercial_partner_id"),
            "order_id": SQL("sale.id"),
            **self._sql_pending_columns(Fact._sql_is_order_intercompany()),
        }
        return SQL(
            """
            SELECT %(columns)s
              FROM sale_order AS sale
              %(joins)s
              CROSS JOIN LATERAL (
                  SELECT (%(moment)s AT TIME ZONE 'UTC' AT TIME ZONE
                          COALESCE(branch.tz, currency.tz, 'UTC'))::date AS day
              ) AS day
              %(owner)s
              CROSS JOIN LATERAL (%(managers)s) AS manager
              CROSS JOIN LATERAL (%(pending)s) AS pending
             WHERE %(condition)s AND pending.amount <> 0
            """,
            columns=self._sql_columns(columns),
            joins=Fact._sql_order_joins(),
            moment=moment,
            owner=self._sql_owner(
                SQL("buyer.commercial_partner_id"), SQL("sale.user_id"), "sale"
            ),
            managers=self._sql_managers("sale", SQL("credit.order_id = sale.id")),
            pending=pending,
            condition=condition,
        )

    def _sql_not_invoiced(self, with_elsewhere) -> SQL:
        """What of an order is on no invoice, and on those of other months.

        Draft invoices speak for themselves. By quantities, so that a price changed on
        the invoice leaves no rest.
        """
        elsewhere = SQL("sum(part.elsewhere)" if with_elsewhere else "0")
        return SQL(
            """
            SELECT part.open + part.elsewhere AS amount,
                   CASE WHEN sale.state = 'cancel' THEN 'cancelled'
                        WHEN abs(part.open) >= abs(part.elsewhere) THEN 'to_invoice'
                        ELSE 'other_month' END AS reason
              FROM (
                    SELECT COALESCE(sum(part.open), 0) AS open,
                           COALESCE(%(elsewhere)s, 0) AS elsewhere
                      FROM (%(lines)s) AS part
                   ) AS part
            """,
            elsewhere=elsewhere,
            lines=self._sql_invoiced_parts(),
        )

    def _sql_invoiced_parts(self) -> SQL:
        Fact = self.env["sales.fact.report"]
        return SQL(
            """
            SELECT round(%(value)s * greatest(0, least(1,
                       1 - invoiced.quantity / line.product_uom_qty
                   )) / currency.rounding) * currency.rounding AS open,
                   round(%(value)s * greatest(0, least(1,
                       invoiced.elsewhere / line.product_uom_qty
                   )) / currency.rounding) * currency.rounding AS elsewhere
              FROM sale_order_line AS line
              LEFT JOIN uom_uom AS line_uom ON line_uom.id = line.product_uom_id
              CROSS JOIN LATERAL (
                    SELECT COALESCE(sum(done.quantity), 0) AS quantity,
                           COALESCE(sum(done.quantity) FILTER (
                               WHERE done.state = 'posted' AND done.is_elsewhere
                           ), 0) AS elsewhere
                      FROM (%(done)s) AS done
                   ) AS invoiced
             WHERE line.order_id = sale.id
               AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
               AND line.product_uom_qty <> 0
            """,
            value=SQL("line.price_subtotal / %s", Fact._sql_order_rate()),
            done=self._sql_invoiced_quantities(),
        )

    def _sql_invoiced_quantities(self) -> SQL:
        return SQL(
            """
            SELECT CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                   * item.quantity * COALESCE(item_uom.factor, line_uom.factor, 1)
                   / COALESCE(NULLIF(line_uom.factor, 0), item_uom.factor, 1)
                       AS quantity,
                   move.state,
                   date_trunc('month', move.invoice_date::timestamp)
                   <> date_trunc('month', day.day::timestamp) AS is_elsewhere
              FROM sale_order_line_invoice_rel AS rel
              JOIN account_move_line AS item ON item.id = rel.invoice_line_id
              JOIN account_move AS move ON move.id = item.move_id
               AND move.state <> 'cancel'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
              LEFT JOIN uom_uom AS item_uom ON item_uom.id = item.product_uom_id
             WHERE rel.order_line_id = line.id
            """
        )

    def _sql_not_delivered(self) -> SQL:
        """What of an order did not leave, or left in another month."""
        Fact = self.env["sales.fact.report"]
        return SQL(
            """
            SELECT goods.amount - done.here AS amount,
                   CASE WHEN sale.state = 'cancel' THEN 'cancelled'
                        WHEN abs(goods.amount - done.here - done.elsewhere)
                             >= abs(done.elsewhere) THEN 'to_deliver'
                        ELSE 'other_month' END AS reason
              FROM (
                    SELECT COALESCE(sum(round(
                               line.price_subtotal / %(rate)s / currency.rounding
                           ) * currency.rounding), 0) AS amount
                      FROM sale_order_line AS line
                     WHERE line.order_id = sale.id
                       AND line.display_type IS NULL
                       AND line.is_downpayment IS NOT TRUE
                   ) AS goods,
                   (%(done)s) AS done
            """,
            rate=Fact._sql_order_rate(),
            done=self._sql_done("delivery", SQL("fact.order_id = sale.id")),
        )
