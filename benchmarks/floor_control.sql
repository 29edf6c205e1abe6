-- Money and goods of all confirmed orders: plain SQL that keeps the same rows and columns
-- in tables of its own. It may know that every invoice of the scale data set is of one
-- order, that its branch is in UTC, and that nothing was promised anew.
CREATE TABLE floor_control_line AS
WITH moved AS (
    SELECT move.sale_line_id AS id,
           max(move.date_deadline) AS deadline,
           min(move.date) FILTER (WHERE move.state = 'done') AS first_shipped_at,
           max(move.date) FILTER (WHERE move.state = 'done') AS last_shipped_at,
           max(move.date) FILTER (WHERE move.state <> 'done') AS planned_at,
           count(*) FILTER (WHERE move.state <> 'done') AS open_count,
           bool_and(move.state = 'assigned') FILTER (WHERE move.state <> 'done')
               AS is_assigned
      FROM stock_move move
      JOIN stock_location place ON place.id = move.location_dest_id
       AND place.usage = 'customer'
     WHERE move.sale_line_id IS NOT NULL AND move.state <> 'cancel'
  GROUP BY move.sale_line_id
),
dated AS (
    SELECT sold.id AS order_line_id, sold.order_id, doc.company_id,
           partner.commercial_partner_id AS partner_id, sold.product_id, doc.user_id,
           customer.user_id AS owner_id, doc.credited_user_id,
           doc.credited_branch_id AS branch_id, sold.product_uom_qty AS ordered_qty,
           sold.qty_delivered AS shipped_qty, moved.first_shipped_at,
           moved.last_shipped_at, moved.planned_at, moved.is_assigned,
           abs(sold.price_subtotal) AS weight,
           coalesce(doc.commitment_date, moved.deadline)::date AS promised_on,
           sold.qty_delivered >= sold.product_uom_qty - 0.00001
           OR sold.qty_delivered > 0 AND coalesce(moved.open_count, 0) = 0 AS is_whole
      FROM sale_order doc
      JOIN res_partner partner ON partner.id = doc.partner_id
      JOIN res_partner customer ON customer.id = partner.commercial_partner_id
      JOIN sale_order_line sold ON sold.order_id = doc.id
       AND sold.display_type IS NULL AND sold.is_downpayment IS NOT TRUE
       AND sold.qty_delivered_method = 'stock_move' AND sold.product_uom_qty > 0
      LEFT JOIN moved ON moved.id = sold.id
     WHERE doc.state = 'sale' AND doc.company_id = 1
)
SELECT dated.*, promised_on AS agreed_on,
       CASE WHEN NOT is_whole THEN planned_at::date END AS expected_on,
       CASE WHEN is_whole THEN coalesce(last_shipped_at::date, %(today)s) END AS shipped_on,
       coalesce(NOT is_whole AND promised_on < %(today)s, false) AS is_late,
       coalesce(is_whole AND coalesce(last_shipped_at::date, %(today)s) <= promised_on,
                false) AS is_on_time
  FROM dated;
CREATE UNIQUE INDEX ON floor_control_line (order_line_id);

