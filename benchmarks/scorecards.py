"""Scorecards of all managers for the open month, and My month of one of them.

Computing is compared with the plain SQL of floor_scorecards.sql, storing with a bare
insert of the same rows through the ORM; both by turns in the same run. The ledger
identity is verified on the way.
"""

import statistics
import sys
import time
from functools import partial
from pathlib import Path

from benchmarks import processor
from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from tools.paths import ROOT, cache

ROUNDS = 9
COMPUTE_BUDGET = 2.0
STORE_BUDGET = 1.5
MY_MONTH_QUERIES = 30
FLOOR = Path(__file__).resolve().parent / "floor_scorecards.sql"
MODELS = ("evaluation.scorecard", "evaluation.scorecard.line", "evaluation.evidence")
# One step of the currency per line that is added up at most.
TOLERANCE = 0.005


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "cards") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            from benchmarks.activation import activate

            period = activate(env)
            print(f"{len(_members(env, period))} managers in {period.name}")
            measures = [
                _computing(env, period),
                _storing(env, period),
                *_my_month(env, period),
                _ledger(env),
            ]
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def _members(env, period):
    return env["evaluation.run"]._members(period)


def timed(env, function):
    """Seconds of a call that starts with an empty record cache, and its result."""
    env.flush_all()
    env.invalidate_all()
    start = time.perf_counter()
    result = function()
    env.flush_all()
    return time.perf_counter() - start, result


def _computing(env, period):
    """Judging everybody against the plain SQL, which must agree with it."""
    ours, floors = [], []
    judge = partial(env["evaluation.run"]._judge, period)
    plainly = partial(_run_floor, env, period)
    for _round in range(ROUNDS):
        seconds, judged = timed(env, judge)
        ours.append(seconds)
        seconds, rows = timed(env, plainly)
        floors.append(seconds)
    _same_figures(judged, rows)
    processor.compare(env, "computing scorecards", judge, plainly)
    return _compared("computing scorecards", ours, floors, COMPUTE_BUDGET)


def _compared(name, ours, floors, budget):
    """Medians of seconds, in milliseconds."""
    own, plain = (statistics.median(taken) * 1000 for taken in (ours, floors))
    return Measure(name, own, plain, budget, "ms")


def _run_floor(env, period):
    values = {
        "company": period.company_id.id,
        "period": period.id,
        "date_from": period.date_from,
        "date_to": period.date_to,
    }
    env.cr.execute(FLOOR.read_text(encoding="utf-8"), values)
    return env.cr.fetchall()


def _same_figures(judged, rows):
    """Raise where the floor does not return our figures."""
    if set(judged) != {row[0] for row in rows}:
        raise AssertionError("ours and the floor judge different managers")
    for user_id, amount, target, fulfilment, count in rows:
        line = judged[user_id].lines[0]
        counted = line.evidence["numerator"][2]
        if counted != count:
            raise AssertionError(f"user {user_id}: {counted} rows, floor {count}")
        ours = (line.numerator, line.denominator, line.value)
        theirs = (amount, target, fulfilment)
        for mine, plain in zip(ours, theirs, strict=True):
            if abs(float(mine or 0) - float(plain or 0)) > TOLERANCE:
                raise AssertionError(f"user {user_id}: ours {ours}, floor {theirs}")


def _storing(env, period):
    """Keeping all scorecards against a bare insert of the same rows."""
    run = env["evaluation.run"]
    ours, floors = [], []
    rows = None
    for _round in range(ROUNDS):
        judged = run._judge(period)
        with _undone(env):
            seconds, _cards = timed(env, partial(run._store, period, judged))
            ours.append(seconds)
            rows = rows or _stored_rows(env, period)
        with _undone(env):
            seconds, _none = timed(env, partial(_insert, env, rows))
            floors.append(seconds)
    counts = ", ".join(f"{len(rows[model])} {model}" for model in MODELS)
    print(f"rows stored: {counts}")
    return _compared("storing scorecards", ours, floors, STORE_BUDGET)


class _undone:
    """A savepoint that is rolled back: the next round finds nothing stored."""

    def __init__(self, env):
        self.env = env

    def __enter__(self):
        self.env.flush_all()
        self.savepoint = self.env.cr.savepoint()
        self.savepoint.__enter__()

    def __exit__(self, *_exception):
        self.env.invalidate_all(flush=False)
        self.env.cr.precommit.clear()
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)


def _stored_rows(env, period):
    """Values of all rows just stored, by model, with parents by position."""
    cards = env["evaluation.scorecard"].search([("period_id", "=", period.id)])
    lines = cards.line_ids
    return {
        MODELS[0]: _values(cards),
        MODELS[1]: _values(lines, "scorecard_id", cards),
        MODELS[2]: _values(lines.evidence_ids, "line_id", lines),
    }


def _values(records, parent=None, parents=None):
    """What `create` takes to make these rows again."""
    skipped = {"id", "create_uid", "create_date", "write_uid", "write_date"}
    names = [
        name
        for name, field in records._fields.items()
        if field.store
        and field.column_type
        and name not in skipped
        and not field.related
    ]
    places = {record.id: index for index, record in enumerate(parents or ())}
    rows = records.read(names, load=None)
    for row in rows:
        del row["id"]
        if parent:
            row[parent] = places[row[parent]]
    return rows


def _insert(env, rows):
    """Create the rows: one call per model, nothing looked up and nothing tracked."""
    env = env(context={**env.context, "tracking_disable": True})
    cards = env[MODELS[0]].create(rows[MODELS[0]])
    lines = env[MODELS[1]].create(
        [
            {**row, "scorecard_id": cards[row["scorecard_id"]].id}
            for row in rows[MODELS[1]]
        ]
    )
    env[MODELS[2]].create(
        [{**row, "line_id": lines[row["line_id"]].id} for row in rows[MODELS[2]]]
    )


def _my_month(env, period):
    """Queries and time of the screen, for a manager with warm caches."""
    user = env["res.users"].search([("login", "=", "mgr001")])
    company = period.company_id.ids
    context = {"lang": "en_US", "tz": "UTC", "allowed_company_ids": company}
    theirs = env(user=user.id, su=False, context=context)
    day = period.date_from.isoformat()
    seconds, queries = [], []
    for _round in range(ROUNDS):
        before = env.cr.sql_log_count
        taken, data = timed(theirs, partial(theirs["sales.my.month"].get_data, day))
        queries.append(env.cr.sql_log_count - before)
        seconds.append(taken)
    if data.get("status") != "ok":
        raise AssertionError(f"My month has no figures: {data.get('status')}")
    milliseconds = statistics.median(seconds) * 1000
    print(f"My month: {milliseconds:.0f} ms, first call {queries[0]} queries")
    count = statistics.median(queries)
    return [
        Measure("My month of one manager", count, None, MY_MONTH_QUERIES, "queries")
    ]


def _ledger(env):
    """Managers + unassigned + excluded less the ledger, over all months: zero."""
    start = time.perf_counter()
    rows = env["sales.reconciliation"].search([])
    wrong = [
        row for row in rows if not row.company_id.currency_id.is_zero(row.difference)
    ]
    seconds = time.perf_counter() - start
    print(f"reconciliation of {len(rows)} company months in {seconds:.1f} s")
    for row in wrong[:5]:
        print(f"  {row.company_id.name} {row.month}: difference {row.difference}")
    return Measure("company months that do not add up", len(wrong), None, 0, "months")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
