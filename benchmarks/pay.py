"""What the last whole month of the scale company pays: all statements of it.

Everybody is paid by one scheme: a share of own deals by tiers of plan fulfilment, a
quarter of it held until the customer pays, a bonus for the plan, a multiplier by the
score, fees for standing in, and a minimum. Computing is compared with floor_pay.sql,
which must return the same pay and the same held parts to the cent, keeping with a bare
insert of the same rows through the ORM; both by turns in the same run. The month after
it, with what came back and was paid of it, is measured beside that.
"""

import resource
import statistics
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks import processor
from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from benchmarks.scorecards import _undone, _values, timed
from tools.paths import ROOT, cache

ROUNDS = 7
COMPUTING, STORING, MEMORY = 2.0, 1.5, 100.0
FEW = 10  # one of so many managers, to count queries for few and for all
FLOOR = Path(__file__).resolve().parent / "floor_pay.sql"
MODELS = ("bonus.statement", "bonus.statement.line", "bonus.holdback")
COMPONENTS = [
    {
        "code": "deals",
        "kind": "own_deals",
        "tier_axis": "attainment",
        "tier_method": "whole",
        "tiers": [(0, 1.0), (80, 1.5), (100, 2.0), (120, 2.5)],
        "hold_percent": 25.0,
        "is_multiplied": True,
    },
    {
        "code": "plan",
        "kind": "plan",
        "amount": 600.0,
        "tier_method": "interpolated",
        "tiers": [(70, 40.0), (100, 100.0), (130, 160.0)],
        "is_multiplied": True,
    },
    {"code": "fees", "kind": "duty_fee"},
    {
        "code": "score",
        "kind": "multiplier",
        "tier_axis": "score",
        "tier_method": "whole",
        "tiers": [(0, 80.0), (90, 100.0), (110, 115.0)],
    },
    {"code": "minimum", "kind": "minimum", "amount": 400.0},
]


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "pay") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            from benchmarks.activation import activate

            running = activate(env)
            period = last_whole_month(env, running)
            scheme = engage(env, period)
            print(_size(env, period))
            memory = _memory()
            measures = [
                *_computing(env, period, scheme),
                _storing(env, period),
                *_counting(env, period),
                *_following(env, period, running),
            ]
            grown = _memory() - memory
        from odoo.sql_db import close_all

        close_all()
    memory = Measure("memory that pay takes", grown, None, MEMORY, "MB")
    return conclude([*measures, memory])


def last_whole_month(env, running):
    """The month before the running one, which is over, with plans as that one has."""
    from benchmarks.activation import _plans

    last_day = running.date_from - timedelta(days=1)
    period = env["sales.period"]._for_date(running.company_id, last_day)
    _plans(env, running.company_id, period)
    return period


def _size(env, period):
    """How much is paid for."""
    days = period.date_from, period.date_to
    Fact = env["sales.fact.report"]
    [(lines, documents)] = Fact._read_group(
        Fact._facts_domain(period.company_id, *days),
        [],
        ["__count", "move_id:count_distinct"],
    )
    return f"{len(_members(env, period))} managers, {documents} invoices, {lines} lines"


def engage(env, period):
    """Put pay to use in ``period``: scheme, deputies, agreed scorecards. Commits."""
    company = period.company_id
    company.sales_manager_kpi_first_managed_month = period.date_from
    scheme = env["bonus.scheme"].create(
        {
            "name": "Managers",
            "code": "scale",
            "company_id": company.id,
            "date_from": period.date_from,
            "component_ids": [
                (0, 0, _prepare_component(place, component))
                for place, component in enumerate(COMPONENTS)
            ],
        }
    )
    company.sales_manager_kpi_scheme_four_eyes = False
    scheme.action_activate()
    _deputies(env, period)
    cards = env["evaluation.scorecard"]._compute_period(period)
    env.flush_all()
    env.cr.execute(
        "UPDATE evaluation_scorecard SET state = 'agreed' WHERE id = ANY(%s)",
        [cards.ids],
    )
    env.invalidate_all(flush=False)
    env.cr.commit()
    for table in (
        "sales_plan",
        "evaluation_scorecard",
        "bonus_tier",
        "sales_substitution",
    ):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    return scheme


def _prepare_component(place, component):
    tiers = [
        (0, 0, {"start": start, "rate": rate})
        for start, rate in component.get("tiers", ())
    ]
    return {
        **{name: value for name, value in component.items() if name != "tiers"},
        "name": component["code"].capitalize(),
        "sequence": place,
        "tier_ids": tiers,
    }


def _deputies(env, period):
    """Each tenth manager stands in for the next one, for a week, for a fee."""
    users = [env["res.users"].browse(user_id) for user_id in _members(env, period)]
    start = datetime.combine(period.date_from, datetime.min.time()) + timedelta(days=1)
    quiet = {"tracking_disable": True, "mail_create_nosubscribe": True}
    env["sales.substitution"].with_context(**quiet).create(
        [
            {
                "principal_id": principal.id,
                "deputy_id": deputy.id,
                "company_id": period.company_id.id,
                "date_from": start.date(),
                "date_to": start.date() + timedelta(days=6),
                "start_at": start,
                "stop_at": start + timedelta(days=7),
                "decision": "appointed",
                "credit_policy": "duty_fee",
                "duty_fee_amount": 25.0,
            }
            for deputy, principal in zip(users[::FEW], users[1::FEW], strict=False)
        ]
    )


def _members(env, period):
    """Ids of who is paid, in order."""
    return sorted(env["evaluation.run"]._members(period))


# ----------------------------------------------------------------------
# Computing
# ----------------------------------------------------------------------


