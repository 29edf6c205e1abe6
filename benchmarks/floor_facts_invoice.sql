-- Counted invoices by manager, by plain SQL. Parameters: company, date_from, date_to
-- (both included).

SELECT move.credited_user_id, sum(-line.balance)
  FROM account_move AS move
  JOIN account_move_line AS line ON line.move_id = move.id
  JOIN account_account AS account ON account.id = line.account_id
 WHERE move.company_id = %(company)s
   AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
   AND move.invoice_date BETWEEN %(date_from)s AND %(date_to)s
   AND move.credited_user_id IS NOT NULL
   AND line.parent_state = 'posted'
   AND account.account_type IN ('income', 'income_other')
   AND line.display_type = 'product'
   AND line.is_downpayment IS NOT TRUE
   AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
 GROUP BY 1
