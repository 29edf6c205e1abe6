"""Payments, the receivable lines of all documents and their reconciliation."""

from .bulk import stamps
from .invoices import item_values, money, move_values
from .orders import NUMBER_OFFSET

MATCHING = (
    "CASE WHEN r.full_id IS NOT NULL THEN r.full_id::text ELSE 'P' || r.partial_id END"
)


def make(bulk):
    """Write payments and everything that is known only with them."""
    _stage_payments(bulk)
    _stage_matches(bulk)
    _write_payments(bulk)
    _write_payment_items(bulk)
    _write_receivables(bulk)
    _write_partials(bulk)


def _stage_payments(bulk):
    move = bulk.number_from("payment_move", "account_move")
    payment = bulk.number_from("payment", "account_payment")
    item = bulk.loader.scalar(
        f"SELECT coalesce(max(item), {bulk.first['refund_item']}) + 10 FROM s_refund"
    )
    bulk.stage(
        "s_payment",
        f"""SELECT z.*, 'PBNK1/' || year || '/' AS prefix,
          'PBNK1/' || year || '/' || pg_temp.pad(num, 5) AS name
        FROM (
          SELECT v.id AS invoice_id, v.name AS invoice_name, v.currency_id, v.rate,
            v.partner_id, v.user_id, v.residual, v.pay_day AS d, v.paid, v.bal_paid,
            extract(year FROM v.pay_day)::int AS year,
            {move} + (row_number() OVER w)::int AS move_id,
            {payment} + (row_number() OVER w)::int AS id,
            ({item} + 2 * row_number() OVER w)::int AS item,
            (row_number() OVER (PARTITION BY extract(year FROM v.pay_day)
              ORDER BY v.pay_day, v.id))::int + {NUMBER_OFFSET} AS num
          FROM s_bill v WHERE v.paid > 0 WINDOW w AS (ORDER BY v.pay_day, v.id)
        ) z""",
        "invoice_id",
    )


def _stage_matches(bulk):
    """What settles an invoice: a payment, a credit note or both."""
    partial = bulk.number_from("partial", "account_partial_reconcile")
    full = bulk.number_from("full", "account_full_reconcile")
    settled = "v.residual = 0 AND v.bal_residual = 0"
    bulk.stage(
        "s_match",
        f"""SELECT v.id AS invoice_id, v.term_item, v.currency_id,
          CASE WHEN {settled} THEN {full} + (row_number() OVER (PARTITION BY {settled}
            ORDER BY v.id))::int END AS full_id, p.item + 1 AS payment_item,
          p.d AS payment_day, p.paid, p.bal_paid, r.item + 2 AS refund_item,
          r.d AS refund_day, r.returned, r.bal_returned,
          {partial} + 2 * (row_number() OVER (ORDER BY v.id))::int AS partial_id
        FROM s_bill v LEFT JOIN s_payment p ON p.invoice_id = v.id
        LEFT JOIN s_refund r ON r.invoice_id = v.id
        WHERE p.id IS NOT NULL OR r.id IS NOT NULL""",
        "invoice_id",
    )
    bulk.copy(
        "account_full_reconcile",
        {"id": "r.full_id"},
        "s_match r WHERE r.full_id IS NOT NULL",
        "full",
    )


def _write_payments(bulk):
    bulk.copy(
        "account_move",
        {
            **move_values(),
            "id": "v.move_id",
            "invoice_currency_rate": None,
            "ref": "v.invoice_name",
            "origin_payment_id": "v.id",
            "date": "v.d",
            "invoice_date_due": "v.d",
            "amount_total": "v.paid",
            "amount_total_signed": "v.bal_paid",
            "amount_total_in_currency_signed": "v.paid",
            **stamps("v.d::timestamp"),
        },
        "s_payment v",
        "payment_move",
    )
    bulk.copy(
        "account_payment",
        {
            "id": "v.id",
            "move_id": "v.move_id",
            "name": "v.name",
            "memo": "v.invoice_name",
            "state": "CASE WHEN v.residual = 0 THEN 'paid' ELSE 'in_process' END",
            "date": "v.d",
            "amount": "v.paid",
            "amount_company_currency_signed": "v.bal_paid",
            "currency_id": "v.currency_id",
            "partner_id": "v.partner_id",
            **stamps("v.d::timestamp"),
        },
        "s_payment v",
        "payment",
    )
    bulk.loader.link(
        "account_move__account_payment",
        "invoice_id, payment_id",
        "SELECT invoice_id, id FROM s_payment",
    )


