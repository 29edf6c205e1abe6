-- Counted orders by manager, by plain SQL: by the day of the first confirmation in the
-- branch's time zone, at the rate of that moment. Parameters: company, date_from,
-- date_to (both included).

SELECT sale.credited_user_id,
       sum(round(line.price_subtotal / coalesce(sale.first_confirmation_rate, 1), 2))
  FROM sale_order AS sale
  JOIN sale_order_line AS line ON line.order_id = sale.id
  JOIN res_partner AS buyer ON buyer.id = sale.partner_id
  LEFT JOIN sales_branch AS branch ON branch.id = sale.credited_branch_id
 WHERE sale.company_id = %(company)s
   AND sale.first_confirmation_date >= %(date_from)s::date - 1
   AND sale.first_confirmation_date < %(date_to)s::date + 2
   AND (sale.first_confirmation_date AT TIME ZONE 'UTC'
        AT TIME ZONE coalesce(branch.tz, 'UTC'))::date
       BETWEEN %(date_from)s AND %(date_to)s
   AND sale.credited_user_id IS NOT NULL
   AND sale.state = 'sale'
   AND line.display_type IS NULL
   AND line.is_downpayment IS NOT TRUE
   AND buyer.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
 GROUP BY 1
