-- Adding and filling, by plain SQL, the columns that installation fills on existing
-- documents. The table floor_owner (partner_id, user_id, date_from, date_to; company 1)
-- holds who owned which customer when, and is there before the clock starts.

ALTER TABLE sale_order
    ADD COLUMN credited_user_id integer,
    ADD COLUMN credited_branch_id integer,
    ADD COLUMN credit_kind varchar,
    ADD COLUMN first_confirmation_date timestamp,
    ADD COLUMN first_confirmation_rate numeric;

ALTER TABLE account_move
    ADD COLUMN credited_user_id integer,
    ADD COLUMN credited_branch_id integer,
    ADD COLUMN credit_kind varchar;

ALTER TABLE sale_order_line
    ADD COLUMN recognition_cost numeric,
    ADD COLUMN recognition_categ_id integer;

ALTER TABLE account_move_line
    ADD COLUMN recognition_cost numeric,
    ADD COLUMN recognition_categ_id integer;

UPDATE sale_order o
   SET first_confirmation_date = o.date_order,
       first_confirmation_rate = o.currency_rate,
       credited_user_id = w.user_id,
       credit_kind = CASE WHEN w.user_id IS NULL THEN 'unassigned' ELSE 'single' END
  FROM sale_order s
  JOIN res_partner p ON p.id = s.partner_id
  LEFT JOIN floor_owner w ON w.partner_id = p.commercial_partner_id
   AND s.date_order::date BETWEEN w.date_from AND w.date_to
 WHERE o.id = s.id AND s.state = 'sale';

UPDATE account_move m
   SET credited_user_id = o.credited_user_id, credit_kind = o.credit_kind
  FROM (
      SELECT DISTINCT l.move_id, s.credited_user_id, s.credit_kind
        FROM account_move_line l
        JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id
        JOIN sale_order_line sl ON sl.id = r.order_line_id
        JOIN sale_order s ON s.id = sl.order_id
       WHERE l.parent_state = 'posted'
  ) o
 WHERE m.id = o.move_id;

UPDATE sale_order_line l
   SET recognition_cost = v.value / v.quantity, recognition_categ_id = f.categ_id
  FROM (
      SELECT sl.id, t.categ_id
        FROM sale_order_line sl
        JOIN sale_order s ON s.id = sl.order_id AND s.state = 'sale'
        JOIN product_product p ON p.id = sl.product_id
        JOIN product_template t ON t.id = p.product_tmpl_id
  ) f
  LEFT JOIN (
      SELECT sale_line_id, sum(value) AS value, sum(quantity) AS quantity
        FROM stock_move
       WHERE state = 'done' AND is_out AND sale_line_id IS NOT NULL
       GROUP BY 1
      HAVING sum(value) > 0 AND sum(quantity) > 0
  ) v ON v.sale_line_id = f.id
 WHERE l.id = f.id;

UPDATE account_move_line l
   SET recognition_cost = f.recognition_cost, recognition_categ_id = f.categ_id
  FROM (
      SELECT il.id, t.categ_id, s.recognition_cost
        FROM account_move_line il
        JOIN account_move m ON m.id = il.move_id
         AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
        JOIN product_product p ON p.id = il.product_id
        JOIN product_template t ON t.id = p.product_tmpl_id
        LEFT JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = il.id
        LEFT JOIN sale_order_line s ON s.id = r.order_line_id
       WHERE il.parent_state = 'posted' AND il.display_type = 'product'
  ) f
 WHERE l.id = f.id;

CREATE INDEX ON sale_order (credited_user_id) WHERE credited_user_id IS NOT NULL;
CREATE INDEX ON sale_order (credited_branch_id) WHERE credited_branch_id IS NOT NULL;
CREATE INDEX ON sale_order (company_id, first_confirmation_date)
    WHERE first_confirmation_date IS NOT NULL;
CREATE INDEX ON sale_order (credited_user_id, first_confirmation_date)
    WHERE first_confirmation_date IS NOT NULL;
CREATE INDEX ON account_move (credited_user_id) WHERE credited_user_id IS NOT NULL;
CREATE INDEX ON account_move (credited_branch_id) WHERE credited_branch_id IS NOT NULL;
CREATE INDEX ON account_move (credited_user_id, invoice_date)
    WHERE credited_user_id IS NOT NULL;