def _write_payment_items(bulk):
    common = {
        "move_id": "v.move_id",
        "date": "v.d",
        "currency_id": "v.currency_id",
        "partner_id": "v.partner_id",
        "move_name": "v.name",
        "ref": "v.invoice_name",
        "name": "'Manual Payment: ' || v.invoice_name",
        "payment_id": "v.id",
        "date_maturity": "v.d",
        **stamps("v.d::timestamp"),
    }
    bulk.copy(
        "account_move_line",
        {
            **common,
            "id": "v.item",
            **money("v.bal_paid", "v.paid"),
            "amount_residual": "v.bal_paid",
            "amount_residual_currency": "v.paid",
            "price_subtotal": "v.paid",
            "price_total": "v.paid",
        },
        "s_payment v",
        "payment_liquidity",
    )
    bulk.copy(
        "account_move_line",
        {
            **common,
            "id": "v.item + 1",
            **money("-v.bal_paid", "-v.paid"),
            "price_subtotal": "-v.paid",
            "price_total": "-v.paid",
            **_reconciled(),
        },
        "s_payment v JOIN s_match r ON r.invoice_id = v.invoice_id",
        "payment_receivable",
    )


def _reconciled():
    return {
        "amount_residual": "0",
        "amount_residual_currency": "0",
        "reconciled": "true",
        "full_reconcile_id": "r.full_id",
        "matching_number": MATCHING,
    }


def _write_receivables(bulk):
    matched = f"CASE WHEN r.invoice_id IS NOT NULL THEN {MATCHING} END"
    bulk.copy(
        "account_move_line",
        {
            **item_values(),
            "id": "v.term_item",
            "name": "v.order_name || ' - ' || v.name",
            **money("v.bal_total", "v.total"),
            "date_maturity": "v.due",
            "amount_residual": "v.bal_residual",
            "amount_residual_currency": "v.residual",
            "reconciled": "(v.residual = 0 AND v.bal_residual = 0)",
            "full_reconcile_id": "r.full_id",
            "matching_number": matched,
        },
        "s_bill v LEFT JOIN s_match r ON r.invoice_id = v.id",
        "invoice_term",
    )
    bulk.copy(
        "account_move_line",
        {
            **item_values(),
            "id": "v.item + 2",
            **money("-v.bal_returned", "-v.returned"),
            "date_maturity": "v.d",
            **_reconciled(),
        },
        "s_refund v JOIN s_match r ON r.invoice_id = v.invoice_id",
        "refund_term",
    )


def _write_partials(bulk):
    common = {
        "debit_move_id": "r.term_item",
        "full_reconcile_id": "r.full_id",
        "debit_currency_id": "r.currency_id",
        "credit_currency_id": "r.currency_id",
        "exchange_move_id": None,
    }
    for ident, side, amount, balance in (
        ("r.partial_id", "payment", "r.paid", "r.bal_paid"),
        ("r.partial_id + 1", "refund", "r.returned", "r.bal_returned"),
    ):
        bulk.copy(
            "account_partial_reconcile",
            {
                **common,
                "id": ident,
                "credit_move_id": f"r.{side}_item",
                "amount": balance,
                "debit_amount_currency": amount,
                "credit_amount_currency": amount,
                "max_date": f"r.{side}_day",
                **stamps(f"r.{side}_day::timestamp"),
            },
            f"s_match r WHERE r.{side}_item IS NOT NULL",
            "partial",
            f"account_partial_reconcile ({side})",
        )