def _computing(env, period, scheme):
    """What everybody gets, as long as the month is open and once it is frozen."""
    ours, measures = partial(env["bonus.run"]._compute, period), []
    floor = partial(_run_floor, env, period, scheme)
    # shown: pay is computed when a month is closed
    measures.append(_against(env, "computing pay of an open month", ours, floor, None))
    with _undone(env):
        period._begin_closing()
        env.cr.execute("ANALYZE sales_fact_line")  # as autovacuum does in a minute
        measures.append(_against(env, "computing pay, as closing does", ours, floor))
    return measures


def _against(env, name, ours, floor, budget=COMPUTING):
    """Both by turns; they must agree."""
    taken = []
    for _round in range(ROUNDS):
        seconds, results = timed(env, ours)
        plainly, rows = timed(env, floor)
        taken.append((seconds, plainly))
    _same_pay(results, rows)
    processor.compare(env, name, ours, floor)
    return _compared(name, taken, budget)


def _compared(name, taken, budget):
    """Medians of seconds, in milliseconds."""
    own, plain = (statistics.median(one) * 1000 for one in zip(*taken, strict=True))
    return Measure(name, own, plain, budget, "ms")


def _run_floor(env, period, scheme):
    values = {
        "company": period.company_id.id,
        "period": period.id,
        "date_from": period.date_from,
        "date_to": period.date_to,
        "scheme": scheme.id,
    }
    env.cr.execute(FLOOR.read_text(encoding="utf-8"), values)
    return env.cr.fetchall()


def _same_pay(results, rows):
    """Raise where the floor does not pay what we pay, to the cent."""
    if set(results) != {row[0] for row in rows}:
        raise AssertionError("ours and the floor pay different managers")
    for user_id, base, variable, held, count, move_ids, parts in rows:
        result = results[user_id]
        waiting = dict(pair for line in result.lines for pair in line["held"])
        ours = (
            *(result.lines[0]["base"], result.totals.variable, result.totals.held),
            *(len(waiting), waiting),
        )
        figures = map(_exact, (base, variable, held))
        plain = dict(zip(move_ids or (), map(_exact, parts or ()), strict=True))
        theirs = (*figures, count, plain)
        if ours != theirs:
            raise AssertionError(f"user {user_id}: ours {ours}, floor {theirs}")


def _exact(number):
    """A float of the driver by its shortest digits, as the addon reads it."""
    return Decimal(repr(number))


# ----------------------------------------------------------------------
# Keeping
# ----------------------------------------------------------------------


def _storing(env, period):
    """Keeping all statements against a bare insert of the same rows."""
    Statement, taken, rows = env["bonus.statement"].sudo(), [], None
    for _round in range(ROUNDS):
        results = Statement._run(period, None)
        with _undone(env):
            with patch.object(type(Statement), "_run", return_value=results):
                seconds, statements = timed(
                    env, partial(Statement._compute_period, period)
                )
            rows = rows or _stored_rows(statements)
        with _undone(env):
            plainly, _none = timed(env, partial(_insert, env, rows))
        taken.append((seconds, plainly))
    counts = ", ".join(f"{len(rows[model])} {model}" for model in MODELS)
    print(f"rows stored: {counts}")
    return _compared("storing statements", taken, STORING)


def _stored_rows(statements):
    """Values of all rows just stored, by model, with parents by position."""
    lines = statements.line_ids
    return {
        MODELS[0]: _values(statements),
        MODELS[1]: _values(lines, "statement_id", statements),
        MODELS[2]: _values(lines.env[MODELS[2]].search([]), "line_id", lines),
    }


def _insert(env, rows):
    """Create the rows: one call per model, nothing looked up and nothing tracked."""
    env = env(context={**env.context, "tracking_disable": True})
    parents = env[MODELS[0]].create(rows[MODELS[0]])
    for model, name in zip(MODELS[1:], ("statement_id", "line_id"), strict=True):
        parents = env[model].create(
            [{**row, name: parents[row[name]].id} for row in rows[model]]
        )


def _counting(env, period, what="more queries for more managers"):
    """Queries of computing and keeping, of few managers and of all."""
    users, counts = env["res.users"].browse(_members(env, period)), []
    # so many that something is held of some of them
    few = users[: max(10, len(users) // FEW)]
    for asked in (few, few, users):
        with _undone(env):
            env.invalidate_all()
            before = env.cr.sql_log_count
            env["bonus.statement"]._compute_period(period, asked)
            env.flush_all()
            counts.append(env.cr.sql_log_count - before)
    _warm, some, whole = counts
    print(f"queries: {some} for {len(few)} managers, {whole} for {len(users)}")
    return [Measure(what, whole - some, None, 0, "")]


def _following(env, period, running):
    """The month after one that was paid: what came back of it, and is paid by now."""
    with _undone(env):
        statements = env["bonus.statement"]._compute_period(period)
        env.flush_all()
        env.cr.execute(
            "UPDATE bonus_statement SET state = 'approved' WHERE id = ANY(%s)",
            [statements.ids],
        )
        env.invalidate_all(flush=False)
        ours, taken = partial(env["bonus.run"]._compute, running), []
        for _round in range(ROUNDS):
            seconds, results = timed(env, ours)
            taken.append(seconds)
        earlier = [
            line
            for result in results.values()
            for line in result.lines
            if line["origin_period_id"]
        ]
        released = sum(len(result.releases) for result in results.values())
        print(f"the month after: {len(earlier)} lines of it, {released} releases")
        if not earlier or not released:
            raise AssertionError("nothing came back of the month, or was paid")
        counts = _counting(env, running, "the same, after a month that was paid")
    milliseconds = statistics.median(taken) * 1000
    after = Measure("computing the month after", milliseconds, None, None, "ms")
    return [after, *counts]


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
