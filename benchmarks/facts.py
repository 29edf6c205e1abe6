"""Facts of all managers of the open month, on every basis, against plain SQL.

Each floor returns the same figures, which is asserted, and runs by turns with ours.
"""

import statistics
import sys
from functools import partial
from pathlib import Path

from benchmarks import processor
from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from benchmarks.scorecards import timed
from tools.paths import ROOT, cache

ROUNDS = 9
BUDGET = 2.0
BASES = ("invoice", "order", "delivery", "payment")
FLOORS = Path(__file__).resolve().parent
# Of what ours rounds line by line, discounts on whole documents for one, the floors of
# deliveries and payments round the sum: a step of the currency per discounted line.
TOLERANCE = {"invoice": 0.005, "order": 0.005, "delivery": 1.0, "payment": 1.0}


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "facts") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            from benchmarks.activation import activate

            period = activate(env)
            measures = [measure(env, period, basis) for basis in BASES]
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def measure(env, period, basis):
    """The facts of one basis against its floor, which must agree."""
    ours, floors = [], []
    span = (period.company_id, period.date_from, period.date_to)
    floor = (FLOORS / f"floor_facts_{basis}.sql").read_text(encoding="utf-8")
    read = partial(env["sales.fact.report"]._facts_by, *span, basis)
    plainly = partial(_run, env, floor, *span)
    for _round in range(ROUNDS):
        seconds, figures = timed(env, read)
        ours.append(seconds)
        seconds, rows = timed(env, plainly)
        floors.append(seconds)
    _same_figures(basis, figures, rows)
    own, plain = (statistics.median(taken) * 1000 for taken in (ours, floors))
    print(f"{basis}: {len(figures)} managers, {sum(figures.values()):.2f}")
    processor.compare(env, basis, read, plainly)
    return Measure(f"facts of the month, {basis}", own, plain, BUDGET, "ms")


def _run(env, floor, company, date_from, date_to):
    values = {"company": company.id, "date_from": date_from, "date_to": date_to}
    env.cr.execute(floor, values)
    return env.cr.fetchall()


def _same_figures(basis, figures, rows):
    """Raise where the floor does not return our figures."""
    theirs = {user_id: float(amount) for user_id, amount in rows}
    if set(theirs) != set(figures):
        raise AssertionError(f"{basis}: ours and the floor have different managers")
    for user_id, amount in figures.items():
        if abs(amount - theirs[user_id]) > TOLERANCE[basis]:
            raise AssertionError(
                f"{basis}, user {user_id}: ours {amount}, floor {theirs[user_id]}"
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
