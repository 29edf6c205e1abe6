-- Counted payments by manager, by plain SQL: each payment is the difference of the
-- rounded paid parts of every line before and after it. Of a payment counts the part
-- that is money: what its entry takes to income or expense is written off. Parameters:
-- company, date_from, date_to (both included).

WITH payment AS (
    SELECT partial.id, partial.max_date, claim.move_id, money.move_id AS entry_id,
           CASE claim.id WHEN partial.debit_move_id THEN partial.debit_amount_currency
                ELSE partial.credit_amount_currency END AS settled
      FROM account_partial_reconcile AS partial
      JOIN account_move_line AS claim
        ON claim.id IN (partial.debit_move_id, partial.credit_move_id)
       AND claim.display_type = 'payment_term'
      JOIN account_move_line AS money
        ON money.id = partial.debit_move_id + partial.credit_move_id - claim.id
      JOIN account_journal AS journal ON journal.id = money.journal_id
     WHERE journal.type IN ('bank', 'cash', 'credit')
       AND money.parent_state = 'posted'
       AND partial.max_date BETWEEN %(date_from)s AND %(date_to)s
),
paid AS MATERIALIZED (
    SELECT move.id AS move_id, move.credited_user_id,
           abs(move.amount_total) AS whole,
           payment.settled * (
               SELECT least(1, greatest(0, 1 + coalesce(
                          sum(part.balance) FILTER (WHERE ledger.account_type IN (
                              'income', 'income_other', 'expense', 'expense_other',
                              'expense_direct_cost'))
                          / nullif(sum(part.balance) FILTER (WHERE ledger.account_type
                              IN ('asset_receivable', 'liability_payable')), 0), 0)))
                 FROM account_move_line AS part
                 JOIN account_account AS ledger ON ledger.id = part.account_id
                WHERE part.move_id = payment.entry_id
           ) AS amount,
           CASE WHEN payment.settled = abs(move.amount_total) THEN 0 ELSE (
               SELECT coalesce(sum(prior.settled * share.part), 0)
                 FROM (
                     SELECT money.move_id AS entry_id,
                            CASE claim.id WHEN side.debit_move_id
                                 THEN side.debit_amount_currency
                                 ELSE side.credit_amount_currency END AS settled
                       FROM account_move_line AS claim
                       JOIN account_partial_reconcile AS side
                         ON claim.id IN (side.debit_move_id, side.credit_move_id)
                       JOIN account_move_line AS money
                         ON money.id = side.debit_move_id + side.credit_move_id
                            - claim.id
                       JOIN account_journal AS journal ON journal.id = money.journal_id
                      WHERE claim.move_id = move.id
                        AND claim.display_type = 'payment_term'
                        AND journal.type IN ('bank', 'cash', 'credit')
                        AND money.parent_state = 'posted'
                        AND (side.max_date, side.id) < (payment.max_date, payment.id)
                 ) AS prior
                CROSS JOIN LATERAL (
                    SELECT least(1, greatest(0, 1 + coalesce(
                               sum(part.balance) FILTER (WHERE ledger.account_type IN (
                                   'income', 'income_other', 'expense',
                                   'expense_other', 'expense_direct_cost'))
                               / nullif(sum(part.balance) FILTER (
                                   WHERE ledger.account_type IN (
                                       'asset_receivable', 'liability_payable')), 0),
                               0))) AS part
                      FROM account_move_line AS part
                      JOIN account_account AS ledger ON ledger.id = part.account_id
                     WHERE part.move_id = prior.entry_id
                ) AS share
           ) END AS earlier
      FROM payment
      JOIN account_move AS move ON move.id = payment.move_id
     WHERE move.company_id = %(company)s
       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND move.credited_user_id IS NOT NULL
       AND move.amount_total <> 0
       AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
)
SELECT paid.credited_user_id,
       sum(
           round(-line.balance * (paid.earlier + paid.amount) / paid.whole, 2)
           - round(-line.balance * paid.earlier / paid.whole, 2)
       )
  FROM paid
  JOIN account_move_line AS line ON line.move_id = paid.move_id
  JOIN account_account AS account ON account.id = line.account_id
 WHERE line.display_type = 'product'
   AND line.parent_state = 'posted'
   AND (account.account_type IN ('income', 'income_other') OR line.is_downpayment)
 GROUP BY 1
