from odoo import models
from odoo.tools import SQL

from .sales_fact_query import KIND_PAYMENT, PAYMENTS


class SalesFactPayment(models.AbstractModel):
    """Facts on the payment basis: invoices in the measure that they are paid.

    A payment of a part of a document, taxes included, is that part of each of its
    lines without them; money paid back on a credit note is negative. Money is what
    goes through a bank, cash or credit card account: credit notes, exchange
    differences and write-offs are not. A payment taken off again is as if it had
    never been. A down payment counts when paid, the final invoice with its rest.

    Beside the aliases of the invoice basis: ``partial`` the reconciliation,
    ``side`` our document's side of it, ``paid`` with ``before``, ``after`` (parts
    of the document) and ``place`` (how many payments came before), ``piece`` the lines
    as they are or a part of a discount on one.
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
        pieces = self._sql_paid_pieces(exists["discounted"])
        branches = [self._sql_paid(pieces)]
        if exists["divided"]:
            branches.append(self._sql_paid_divided(pieces))
        return branches

    # ------------------------------------------------------------------
    # Branches
    # ------------------------------------------------------------------

    def _sql_paid(self, pieces) -> SQL:
        """The common path: documents of one manager or nobody, line by line."""
        return SQL(
            "SELECT %s %s %s WHERE (%s) IS NOT TRUE",
            self._sql_select(
                self._sql_payment_columns(KIND_PAYMENT),
                self._sql_paid_columns(self._sql_paid_part(self._sql_piece_value())),
            ),
            self._sql_from_paid_lines(pieces),
            self._sql_product_joins(),
            self._sql_is_divided(),
        )

    def _sql_paid_divided(self, pieces) -> SQL:
        """Documents of several managers: one row per payment, piece and share."""
        value = self._sql_paid_part(self._sql_piece_value())
        return SQL(
            "SELECT %s %s %s %s %s WHERE %s",
            self._sql_select(
                self._sql_payment_columns(KIND_PAYMENT, self._sql_rank()),
                self._sql_paid_columns(
                    SQL("COALESCE(share.amount, %s)", value),
                    part=SQL("COALESCE(share.part, 1)"),
                ),
                self._sql_paid_divided_columns(value),
            ),
            self._sql_from_paid_lines(pieces),
            self._sql_line_origin(),
            self._sql_shares(value, self._sql_move_credits()),
            self._sql_product_joins(),
            self._sql_is_divided(),
        )

    def _sql_paid_pieces(self, discounted) -> SQL:
        """What a payment is for: the lines and, beside them, what lowers them.

        Both come from one reading of the payments, since finding them is the expensive
        part; the parts of a discount are computed once for a document that has one.
        """
        pieces = SQL(
            "SELECT paid.move_id, FALSE AS is_discount, FALSE AS is_spread,"
            " NULL::integer AS line_id, NULL::numeric AS amount"
        )
        if discounted:
            pieces = SQL(
                """
                %s
                UNION ALL
                SELECT paid.move_id, TRUE, spread.is_spread, spread.line_id,
                       spread.amount
                  FROM (%s) AS spread
                 WHERE %s
                """,
                pieces,
                self._sql_spread(self._sql_move_candidates()),
                self._sql_is_discounted_move(),
            )
        return SQL("CROSS JOIN LATERAL (%s) AS piece", pieces)

    def _sql_piece_value(self) -> SQL:
        return SQL(
            "CASE WHEN piece.is_discount THEN piece.amount ELSE -line.balance END"
        )

    # ------------------------------------------------------------------
    # Sources
    # ------------------------------------------------------------------

    def _sql_from_payments(self) -> SQL:
        """Reconciliations of our documents with money, each with its part of them.

        What was paid is computed once per payment, before its lines are joined: for
        that ``OFFSET`` keeps it apart, and the lines are found by its ``move_id``.
        """
        return SQL(
            """
            FROM account_partial_reconcile AS partial
            JOIN account_move_line AS claim
              ON claim.id IN (partial.debit_move_id, partial.credit_move_id)
             AND claim.display_type = 'payment_term'
            CROSS JOIN LATERAL (%(side)s) AS side
            JOIN account_move AS move ON move.id = claim.move_id
             AND %(sales)s
             AND move.amount_total <> 0
            JOIN account_move_line AS settling ON settling.id = side.settling_id
            JOIN account_journal AS journal ON journal.id = settling.journal_id
             AND %(money)s
            CROSS JOIN LATERAL (
                SELECT move.id AS move_id,
                       earlier.amount / abs(move.amount_total) AS before,
                       (earlier.amount + side.amount * %(part)s)
                           / abs(move.amount_total) AS after,
                       earlier.place
                  FROM (%(earlier)s) AS earlier
                OFFSET 0
            ) AS paid
            """,
            side=self._sql_reconciled_side("partial", "claim"),
            sales=self._sql_is_sales_type(),
            money=self._sql_is_money("settling", "journal"),
            part=self._sql_money_part("settling"),
            earlier=self._sql_earlier_payments(),
        )

    def _sql_reconciled_side(self, partial, claim) -> SQL:
        """The amount of a reconciliation on the side of ``claim``, and what settles."""
        return SQL(
            """
            SELECT CASE %(claim)s.id WHEN %(partial)s.debit_move_id
                        THEN %(partial)s.debit_amount_currency
                        ELSE %(partial)s.credit_amount_currency END AS amount,
                   CASE %(claim)s.id WHEN %(partial)s.debit_move_id
                        THEN %(partial)s.credit_move_id
                        ELSE %(partial)s.debit_move_id END AS settling_id
            """,
            partial=SQL.identifier(partial),
            claim=SQL.identifier(claim),
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
              CROSS JOIN LATERAL (%(side)s) AS prior_side
              JOIN account_move_line AS prior_settling
                ON prior_settling.id = prior_side.settling_id
              JOIN account_journal AS prior_journal
                ON prior_journal.id = prior_settling.journal_id
               AND %(money)s
             WHERE prior_claim.move_id = move.id
               AND prior_claim.display_type = 'payment_term'
               AND side.amount <> abs(move.amount_total)
               AND (prior.max_date, prior.id) < (partial.max_date, partial.id)
            """,
            side=self._sql_reconciled_side("prior", "prior_claim"),
            money=self._sql_is_money("prior_settling", "prior_journal"),
            part=self._sql_money_part("prior_settling"),
        )

    def _sql_from_paid_lines(self, pieces) -> SQL:
        """The lines of paid documents, and a discounted one again for its discount."""
        return SQL(
            """
            %(payments)s
            JOIN res_company AS company ON company.id = move.company_id
            JOIN res_currency AS currency ON currency.id = company.currency_id
            %(pieces)s
            JOIN account_move_line AS line ON line.move_id = piece.move_id
             AND %(goods)s
             AND CASE WHEN piece.is_discount THEN line.id = piece.line_id
                 ELSE (%(adjustment)s) IS NOT TRUE END
            """,
            payments=self._sql_from_payments(),
            pieces=pieces,
            goods=self._sql_is_paid_line(),
            adjustment=self._sql_is_move_adjustment(),
        )

    def _sql_is_paid_line(self) -> SQL:
        """Lines of goods and services; down payments wherever they are booked."""
        return SQL(
            """
            line.display_type = 'product' AND line.parent_state = 'posted'
             AND (line.is_downpayment OR line.account_id IN (
                     SELECT account.id FROM account_account AS account
                      WHERE account.account_type IN ('income', 'income_other')
                 ))
            """
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
            # the kind of a discount follows that of what it lowers
            "id": SQL(
                "%s + piece.is_discount::integer", self._sql_id(place, kind, rank)
            ),
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

    def _sql_paid_columns(self, value: SQL, part: SQL | None = None) -> dict:
        """Columns of what was paid of one line, or of ``part`` of it.

        A discount is value alone, neither goods nor cost.
        """
        paid = SQL("(paid.after - paid.before)")
        of_line = self._sql_move_line_columns(
            SQL("%s * %s", paid, part) if part else paid
        )
        discount = self._sql_paid_part(self._sql_move_line_discount())
        if part:
            discount = SQL("%s * %s", discount, part)
        return {
            **of_line,
            **self._sql_payment_status(SQL("move.credited_user_id")),
            "quantity": SQL(
                "CASE WHEN piece.is_discount THEN 0 ELSE %s END", of_line["quantity"]
            ),
            "amount": value,
            "spread_amount": SQL("CASE WHEN piece.is_spread THEN %s ELSE 0 END", value),
            "discount_amount": SQL(
                "CASE WHEN piece.is_discount THEN -(%s) ELSE %s END", value, discount
            ),
            "cost": SQL(
                "CASE WHEN NOT piece.is_discount THEN %s"
                " WHEN piece.is_spread AND line.recognition_cost IS NULL THEN NULL"
                " ELSE 0 END",
                of_line["cost"],
            ),
        }

    def _sql_paid_divided_columns(self, value: SQL) -> dict:
        columns = self._sql_divided_columns(value)
        return {**columns, **self._sql_payment_status(columns["user_id"])}
