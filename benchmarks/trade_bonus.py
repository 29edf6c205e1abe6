"""2,000 trade bonus agreements over all invoice lines of the scale company.

Two figures: how all of them stand now, read only, and their calculation with every line
kept. Each floor is plain SQL over the same documents, into the same tables where it
keeps, returning the same turnover, which is asserted; both by turns in the same run.
"""

import statistics
import sys
from functools import partial
from pathlib import Path

from benchmarks import processor
from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale.parameters import Parameters
from benchmarks.scale_database import copied, install
from benchmarks.scorecards import _undone, timed
from tools.paths import ROOT, cache

AGREEMENTS = 2000
ROUNDS = 3
BUDGET = 3.0
LIVE = Path(__file__).resolve().parent / "floor_bonus_live.sql"
KEPT = Path(__file__).resolve().parent / "floor_bonus_kept.sql"
# Ours rounds each line to the currency, the floor adds up what the ledger has.
TOLERANCE = 0.05


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "bonus") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            periods = agree(env)
            measures = [_reading(env, periods), _calculating(env, periods)]
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def agree(env):
    """Agreements with all customers between them; their periods. Commits."""
    customers = env["res.partner"].browse(_customers(env))
    parameters, company = Parameters(), env["res.company"].browse(1)
    share = max(1, -(-len(customers) // AGREEMENTS))
    agreements = env["trade.bonus.agreement"].create(
        [
            {
                "name": f"Bonus {start // share}",
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "partner_ids": [(6, 0, customers[start : start + share].ids)],
                "date_from": parameters.first_day,
                "date_to": parameters.last_day,
                "state": "active",
                "term_ids": [(0, 0, _prepare_term())],
            }
            for start in range(0, len(customers), share)
        ]
    )
    agreements._make_periods()
    env.cr.commit()
    for table in ("agreement", "term", "tier", "period"):
        env.cr.execute(f"ANALYZE trade_bonus_{table}")
    env.cr.commit()
    print(f"{len(agreements)} agreements, {len(customers)} customers")
    return agreements.period_ids


def _customers(env):
    env.cr.execute(
        "SELECT DISTINCT commercial_partner_id FROM account_move"
        " WHERE company_id = 1 AND state = 'posted' AND move_type = 'out_invoice'"
        " ORDER BY 1"
    )
    return [row[0] for row in env.cr.fetchall()]


def _prepare_term():
    tiers = ((1000, 1), (5000, 2), (20000, 3))
    return {
        "name": "Volume",
        "method": "stepped",
        "period": "whole",
        "tier_ids": [(0, 0, {"start": start, "rate": rate}) for start, rate in tiers],
    }


def _reading(env, periods):
    """How all of them stand now, without keeping anything."""
    ours, floors = [], []
    read = partial(periods._live_sums)
    plainly = partial(_run, env, LIVE, periods)
    for _round in range(ROUNDS):
        seconds, figures = timed(env, read)
        ours.append(seconds)
        seconds, rows = timed(env, plainly)
        floors.append(seconds)
    _same_turnover({key: row[0] for key, row in figures.items()}, rows)
    processor.compare(env, "bonuses as they stand", read, plainly)
    return _compared("bonuses as they stand", ours, floors)


def _calculating(env, periods):
    """Calculating all of them, every line kept."""
    ours, floors = [], []
    for _round in range(ROUNDS):
        with _undone(env):
            seconds, _done = timed(env, periods._calculate)
            ours.append(seconds)
            figures = _kept(env, periods)
        with _undone(env):
            seconds, _done = timed(env, partial(_keep, env, periods))
            floors.append(seconds)
            theirs = _kept(env, periods)
    _same_turnover(figures, theirs.items())
    return _compared("bonuses calculated, every line kept", ours, floors)


def _run(env, floor, periods):
    env.cr.execute(floor.read_text(encoding="utf-8"), {"periods": periods.ids})
    return env.cr.fetchall()


def _keep(env, periods):
    env.cr.execute(KEPT.read_text(encoding="utf-8"), {"periods": periods.ids})


def _kept(env, periods):
    """Turnover by period, as kept, and how many lines it is."""
    env.cr.execute(
        "SELECT period_id, sum(value), count(*) FROM trade_bonus_base_line"
        " WHERE period_id = ANY(%s) GROUP BY 1",
        [periods.ids],
    )
    rows = env.cr.fetchall()
    print(f"lines kept: {sum(row[2] for row in rows)}")
    return {period_id: value for period_id, value, _count in rows}


def _same_turnover(ours, rows):
    """Raise where the floor does not return our turnover."""
    theirs = dict(rows)
    for period_id in set(ours) | set(theirs):
        mine, plain = ours.get(period_id) or 0, theirs.get(period_id) or 0
        if abs(float(mine) - float(plain)) > TOLERANCE:
            raise AssertionError(f"period {period_id}: ours {mine}, floor {plain}")


def _compared(name, ours, floors):
    own, plain = (statistics.median(taken) for taken in (ours, floors))
    return Measure(name, own, plain, BUDGET)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
