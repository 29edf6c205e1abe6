"""Customer invoices, down payment invoices and credit notes, with their lines."""

from .bulk import stamps
from .orders import NUMBER_OFFSET

EVENING = "::timestamp + interval '16 hours'"


def make(bulk):
    """Stage what every invoice amounts to; write moves and all lines but the
    receivable ones, which know how they were paid."""
    _stage_invoices(bulk)
    _stage_lines(bulk)
    _stage_amounts(bulk)
    _write_invoices(bulk)
    _write_lines(bulk)
    _stage_refunds(bulk)
    _write_refunds(bulk)


def _stage_invoices(bulk):
    """One row per invoice: of the order (kind final) or in advance (kind advance).

    Payment behaviour: 4 % never, 3 % half, the rest around the due date (20 days
    early to 25 late); what is asked in advance is paid at once.
    """
    first = bulk.number_from("invoice", "account_move")
    bulk.stage(
        "s_invoice",
        f"""WITH asked AS (
          SELECT o.i AS oi, 'final' AS kind, o.invoice_day AS d, o.invoice_day
            + o.term_days AS due, t.invoiced_sub AS sub, t.invoiced_tax AS tax,
            t.line_count::int AS line_count, r.line_id AS returned_line, r.day
            AS return_day, o.r_pay_state, o.r_pay
          FROM s_order o JOIN s_total t ON t.oi = o.i
          LEFT JOIN s_return r ON r.oi = o.i WHERE o.invoice_day IS NOT NULL
          UNION ALL
          SELECT o.i, 'advance', o.dt + 1, o.dt + 1, -l.invoiced_sub, -l.invoiced_tax,
            1, NULL, NULL, 1, 0
          FROM s_line l JOIN s_order o ON o.i = l.oi WHERE l.kind = 'downpayment'
        ), dated AS (
          SELECT a.*, o.name AS order_name, o.done_day, o.currency_id, o.partner_id,
            o.user_id, o.team_id, o.term_id, a.sub + a.tax AS total,
            CASE WHEN o.is_euro THEN rate.rate ELSE 1 END AS rate,
            coalesce(l.sub, 0) AS returned_sub, coalesce(l.tax, 0) AS returned_tax,
            CASE WHEN a.kind = 'advance' THEN a.d WHEN a.r_pay_state >= 0.04
              THEN greatest(a.d, a.due - 20 + floor(45 * a.r_pay ^ 1.6)::int) END
              AS pay_raw
          FROM asked a JOIN s_order o ON o.i = a.oi
          JOIN s_rate rate ON a.d >= rate.d AND a.d < rate.d2
          LEFT JOIN s_line l ON l.id = a.returned_line
        )
        SELECT {first} + (row_number() OVER (ORDER BY d, oi, kind))::int AS id, z.*,
          'INV/' || year || '/' AS prefix, 'INV/' || year || '/'
            || pg_temp.pad(num, 5) AS name
        FROM (SELECT dated.*, extract(year FROM d)::int AS year,
            (row_number() OVER (PARTITION BY extract(year FROM d)
              ORDER BY d, oi, kind))::int + {NUMBER_OFFSET} AS num,
            CASE WHEN pay_raw <= {bulk.end} THEN pay_raw END AS pay_day,
            kind = 'final' AND r_pay_state >= 0.04 AND r_pay_state < 0.07 AS half
          FROM dated) z""",
        "id",
        "oi, kind",
    )


def _stage_lines(bulk):
    """Product lines of invoices with their journal item ids; then tax and term."""
    first = bulk.number_from("item", "account_move_line")
    bulk.stage(
        "s_item",
        f"""WITH numbered AS (
          SELECT v.*, {first} + 1 + sum(line_count + 2) OVER (ORDER BY id)
            - (line_count + 2) AS first_item FROM s_invoice v
        )
        SELECT v.id AS move_id, v.first_item, l.id AS line_id, l.kind, l.prod_i,
          l.product_id, l.price_unit, l.discount, (v.first_item + row_number()
            OVER (PARTITION BY v.id ORDER BY l.n) - 1)::int AS id,
          sign * l.invoiced_qty AS qty, sign * l.invoiced_sub AS sub,
          sign * l.invoiced_tax AS tax, round(sign * l.invoiced_sub / v.rate, 2)
            AS balance, l.n
        FROM numbered v CROSS JOIN LATERAL (
          SELECT CASE v.kind WHEN 'final' THEN 1 ELSE -1 END AS sign) s
        JOIN s_line l ON l.oi = v.oi
          AND (v.kind = 'final' OR l.kind = 'downpayment')""",
        "id",
    )


