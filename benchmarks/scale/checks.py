"""What must hold in the finished data; foreign keys were not enforced while writing."""

INVARIANTS = {
    "unbalanced moves": """SELECT count(*) FROM (SELECT move_id FROM account_move_line
      GROUP BY move_id HAVING abs(sum(balance)) > 0.004) x""",
    "orders that differ from their lines": """SELECT count(*) FROM sale_order o
      JOIN (SELECT order_id, sum(price_subtotal) AS sub FROM sale_order_line
        GROUP BY 1) l ON l.order_id = o.id
      WHERE abs(o.amount_untaxed - l.sub) > 0.001
        OR abs(o.amount_total - o.amount_untaxed - o.amount_tax) > 0.001""",
    "invoices that differ from their lines": """SELECT count(*) FROM account_move m
      JOIN (SELECT move_id, sum(balance) AS balance FROM account_move_line
        WHERE display_type = 'product' GROUP BY 1) l ON l.move_id = m.id
      WHERE m.move_type IN ('out_invoice', 'out_refund')
        AND abs(m.amount_untaxed_signed + l.balance) > 0.004""",
    "residuals that differ from reconciliation": """SELECT count(*)
      FROM account_move_line l LEFT JOIN (SELECT item, sum(amount) AS amount FROM (
          SELECT debit_move_id AS item, amount FROM account_partial_reconcile
          UNION ALL SELECT credit_move_id, amount FROM account_partial_reconcile) z
        GROUP BY 1) p ON p.item = l.id
      WHERE l.display_type = 'payment_term' AND abs(abs(l.balance)
        - coalesce(p.amount, 0) - abs(l.amount_residual)) > 0.01""",
    "orders by someone who did not own the customer": """SELECT count(*)
      FROM s_order o JOIN s_owner w ON w.i = o.customer AND o.dt >= w.date_from
        AND o.dt < w.date_to WHERE o.owner_id <> w.user_id""",
}


def verify(loader):
    """Names and counts of what is wrong; empty when all is well."""
    wrong = {name: loader.scalar(query) for name, query in INVARIANTS.items()}
    found = {**wrong, **_orphans(loader)}
    return {name: count for name, count in found.items() if count}


def _orphans(loader):
    """Rows that refer to something that is not there, per column."""
    keys = loader.rows(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text"
        " FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid"
        " AND a.attnum = c.conkey[1] WHERE c.contype = 'f'"
        " AND c.conrelid::regclass::text = ANY(%s)",
        loader.touched,
    )
    return {
        f"{table}.{column} without {other}": loader.scalar(
            f'SELECT count(*) FROM (SELECT DISTINCT "{column}" AS v FROM "{table}"'
            f' WHERE "{column}" IS NOT NULL) x WHERE NOT EXISTS'
            f' (SELECT 1 FROM "{other}" r WHERE r.id = x.v)'
        )
        for table, column, other in keys
    }
