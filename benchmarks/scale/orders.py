"""Orders and their lines: staged first, since everything else follows from them."""

from .bulk import stamps

NUMBER_OFFSET = 100  # order numbers start above the specimens
DRAWS = {
    "r_day": 21,
    "r_state": 22,
    "r_central": 23,
    "r_plan": 24,
    "r_late": 25,
    "r_invoice": 26,
    "r_pay": 27,
    "r_pay_state": 28,
    "r_refund": 29,
    "r_hour": 30,
    "r_promise": 31,
    "r_open": 32,
}


def make(bulk):
    """Stage orders, lines and totals; write both tables."""
    _stage_orders(bulk)
    _stage_lines(bulk)
    _stage_totals(bulk)
    _stage_refunds(bulk)
    _write_orders(bulk)
    _write_lines(bulk)


def _stage_orders(bulk):
    """One row per order, with the day of every later event or NULL.

    The day comes first (growth differs by branch), then the customer: one that had
    not yet appeared on that day is replaced by a starting customer of the branch.
    Ids and numbers follow the order date, as in a living database.
    """
    bulk.stage(
        "s_starter",
        """SELECT b, i, row_number() OVER (PARTITION BY b ORDER BY i) - 1 AS k,
          count(*) OVER (PARTITION BY b) AS n
        FROM s_customer WHERE join_day = 0""",
    )
    bulk.stage("s_draw", _drawn_orders(bulk))
    bulk.stage("s_event", _dated_orders(bulk))
    first = bulk.number_from("sale_order", "sale_order")
    done = f"state = 'sale' AND done_raw <= {bulk.end} AND r_open > 0.01"
    billed = "done_raw + floor(r_invoice * 3)::int"
    bulk.stage(
        "s_order",
        f"""SELECT e.*, {first} + i AS id,
          'S' || pg_temp.pad(i + {NUMBER_OFFSET}, 5) AS name,
          CASE WHEN {done} THEN done_raw END AS done_day,
          CASE WHEN {done} AND r_invoice < 0.97 AND {billed} <= {bulk.end}
            THEN {billed} END AS invoice_day
        FROM (SELECT (row_number() OVER (ORDER BY ts, ri) - 1)::int AS i, s_event.*
          FROM s_event) e""",
        "i",
        "id",
    )


def _drawn_orders(bulk):
    """Random numbers of every order, its branch and day, and its customer."""
    parameters = bulk.parameters
    draws = ", ".join(f"pg_temp.rnd(i, {k}) AS {name}" for name, k in DRAWS.items())
    customers = parameters.customers
    return f"""WITH drawn AS (
      SELECT i::int AS ri, floor({customers} * pg_temp.rnd(i, 20) ^ 1.6)::int AS ci,
        1 + floor(5 * pg_temp.rnd(i, 33))::int AS line_count, {draws}
      FROM generate_series(0, {parameters.orders} - 1) i
    ), dated AS (
      SELECT d.*, c.b, c.join_day, floor(({parameters.days} + 1)
          * d.r_day ^ (0.75 + 0.6 * pg_temp.rnd(c.b, 40)))::int AS day
      FROM drawn d JOIN s_customer c ON c.i = d.ci
    )
    SELECT d.*, CASE WHEN d.day < d.join_day THEN s.i ELSE d.ci END AS customer
    FROM dated d LEFT JOIN s_starter s
      ON s.b = d.b AND s.k = floor(s.n * pg_temp.rnd(d.ri, 44) ^ 1.6)::int"""


