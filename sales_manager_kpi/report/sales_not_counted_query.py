from odoo import models
from odoo.tools import SQL

COLUMNS = {
    "id": "bigint",
    "basis": "varchar",
    "reason": "varchar",
    "date": "date",
    "moment": "timestamp",
    "company_id": "integer",
    "currency_id": "integer",
    "user_id": "integer",
    "credited_user_id": "integer",
    "branch_id": "integer",
    "partner_id": "integer",
    "amount": "numeric",
    "move_id": "integer",
    "order_id": "integer",
}

# A row's number says its document, manager and day, so that it is found again; all of
# it stays below what a browser can count to.
USERS, DAYS, KINDS = 16384, 1024, 16
KIND_BASIS = {"invoice": 0, "order": 1, "delivery": 2, "payment": 3}
KIND_ORDER, KIND_FACT = 4, 8


class SalesNotCountedQuery(models.AbstractModel):
    """Parts of the query of ``sales.not.counted``.

    Documents that have facts are read from the facts, so that both say the same; what
    has none yet (quotations, drafts, what is not invoiced) from the documents. Aliases
    as in ``sales.fact.query``; beside them ``day`` the document's day, ``owner`` the
    assignment on it, ``member`` the salesperson's membership, ``manager`` one manager
    the document is or would be for, ``pending`` what of it does not count.
    """

    _name = "sales.not.counted.query"
    _description = "Parts of the Query of What Is Not Counted"

    def _sql_columns(self, columns) -> SQL:
        return SQL(", ").join(
            SQL(
                f"(%s)::{kind} AS %s",
                columns.get(name, SQL("NULL")),
                SQL.identifier(name),
            )
            for name, kind in COLUMNS.items()
        )

    def _sql_id(self, document: SQL, user: SQL, date: SQL, kind: int) -> SQL:
        return SQL(
            "((%s::bigint * %s + COALESCE(%s, 0) %% %s) * %s"
            " + (%s - '2000-01-01'::date) %% %s) * %s + %s",
            document,
            USERS,
            user,
            USERS,
            DAYS,
            date,
            DAYS,
            KINDS,
            kind,
        )

    # ------------------------------------------------------------------
    # Documents that have facts
    # ------------------------------------------------------------------

    def _sql_other_facts(self, basis) -> SQL:
        """Facts that do not count for who owned the customer on their day."""
        document = "order_id" if basis in ("order", "delivery") else "move_id"
        kind = KIND_BASIS[basis] + KIND_FACT
        kind += KIND_ORDER if document == "order_id" else 0
        fact_document = SQL.identifier("fact", document)
        columns = {
            "id": self._sql_id(
                fact_document, SQL("owner.user_id"), SQL("fact.date"), kind
            ),
            "basis": SQL("%s", basis),
            "reason": SQL("(array_agg(%s ORDER BY %s))[1]", *self._sql_fact_reason()),
            "credited_user_id": SQL(
                "(array_agg(fact.user_id ORDER BY %s) FILTER ("
                "WHERE NOT fact.is_excluded))[1]",
                self._sql_fact_order(),
            ),
            "user_id": SQL("owner.user_id"),
            "branch_id": SQL(
                "CASE WHEN owner.user_id IS NULL THEN min(fact.branch_id)"
                " ELSE min(owner.branch_id) END"
            ),
            "amount": SQL("sum(fact.amount)"),
            document: fact_document,
            **{
                name: SQL.identifier("fact", name)
                for name in (
                    "date",
                    "moment",
                    "company_id",
                    "currency_id",
                    "partner_id",
                )
            },
        }
        facts = self.env["sales.fact.report"].with_context(fact_bases=[basis])
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(facts)s) AS fact
              LEFT JOIN customer_assignment AS owner
                     ON owner.partner_id = fact.partner_id
                    AND owner.company_id = fact.company_id
                    AND owner.date_from <= fact.date
                    AND (owner.date_to IS NULL OR owner.date_to >= fact.date)
             WHERE fact.basis = %(basis)s
               AND fact.partner_id IS NOT NULL
               AND (fact.is_excluded OR fact.user_id IS NULL
                    OR owner.user_id <> fact.user_id)
               AND (fact.reason IS NULL
                    OR fact.reason NOT IN ('other_month', 'vendor_document'))
          GROUP BY fact.company_id, fact.currency_id, fact.partner_id, fact.date,
                   fact.moment, owner.user_id, %(document)s
            HAVING sum(fact.amount) <> 0
            """,
            columns=self._sql_columns(columns),
            facts=facts._table_query,
            basis=basis,
            document=fact_document,
        )

    def _sql_fact_order(self) -> SQL:
        return SQL("abs(fact.amount) DESC, fact.id")

    def _sql_fact_reason(self):
        """The reason of a fact, and the order in which the largest part tells it."""
        reason = SQL(
            """
            CASE WHEN fact.is_excluded THEN fact.reason
                 WHEN fact.user_id IS NOT NULL THEN 'other_manager'
                 WHEN fact.reason = 'needs_owner' THEN 'needs_owner'
                 WHEN owner.user_id IS NULL THEN 'no_owner'
                 ELSE 'unassigned'
            END
            """
        )
        return reason, self._sql_fact_order()

    # ------------------------------------------------------------------
    # Orders
    # ------------------------------------------------------------------

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

    def _sql_done(self, basis, is_document: SQL) -> SQL:
        """What of a document the facts know: in its own month, and in others.

        On payments the share has PostgreSQL look for the manager first, so that the
        documents of others are not asked; deliveries are read faster without it.
        """
        asked = "manager.share_bp <> 0" if basis == "payment" else "TRUE"
        facts = self.env["sales.fact.report"].with_context(fact_bases=[basis])
        return SQL(
            """
            SELECT COALESCE(sum(fact.amount) FILTER (WHERE %(here)s), 0) AS here,
                   COALESCE(sum(fact.amount) FILTER (WHERE NOT %(here)s), 0)
                       AS elsewhere
              FROM (%(facts)s) AS fact
             WHERE %(is_document)s
               AND fact.reason IS DISTINCT FROM 'down_payment'
               AND %(asked)s
            """,
            here=SQL(
                "date_trunc('month', fact.date::timestamp)"
                " = date_trunc('month', day.day::timestamp)"
            ),
            facts=facts._table_query,
            is_document=is_document,
            asked=SQL(asked),
        )

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def _sql_owner(self, partner: SQL, salesperson: SQL, document) -> SQL:
        """Assignment on the day; without an owner, a salesperson who is a member."""
        return SQL(
            """
            LEFT JOIN customer_assignment AS owner
                   ON owner.partner_id = %(partner)s
                  AND owner.company_id = %(document)s
                  AND owner.date_from <= day.day
                  AND (owner.date_to IS NULL OR owner.date_to >= day.day)
                  AND owner.user_id IS NOT NULL
            LEFT JOIN sales_branch_member AS member
                   ON member.user_id = %(salesperson)s
                  AND member.company_id = %(document)s
                  AND member.date_from <= day.day
                  AND (member.date_to IS NULL OR member.date_to >= day.day)
            """,
            partner=partner,
            salesperson=salesperson,
            document=SQL.identifier(document, "company_id"),
        )

    def _sql_managers(self, document, is_share: SQL) -> SQL:
        """The managers a document is for, and the owner it is not for.

        Shares where it has some, else the one it is credited to, else the owner.
        """
        return SQL(
            """
            SELECT credit.user_id, credit.branch_id, credit.share_bp,
                   NULL::integer AS credited_user_id
              FROM sales_credit AS credit
             WHERE %(kind)s = 'shared' AND %(is_share)s
             UNION ALL
            SELECT %(user)s, %(branch)s, 10000, NULL
             WHERE %(user)s IS NOT NULL AND %(kind)s IS DISTINCT FROM 'shared'
             UNION ALL
            SELECT COALESCE(owner.user_id, member.user_id),
                   CASE WHEN owner.user_id IS NULL THEN member.branch_id
                        ELSE owner.branch_id END,
                   10000, NULL
             WHERE %(user)s IS NULL
             UNION ALL
            SELECT owner.user_id, owner.branch_id, 10000, %(user)s
             WHERE owner.user_id <> %(user)s
               AND NOT EXISTS (
                       SELECT FROM sales_credit AS credit
                        WHERE %(kind)s = 'shared' AND %(is_share)s
                          AND credit.user_id = owner.user_id
                   )
            """,
            kind=SQL.identifier(document, "credit_kind"),
            user=SQL.identifier(document, "credited_user_id"),
            branch=SQL.identifier(document, "credited_branch_id"),
            is_share=is_share,
        )

    def _sql_pending_columns(self, is_intercompany: SQL) -> dict:
        return {
            "date": SQL("day.day"),
            "user_id": SQL("manager.user_id"),
            "branch_id": SQL("manager.branch_id"),
            "credited_user_id": SQL("manager.credited_user_id"),
            "amount": SQL(
                "round(pending.amount * manager.share_bp / 10000.0 / currency.rounding)"
                " * currency.rounding"
            ),
            "reason": SQL(
                """
                CASE WHEN %s THEN 'intercompany'
                     WHEN manager.credited_user_id IS NOT NULL THEN 'other_manager'
                     ELSE pending.reason
                END
                """,
                is_intercompany,
            ),
        }
