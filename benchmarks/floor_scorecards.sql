-- What the scorecards of a month say, by plain SQL: per member of a branch the counted
-- turnover on the invoice basis, the target of the valid plan, their ratio and how many
-- fact rows are behind it. A discount on a document is a row for each line it lowers.
-- Parameters: company, date_from, date_to (both included), period.

SELECT member.user_id,
       coalesce(fact.amount, 0) AS amount,
       plan.target_amount,
       fact.amount / nullif(plan.target_amount, 0) AS fulfilment,
       coalesce(fact.rows, 0) AS rows
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
      SELECT document.user_id,
             sum(document.amount) AS amount,
             sum(document.lines + CASE WHEN document.lowered = 0 THEN document.discounts
                                       WHEN document.discount = 0 THEN 0
                                       WHEN document.discounts = 0 THEN 0
                                       ELSE document.lowered END) AS rows
        FROM (
            SELECT move.credited_user_id AS user_id,
                   sum(-line.balance) AS amount,
                   count(*) FILTER (WHERE reducing.product_id IS NULL) AS lines,
                   count(reducing.product_id) AS discounts,
                   sum(line.balance)
                       FILTER (WHERE reducing.product_id IS NOT NULL) AS discount,
                   count(*) FILTER (
                       WHERE reducing.product_id IS NULL
                         AND CASE move.move_type WHEN 'out_refund' THEN line.balance
                             ELSE -line.balance END >= 0.005
                   ) AS lowered
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
              JOIN account_account AS account ON account.id = line.account_id
              LEFT JOIN (
                  SELECT sale_discount_product_id FROM res_company
                   WHERE sale_discount_product_id IS NOT NULL
                   UNION
                  SELECT discount_line_product_id FROM loyalty_reward
                   WHERE discount_line_product_id IS NOT NULL
              ) AS reducing(product_id) ON reducing.product_id = line.product_id
             WHERE move.company_id = %(company)s
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND move.invoice_date BETWEEN %(date_from)s AND %(date_to)s
               AND line.parent_state = 'posted'
               AND account.account_type IN ('income', 'income_other')
               AND line.display_type = 'product'
               AND line.is_downpayment IS NOT TRUE
               AND move.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
             GROUP BY move.id
        ) AS document
       GROUP BY document.user_id
  ) AS fact ON fact.user_id = member.user_id
 ORDER BY member.user_id
