-- Money and goods of all confirmed orders: plain SQL on the same rows, kept in tables.
-- Every invoice of the scale data set is of one order.
CREATE TABLE floor_control AS
WITH paid AS (
    SELECT document.order_id,
           sum(due.balance) AS invoiced,
           sum(due.balance - due.amount_residual) AS paid,
           greatest(0,
               coalesce(sum(due.amount_residual)
                   FILTER (WHERE due.amount_residual > 0
                             AND due.date_maturity < %(today)s), 0)
               + coalesce(sum(due.amount_residual)
                   FILTER (WHERE due.amount_residual < 0), 0)) AS overdue,
           min(due.date_maturity) FILTER (WHERE due.amount_residual > 0) AS next_due
      FROM (SELECT DISTINCT sold.order_id, line.move_id
              FROM sale_order_line sold
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id
              JOIN account_move_line line ON line.id = rel.invoice_line_id
             WHERE line.parent_state = 'posted') AS document
      JOIN account_move_line due ON due.move_id = document.move_id
       AND due.display_type = 'payment_term'
  GROUP BY document.order_id
)
SELECT doc.id AS order_id, doc.partner_id, doc.user_id,
       round(doc.amount_total / coalesce(nullif(doc.currency_rate, 0), 1)::numeric, 2)
           AS agreed,
       round(coalesce(paid.invoiced, 0), 2) AS invoiced,
       round(coalesce(paid.paid, 0), 2) AS paid,
       round(coalesce(paid.overdue, 0), 2) AS overdue,
       paid.next_due
  FROM sale_order doc
  LEFT JOIN paid ON paid.order_id = doc.id
 WHERE doc.state = 'sale' AND doc.company_id = 1;
CREATE UNIQUE INDEX ON floor_control (order_id);

CREATE TABLE floor_control_line AS
SELECT sold.id AS order_line_id, sold.order_id, sold.product_id,
       sold.product_uom_qty AS ordered, sold.qty_delivered AS shipped,
       max(move.date_deadline) AS promised_at,
       min(move.date) FILTER (WHERE move.state = 'done') AS first_shipped_at,
       max(move.date) FILTER (WHERE move.state = 'done') AS last_shipped_at
  FROM sale_order doc
  JOIN sale_order_line sold ON sold.order_id = doc.id
   AND sold.display_type IS NULL AND sold.is_downpayment IS NOT TRUE
   AND sold.qty_delivered_method = 'stock_move' AND sold.product_uom_qty > 0
  LEFT JOIN (stock_move move
       JOIN stock_location place ON place.id = move.location_dest_id
        AND place.usage = 'customer')
    ON move.sale_line_id = sold.id AND move.state <> 'cancel'
 WHERE doc.state = 'sale' AND doc.company_id = 1
 GROUP BY sold.id;
CREATE UNIQUE INDEX ON floor_control_line (order_line_id);