def _dated_orders(bulk):
    """State, promised and real delivery day, owner on the day, currency and rate.

    Lateness depends on the manager (4 to 20 %). A few orders go to the sister
    company; a few were given to a colleague of the branch later on.
    """
    structure, parameters = bulk.structure, bulk.parameters
    sister = f"pg_temp.rnd(x.ri, 45) < {parameters.intercompany_share}"
    late = "pg_temp.rnd(x.ri, 42)"
    return f"""WITH placed AS (
      SELECT d.*, {bulk.start} + d.day AS dt, c.partner_id AS own_partner_id, c.mi,
        c.team_id, c.term_days, c.term_id, c.is_euro, o.user_id AS owner_id,
        CASE WHEN d.r_central < 0.10 THEN {structure["central"]["wh_id"]}
          ELSE c.wh_id END AS wh_id
      FROM s_draw d JOIN s_customer c ON c.i = d.customer
      JOIN s_owner o ON o.i = c.i AND {bulk.start} + d.day >= o.date_from
        AND {bulk.start} + d.day < o.date_to
    ), planned AS (
      SELECT x.*,
        x.dt + time '07:00' + floor(x.r_hour * 36000) * interval '1 second' AS ts,
        CASE WHEN {sister} AND NOT x.is_euro THEN {structure["intercompany_partner"]}
          ELSE x.own_partner_id END AS partner_id,
        CASE WHEN r_state < 0.05 THEN 'draft' WHEN r_state < 0.10 THEN 'sent'
          WHEN r_state < 0.16 THEN 'cancel' ELSE 'sale' END AS state,
        x.dt + 1 + floor(x.r_plan * 5)::int AS promised,
        CASE WHEN x.r_late < 0.04 + 0.16 * pg_temp.rnd(x.mi, 41)
          THEN 1 + floor(6 * {late})::int
          ELSE -floor(2 * pg_temp.rnd(x.ri, 43))::int END AS slip,
        CASE WHEN pg_temp.rnd(x.ri, 46) < {parameters.reassigned_share}
          AND colleague.b = x.b THEN colleague.user_id END AS colleague_id
      FROM placed x JOIN s_manager colleague
        ON colleague.i = (x.mi + 2 * {parameters.branches}) % {parameters.managers}
    )
    SELECT p.*, coalesce(p.colleague_id, p.owner_id) AS user_id,
      greatest(p.promised + p.slip, p.dt) AS done_raw,
      CASE WHEN p.is_euro THEN {structure["euro"]} ELSE {structure["currency"]} END
        AS currency_id,
      CASE WHEN p.is_euro THEN rate.rate ELSE 1 END AS rate
    FROM planned p JOIN s_rate rate ON p.dt >= rate.d AND p.dt < rate.d2"""


def _stage_lines(bulk):
    """Lines of goods; a global discount on some orders, a down payment on others.

    A down payment line is worth nothing on the order: it carries the amount that was
    asked in advance and that the final invoice deducts.
    """
    parameters = bulk.parameters
    bulk.stage("s_goods", _goods(bulk))
    bulk.stage(
        "s_goods_sum", "SELECT oi, sum(sub) AS sub FROM s_goods GROUP BY oi", "oi"
    )
    first = bulk.number_from("sale_order_line", "sale_order_line")
    discounted = f"pg_temp.rnd(o.i, 34) < {parameters.discount_share}"
    prepaid = (
        f"pg_temp.rnd(o.i, 35) < {parameters.downpayment_share}"
        " AND o.invoice_day - o.dt >= 2"
    )
    empty = "0::numeric"
    bulk.stage(
        "s_line",
        f"""SELECT {first} + (row_number() OVER (ORDER BY oi, n))::int AS id, z.*,
          round(sub * {bulk.tax_rate}, 2) AS tax,
          round(invoiced_sub * {bulk.tax_rate}, 2) AS invoiced_tax, sub - cost * qty
            AS margin
        FROM (
          SELECT 'goods' AS kind, oi, n, product_id, prod_i, qty, discount,
            price_unit, cost, cost_company, sub, sub AS invoiced_sub,
            qty AS invoiced_qty
          FROM s_goods
          UNION ALL
          SELECT 'discount', o.i, 20, {bulk.specimens["discount_product"]}, NULL, 1, 0,
            d.amount, 0, 0, d.amount, d.amount, 1
          FROM s_order o JOIN LATERAL (SELECT -round(sub * 0.05, 2) AS amount
            FROM s_goods_sum g WHERE g.oi = o.i) d ON true
          WHERE {discounted} AND o.state = 'sale'
          UNION ALL
          SELECT 'downpayment', o.i, 30, NULL, NULL, {empty}, 0, d.amount, 0, 0,
            0, -d.amount, -1
          FROM s_order o JOIN LATERAL (SELECT round(sub * 0.3, 2) AS amount
            FROM s_goods_sum g WHERE g.oi = o.i) d ON true
          WHERE {prepaid}
        ) z""",
        "oi, n",
        "id",
    )


