from odoo import models
from odoo.tools import SQL

from .sales_not_counted_parts import KIND_BASIS


class SalesNotCountedMoves(models.AbstractModel):
    """Drafts and cancelled invoices, and what of posted ones was not paid."""

    _name = "sales.not.counted.moves"
    _inherit = ["sales.not.counted.parts"]
    _description = "Query of What Is Not Counted: Invoices"

    def _sql_unposted_moves(self, basis) -> SQL:
        """Drafts and cancelled documents; a draft goes to whom its order is for."""
        pending = SQL(
            "SELECT move.amount_untaxed_signed AS amount,"
            " CASE WHEN move.state = 'cancel' THEN 'cancelled' ELSE 'draft' END"
            " AS reason"
        )
        return self._sql_moves(
            basis, SQL("day.day"), pending, SQL("move.state IN ('draft', 'cancel')")
        )

    def _sql_unpaid_moves(self) -> SQL:
        """What of posted documents was not paid, or paid in another month."""
        pending = SQL(
            """
            SELECT goods.amount - done.here AS amount,
                   CASE WHEN abs(done.elsewhere)
                             > abs(goods.amount - done.here - done.elsewhere)
                        THEN 'other_month'
                        WHEN move.amount_residual = 0 THEN 'settled'
                        ELSE 'to_pay' END AS reason
              FROM (
                    SELECT COALESCE(-sum(line.balance), 0) AS amount
                      FROM account_move_line AS line
                      JOIN account_account AS account ON account.id = line.account_id
                     WHERE line.move_id = move.id
                       AND line.display_type = 'product'
                       AND (account.account_type IN ('income', 'income_other')
                            OR line.is_downpayment)
                   ) AS goods,
                   (%s) AS done
            """,
            self._sql_done("payment", SQL("fact.move_id = move.id")),
        )
        return self._sql_moves(
            "payment",
            SQL("move.invoice_date"),
            pending,
            SQL("move.state = 'posted' AND move.invoice_date IS NOT NULL"),
        )

    def _sql_moves(self, basis, moment: SQL, pending: SQL, condition: SQL) -> SQL:
        Fact = self.env["sales.fact.report"]
        columns = {
            "id": self._sql_id(
                SQL("move.id"),
                SQL("manager.user_id"),
                SQL("day.day"),
                KIND_BASIS[basis],
            ),
            "basis": SQL("%s", basis),
            "moment": moment,
            "company_id": SQL("move.company_id"),
            "currency_id": SQL("company.currency_id"),
            "partner_id": SQL("move.commercial_partner_id"),
            "move_id": SQL("move.id"),
            **self._sql_pending_columns(Fact._sql_is_move_intercompany()),
        }
        return SQL(
            """
            SELECT %(columns)s
              FROM account_move AS move
              JOIN res_company AS company ON company.id = move.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
              CROSS JOIN LATERAL (
                  SELECT COALESCE(move.invoice_date, move.date) AS day
              ) AS day
              %(origin)s
              %(owner)s
              CROSS JOIN LATERAL (%(managers)s) AS manager
              CROSS JOIN LATERAL (%(pending)s) AS pending
             WHERE %(is_sale)s AND %(condition)s AND pending.amount <> 0
            """,
            columns=self._sql_columns(columns),
            origin=self._sql_move_origin(),
            owner=self._sql_owner(
                SQL("move.commercial_partner_id"), SQL("move.invoice_user_id"), "move"
            ),
            managers=self._sql_managers(
                "origin",
                SQL(
                    "(credit.order_id = origin.id AND origin.is_order"
                    " OR credit.move_id = origin.id AND NOT origin.is_order)"
                ),
            ),
            pending=pending,
            is_sale=Fact._sql_is_sales_type(),
            condition=condition,
        )

    def _sql_move_origin(self) -> SQL:
        """Whose credit a document has or will have: its own, else its first order's."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT found.*
                  FROM (
                        SELECT move.id, FALSE AS is_order, move.credit_kind,
                               move.credited_user_id, move.credited_branch_id
                         WHERE move.credited_user_id IS NOT NULL
                         UNION ALL
                       (SELECT first.id, TRUE, first.credit_kind,
                               first.credited_user_id, first.credited_branch_id
                          FROM account_move_line AS item
                          JOIN sale_order_line_invoice_rel AS rel
                            ON rel.invoice_line_id = item.id
                          JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                          JOIN sale_order AS first ON first.id = sold.order_id
                         WHERE item.move_id = move.id
                           AND move.credited_user_id IS NULL
                           AND first.credited_user_id IS NOT NULL
                         ORDER BY first.id
                         LIMIT 1)
                       ) AS found
                 LIMIT 1
            ) AS origin ON TRUE
            """
        )
