-- What customers bought and how late they paid: plain SQL that keeps the same figures in
-- a table of its own. Parameters: company, today, year (twelve months ago), before
-- (twenty-four months ago).
CREATE TABLE floor_customer AS
WITH invoiced AS (
    SELECT move.commercial_partner_id AS partner_id,
           sum(-line.balance) FILTER (WHERE move.invoice_date > %(year)s) AS turnover,
           sum(-line.balance) FILTER (WHERE move.invoice_date <= %(year)s)
               AS turnover_before,
           sum(line.balance) FILTER (WHERE move.invoice_date > %(year)s
               AND move.move_type = 'out_refund') AS returned
      FROM account_move AS move
      JOIN account_move_line AS line ON line.move_id = move.id
      JOIN account_account AS account ON account.id = line.account_id
     WHERE move.company_id = %(company)s
       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND move.invoice_date > %(before)s AND move.invoice_date <= %(today)s
       AND line.parent_state = 'posted'
       AND account.account_type IN ('income', 'income_other')
       AND line.display_type = 'product'
       AND line.is_downpayment IS NOT TRUE
     GROUP BY 1
),
ordered AS (
    SELECT buyer.commercial_partner_id AS partner_id,
           count(DISTINCT sale.id) FILTER (
               WHERE sale.first_confirmation_date::date > %(year)s) AS order_count,
           min(sale.first_confirmation_date)::date AS first_order_on,
           max(sale.first_confirmation_date)::date AS last_order_on
      FROM sale_order AS sale
      JOIN sale_order_line AS line ON line.order_id = sale.id
      JOIN res_partner AS buyer ON buyer.id = sale.partner_id
     WHERE sale.company_id = %(company)s AND sale.state = 'sale'
       AND sale.first_confirmation_date::date <= %(today)s
       AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
     GROUP BY 1
),
due AS (
    SELECT line.id, line.date_maturity, line.amount_residual,
           move.commercial_partner_id AS partner_id
      FROM account_move_line AS line
      JOIN account_move AS move ON move.id = line.move_id
     WHERE move.move_type = 'out_invoice' AND move.state = 'posted'
       AND move.company_id = %(company)s AND line.display_type = 'payment_term'
       AND line.date_maturity BETWEEN %(year)s AND %(today)s
),
paid AS (
    SELECT due.partner_id, part.amount,
           greatest(credit.date - due.date_maturity, 0) AS days
      FROM due
      JOIN account_partial_reconcile AS part ON part.debit_move_id = due.id
      JOIN account_move_line AS credit ON credit.id = part.credit_move_id
      JOIN account_move AS source ON source.id = credit.move_id
     WHERE source.move_type <> 'out_refund'
     UNION ALL
    SELECT partner_id, amount_residual, %(today)s - date_maturity
      FROM due WHERE amount_residual > 0
),
late AS (
    SELECT partner_id, sum(amount * days) / sum(amount) AS days_late
      FROM paid GROUP BY 1 HAVING sum(amount) > 0
)
SELECT customer.id AS partner_id,
       round(coalesce(invoiced.turnover, 0), 2) AS turnover,
       round(coalesce(invoiced.turnover_before, 0), 2) AS turnover_before,
       round(coalesce(invoiced.returned, 0), 2) AS returned,
       coalesce(ordered.order_count, 0)::int AS order_count,
       ordered.first_order_on, ordered.last_order_on,
       round(coalesce(late.days_late, 0), 1) AS days_late
  FROM res_partner AS customer
  LEFT JOIN invoiced ON invoiced.partner_id = customer.id
  LEFT JOIN ordered ON ordered.partner_id = customer.id
  LEFT JOIN late ON late.partner_id = customer.id
 WHERE customer.commercial_partner_id = customer.id
   AND num_nonnulls(invoiced.partner_id, ordered.partner_id, late.partner_id) > 0
   AND customer.id NOT IN (SELECT partner_id FROM res_company);
CREATE UNIQUE INDEX ON floor_customer (partner_id);
