"""Completeness of 20 showrooms with 2,000 required samples and 500 samples each.

The floor is the plain query of the same figures, by turns, and asserted to give them.
Resolving the norms is compared with a bare insert of the same rows through the ORM.
"""

import sys
import time

from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from tools.paths import ROOT, cache

BRANCHES, LINES, SAMPLES = 20, 2000, 10_000
ROUNDS = 15
QUERIES = 5
READ, STORE = 1.3, 1.5
FLOOR = ROOT / "benchmarks" / "floor_showroom.sql"


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "showroom") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            measures = [*storing(env), *reading(env)]
            env.cr.rollback()
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def storing(env):
    """Resolve one norm for all branches; then insert the same rows without us."""
    branches = env["sales.branch"].create(
        [
            {"code": f"S{i}", "name": f"Showroom {i}", "company_id": 1, "tz": "UTC"}
            for i in range(BRANCHES)
        ]
    )
    branches.has_showroom = True
    category = env["product.category"].create({"name": "Shown"})
    products = env["product.product"].create(
        [{"name": f"Shown {i}", "categ_id": category.id} for i in range(LINES)]
    )
    kind = env["showroom.sample.type"].create({"name": "Bench", "kind": "card"})
    env.flush_all()
    start = time.perf_counter()
    norm = env["showroom.norm"].create(
        {"categ_id": category.id, "sample_type_id": kind.id, "company_id": 1}
    )
    env.flush_all()
    ours = time.perf_counter() - start
    lines = norm.line_ids
    print(f"{len(lines)} required samples in {BRANCHES} showrooms")
    rows = lines.read(["branch_id", "product_id", "min_qty", "weight"], load=None)
    lines.unlink()
    env.flush_all()
    common = {"company_id": 1, "sample_type_id": kind.id, "norm_id": norm.id}
    start = time.perf_counter()
    env["showroom.norm.line"].create(
        [{**common, **{key: row[key] for key in row if key != "id"}} for row in rows]
    )
    env.flush_all()
    floor = time.perf_counter() - start
    _hang(env, branches, products, kind)
    return [Measure("resolving a norm for all showrooms", ours, floor, STORE)]


def _hang(env, branches, products, kind):
    """Samples on display, one in nineteen of them worn out, for every second line."""
    env.cr.execute(
        """
        INSERT INTO showroom_sample (barcode, company_id, branch_id, product_id,
                                     sample_type_id, state, condition, product_qty)
        SELECT 'BENCH' || n, 1, (%(branches)s)[1 + n %% %(count)s],
               (%(products)s)[1 + n / %(count)s %% %(lines)s], %(kind)s,
               CASE WHEN n %% 19 = 0 THEN 'to_replace' ELSE 'on_display' END, 'a', 0
          FROM generate_series(1, %(samples)s) n
        """,
        {
            "branches": branches.ids,
            "count": len(branches),
            "products": products.ids,
            "lines": len(products),
            "kind": kind.id,
            "samples": SAMPLES,
        },
    )
    env.cr.execute("ANALYZE showroom_sample, showroom_norm_line")


def reading(env):
    """Completeness of all branches, and the floor, by turns."""
    branches = env["sales.branch"].search([("has_showroom", "=", True)])
    taken = {"ours": [], "floor": []}
    for _round in range(ROUNDS):
        env.invalidate_all()
        before, start = env.cr.sql_log_count, time.perf_counter()
        sums = branches._showroom_completeness_sums()
        taken["ours"].append(time.perf_counter() - start)
        queries = env.cr.sql_log_count - before
        start = time.perf_counter()
        env.cr.execute(FLOOR.read_text(encoding="utf-8"))
        rows = env.cr.fetchall()
        taken["floor"].append(time.perf_counter() - start)
        if {key: _figures(one) for key, one in sums.items()} != {
            branch: tuple(figures) for branch, *figures in rows
        }:
            raise AssertionError("ours and the floor give different figures")
    ours, floor = (sorted(taken[side])[ROUNDS // 2] for side in ("ours", "floor"))
    return [
        Measure("completeness of all showrooms", ours, floor, READ),
        Measure("queries of it", queries, None, QUERIES, "queries"),
    ]


def _figures(one):
    return one.due, one.due_weight, one.satisfied, one.satisfied_weight


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
