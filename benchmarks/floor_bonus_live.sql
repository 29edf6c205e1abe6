-- Turnover that counts in each period of trade bonuses, by plain SQL.
-- Parameters: periods (ids). A credit note counts on the day of its invoice.

SELECT period.id, sum(-line.balance)
  FROM trade_bonus_period AS period
  JOIN account_move AS move
    ON move.commercial_partner_id = period.partner_id
   AND move.company_id = period.company_id
   AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
  LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
  JOIN account_move_line AS line ON line.move_id = move.id
  JOIN account_account AS account ON account.id = line.account_id
 WHERE period.id = ANY(%(periods)s)
   AND COALESCE(origin.invoice_date, move.invoice_date)
       BETWEEN period.date_from AND period.date_to
   AND line.parent_state = 'posted'
   AND line.display_type = 'product'
   AND line.is_downpayment IS NOT TRUE
   AND account.account_type IN ('income', 'income_other')
   AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
 GROUP BY 1
