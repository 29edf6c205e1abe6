from odoo import models
from odoo.tools import SQL

from .sales_fact_query import KIND_PAYMENT, KIND_PAYMENT_SPREAD, PAYMENTS


class SalesFactPayment(models.AbstractModel):
    """Facts on the payment basis: invoices in the measure that they are paid.

    A payment of a part of a document, taxes included, is that part of each of its
    lines without them; money paid back on a credit note is negative. Money is what
    goes through a bank, cash or credit card account: credit notes, exchange
    differences and write-offs are not. A payment taken off again is as if it had
    never been. A down payment counts when paid, the final invoice with its rest.

    Beside the aliases of the invoice basis: ``partial`` the reconciliation
    with its amount on our document's side, ``paid`` with ``before``, ``after`` (parts
    of the document) and ``place`` (how many payments came before).
    """

    _name = "sales.fact.payment"
    _inherit = ["sales.fact.invoice.parts"]
    _description = "Facts Query: Payments"

    def _sql_payment_basis(self) -> SQL:
        """All facts on the payment basis, as branches that filters can reach into."""
        return SQL("\nUNION ALL\n").join(self._sql_payment_branches())

    def _sql_payment_branches(self) -> list:
        """The branches that can have rows; planning a branch costs more than asking."""
        exists = self._find_existing(
            {
                "divided": self._sql_divided_moves(),
                "discounted": SQL(
                    "SELECT TRUE FROM (%s) AS found", self._sql_discounted_lines()
                ),
            }
        )
        branches = [self._sql_paid_lines()]
        if exists["divided"]:
            branches.append(self._sql_paid_lines_divided())
        if exists["discounted"]:
            branches.append(self._sql_paid_spread())
        if exists["divided"] and exists["discounted"]:
            branches.append(self._sql_paid_spread_divided())
        return branches

    # ------------------------------------------------------------------
    # Branches
    # ------------------------------------------------------------------

    def _sql_paid_lines(self) -> SQL:
        """The common path: documents of one manager or nobody, line by line."""
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE AND (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_payment_columns(KIND_PAYMENT),
                self._sql_paid_line_columns(),
            ),
            self._sql_from_paid_lines(),
            self._sql_product_joins(),
            self._sql_is_divided(),
            self._sql_is_move_adjustment(),
        )

    def _sql_paid_lines_divided(self) -> SQL:
        """Documents of several managers: one row per line, payment and share."""
        value = self._sql_paid_part(SQL("-line.balance"))
        return SQL(
            "SELECT %s %s %s %s %s WHERE %s AND (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_payment_columns(KIND_PAYMENT, self._sql_rank()),
                self._sql_paid_line_columns(part=SQL("COALESCE(share.part, 1)")),
                self._sql_paid_divided_columns(value),
            ),
            self._sql_from_paid_lines(),
            self._sql_line_origin(),
            self._sql_shares(value, self._sql_move_credits()),
            self._sql_product_joins(),
            self._sql_is_divided(),
            self._sql_is_move_adjustment(),
        )

    def _sql_paid_spread(self) -> SQL:
        """The paid part of the discounts on whole documents of one manager."""
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_payment_columns(KIND_PAYMENT_SPREAD),
                self._sql_paid_spread_columns(
                    self._sql_paid_part(SQL("spread.amount"))
                ),
            ),
            self._sql_from_paid_spread(),
            self._sql_product_joins(),
            self._sql_is_divided(),
        )

    def _sql_paid_spread_divided(self) -> SQL:
        """The same for documents of several managers, within each origin order."""
        value = self._sql_paid_part(SQL("spread.amount"))
        return SQL(
            "SELECT %s %s %s %s %s WHERE %s",
            self._sql_select(
                self._sql_payment_columns(KIND_PAYMENT_SPREAD, self._sql_rank()),
                self._sql_paid_spread_columns(SQL("COALESCE(share.amount, %s)", value)),
                self._sql_paid_divided_columns(value),
            ),
            self._sql_from_paid_spread(),
            self._sql_line_origin(),
            self._sql_shares(value, self._sql_move_credits()),
            self._sql_product_joins(),
            self._sql_is_divided(),
        )

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _sql_from_payments(self) -> SQL:
        """Reconciliations of our documents with money, each with its part of them.

        Its two sides one after the other, so that either has the index of its column.
        """
        return SQL(
            """
            FROM (
                SELECT id, max_date, debit_move_id AS claim_id,
                       credit_move_id AS settling_id, debit_amount_currency AS amount
                  FROM account_partial_reconcile
                 UNION ALL
                SELECT id, max_date, credit_move_id, debit_move_id,
                       credit_amount_currency
                  FROM account_partial_reconcile
            ) AS partial
            JOIN account_move_line AS claim ON claim.id = partial.claim_id
             AND claim.display_type = 'payment_term'
            JOIN account_move AS move ON move.id = claim.move_id
             AND %(sales)s
             AND move.amount_total <> 0
            JOIN account_move_line AS settling ON settling.id = partial.settling_id
            JOIN account_journal AS journal ON journal.id = settling.journal_id
             AND %(money)s
            CROSS JOIN LATERAL (
                SELECT earlier.amount / abs(move.amount_total) AS before,
                       (earlier.amount + partial.amount * %(part)s)
                           / abs(move.amount_total) AS after,
                       earlier.place
                  FROM (%(earlier)s) AS earlier
            ) AS paid
            """,
            sales=self._sql_is_sales_type(),
            money=self._sql_is_money("settling", "journal"),
            part=self._sql_money_part("settling"),
            earlier=self._sql_earlier_payments(),
        )

    def _sql_is_money(self, settling, journal) -> SQL:
        """Whether what settles a document is money, not a credit note or write-off.

        A payment reset to draft keeps its reconciliation, but nothing is paid.
        """
        return SQL(
            """
            %(settling)s.parent_state = 'posted'
            AND (%(journal)s.type IN ('bank', 'cash', 'credit')
             OR EXISTS (
                    SELECT FROM account_move_line AS liquidity
                      JOIN account_account AS purse ON purse.id = liquidity.account_id
                     WHERE liquidity.move_id = %(settling)s.move_id
                       AND %(journal)s.type = 'general'
                       AND purse.account_type IN ('asset_cash', 'liability_credit_card')
                ))
            """,
            journal=SQL.identifier(journal),
            settling=SQL.identifier(settling),
        )

    def _sql_money_part(self, settling) -> SQL:
        """The part of what an entry settles that is money: the rest it writes off.

        A payment that takes a difference to an account of income or expense settles
        more than was paid; more money than it settles adds nothing.
        """
        return SQL(
            """
            (SELECT LEAST(1, GREATEST(0, 1 + COALESCE(
                        sum(part.balance) FILTER (
                            WHERE ledger.account_type IN (
                                'income', 'income_other', 'expense', 'expense_other',
                                'expense_direct_cost'))
                        / NULLIF(sum(part.balance) FILTER (
                            WHERE ledger.account_type IN (
                                'asset_receivable', 'liability_payable')), 0),
                        0)))
               FROM account_move_line AS part
               JOIN account_account AS ledger ON ledger.id = part.account_id
              WHERE part.move_id = %s.move_id)
            """,
            SQL.identifier(settling),
        )

    def _sql_earlier_payments(self) -> SQL:
        """What was paid on any due date of the document before; often it is all new."""
        return SQL(
            """
            SELECT COALESCE(sum(prior_side.amount * %(part)s), 0) AS amount,
                   count(prior_side.amount) AS place
              FROM account_move_line AS prior_claim
              JOIN account_partial_reconcile AS prior
                ON prior_claim.id IN (prior.debit_move_id, prior.credit_move_id)
              CROSS JOIN LATERAL (
                  SELECT CASE prior_claim.id WHEN prior.debit_move_id
                              THEN prior.debit_amount_currency
                              ELSE prior.credit_amount_currency END AS amount,
                         CASE prior_claim.id WHEN prior.debit_move_id
                              THEN prior.credit_move_id
                              ELSE prior.debit_move_id END AS settling_id
              ) AS prior_side
              JOIN account_move_line AS prior_settling
                ON prior_settling.id = prior_side.settling_id
              JOIN account_journal AS prior_journal
                ON prior_journal.id = prior_settling.journal_id
               AND %(money)s
             WHERE prior_claim.move_id = move.id
               AND prior_claim.display_type = 'payment_term'
               AND partial.amount <> abs(move.amount_total)
               AND (prior.max_date, prior.id) < (partial.max_date, partial.id)
            """,
            money=self._sql_is_money("prior_settling", "prior_journal"),
            part=self._sql_money_part("prior_settling"),
        )

    def _sql_from_paid_lines(self) -> SQL:
        return SQL(
            """
            %s
            JOIN account_move_line AS line ON line.move_id = move.id
             AND %s
            JOIN account_account AS account ON account.id = line.account_id
             AND (account.account_type IN ('income', 'income_other')
                  OR line.is_downpayment)
            %s
            """,
            self._sql_from_payments(),
            self._sql_is_paid_line(),
            self._sql_company_currency(),
        )

    def _sql_is_paid_line(self) -> SQL:
        """Lines of goods and services; down payments wherever they are booked."""
        return SQL("line.display_type = 'product' AND line.parent_state = 'posted'")

    def _sql_from_paid_spread(self) -> SQL:
        return SQL(
            """
            %(payments)s
            JOIN res_company AS company ON company.id = move.company_id
             AND %(discounted)s
            JOIN res_currency AS currency ON currency.id = company.currency_id
            CROSS JOIN LATERAL (%(spread)s) AS spread
            JOIN account_move_line AS line ON line.id = spread.line_id
            """,
            payments=self._sql_from_payments(),
            discounted=self._sql_is_discounted_move(),
            spread=self._sql_spread(self._sql_move_candidates()),
        )

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def _sql_paid_part(self, value: SQL) -> SQL:
        """What the payment makes of ``value``; all payments together make it up."""
        return SQL(
            "((round(%(value)s * paid.after / currency.rounding)"
            " - round(%(value)s * paid.before / currency.rounding))"
            " * currency.rounding)",
            value=value,
        )

    def _sql_payment_columns(self, kind, rank=None) -> dict:
        """What all rows of a payment have."""
        place = SQL("(line.id::bigint * %s + paid.place %% %s)", PAYMENTS, PAYMENTS)
        return {
            **self._sql_move_columns(kind, rank),
            "id": self._sql_id(place, kind, rank),
            "basis": SQL("'payment'"),
            "date": SQL("partial.max_date"),
            "moment": SQL("partial.max_date"),
        }

    def _sql_payment_status(self, user: SQL) -> dict:
        """As invoices, but what was paid on account counts."""
        intercompany = self._sql_is_move_intercompany()
        return {
            **self._sql_status(intercompany, user),
            "reason": SQL(
                "CASE WHEN %s THEN 'intercompany'"
                " WHEN move.credit_kind = 'needs_owner' AND %s IS NULL"
                " THEN 'needs_owner' END",
                intercompany,
                user,
            ),
        }

    def _sql_paid_line_columns(self, part: SQL | None = None) -> dict:
        """Columns of what was paid of one line, or of ``part`` of it."""
        paid = SQL("(paid.after - paid.before)")
        columns = self._sql_move_line_columns(
            SQL("%s * %s", paid, part) if part else paid
        )
        discount = self._sql_paid_part(self._sql_move_line_discount())
        return {
            **columns,
            **self._sql_payment_status(SQL("move.credited_user_id")),
            "amount": self._sql_paid_part(SQL("-line.balance")),
            "discount_amount": SQL("%s * %s", discount, part) if part else discount,
        }

    def _sql_paid_spread_columns(self, value: SQL) -> dict:
        return {
            **self._sql_spread_columns(value),
            **self._sql_payment_status(SQL("move.credited_user_id")),
        }

    def _sql_paid_divided_columns(self, value: SQL) -> dict:
        columns = self._sql_divided_columns(value)
        return {**columns, **self._sql_payment_status(columns["user_id"])}