def _goods(bulk):
    """Product, quantity, discount and price in the order's currency."""
    products = bulk.parameters.products
    discounts = "ARRAY[0, 0, 0, 0, 0, 0, 3, 5, 7, 10]"
    return f"""WITH drawn AS (
      SELECT o.i AS oi, n, o.rate,
        floor({products} * pg_temp.rnd(o.i::bigint * 8 + n, 50) ^ 1.4)::int AS pi,
        (5 * (1 + floor(60 * pg_temp.rnd(o.i::bigint * 8 + n, 51) ^ 2)))::numeric
          AS qty,
        ({discounts})[1 + floor(10 * pg_temp.rnd(o.i::bigint * 8 + n, 52))::int]
          ::numeric AS discount
      FROM s_order o, generate_series(1, o.line_count) n
    ), priced AS (
      SELECT d.*, p.product_id, p.i AS prod_i, p.cost AS cost_company,
        round(p.price * d.rate, 2) AS price_unit, round(p.cost * d.rate, 2) AS cost
      FROM drawn d JOIN s_product p ON p.i = d.pi
    )
    SELECT p.*, round(qty * price_unit * (1 - discount / 100), 2) AS sub FROM priced p
    ORDER BY oi, n"""


def _stage_totals(bulk):
    bulk.stage(
        "s_total",
        """SELECT oi, sum(sub) AS sub, sum(tax) AS tax, sum(margin) AS margin,
          count(*) AS line_count, sum(invoiced_sub) AS invoiced_sub,
          sum(invoiced_tax) AS invoiced_tax, min(id) AS first_line,
          count(*) FILTER (WHERE kind = 'goods') AS goods_count
        FROM s_line GROUP BY oi""",
        "oi",
    )


def _stage_refunds(bulk):
    """Some invoiced orders give back and are credited their first line."""
    day = "o.invoice_day + 3 + floor(15 * o.r_hour)::int"
    share = bulk.parameters.refund_share / 0.765  # the share of invoiced orders
    bulk.stage(
        "s_return",
        f"""SELECT row_number() OVER (ORDER BY o.i) AS k, o.i AS oi,
          t.first_line AS line_id, {day} AS day
        FROM s_order o JOIN s_total t ON t.oi = o.i
        WHERE o.r_refund < {share} AND t.goods_count > 1 AND {day} <= {bulk.end}
          AND t.goods_count = t.line_count""",
        "oi",
        "line_id",
    )


def done_moment():
    """When the goods left: in the morning, or in the afternoon if late."""
    late = "CASE WHEN o.slip <= 0 THEN interval '10 hours' ELSE interval '15 hours' END"
    return f"o.done_day + {late}"


def _invoice_status():
    return (
        "CASE WHEN o.state <> 'sale' OR o.done_day IS NULL THEN 'no'"
        " WHEN o.invoice_day IS NULL THEN 'to invoice' ELSE 'invoiced' END"
    )


