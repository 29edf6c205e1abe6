"""Closing the open month of the scale company, and finding what changed in it.

The floor reads the same live rows and inserts the same rows from a plain table into the
same one, with the same indexes; both by turns in the same run.
"""

import resource
import statistics
import sys

from odoo.tools import SQL

from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from benchmarks.scorecards import _undone, timed
from tools.paths import ROOT, cache

ROUNDS = 5
STORING, LATE, MEMORY, QUERIES = 1.5, 3.0, 100.0, 100
COLUMNS = """
    SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
      FROM information_schema.columns
     WHERE table_name = 'sales_fact_line' AND column_name <> 'id'
"""


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "close") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            from benchmarks.activation import activate

            period = activate(env)
            period.company_id.sales_manager_kpi_first_managed_month = period.date_from
            env.cr.commit()
            measures = [*_freezing(env, period), *_finding(env, period)]
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def _freezing(env, period):
    """The month's rows kept, against reading and inserting them plainly."""
    Line, bases = env["sales.fact.line"], period._bases_to_freeze()
    seals, ours, floors = set(), [], []
    memory = _memory()
    for _round in range(ROUNDS):
        with _undone(env):
            seconds, count = timed(env, lambda: Line._freeze(period, bases))
            ours.append(seconds)
            seals.add((count, Line._seal(period)))
            env.cr.execute("CREATE TEMP TABLE kept AS SELECT * FROM sales_fact_line")
            env.cr.execute("DELETE FROM sales_fact_line")
            seconds, _done = timed(env, lambda: _plainly(env, Line, period, bases))
            floors.append(seconds)
            seals.add((count, Line._seal(period)))
    if len(seals) != 1:
        raise AssertionError("the floor does not keep our rows")
    grown = _memory() - memory
    print(f"rows kept: {count} on {', '.join(bases)}")
    return [
        _compared("a month frozen", ours, floors, STORING),
        Measure("memory that freezing takes", grown, None, MEMORY, "MB"),
    ]


def _plainly(env, Line, period, bases):
    """Read what is live once, and insert the same rows from a table."""
    env.cr.execute(SQL("CREATE TEMP TABLE live AS %s", Line._sql_live(period, bases)))
    env.cr.execute(COLUMNS)
    [names] = env.cr.fetchone()
    env.cr.execute(f"INSERT INTO sales_fact_line ({names}) SELECT {names} FROM kept")


def _finding(env, period):
    """Comparing the closed month with its documents, against reading both sides."""
    with _undone(env):
        before = env.cr.sql_log_count
        period._begin_closing()
        env.flush_all()
        queries = env.cr.sql_log_count - before
        Line, bases = env["sales.fact.line"], period._bases_to_freeze()
        ours, floors = [], []
        for _round in range(ROUNDS):
            seconds, late = timed(env, lambda: Line._book_late(period.company_id))
            ours.append(seconds)
            if late:
                raise AssertionError("nothing changed, but something is late")
            seconds, _done = timed(env, lambda: _both(env, Line, period, bases))
            floors.append(seconds)
    return [
        Measure("closing a month", queries, None, QUERIES, "queries"),
        _compared("a closed month compared", ours, floors, LATE),
    ]


def _both(env, Line, period, bases):
    live = Line._sql_live(period, bases)
    env.cr.execute(SQL("SELECT sum(amount), count(*) FROM (%s) AS live", live))
    env.cr.execute(
        "SELECT sum(amount), sum(line_count) FROM sales_fact_line WHERE period_id = %s",
        [period.id],
    )


def _compared(name, ours, floors, budget):
    own, plain = (statistics.median(taken) * 1000 for taken in (ours, floors))
    return Measure(name, own, plain, budget, "ms")


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
