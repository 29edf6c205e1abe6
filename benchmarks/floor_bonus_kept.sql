-- Keeps every invoice line of the periods as a base line, and writes their sums, by
-- plain SQL into the tables as they are. Parameters: periods (ids).

WITH counted AS (
    SELECT period.id AS period_id, line.id AS line_id, line.move_id,
           line.product_id, template.categ_id,
           COALESCE(origin.invoice_date, move.invoice_date) AS date,
           line.quantity, -line.balance AS amount,
           line.is_downpayment IS NOT TRUE
           AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
               AS is_included
      FROM trade_bonus_period AS period
      JOIN account_move AS move
        ON move.commercial_partner_id = period.partner_id
       AND move.company_id = period.company_id
       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
      LEFT JOIN account_move AS origin ON origin.id = move.reversed_entry_id
      JOIN account_move_line AS line ON line.move_id = move.id
      JOIN account_account AS account ON account.id = line.account_id
      LEFT JOIN product_product AS product ON product.id = line.product_id
      LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
     WHERE period.id = ANY(%(periods)s)
       AND COALESCE(origin.invoice_date, move.invoice_date)
           BETWEEN period.date_from AND period.date_to
       AND line.parent_state = 'posted'
       AND line.display_type = 'product'
       AND account.account_type IN ('income', 'income_other')
), kept AS (
    INSERT INTO trade_bonus_base_line
        (period_id, key, date, move_id, move_line_id, product_id, categ_id,
         quantity, amount, amount_company, value, is_included)
    SELECT period_id, 'invoice:' || line_id || ':', date, move_id, line_id,
           product_id, categ_id, quantity, amount, amount,
           CASE WHEN is_included THEN amount ELSE 0 END, is_included
      FROM counted
    RETURNING period_id, value
)
UPDATE trade_bonus_period AS period
   SET base = sums.base, state = 'calculated'
  FROM (SELECT period_id, sum(value) AS base FROM kept GROUP BY 1) AS sums
 WHERE sums.period_id = period.id
