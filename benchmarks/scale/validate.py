"""Does the bulk equal what Odoo computes? Samples are recomputed and compared.

`python -m benchmarks.scale.validate --database NAME --data-dir DIR`
"""

import argparse
import random
import sys
from collections import namedtuple

from benchmarks.odoo_process import environment

SAMPLE = 150
Case = namedtuple("Case", "model domain names")
CASES = (
    Case(
        "sale.order",
        [("order_line.is_downpayment", "=", False), ("id", ">", 2)],
        """
        amount_untaxed amount_tax amount_total margin margin_percent invoice_status
        delivery_status effective_date currency_id currency_rate pricelist_id
        partner_invoice_id
        """,
    ),
    Case(
        "sale.order",
        [("order_line.is_downpayment", "=", True)],
        """
        amount_untaxed amount_tax amount_total margin invoice_status
        """,
    ),
    Case(
        "sale.order",
        [("currency_id.name", "=", "EUR")],
        """
        amount_total margin currency_id currency_rate invoice_status
        """,
    ),
    Case(
        "sale.order.line",
        [("state", "=", "sale"), ("is_downpayment", "=", False)],
        """
        price_subtotal price_tax price_total price_reduce_taxexcl qty_delivered
        price_reduce_taxinc qty_invoiced qty_to_invoice untaxed_amount_invoiced
        untaxed_amount_to_invoice invoice_status salesman_id warehouse_id
        """,
    ),
    Case(
        "sale.order.line",
        [("is_downpayment", "=", True), ("display_type", "=", False)],
        """
        price_subtotal price_tax price_total qty_invoiced qty_to_invoice
        untaxed_amount_invoiced invoice_status
        """,
    ),
    Case(
        "sale.order.line",
        [("invoice_lines.move_id.move_type", "=", "out_refund")],
        """
        qty_delivered qty_invoiced qty_to_invoice untaxed_amount_invoiced
        untaxed_amount_to_invoice invoice_status
        """,
    ),
    Case(
        "account.move",
        [("move_type", "=", "out_invoice")],
        """
        amount_untaxed amount_tax amount_total amount_residual payment_state name
        amount_untaxed_signed amount_total_signed amount_residual_signed
        amount_total_in_currency_signed commercial_partner_id invoice_date_due
        invoice_currency_rate sequence_number sequence_prefix
        """,
    ),
    Case(
        "account.move",
        [("line_ids.is_downpayment", "=", True)],
        """
        amount_untaxed amount_total amount_residual payment_state
        """,
    ),
    Case(
        "account.move",
        [("move_type", "=", "out_refund")],
        """
        amount_total amount_residual amount_untaxed_signed payment_state name
        """,
    ),
    Case(
        "account.move",
        [("origin_payment_id", "!=", False)],
        """
        amount_total amount_residual amount_total_signed payment_state name
        """,
    ),
    Case(
        "account.move.line",
        [("display_type", "in", ("product", "tax", "payment_term"))],
        """
        debit credit price_subtotal price_total matching_number date_maturity
        currency_id partner_id
        """,
    ),
    Case(
        "account.move.line",
        [("display_type", "=", "payment_term")],
        """
        amount_residual amount_residual_currency reconciled matching_number
        """,
    ),
    Case(
        "account.payment",
        [],
        """
        state is_reconciled is_matched amount_company_currency_signed name
        """,
    ),
    Case(
        "stock.picking",
        [("name", "!=", False)],
        """
        state scheduled_date date_deadline has_deadline_issue sale_id
        """,
    ),
    Case(
        "stock.move",
        [("sale_line_id", "!=", False)],
        """
        product_qty quantity picked reference is_in is_out packaging_uom_qty
        """,
    ),
    Case(
        "stock.move.line",
        [],
        """
        quantity_product_uom state picked
        """,
    ),
    Case(
        "crm.lead",
        [],
        """
        prorated_revenue won_status day_close email_normalized
        """,
    ),
    Case(
        "res.partner",
        [("customer_rank", ">", 0)],
        """
        complete_name commercial_partner_id email_normalized partner_share
        """,
    ),
)


def differences(records, names):
    """Rows whose stored value is not what Odoo computes: {field: [(id, was, is)]}."""
    fields = [records._fields[name] for name in names]
    fields = [field for field in fields if field.compute and field.store]
    stored = {field: {r.id: r[field.name] for r in records} for field in fields}
    found = {}
    for field in fields:
        records.env.add_to_compute(field, records)
    for field in fields:
        records._recompute_recordset([field.name])
        for record in records:
            was, now = stored[field][record.id], record[field.name]
            if not _same(was, now):
                found.setdefault(field.name, []).append((record.id, str(was), str(now)))
    return found


def _same(was, now):
    if isinstance(was, float):
        return abs(was - (now or 0)) < 0.011
    return was == now


def validate(env):
    """Print a line per case; return the number of fields that differ."""
    random.seed(7)
    wrong = 0
    for model, domain, names in CASES:
        ids = env[model].search(domain, limit=20000).ids
        chosen = sorted(random.sample(ids, min(SAMPLE, len(ids))))
        found = differences(env[model].browse(chosen), names.split())
        wrong += len(found)
        verdict = {name: (len(rows), rows[:2]) for name, rows in found.items()}
        print(f"{model:<18} {len(chosen):>4} rows  {verdict or 'equal'}", flush=True)
        env.cr.rollback()
        env.invalidate_all()
    return wrong


def main(argv):
    """Exit code 1 if a sample differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--data-dir", required=True)
    options = parser.parse_args(argv)
    with environment(options.database, options.data_dir) as env:
        return 1 if validate(env) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