def _stage_amounts(bulk):
    """Company currency of every part, so that each move balances to the cent."""
    bulk.stage(
        "s_bill",
        """WITH paid AS (
          SELECT v.*, returned_sub + returned_tax AS returned,
            CASE WHEN pay_day IS NULL THEN 0
              WHEN half THEN round((total - returned_sub - returned_tax) / 2, 2)
              ELSE total - returned_sub - returned_tax END AS paid
          FROM s_invoice v
        ), valued AS (
          SELECT p.*, i.first_item, total - returned - paid AS residual,
            i.balance AS bal_sub, round(tax / rate, 2) AS bal_tax,
            round(returned_sub / rate, 2) AS bal_returned_sub,
            round(returned_tax / rate, 2) AS bal_returned_tax
          FROM paid p JOIN (SELECT move_id, first_item, sum(balance) AS balance
            FROM s_item GROUP BY 1, 2) i ON i.move_id = p.id
        ), summed AS (
          SELECT v.*, bal_sub + bal_tax AS bal_total,
            bal_returned_sub + bal_returned_tax AS bal_returned,
            (first_item + line_count)::int AS tax_item,
            (first_item + line_count + 1)::int AS term_item FROM valued v
        ), settled AS (
          SELECT s.*, CASE WHEN paid = 0 THEN 0
              WHEN residual = 0 THEN bal_total - bal_returned
              ELSE round(paid / rate, 2) END AS bal_paid
          FROM summed s
        )
        SELECT s.*, bal_total - bal_returned - bal_paid AS bal_residual
        FROM settled s""",
        "id",
        "oi, kind",
    )


def move_values(alias="v"):
    """Columns that invoices, credit notes and payments share."""
    a = alias
    return {
        "partner_id": f"{a}.partner_id",
        "commercial_partner_id": f"{a}.partner_id",
        "currency_id": f"{a}.currency_id",
        "invoice_currency_rate": f"{a}.rate",
        "name": f"{a}.name",
        "sequence_prefix": f"{a}.prefix",
        "sequence_number": f"{a}.num",
        "invoice_partner_display_name": "(SELECT name FROM res_partner"
        f" WHERE id = {a}.partner_id)",
    }


def item_values(alias="v"):
    """Columns that all lines of an invoice share."""
    a = alias
    return {
        "move_id": f"{a}.id",
        "date": f"{a}.d",
        "invoice_date": f"{a}.d",
        "currency_id": f"{a}.currency_id",
        "partner_id": f"{a}.partner_id",
        "move_name": f"{a}.name",
        **stamps(f"{a}.d{EVENING}", f"{a}.user_id"),
        "ref": f"{a}.order_name",
    }


def _write_invoices(bulk):
    bulk.copy(
        "account_move",
        {
            **move_values(),
            "id": "v.id",
            "ref": "v.order_name",
            "invoice_origin": "v.order_name",
            "payment_reference": "v.name",
            "partner_shipping_id": "v.partner_id",
            "invoice_user_id": "v.user_id",
            "team_id": "v.team_id",
            "invoice_payment_term_id": "v.term_id",
            "date": "v.d",
            "invoice_date": "v.d",
            "invoice_date_due": "v.due",
            "delivery_date": "v.done_day",
            "amount_untaxed": "v.sub",
            "amount_tax": "v.tax",
            "amount_total": "v.total",
            "amount_residual": "v.residual",
            "amount_untaxed_signed": "v.bal_sub",
            "amount_tax_signed": "v.bal_tax",
            "amount_total_signed": "v.bal_total",
            "amount_residual_signed": "v.bal_residual",
            "amount_total_in_currency_signed": "v.total",
            "amount_untaxed_in_currency_signed": "v.sub",
            "payment_state": "CASE WHEN v.residual = 0 THEN 'paid'"
            " WHEN v.residual < v.total THEN 'partial' ELSE 'not_paid' END",
            "reversed_entry_id": None,
            **stamps(f"v.d{EVENING}", "v.user_id"),
        },
        "s_bill v",
        "invoice",
    )


def _write_lines(bulk):
    for specimen, condition in (
        ("invoice_product", "l.kind = 'goods'"),
        ("invoice_discount", "l.kind = 'discount'"),
        ("invoice_deduction", "l.kind = 'downpayment' AND v.kind = 'final'"),
        ("invoice_advance", "v.kind = 'advance'"),
    ):
        source = (
            "s_item l JOIN s_bill v ON v.id = l.move_id"
            f" LEFT JOIN s_product p ON p.i = l.prod_i WHERE {condition}"
        )
        goods = specimen == "invoice_product"
        name = {"name": "'[' || p.code || '] ' || p.name"} if goods else {}
        bulk.copy("account_move_line", {**_product_item(), **name}, source, specimen)
    bulk.copy(
        "account_move_line",
        {
            **item_values(),
            "id": "v.tax_item",
            **money("-v.bal_tax", "-v.tax"),
            "tax_base_amount": "-v.bal_sub",
        },
        "s_bill v",
        "invoice_tax",
    )
    tax = bulk.structure["tax"]
    bulk.loader.link(
        "account_move_line_account_tax_rel",
        "account_move_line_id, account_tax_id",
        f"SELECT id, {tax} FROM s_item",
    )
    bulk.loader.link(
        "sale_order_line_invoice_rel",
        "invoice_line_id, order_line_id",
        "SELECT id, line_id FROM s_item",
    )


