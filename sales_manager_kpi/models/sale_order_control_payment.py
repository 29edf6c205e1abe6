from odoo import api, models
from odoo.tools import SQL

from .sale_order_control import Part

COLUMNS = [
    "agreed_amount",
    "invoiced_amount",
    "paid_amount",
    "open_amount",
    "next_due_on",
    "overdue_amount",
    "overdue_days",
    "payment_state",
]


class SaleOrderControl(models.Model):
    """The money of orders: what was invoiced, paid, and is overdue."""

    # The money has a file of its own.
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _sql_payment(self):
        """The money of the chosen orders, as a `Part`.

        An order's part of an invoice is that of its lines, so that an invoice of many
        orders adds up. A down payment is taken off the final invoice by a line of the
        same order, so it counts once. What is open on credit notes covers the oldest
        due amounts first.
        """
        ctes = SQL(
            """
            %(dues)s,
            money AS MATERIALIZED (
                SELECT order_id, SUM(balance) AS invoiced,
                       SUM(balance - residual) AS paid,
                       SUM(amount - amount_residual) AS paid_in_currency,
                       MIN(currency_id) = MAX(currency_id) AS is_one_currency,
                       MIN(currency_id) AS one_currency_id,
                       COALESCE(-SUM(residual) FILTER (WHERE residual < 0), 0) AS credit
                  FROM dues
              GROUP BY order_id
            ),
            uncovered AS (
                SELECT open.order_id, open.due_on,
                       LEAST(open.residual, open.running - money.credit) AS amount
                  FROM (SELECT order_id, due_on, residual,
                               SUM(residual) OVER (PARTITION BY order_id
                                   ORDER BY due_on, line_id) AS running
                          FROM dues WHERE residual > 0) AS open
                  JOIN money USING (order_id)
                 WHERE open.running - money.credit > 0.00001
            ),
            late AS (
                SELECT uncovered.order_id, MIN(due_on) AS due_on,
                       SUM(amount) FILTER (WHERE due_on < chosen.today) AS amount
                  FROM uncovered JOIN chosen ON chosen.id = uncovered.order_id
              GROUP BY uncovered.order_id
            )
            """,
            dues=self._sql_dues(),
        )
        return Part(
            COLUMNS, ctes, self._sql_payment_values(), self._sql_payment_joins()
        )

    @api.model
    def _sql_dues(self):
        """CTE ``dues``: each order's part of the instalments of its invoices.

        ``surplus`` names orders whose payments have money left over.
        """
        return SQL(
            """
            bills AS MATERIALIZED (
                SELECT line.move_id, sold.order_id, SUM(line.price_total) AS amount
                  FROM chosen
                  JOIN sale_order_line sold ON sold.order_id = chosen.id
                  JOIN sale_order_line_invoice_rel rel
                    ON rel.order_line_id = sold.id
                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                   AND line.parent_state = 'posted'
              GROUP BY line.move_id, sold.order_id
            ),
            shares AS (
                SELECT bills.move_id, bills.order_id,
                       CASE WHEN SUM(line.price_total) <> 0
                            THEN bills.amount / SUM(line.price_total)
                            ELSE 1.0 / (
                                SELECT COUNT(DISTINCT sold.order_id)
                                  FROM account_move_line item
                                  JOIN sale_order_line_invoice_rel rel
                                    ON rel.invoice_line_id = item.id
                                  JOIN sale_order_line sold
                                    ON sold.id = rel.order_line_id
                                 WHERE item.move_id = bills.move_id
                            ) END AS share
                  FROM bills
                  JOIN account_move move ON move.id = bills.move_id
                   AND move.move_type IN ('out_invoice', 'out_refund')
                  JOIN account_move_line line ON line.move_id = bills.move_id
                   AND line.display_type = 'product'
                  JOIN sale_order_line_invoice_rel rel
                    ON rel.invoice_line_id = line.id
              GROUP BY bills.move_id, bills.order_id, bills.amount
            ),
            dues AS MATERIALIZED (
                SELECT shares.order_id, due.id AS line_id, due.currency_id,
                       COALESCE(due.date_maturity, due.date) AS due_on,
                       share * due.balance AS balance,
                       share * due.amount_residual AS residual,
                       share * due.amount_currency AS amount,
                       share * due.amount_residual_currency AS amount_residual
                  FROM shares
                  JOIN account_move_line due ON due.move_id = shares.move_id
                   AND due.display_type = 'payment_term'
            ),
            surplus AS (
                SELECT DISTINCT dues.order_id
                  FROM dues
                  JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = dues.line_id
                  JOIN account_move_line money ON money.id = partial.credit_move_id
                   AND money.amount_residual < 0
                  JOIN account_journal journal ON journal.id = money.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
            )
            """
        )

    @api.model
    def _sql_payment_values(self):
        """The values; whether all is paid is asked in the order's currency.

        Rates move between order and invoice; where an invoice is in another currency,
        company currency has to do.
        """
        return SQL(
            """
            ROUND(chosen.agreed, digits.places),
            ROUND(COALESCE(money.invoiced, 0), digits.places),
            ROUND(COALESCE(money.paid, 0), digits.places),
            ROUND(COALESCE(money.invoiced - money.paid, 0), digits.places),
            late.due_on,
            ROUND(COALESCE(late.amount, 0), digits.places),
            CASE WHEN late.amount > 0 THEN chosen.today - late.due_on ELSE 0 END,
            CASE WHEN surplus.order_id IS NOT NULL
                   OR settled.paid > settled.agreed + settled.step THEN 'over'
                 WHEN settled.paid >= settled.agreed - settled.step THEN 'paid'
                 WHEN abs(settled.paid) <= settled.step THEN 'none'
                 ELSE 'partial' END
            """
        )

    @api.model
    def _sql_payment_joins(self):
        return SQL(
            """
                  JOIN res_currency own ON own.id = chosen.company_currency_id
                  JOIN res_currency currency ON currency.id = chosen.currency_id
             LEFT JOIN money ON money.order_id = chosen.id
             LEFT JOIN late ON late.order_id = chosen.id
             LEFT JOIN surplus ON surplus.order_id = chosen.id
            CROSS JOIN LATERAL (
                       SELECT own.decimal_places AS places,
                              money.is_one_currency
                              AND money.one_currency_id = chosen.currency_id AS is_same
                       ) AS digits
            CROSS JOIN LATERAL (
                       SELECT SIGN(chosen.agreed) * COALESCE(
                                  CASE WHEN digits.is_same THEN money.paid_in_currency
                                       ELSE money.paid END, 0) AS paid,
                              ABS(CASE WHEN digits.is_same THEN chosen.amount_total
                                       ELSE chosen.agreed END) AS agreed,
                              CASE WHEN digits.is_same THEN currency.rounding
                                   ELSE own.rounding END AS step
                       ) AS settled
            """
        )

    @api.model
    def _due_by(self, order_ids, company, day):
        """``{order id: instalments of its invoices due by the day, not paid}``, with
        taxes, in company currency; in one query, of orders that the reader was found to
        read. An invoice of several counts for each, which `open_amount` bounds."""
        if not order_ids:
            return {}
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT billed.order_id, SUM(part.amount_residual)
                  FROM (SELECT DISTINCT sold.order_id, line.move_id
                          FROM sale_order_line sold
                          JOIN sale_order_line_invoice_rel link
                               ON link.order_line_id = sold.id
                          JOIN account_move_line line ON line.id = link.invoice_line_id
                         WHERE sold.order_id IN %(orders)s) billed
                  JOIN account_move_line part ON part.move_id = billed.move_id
                  JOIN account_account account ON account.id = part.account_id
                 WHERE part.company_id = %(company)s
                   AND part.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable'
                   AND part.date_maturity <= %(day)s
              GROUP BY billed.order_id
                """,
                orders=tuple(order_ids),
                company=company.id,
                day=day,
            )
        )
        return dict(rows)
