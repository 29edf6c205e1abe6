-- Counted deliveries by manager, by plain SQL: each move is the difference of the
-- rounded parts of its order line's value before and after it; what has no move counts
-- by its invoices. A discount on the whole order lowers each line by the same share.
-- Parameters: company, date_from, date_to (both included).

WITH adjusting AS (
    SELECT sale_discount_product_id AS product_id
      FROM res_company
     WHERE sale_discount_product_id IS NOT NULL
     UNION
    SELECT discount_line_product_id
      FROM loyalty_reward
     WHERE discount_line_product_id IS NOT NULL
),
discounted AS (
    SELECT order_id FROM sale_order_line JOIN adjusting USING (product_id)
),
moved AS (
    SELECT move.sale_line_id, move.date AS moment, FALSE AS is_day,
           CASE WHEN target.usage = 'customer' THEN 1 ELSE -1 END
               * move.quantity * unit.factor AS quantity,
           (
               SELECT coalesce(sum(
                          CASE WHEN there.usage = 'customer' THEN 1 ELSE -1 END
                          * prior.quantity * prior_unit.factor
                      ), 0)
                 FROM stock_move AS prior
                 JOIN stock_location AS here ON here.id = prior.location_id
                 JOIN stock_location AS there ON there.id = prior.location_dest_id
                 JOIN uom_uom AS prior_unit ON prior_unit.id = prior.product_uom
                WHERE prior.sale_line_id = move.sale_line_id
                  AND prior.state = 'done'
                  AND (there.usage = 'customer' AND here.usage <> 'customer'
                       AND (prior.origin_returned_move_id IS NULL OR prior.to_refund)
                       OR here.usage = 'customer' AND there.usage <> 'customer'
                       AND there.usage <> 'inventory' AND prior.to_refund)
                  AND (prior.date < move.date
                       OR prior.date = move.date AND prior.id < move.id)
           ) AS earlier
      FROM stock_move AS move
      JOIN stock_location AS source ON source.id = move.location_id
      JOIN stock_location AS target ON target.id = move.location_dest_id
      JOIN uom_uom AS unit ON unit.id = move.product_uom
     WHERE move.company_id = %(company)s
       AND move.date >= %(date_from)s::date - 1
       AND move.date < %(date_to)s::date + 2
       AND move.state = 'done'
       AND (target.usage = 'customer' AND source.usage <> 'customer'
            AND (move.origin_returned_move_id IS NULL OR move.to_refund)
            OR source.usage = 'customer' AND target.usage <> 'customer'
            AND target.usage <> 'inventory' AND move.to_refund)
),
item AS MATERIALIZED (
    SELECT item.id, bill.invoice_date, rel.order_line_id,
           CASE bill.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
               * item.quantity * unit.factor AS quantity
      FROM account_move AS bill
      JOIN account_move_line AS item ON item.move_id = bill.id
      JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = item.id
      JOIN uom_uom AS unit ON unit.id = item.product_uom_id
     WHERE bill.company_id = %(company)s
       AND bill.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
       AND bill.invoice_date BETWEEN %(date_from)s AND %(date_to)s
       AND item.parent_state = 'posted'
       AND item.display_type = 'product'
),
billed AS (
    SELECT item.order_line_id, item.invoice_date::timestamp, TRUE, item.quantity,
           (
               SELECT coalesce(sum(
                          CASE prior_bill.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                          * prior.quantity * prior_unit.factor
                      ), 0)
                 FROM sale_order_line_invoice_rel AS prior_rel
                 JOIN account_move_line AS prior
                   ON prior.id = prior_rel.invoice_line_id
                  AND prior.parent_state = 'posted'
                 JOIN account_move AS prior_bill ON prior_bill.id = prior.move_id
                 JOIN uom_uom AS prior_unit ON prior_unit.id = prior.product_uom_id
                WHERE prior_rel.order_line_id = item.order_line_id
                  AND (prior_bill.invoice_date, prior.id)
                      < (item.invoice_date, item.id)
           )
      FROM item
     WHERE NOT EXISTS (
               SELECT FROM stock_move AS move
                WHERE move.sale_line_id = item.order_line_id
           )
)
SELECT sale.credited_user_id,
       sum(
           round(
               worth.amount * (event.earlier + event.quantity)
               / unit.factor / line.product_uom_qty, 2
           ) - round(
               worth.amount * event.earlier / unit.factor / line.product_uom_qty, 2
           )
       )
  FROM (TABLE moved UNION ALL TABLE billed) AS event
  JOIN sale_order_line AS line ON line.id = event.sale_line_id
  JOIN uom_uom AS unit ON unit.id = line.product_uom_id
  JOIN sale_order AS sale ON sale.id = line.order_id
  JOIN res_partner AS buyer ON buyer.id = sale.partner_id
  LEFT JOIN sales_branch AS branch ON branch.id = sale.credited_branch_id
 CROSS JOIN LATERAL (
     SELECT line.price_subtotal / coalesce(sale.first_confirmation_rate, 1)
            * (1 + CASE WHEN line.order_id IN (TABLE discounted)
                        AND line.price_subtotal > 0 THEN (
                   SELECT sum(other.price_subtotal) FILTER (
                              WHERE adjusting.product_id IS NOT NULL
                          ) / sum(other.price_subtotal) FILTER (
                              WHERE adjusting.product_id IS NULL
                                AND other.price_subtotal > 0
                          )
                     FROM sale_order_line AS other
                     LEFT JOIN adjusting USING (product_id)
                    WHERE other.order_id = line.order_id
                      AND other.is_downpayment IS NOT TRUE
               ) ELSE 0 END) AS amount
 ) AS worth
 WHERE sale.credited_user_id IS NOT NULL
   AND CASE WHEN event.is_day THEN event.moment
       ELSE event.moment AT TIME ZONE 'UTC' AT TIME ZONE coalesce(branch.tz, 'UTC')
       END::date BETWEEN %(date_from)s AND %(date_to)s
   AND line.is_downpayment IS NOT TRUE
   AND line.product_uom_qty <> 0
   AND line.product_id NOT IN (TABLE adjusting)
   AND buyer.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
 GROUP BY 1