def _write_orders(bulk):
    structure = bulk.structure
    bulk.copy(
        "sale_order",
        {
            "id": "o.id",
            "name": "o.name",
            "state": "o.state",
            "user_id": "o.user_id",
            "team_id": "o.team_id",
            "partner_id": "o.partner_id",
            "partner_invoice_id": "o.partner_id",
            "partner_shipping_id": "o.partner_id",
            "warehouse_id": "o.wh_id",
            "date_order": "o.ts",
            "validity_date": "o.dt + 30",
            "commitment_date": "CASE WHEN o.r_promise < 0.3"
            " THEN o.promised + interval '12 hours' END",
            "currency_id": "o.currency_id",
            "currency_rate": "o.rate",
            "pricelist_id": f"CASE WHEN o.is_euro THEN {structure['pricelist_euro']}"
            f" ELSE {structure['pricelist']} END",
            "payment_term_id": "o.term_id",
            "opportunity_id": None,
            "amount_untaxed": "s.sub",
            "amount_tax": "s.tax",
            "amount_total": "s.sub + s.tax",
            "margin": "s.margin",
            "margin_percent": "s.margin / s.sub",
            "invoice_status": _invoice_status(),
            "delivery_status": "CASE WHEN o.state = 'sale' THEN CASE"
            " WHEN o.done_day IS NULL THEN 'pending' ELSE 'full' END END",
            "effective_date": done_moment(),
            "locked": "false",
            **stamps("o.ts", "o.owner_id"),
            "create_date": "o.ts - interval '1 hour'",
        },
        "s_order o JOIN s_total s ON s.oi = o.i",
    )


def _write_lines(bulk):
    for kind, specimen in (
        ("goods", "sale_order_line"),
        ("discount", "discount_line"),
        ("downpayment", "downpayment_line"),
    ):
        source = (
            "s_line l JOIN s_order o ON o.i = l.oi"
            " LEFT JOIN s_product p ON p.i = l.prod_i"
            " LEFT JOIN s_return r ON r.line_id = l.id"
            f" WHERE l.kind = '{kind}'"
        )
        values = {**_line_values(bulk), **_line_amounts(kind)}
        bulk.copy(
            "sale_order_line", values, source, specimen, f"sale_order_line ({kind})"
        )
    bulk.loader.link(
        "account_tax_sale_order_line_rel",
        "sale_order_line_id, account_tax_id",
        f"SELECT id, {bulk.structure['tax']} FROM s_line",
    )


def _line_values(bulk):
    """Columns that do not depend on the kind of line."""
    return {
        "id": "l.id",
        "order_id": "o.id",
        "company_id": str(bulk.structure["company"]),
        "currency_id": "o.currency_id",
        "order_partner_id": "o.partner_id",
        "salesman_id": "o.user_id",
        "state": "o.state",
        "product_id": "l.product_id",
        "product_uom_qty": "l.qty",
        "price_unit": "l.price_unit",
        "discount": "l.discount",
        "price_subtotal": "l.sub",
        "price_tax": "l.tax",
        "price_total": "l.sub + l.tax",
        "purchase_price": "l.cost",
        "margin": "l.margin",
        "warehouse_id": "o.wh_id",
        "extra_tax_data": None,
        **stamps("o.ts", "o.owner_id"),
    }


def _line_amounts(kind):
    """Names, and what was delivered and invoiced."""
    if kind == "downpayment":
        return {"technical_price_unit": "l.price_unit"}
    fulfilled = "o.done_day IS NOT NULL" if kind == "goods" else "o.state = 'sale'"
    delivered = f"{fulfilled} AND r.line_id IS NULL"
    invoiced = "o.invoice_day IS NOT NULL AND r.line_id IS NULL"
    waiting = f"{fulfilled} AND o.invoice_day IS NULL"
    values = {
        "price_reduce_taxexcl": "round(l.sub / l.qty, 2)",
        "price_reduce_taxinc": "round((l.sub + l.tax) / l.qty, 2)",
        "margin_percent": "l.margin / nullif(l.sub, 0)",
        "qty_delivered": f"CASE WHEN {delivered} THEN l.qty ELSE 0 END",
        "qty_invoiced": f"CASE WHEN {invoiced} THEN l.qty ELSE 0 END",
        "qty_to_invoice": f"CASE WHEN {waiting} THEN l.qty ELSE 0 END",
        "untaxed_amount_invoiced": f"CASE WHEN {invoiced} THEN l.sub ELSE 0 END",
        "untaxed_amount_to_invoice": f"CASE WHEN {waiting} THEN l.sub ELSE 0 END",
        "invoice_status": _invoice_status(),
    }
    if kind == "goods":
        values["name"] = "'[' || p.code || '] ' || p.name"
        values["technical_price_unit"] = "l.price_unit"
        values["sequence"] = "10"
    return values
