from odoo import models
from odoo.tools import SQL


class SalesFactInvoiceParts(models.AbstractModel):
    """Sources, conditions and columns of the facts on the invoice basis.

    Beside the aliases of ``sales.fact.query``: ``move``, ``account``, ``origin`` (the
    order that a line of a mixed invoice comes from), ``spread`` (part of a discount).
    """

    _name = "sales.fact.invoice.parts"
    _inherit = ["sales.fact.query"]
    _description = "Parts of the Facts Query: Invoices"

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _sql_from_moves(self) -> SQL:
        return SQL(
            """
            FROM account_move AS move
            JOIN account_move_line AS line ON line.move_id = move.id
            JOIN account_account AS account ON account.id = line.account_id
            """
        )

    def _sql_from_spread(self) -> SQL:
        """Parts of the discounts of each document that has one, beside their line."""
        return SQL(
            """
            FROM account_move AS move
            JOIN res_company AS company ON company.id = move.company_id
             AND %(document)s
             AND %(discounted)s
            JOIN res_currency AS currency ON currency.id = company.currency_id
            CROSS JOIN LATERAL (%(spread)s) AS spread
            -- by its index: the planner takes these few lines for a great many
            CROSS JOIN LATERAL (
                SELECT * FROM account_move_line WHERE id = spread.line_id OFFSET 0
            ) AS line
            """,
            document=self._sql_is_sales_document(),
            discounted=self._sql_is_discounted_move(),
            spread=self._sql_spread(self._sql_move_candidates()),
        )

    def _sql_is_discounted_move(self) -> SQL:
        """Whether ``move`` has a discount; see `_sql_is_discounted_order`."""
        return SQL("(move.id IN (%s)) IS TRUE", self._sql_discounted_lines())

    def _sql_discounted_lines(self) -> SQL:
        return SQL(
            """
            SELECT discount.move_id
              FROM account_move_line AS discount
              JOIN (%s) AS adjusting(product_id)
                ON adjusting.product_id = discount.product_id
             WHERE discount.parent_state = 'posted'
            """,
            self._sql_adjustment_products(),
        )

    def _sql_move_candidates(self) -> SQL:
        """Product lines of ``move``; discounts of a mixed one stay in their order."""
        return SQL(
            """
            SELECT line.id AS line_id,
                   -line.balance AS value,
                   COALESCE(origin.id, 0) AS scope,
                   adjusting.product_id IS NOT NULL AS is_adjustment,
                   adjusting.product_id IS NULL
                   AND round(
                       line.balance * move_sign.sign / currency.rounding
                   ) > 0 AS is_target
              FROM account_move_line AS line
              JOIN account_account AS account ON account.id = line.account_id
              %(origin)s
              %(adjusting)s
              CROSS JOIN (
                  SELECT CASE move.move_type
                             WHEN 'out_refund' THEN 1 ELSE -1 END AS sign
              ) AS move_sign
             WHERE line.move_id = move.id
               AND line.display_type = 'product'
               AND line.is_downpayment IS NOT TRUE
               AND %(ledger)s
            """,
            origin=self._sql_line_origin(),
            adjusting=self._sql_adjusting_join(),
            ledger=self._sql_is_ledger_line(),
        )

    def _sql_company_currency(self) -> SQL:
        return SQL(
            "JOIN res_currency AS currency ON currency.id = line.company_currency_id"
        )

    def _sql_optional_currency(self) -> SQL:
        """The same where only some columns need it, so that it is dropped else."""
        return SQL("LEFT %s", self._sql_company_currency())

    def _sql_line_origin(self) -> SQL:
        """The order that a line of a mixed invoice follows: its first."""
        return SQL(
            """
            LEFT JOIN LATERAL (
                SELECT sale.id,
                       sale.credit_kind,
                       sale.credited_user_id,
                       sale.credited_branch_id
                  FROM sale_order_line_invoice_rel AS rel
                  JOIN sale_order_line AS sale_line ON sale_line.id = rel.order_line_id
                  JOIN sale_order AS sale ON sale.id = sale_line.order_id
                 WHERE rel.invoice_line_id = line.id
                   AND move.credit_kind = 'by_line'
                   AND sale.credit_kind IS NOT NULL
                 ORDER BY sale.id
                 LIMIT 1
            ) AS origin ON TRUE
            """
        )

    def _sql_move_credits(self) -> SQL:
        """Shares of the document, or of the order a line of it comes from."""
        return SQL(
            """
            SELECT credit.id, credit.user_id, credit.branch_id, credit.share_bp,
                   credit.sequence
              FROM sales_credit AS credit
             WHERE credit.move_id = move.id
               AND credit.kind <> 'by_line'
               AND move.credit_kind = 'shared'
             UNION ALL
            SELECT credit.id, credit.user_id, credit.branch_id, credit.share_bp,
                   credit.sequence
              FROM sales_credit AS credit
             WHERE credit.order_id = origin.id
               AND origin.credit_kind = 'shared'
            """
        )

    # ------------------------------------------------------------------
    # Conditions
    # ------------------------------------------------------------------

    def _sql_is_sales_type(self) -> SQL:
        return SQL("move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')")

    def _sql_is_sales_document(self) -> SQL:
        return SQL("%s AND move.invoice_date IS NOT NULL", self._sql_is_sales_type())

    def _sql_is_ledger_line(self) -> SQL:
        """The lines that the ledger side of the reconciliation adds up too."""
        return SQL(
            "line.parent_state = 'posted'"
            " AND account.account_type IN ('income', 'income_other')"
        )

    def _sql_is_divided(self) -> SQL:
        """Whether the credit lies in rows of its own; may be NULL."""
        return SQL("move.credit_kind IN ('shared', 'by_line')")

    def _sql_divided_moves(self) -> SQL:
        return SQL(
            "SELECT TRUE FROM account_move AS move WHERE %s", self._sql_is_divided()
        )

    def _sql_is_move_adjustment(self) -> SQL:
        """Whether a line is a discount on the whole document; may be NULL."""
        return SQL(
            "line.product_id IN (%s) AND line.display_type = 'product'"
            " AND line.is_downpayment IS NOT TRUE",
            self._sql_adjustment_products(),
        )

    def _sql_is_booked_elsewhere(self) -> SQL:
        """Invoice date and accounting date lie in different months."""
        return SQL(
            "move.invoice_date <> move.date"
            " AND date_trunc('month', move.invoice_date::timestamp)"
            " <> date_trunc('month', move.date::timestamp)"
        )

    def _sql_is_move_intercompany(self) -> SQL:
        return self._sql_is_intercompany(SQL("move.commercial_partner_id"))

    def _sql_is_move_line_excluded(self) -> SQL:
        """Whether a line of a sales document does not count; `reason` says why."""
        return SQL(
            "(line.is_downpayment IS TRUE"
            " OR (line.display_type <> 'product') IS TRUE OR %s)",
            self._sql_is_move_intercompany(),
        )

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _sql_rank(self) -> SQL:
        return SQL("COALESCE(share.rank, 0)")

    def _sql_move_columns(self, kind, rank=None) -> dict:
        """What all rows of a document have."""
        return {
            "id": self._sql_id(SQL("line.id"), kind, rank),
            "basis": SQL("'invoice'"),
            "date": SQL("move.invoice_date"),
            "moment": SQL("move.invoice_date"),
            "company_id": SQL("move.company_id"),
            "currency_id": SQL("line.company_currency_id"),
            "user_id": SQL("move.credited_user_id"),
            "branch_id": SQL("move.credited_branch_id"),
            "partner_id": SQL("move.commercial_partner_id"),
            "rate": SQL("move.invoice_currency_rate"),
            "rate_date": SQL("move.invoice_date"),
            "share_bp": SQL("10000"),
            "is_return": SQL("move.move_type = 'out_refund'"),
            "move_id": SQL("move.id"),
            "move_line_id": SQL("line.id"),
            **self._sql_move_order_columns(),
            "substitution_id": self._sql_move_substitution(),
        }

    def _sql_move_order_columns(self) -> dict:
        """Subqueries, so that nobody pays for them who does not ask."""
        return {
            "order_id": SQL(
                "(SELECT min(sale_line.order_id)"
                " FROM sale_order_line_invoice_rel AS rel"
                " JOIN sale_order_line AS sale_line ON sale_line.id = rel.order_line_id"
                " WHERE rel.invoice_line_id = line.id)"
            ),
            "order_line_id": SQL(
                "(SELECT min(rel.order_line_id)"
                " FROM sale_order_line_invoice_rel AS rel"
                " WHERE rel.invoice_line_id = line.id)"
            ),
        }

    def _sql_move_substitution(self) -> SQL:
        """The document's, or that of the order a line of a mixed invoice follows."""
        return SQL(
            """
            CASE WHEN move.credit_kind IS DISTINCT FROM 'by_line'
                 THEN move.substitution_id
                 ELSE (SELECT sale.substitution_id
                         FROM sale_order_line_invoice_rel AS rel
                         JOIN sale_order_line AS sale_line
                           ON sale_line.id = rel.order_line_id
                         JOIN sale_order AS sale ON sale.id = sale_line.order_id
                        WHERE rel.invoice_line_id = line.id
                          AND sale.credit_kind IS NOT NULL
                        ORDER BY sale.id
                        LIMIT 1)
            END
            """
        )

    def _sql_move_status(self, user: SQL) -> dict:
        reason = SQL(
            """
            CASE WHEN line.is_downpayment THEN 'down_payment'
                 WHEN line.display_type <> 'product' THEN 'other_line'
                 WHEN %s THEN 'intercompany'
                 WHEN move.credit_kind = 'needs_owner' AND %s IS NULL THEN 'needs_owner'
            END
            """,
            self._sql_is_move_intercompany(),
            user,
        )
        return {
            **self._sql_status(self._sql_is_move_line_excluded(), user),
            "reason": reason,
        }

    def _sql_move_sign(self) -> SQL:
        return SQL("CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END")

    def _sql_move_line_discount(self) -> SQL:
        """The discount on the line, found without another join unless asked for."""
        list_value = SQL(
            "%s * line.price_unit * line.quantity"
            " / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)",
            self._sql_move_sign(),
        )
        return self._sql_line_discount(SQL("-line.balance"), list_value)

    def _sql_move_line_columns(self, part: SQL | None = None) -> dict:
        """Columns of one ledger line, or of ``part`` of it."""
        quantity = SQL(
            "%s * %s",
            self._sql_move_sign(),
            self._sql_in_product_uom(SQL("line.quantity")),
        )
        discount = self._sql_move_line_discount()
        if part:
            quantity = SQL("%s * %s", quantity, part)
            discount = SQL("%s * %s", discount, part)
        return {
            **self._sql_product_columns(),
            **self._sql_move_status(SQL("move.credited_user_id")),
            "quantity": quantity,
            "amount": SQL("-line.balance"),
            "spread_amount": SQL("0"),
            "discount_amount": discount,
            "cost": SQL("line.recognition_cost * (%s)", quantity),
        }

    def _sql_spread_columns(self, value: SQL) -> dict:
        """Columns of a part of a discount: value alone, neither goods nor cost."""
        return {
            **self._sql_product_columns(),
            **self._sql_move_status(SQL("move.credited_user_id")),
            "quantity": SQL("0"),
            "amount": value,
            "spread_amount": SQL(
                "CASE WHEN spread.is_spread THEN %s ELSE 0 END", value
            ),
            "discount_amount": SQL("-(%s)", value),
            "cost": SQL(
                "CASE WHEN spread.is_spread AND line.recognition_cost IS NULL"
                " THEN NULL ELSE 0 END"
            ),
        }

    def _sql_divided_columns(self, value: SQL) -> dict:
        """What a share changes; without any share the document's manager has it all."""
        user = self._sql_share_column("user_id", "credited_user_id")
        return {
            "user_id": user,
            "branch_id": self._sql_share_column("branch_id", "credited_branch_id"),
            "amount": SQL("COALESCE(share.amount, %s)", value),
            "share_bp": SQL("COALESCE(share.share_bp, 10000)"),
            **self._sql_move_status(user),
        }

    def _sql_share_column(self, name, credited) -> SQL:
        return SQL(
            "CASE WHEN share.share_bp IS NOT NULL THEN %s"
            " WHEN origin.id IS NOT NULL THEN %s ELSE %s END",
            SQL.identifier("share", name),
            SQL.identifier("origin", credited),
            SQL.identifier("move", credited),
        )