def _product_item():
    return {
        **item_values(),
        "id": "l.id",
        "sequence": "l.n",
        "product_id": "l.product_id",
        "quantity": "l.qty",
        "price_unit": "l.price_unit",
        "discount": "l.discount",
        "price_subtotal": "l.sub",
        "price_total": "l.sub + l.tax",
        **money("-l.balance", "-l.sub"),
        "extra_tax_data": None,
    }


def money(balance, amount):
    """Debit, credit and balance in company currency; the amount in the document's."""
    return {
        "debit": f"greatest({balance}, 0)",
        "credit": f"greatest(-({balance}), 0)",
        "balance": balance,
        "amount_currency": amount,
    }


def _stage_refunds(bulk):
    move = bulk.number_from("refund", "account_move")
    item = bulk.loader.scalar("SELECT max(term_item) + 10 FROM s_bill")
    bulk.first["refund_item"] = item
    bulk.stage(
        "s_refund",
        f"""SELECT z.*, 'RINV/' || year || '/' AS prefix,
          'RINV/' || year || '/' || pg_temp.pad(num, 5) AS name,
          'Reversal of: ' || invoice_name || ', defect' AS order_name
        FROM (
          SELECT v.oi, v.id AS invoice_id, v.name AS invoice_name, v.currency_id,
            v.rate, v.partner_id, v.user_id, v.team_id, v.done_day, v.order_name
              AS origin, v.returned_sub, v.returned_tax, v.returned,
            v.bal_returned_sub, v.bal_returned_tax, v.bal_returned, l.id AS line_id,
            l.product_id, l.prod_i, l.qty, l.price_unit, l.discount,
            v.return_day AS d, extract(year FROM v.return_day)::int AS year,
            {move} + (row_number() OVER w)::int AS id,
            ({item} + 3 * row_number() OVER w)::int AS item,
            (row_number() OVER (PARTITION BY extract(year FROM v.return_day)
              ORDER BY v.return_day, v.oi))::int + {NUMBER_OFFSET} AS num
          FROM s_bill v JOIN s_line l ON l.id = v.returned_line
          WINDOW w AS (ORDER BY v.return_day, v.oi)
        ) z""",
        "oi",
    )


def _write_refunds(bulk):
    bulk.copy(
        "account_move",
        {
            **move_values(),
            "id": "v.id",
            "ref": "v.order_name",
            "invoice_origin": "v.origin",
            "reversed_entry_id": "v.invoice_id",
            "partner_shipping_id": "v.partner_id",
            "invoice_user_id": "v.user_id",
            "team_id": "v.team_id",
            "invoice_payment_term_id": None,
            "date": "v.d",
            "invoice_date": "v.d",
            "invoice_date_due": "v.d",
            "delivery_date": "v.done_day",
            "amount_untaxed": "v.returned_sub",
            "amount_tax": "v.returned_tax",
            "amount_total": "v.returned",
            "amount_residual": "0",
            "amount_untaxed_signed": "-v.bal_returned_sub",
            "amount_tax_signed": "-v.bal_returned_tax",
            "amount_total_signed": "-v.bal_returned",
            "amount_residual_signed": "0",
            "amount_total_in_currency_signed": "-v.returned",
            "amount_untaxed_in_currency_signed": "-v.returned_sub",
            "payment_state": "'paid'",
            **stamps("v.d::timestamp", "v.user_id"),
        },
        "s_refund v",
        "refund",
    )
    bulk.copy(
        "account_move_line",
        {
            **item_values(),
            "id": "v.item",
            "name": "'[' || p.code || '] ' || p.name",
            "product_id": "v.product_id",
            "quantity": "v.qty",
            "price_unit": "v.price_unit",
            "discount": "v.discount",
            "price_subtotal": "v.returned_sub",
            "price_total": "v.returned",
            **money("v.bal_returned_sub", "v.returned_sub"),
        },
        "s_refund v JOIN s_product p ON p.i = v.prod_i",
        "refund_product",
    )
    bulk.copy(
        "account_move_line",
        {
            **item_values(),
            "id": "v.item + 1",
            **money("v.bal_returned_tax", "v.returned_tax"),
            "tax_base_amount": "v.bal_returned_sub",
        },
        "s_refund v",
        "refund_tax",
    )
    bulk.loader.link(
        "account_move_line_account_tax_rel",
        "account_move_line_id, account_tax_id",
        f"SELECT item, {bulk.structure['tax']} FROM s_refund",
    )
    bulk.loader.link(
        "sale_order_line_invoice_rel",
        "invoice_line_id, order_line_id",
        "SELECT item, line_id FROM s_refund",
    )
