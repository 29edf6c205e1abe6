-- What the scorecards of a month say, by plain SQL: per member of a branch the counted
-- turnover on the invoice basis, the target of the valid plan and their ratio.
-- Parameters: company, date_from, date_to (both included), period.

SELECT member.user_id,
       coalesce(fact.amount, 0) AS amount,
       plan.target_amount,
       fact.amount / nullif(plan.target_amount, 0) AS fulfilment
  FROM (
      SELECT DISTINCT user_id
        FROM sales_branch_member
       WHERE company_id = %(company)s
         AND date_from <= %(date_to)s
         AND (date_to IS NULL OR date_to >= %(date_from)s)
  ) AS member
  LEFT JOIN sales_plan AS plan
    ON plan.user_id = member.user_id
   AND plan.period_id = %(period)s
   AND plan.company_id = %(company)s
   AND plan.state IN ('approved', 'running')
  LEFT JOIN (
      SELECT move.credited_user_id AS user_id, sum(-line.balance) AS amount
        FROM account_move AS move
        JOIN account_move_line AS line ON line.move_id = move.id
        JOIN account_account AS account ON account.id = line.account_id
       WHERE move.company_id = %(company)s
         AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
         AND move.invoice_date BETWEEN %(date_from)s AND %(date_to)s
         AND line.parent_state = 'posted'
         AND account.account_type IN ('income', 'income_other')
         AND line.display_type = 'product'
         AND line.is_downpayment IS NOT TRUE
         AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
       GROUP BY 1
  ) AS fact ON fact.user_id = member.user_id
 ORDER BY member.user_id