CREATE TABLE floor_control AS
WITH paid AS (
    SELECT document.order_id,
           sum(due.balance) AS invoiced,
           sum(due.balance - due.amount_residual) AS paid,
           sum(due.amount_currency - due.amount_residual_currency) AS paid_in_currency,
           min(due.currency_id) AS currency_id,
           greatest(0,
               coalesce(sum(due.amount_residual)
                   FILTER (WHERE due.amount_residual > 0
                             AND due.date_maturity < %(today)s), 0)
               + coalesce(sum(due.amount_residual)
                   FILTER (WHERE due.amount_residual < 0), 0)) AS overdue,
           min(due.date_maturity) FILTER (WHERE due.amount_residual > 0) AS due_on
      FROM (SELECT DISTINCT sold.order_id, line.move_id
              FROM sale_order_line sold
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id
              JOIN account_move_line line ON line.id = rel.invoice_line_id
             WHERE line.parent_state = 'posted') AS document
      JOIN account_move_line due ON due.move_id = document.move_id
       AND due.display_type = 'payment_term'
  GROUP BY document.order_id
),
shipped AS (
    SELECT order_id, max(promised_on) AS promised_on,
           CASE WHEN bool_or(NOT is_whole AND expected_on IS NULL) THEN NULL
                ELSE max(expected_on) END AS expected_on,
           sum(weight * least(1, greatest(0, shipped_qty / ordered_qty)))
               / nullif(sum(weight), 0) AS share,
           min(first_shipped_at) AS first_shipped_at,
           max(last_shipped_at) AS last_shipped_at,
           greatest(0, max(coalesce(shipped_on, %(today)s) - agreed_on)) AS late_days,
           bool_or(is_late) AS is_late, bool_and(is_whole) AS is_whole,
           bool_and(is_whole OR coalesce(is_assigned, false)) AS is_ready
      FROM floor_control_line
  GROUP BY order_id
)
SELECT doc.id AS order_id, doc.company_id, company.currency_id,
       partner.commercial_partner_id AS partner_id, doc.user_id,
       customer.user_id AS owner_id, doc.credited_branch_id AS branch_id,
       round(agreed.amount, 2) AS agreed_amount,
       round(coalesce(paid.invoiced, 0), 2) AS invoiced_amount,
       round(coalesce(paid.paid, 0), 2) AS paid_amount,
       round(coalesce(paid.invoiced - paid.paid, 0), 2) AS open_amount,
       paid.due_on AS next_due_on,
       round(coalesce(paid.overdue, 0), 2) AS overdue_amount,
       CASE WHEN paid.overdue > 0 THEN %(today)s - paid.due_on ELSE 0 END AS overdue_days,
       CASE WHEN settled.paid > settled.agreed + currency.rounding THEN 'over'
            WHEN settled.paid >= settled.agreed - currency.rounding THEN 'paid'
            WHEN settled.paid <= currency.rounding THEN 'none'
            ELSE 'partial' END AS payment_state,
       shipped.promised_on, shipped.expected_on,
       coalesce(round(shipped.share, 4), 0)::float8 AS shipped_share,
       shipped.first_shipped_at, shipped.last_shipped_at,
       coalesce(shipped.late_days, 0) AS late_days,
       coalesce(shipped.is_late, false) AS is_late,
       coalesce(shipped.is_ready AND NOT shipped.is_whole, false) AS is_ready,
       CASE WHEN shipped.order_id IS NULL THEN 'nothing'
            WHEN shipped.is_whole THEN 'shipped'
            WHEN shipped.is_late THEN 'late'
            WHEN shipped.share > 0 THEN 'part'
            WHEN shipped.is_ready THEN 'ready'
            ELSE 'waiting' END AS shipment_state
  FROM sale_order doc
  JOIN res_company company ON company.id = doc.company_id
  JOIN res_partner partner ON partner.id = doc.partner_id
  JOIN res_partner customer ON customer.id = partner.commercial_partner_id
  JOIN res_currency currency ON currency.id = doc.currency_id
  LEFT JOIN paid ON paid.order_id = doc.id
  LEFT JOIN shipped ON shipped.order_id = doc.id
 CROSS JOIN LATERAL (
       SELECT doc.amount_total / coalesce(nullif(doc.currency_rate, 0), 1)::numeric
                  AS amount) AS agreed
 CROSS JOIN LATERAL (
       SELECT CASE WHEN paid.currency_id = doc.currency_id THEN doc.amount_total
                   ELSE agreed.amount END AS agreed,
              coalesce(CASE WHEN paid.currency_id = doc.currency_id
                            THEN paid.paid_in_currency ELSE paid.paid END, 0) AS paid
       ) AS settled
 WHERE doc.state = 'sale' AND doc.company_id = 1;
CREATE UNIQUE INDEX ON floor_control (order_id);
