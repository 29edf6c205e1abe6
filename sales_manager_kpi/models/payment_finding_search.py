from odoo import api, fields, models
from odoo.tools import SQL

TWICE = 14  # days within which the same amount again looks like a second payment
NIGHTS = 90  # days back that are looked at every night


class PaymentFinding(models.Model):
    """Looks at payments, many at once, and writes down what is wrong with them."""

    # The search has a file of its own.
    _inherit = "payment.finding"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _look_at(self, moves):
        """Find what is wrong with payments, and let go of what is not wrong any more.

        :param moves: SQL of ids of journal entries
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH %(paid)s, %(found)s,
                gone AS (
                    UPDATE payment_finding finding SET state = 'gone'
                     WHERE finding.state = 'open'
                       AND finding.move_id IN (SELECT id FROM looked)
                       AND NOT EXISTS (SELECT FROM found
                                        WHERE found.move_id = finding.move_id
                                          AND found.kind = finding.kind)
                )
                INSERT INTO payment_finding (
                    move_id, kind, invoice_id, other_move_id, company_id, partner_id,
                    user_id, branch_id, currency_id, amount, paid_on, state, found_at,
                    create_date)
                SELECT found.move_id, found.kind, found.invoice_id, found.other_id,
                       paid.company_id, paid.partner_id, paid.user_id,
                       paid.branch_id, paid.currency_id, found.amount, paid.date,
                       'open', %(now)s, %(now)s
                  FROM found JOIN paid USING (line_id)
                 WHERE NOT EXISTS (SELECT FROM payment_finding before
                                    WHERE before.move_id = found.move_id
                                      AND before.kind = found.kind
                                      AND before.state <> 'gone')
                ON CONFLICT (move_id, kind) WHERE state = 'open' DO NOTHING
                """,
                paid=self._sql_paid(moves),
                found=self._sql_found(),
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _sql_paid(self, moves):
        """CTEs ``looked``, ``paid`` (customers' money), ``settled`` (what it pays).

        The manager is the owner of the customer whose invoice it pays, the branch that
        of the invoice.
        """
        return SQL(
            """
            looked AS MATERIALIZED (%(moves)s),
            lines AS MATERIALIZED (
                SELECT line.id AS line_id, line.move_id, line.company_id, line.date,
                       line.currency_id, -line.amount_currency AS amount,
                       -line.amount_residual_currency AS surplus,
                       currency.rounding / 2 AS step,
                       partner.commercial_partner_id AS payer_id,
                       lower(concat_ws(' ', move.ref, payment.memo)) AS memo
                  FROM looked
                  JOIN account_move move ON move.id = looked.id
                   AND move.state = 'posted' AND move.move_type = 'entry'
                  JOIN account_journal journal ON journal.id = move.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
                  JOIN account_move_line line ON line.move_id = move.id
                   AND line.balance < 0
                  JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN res_currency currency ON currency.id = line.currency_id
             LEFT JOIN account_payment payment ON payment.move_id = move.id
             LEFT JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE EXISTS (SELECT FROM sales_branch branch
                                WHERE branch.company_id = line.company_id)
            ),
            settled AS MATERIALIZED (
                SELECT lines.line_id, invoice.id AS invoice_id,
                       invoice.commercial_partner_id AS partner_id,
                       invoice.currency_id, invoice.credited_branch_id AS branch_id,
                       due.amount_residual_currency AS left_open,
                       (SELECT bool_or(strpos(lines.memo, lower(word)) > 0)
                          FROM unnest(ARRAY[invoice.name, invoice.payment_reference,
                               NULLIF(invoice.invoice_origin, ''),
                               NULLIF(invoice.ref, '')]) AS word) AS is_named
                  FROM lines
                  JOIN account_partial_reconcile partial
                    ON partial.credit_move_id = lines.line_id
                  JOIN account_move_line due ON due.id = partial.debit_move_id
                  JOIN account_move invoice ON invoice.id = due.move_id
                   AND invoice.move_type = 'out_invoice'
            ),
            paid AS MATERIALIZED (
                SELECT lines.*, COALESCE(pays.partner_id, payer_id) AS partner_id,
                       owner.user_id, pays.branch_id, pays.invoice_id,
                       pays.invoice_id IS NOT NULL AS is_used
                  FROM lines
             LEFT JOIN LATERAL (
                       SELECT partner_id, branch_id, invoice_id FROM settled
                        WHERE settled.line_id = lines.line_id
                     ORDER BY invoice_id LIMIT 1) AS pays ON TRUE
             LEFT JOIN res_partner owner
                    ON owner.id = COALESCE(pays.partner_id, payer_id)
            )
            """,
            moves=moves,
        )

    @api.model
    def _sql_found(self):
        """CTE ``found``: one row for each payment and kind.

        An amount fits where it closes what was due, or is what the customer promised.
        """
        return SQL(
            """
            wrong AS (
                SELECT line_id, 'payer' AS kind, MIN(invoice_id) AS invoice_id,
                       NULL::integer AS other_id
                  FROM settled JOIN lines USING (line_id)
                 WHERE settled.partner_id <> lines.payer_id GROUP BY line_id
                 UNION ALL
                SELECT line_id, 'currency', MIN(invoice_id), NULL
                  FROM settled JOIN lines USING (line_id)
                 WHERE settled.currency_id <> lines.currency_id GROUP BY line_id
                 UNION ALL
                SELECT line_id, 'reference', MIN(invoice_id), NULL
                  FROM settled GROUP BY line_id
                HAVING NOT bool_or(COALESCE(is_named, FALSE))
                 UNION ALL
                SELECT line_id, 'amount', MIN(settled.invoice_id), NULL
                  FROM settled JOIN paid USING (line_id)
                 WHERE settled.left_open > paid.step AND paid.surplus <= paid.step
                   AND NOT EXISTS (SELECT FROM payment_promise promise
                        WHERE promise.partner_id = paid.partner_id
                          AND promise.company_id = paid.company_id
                          AND promise.currency_id = paid.currency_id
                          AND promise.amount = paid.amount) GROUP BY line_id
                 UNION ALL
                SELECT line_id, 'over', invoice_id, NULL
                  FROM paid WHERE is_used AND surplus > step
                 UNION ALL
                SELECT paid.line_id, 'double', paid.invoice_id, MIN(before.move_id)
                  FROM paid
                  JOIN account_move_line before
                    ON before.partner_id IN (SELECT id FROM res_partner
                        WHERE commercial_partner_id = paid.payer_id)
                   AND before.company_id = paid.company_id
                   AND before.currency_id = paid.currency_id
                   AND before.amount_currency = -paid.amount
                   AND before.parent_state = 'posted'
                   AND before.date BETWEEN paid.date - %(twice)s AND paid.date
                   AND (before.date, before.move_id) < (paid.date, paid.move_id)
                  JOIN account_move other ON other.id = before.move_id
                   AND other.move_type = 'entry'
                  JOIN account_journal journal ON journal.id = other.journal_id
                   AND journal.type IN ('bank', 'cash', 'credit')
                  JOIN account_account account ON account.id = before.account_id
                   AND account.account_type = 'asset_receivable'
                 WHERE paid.surplus > paid.step
                    OR paid.memo <> '' AND lower(other.ref) = paid.memo
              GROUP BY paid.line_id, paid.invoice_id
            ),
            found AS MATERIALIZED (
                SELECT DISTINCT ON (paid.move_id, wrong.kind)
                       wrong.line_id, paid.move_id, wrong.kind, wrong.invoice_id,
                       wrong.other_id,
                       CASE WHEN wrong.kind = 'over' THEN paid.surplus
                            ELSE paid.amount END AS amount
                  FROM wrong JOIN paid USING (line_id)
              ORDER BY paid.move_id, wrong.kind, wrong.line_id
            )
            """,
            twice=TWICE,
        )

    @api.model
    def _look_at_touched(self, document_ids):
        """Look at these entries, and at the payments of those that are invoices."""
        self._look_at(
            SQL(
                """
                SELECT unnest(%(ids)s) AS id
                 UNION
                SELECT credit.move_id
                  FROM account_move_line due
                  JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = due.id
                  JOIN account_move_line credit ON credit.id = partial.credit_move_id
                 WHERE due.move_id = ANY(%(ids)s)
                """,
                ids=list(document_ids),
            )
        )

    @api.model
    def _look_at_recent(self):
        """Look at the payments of the last months, as every night."""
        self._look_at(
            SQL(
                "SELECT move.id FROM account_move move"
                "  JOIN account_journal journal ON journal.id = move.journal_id"
                "   AND journal.type IN ('bank', 'cash', 'credit')"
                " WHERE move.date >= %s::date - %s",
                fields.Date.today(),
                NIGHTS,
            )
        )


class SaleOrderControl(models.Model):
    _inherit = "sale.order.control"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _after_money(self, document_ids):
        self.env["payment.finding"]._look_at_touched(document_ids)
        return super()._after_money(document_ids)

    @api.model
    def _after_reconciled(self):
        self.env["payment.finding"]._look_at_recent()
        return super()._after_reconciled()
