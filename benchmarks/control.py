"""The nightly reconciliation of money and goods of all orders.

The floor is the plainest SQL that keeps the same figures of the same orders and lines
in tables of its own; both must come to the same sums.
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
OURS = """
SELECT count(*), sum(agreed_amount), sum(invoiced_amount), sum(paid_amount),
       sum(overdue_amount), (SELECT count(*) FROM sale_order_control_line),
       (SELECT round(sum(shipped_qty)::numeric, 2) FROM sale_order_control_line),
       (SELECT count(last_shipped_at) FROM sale_order_control_line)
  FROM sale_order_control
"""
PLAIN = """
SELECT count(*), sum(agreed), sum(invoiced), sum(paid), sum(overdue),
       (SELECT count(*) FROM floor_control_line),
       (SELECT round(sum(shipped)::numeric, 2) FROM floor_control_line),
       (SELECT count(last_shipped_at) FROM floor_control_line)
  FROM floor_control
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
    same_sums(env)
    env.cr.execute("ANALYZE sale_order_control, sale_order_control_line")
    taken = {"ours": [], "floor": [floor]}
    for _round in range(ROUNDS):
        taken["ours"].append(_timed(reconcile, env))
        taken["floor"].append(_timed(run_floor, env))
    same_sums(env)
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


def same_sums(env):
    """Raise where the two sides come to different sums."""
    env.cr.execute(OURS)
    ours = env.cr.fetchone()
    env.cr.execute(PLAIN)
    plain = env.cr.fetchone()
    print(f"orders, money and goods: {ours}")
    if ours != plain:
        raise AssertionError(f"ours and the floor give different sums: {plain}")


def _timed(function, env):
    start = time.perf_counter()
    function(env)
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
