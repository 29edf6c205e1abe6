"""The nightly reconciliation of money and goods of all orders.

The floor is the plainest SQL that keeps the same columns of the same orders and lines
in tables of its own; both must come to the same rows.
"""

import sys
import time

from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from tools.paths import ROOT, cache

BUDGET = 2.0
ROUNDS = 3
FLOOR = ROOT / "benchmarks" / "floor_control.sql"
SUMS = """
SELECT count(*), sum(agreed_amount), sum(invoiced_amount), sum(paid_amount),
       sum(overdue_amount), (SELECT count(*) FROM sale_order_control_line),
       (SELECT round(sum(shipped_qty)::numeric, 2) FROM sale_order_control_line),
       (SELECT count(last_shipped_at) FROM sale_order_control_line)
  FROM sale_order_control
"""
# What both keep, and what of it is on one side alone.
ORDER = """
order_id, company_id, currency_id, partner_id, user_id, owner_id, branch_id,
agreed_amount, invoiced_amount, paid_amount, open_amount, next_due_on, overdue_amount,
overdue_days, payment_state, promised_on, expected_on, shipped_share, first_shipped_at,
last_shipped_at, late_days, is_late, is_ready, shipment_state
"""
LINE = """
order_line_id, order_id, company_id, partner_id, product_id, user_id, owner_id,
credited_user_id, branch_id, ordered_qty, shipped_qty, promised_on, agreed_on,
expected_on, first_shipped_at, last_shipped_at, shipped_on, is_late, is_on_time
"""
OTHER = """
SELECT {names} FROM {ours} EXCEPT SELECT {names} FROM {floor}
UNION ALL (SELECT {names} FROM {floor} EXCEPT SELECT {names} FROM {ours}) LIMIT 5
"""


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "control") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            measures = measured(env)
            env.cr.rollback()
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def measured(env):
    """The first filling and the nights after it, each by turns with the floor."""
    env["sales.branch"].create(
        {"code": "BEN", "name": "Bench", "company_id": 1, "tz": "UTC"}
    )
    env.flush_all()
    env.cr.precommit.clear()
    env.cr.execute("ANALYZE")
    filled, floor = _timed(reconcile, env), _timed(run_floor, env)
    same_rows(env)
    env.cr.execute("ANALYZE sale_order_control, sale_order_control_line")
    taken = {"ours": [], "floor": [floor]}
    for _round in range(ROUNDS):
        taken["ours"].append(_timed(reconcile, env))
        taken["floor"].append(_timed(run_floor, env))
    same_rows(env)
    ours, floor = (sorted(taken[side])[len(taken[side]) // 2] for side in taken)
    print(f"the first filling, with rows, keys and indexes: {filled:.2f} s")
    return [
        Measure("nightly reconciliation of all orders", ours, floor, BUDGET),
    ]


def reconcile(env):
    """All batches of a night, without the commits between them."""
    control, after = env["sale.order.control"].sudo(), 0
    last = control._last_order_id()
    while after < last:
        after = control._reconcile_batch(after)


def run_floor(env):
    """The floor's tables anew."""
    today = env["sales.branch"].search([("code", "=", "BEN")])._local_today()
    env.cr.execute("DROP TABLE IF EXISTS floor_control, floor_control_line")
    env.cr.execute(FLOOR.read_text(encoding="utf-8"), {"today": today})


def same_rows(env):
    """Raise where the two sides do not keep the same rows."""
    env.cr.execute(SUMS)
    print(f"orders, money and goods: {env.cr.fetchone()}")
    for ours, floor, names in (
        ("sale_order_control", "floor_control", ORDER),
        ("sale_order_control_line", "floor_control_line", LINE),
    ):
        env.cr.execute(OTHER.format(names=names, ours=ours, floor=floor))
        other = env.cr.fetchall()
        if other:
            raise AssertionError(f"{ours} and its floor differ: {other}")


def _timed(function, env):
    start = time.perf_counter()
    function(env)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
