-- Counted payments by manager, by plain SQL: each payment is the difference of the
-- rounded paid parts of every line before and after it. Parameters: company, date_from,
-- date_to (both included).

WITH payment AS (
    SELECT partial.id, partial.max_date, claim.move_id,
           CASE claim.id WHEN partial.debit_move_id THEN partial.debit_amount_currency
                ELSE partial.credit_amount_currency END AS amount
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
paid AS (
    SELECT payment.move_id, payment.amount,
           CASE WHEN payment.amount = abs(move.amount_total) THEN 0 ELSE (
               SELECT coalesce(sum(
                          CASE claim.id WHEN prior.debit_move_id
                               THEN prior.debit_amount_currency
                               ELSE prior.credit_amount_currency END
                      ), 0)
                 FROM account_move_line AS claim
                 JOIN account_partial_reconcile AS prior
                   ON claim.id IN (prior.debit_move_id, prior.credit_move_id)
                 JOIN account_move_line AS money
                   ON money.id = prior.debit_move_id + prior.credit_move_id - claim.id
                 JOIN account_journal AS journal ON journal.id = money.journal_id
                WHERE claim.move_id = move.id
                  AND claim.display_type = 'payment_term'
                  AND journal.type IN ('bank', 'cash', 'credit')
                  AND money.parent_state = 'posted'
                  AND (prior.max_date, prior.id) < (payment.max_date, payment.id)
           ) END AS earlier
      FROM payment
      JOIN account_move AS move ON move.id = payment.move_id
)
SELECT move.credited_user_id,
       sum(
           round(
               -line.balance * (paid.earlier + paid.amount) / abs(move.amount_total), 2
           ) - round(-line.balance * paid.earlier / abs(move.amount_total), 2)
       )
  FROM paid
  JOIN account_move AS move ON move.id = paid.move_id
  JOIN account_move_line AS line ON line.move_id = move.id
  JOIN account_account AS account ON account.id = line.account_id
 WHERE move.company_id = %(company)s
   AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
   AND move.credited_user_id IS NOT NULL
   AND move.amount_total <> 0
   AND line.display_type = 'product'
   AND line.parent_state = 'posted'
   AND (account.account_type IN ('income', 'income_other') OR line.is_downpayment)
   AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
 GROUP BY 1
