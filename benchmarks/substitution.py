"""What a deputy sees of 300,000 orders, against core's rule giving the same rows.

The floor is core's own rule with both salespersons written into it, and none of ours;
that both find the same orders is asserted. Every round begins with empty caches, and
2,000 substitutions of the past lie about.
"""

import statistics
import sys
from datetime import date, datetime, timedelta
from functools import partial

from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from benchmarks.scorecards import timed
from tools.paths import ROOT, cache

ROUNDS = 15
BUDGET = 1.3
ORDERS = 300_000
PAST = 2000
CORE_RULE = "sale.sale_order_personal_rule"
READINGS = {
    "count of visible orders": lambda orders: orders.search_count([]),
    "first 80 orders": lambda orders: orders.search([], limit=80).ids,
}
RULES = {
    "a salesperson": "sales_team.group_sale_salesman",
    "a manager": "sales_manager_kpi.group_manager",
}


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "substitution") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            from benchmarks.activation import activate, users

            activate(env)
            count = grow(env)
            deputy, principal, *others = users(env, "mgr%")
            print(f"{count} orders")
            measures = [
                measure
                for who, group in RULES.items()
                for measure in compare(env, deputy, principal, others, who, group)
            ]
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def grow(env):
    """Copy rows until there are enough orders; return how many there are."""
    env.cr.execute(
        "SELECT string_agg(quote_ident(column_name), ', ') FROM"
        " information_schema.columns WHERE table_name = 'sale_order'"
        " AND column_name NOT IN ('id', 'access_token')"
    )
    (columns,) = env.cr.fetchone()
    while (count := _count(env)) < ORDERS:
        env.cr.execute(
            f"INSERT INTO sale_order ({columns}) SELECT {columns} FROM sale_order"
            " LIMIT %s",
            [ORDERS - count],
        )
    env.cr.commit()
    env.cr.execute("ANALYZE sale_order")
    env.cr.commit()
    return count


def _count(env):
    env.cr.execute("SELECT count(*) FROM sale_order")
    return env.cr.fetchone()[0]


def compare(env, deputy, principal, others, who, group):
    """Counting and the first page by turns, with our rules and with core's alone."""
    deputy.group_ids = env.ref("base.group_user") | env.ref(group)
    _past(env, deputy, others)
    _substitution(env, deputy, principal)
    core = env.ref(CORE_RULE)
    acting = env["ir.rule"].search([("domain_force", "like", "is_acted_for")])
    both = f"[('user_id', 'in', {[deputy.id, principal.id, False]})]"
    sides = {"ours": (True, core.domain_force), "floor": (False, both)}
    taken = {}
    for _round in range(ROUNDS + 1):
        found = {}
        for side, (active, domain) in sides.items():
            acting.active, core.domain_force = active, domain
            found[side] = _read(env, deputy, taken, side)
        if found["ours"] != found["floor"]:
            raise AssertionError(f"{who}: ours and core's rule find different orders")
    print(f"{who}: {found['ours'][0]} orders visible")
    acting.active, core.domain_force = sides["ours"]
    env.cr.execute("DELETE FROM sales_substitution")
    env.invalidate_all()
    return [
        Measure(f"{name} for {who}", ours, floor, BUDGET, "ms")
        for name in READINGS
        for ours, floor in [[_median(taken[side, name]) for side in sides]]
    ]


def _past(env, deputy, others):
    """Substitutions that ended, most of them of the same deputy."""
    end = datetime(2020, 1, 1)
    days = [end - timedelta(days=2 * i) for i in range(PAST)]
    quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
    env["sales.substitution"].with_context(**quiet).create(
        [
            {
                "principal_id": others[i % len(others)].id,
                "deputy_id": deputy.id,
                "date_from": day.date(),
                "date_to": day.date(),
                "start_at": day,
                "stop_at": day + timedelta(days=1),
                "decision": "appointed",
            }
            for i, day in enumerate(days)
        ]
    )


def _substitution(env, deputy, principal):
    env["sales.substitution"].create(
        {
            "principal_id": principal.id,
            "deputy_id": deputy.id,
            "date_from": date.today(),
            "date_to": date.today() + timedelta(days=5),
        }
    ).action_appoint()
    env.flush_all()
    env.cr.execute("ANALYZE sales_substitution")


def _read(env, user, taken, side):
    """Read as ``user`` with empty caches; note the milliseconds."""
    orders = env(user=user.id, su=False)["sale.order"]
    found = []
    for name, reading in READINGS.items():
        env.registry.clear_cache()
        env.cr.cache.clear()
        seconds, rows = timed(env, partial(reading, orders))
        taken.setdefault((side, name), []).append(seconds * 1000)
        found.append(rows)
    return found


def _median(milliseconds):
    """Without the first round, which warms the database."""
    return statistics.median(milliseconds[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
