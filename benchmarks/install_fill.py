"""Filling existing documents at installation, against plain SQL that does the same.

Ours is how much longer the installation takes on the scale database than on an empty
one with the same modules: new columns, their indexes and keys, the owners of the past,
credit and cost of every document.
"""

import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg2

from benchmarks.report import Measure, conclude
from benchmarks.scale_database import base, copied, install

BUDGET = 3.0
FLOOR = Path(__file__).resolve().parent / "floor_install_fill.sql"
# What both sides must have written, row by row.
FIGURES = {
    "sale_order": (
        "credited_user_id",
        "credit_kind",
        "first_confirmation_date",
        "first_confirmation_rate::float8",
    ),
    "account_move": ("credited_user_id", "credit_kind"),
    "sale_order_line": ("round(recognition_cost, 6)", "recognition_categ_id"),
    "account_move_line": ("round(recognition_cost, 6)", "recognition_categ_id"),
}
OWNERS = (
    "SELECT partner_id, user_id, date_from, coalesce(date_to, DATE '2100-01-01')"
    " FROM customer_assignment WHERE company_id = 1"
)


def main(argv):
    """Measure on copies of the plain scale database named in argv."""
    (source,) = argv
    with copied(base(), "empty") as empty:
        nothing = _timed(install, empty)
    with copied(source, "installed") as ours, copied(source, "floor") as floor:
        everything = _timed(install, ours)
        _copy_owners(ours, floor)
        plain = _timed(_run_floor, floor)
        _same_figures(ours, floor)
    print(f"installation: {everything:.1f} s, on an empty database {nothing:.1f} s")
    measure = Measure("fill at installation", everything - nothing, plain, BUDGET)
    return conclude([measure])


def _timed(function, database):
    start = time.monotonic()
    function(database)
    return time.monotonic() - start


def _copy_owners(source, target):
    """The floor starts with the owners that we found."""
    with closing(psycopg2.connect(dbname=source)) as reader:
        cursor = reader.cursor()
        cursor.execute(OWNERS)
        rows = cursor.fetchall()
    with closing(psycopg2.connect(dbname=target)) as writer:
        cursor = writer.cursor()
        cursor.execute(
            "CREATE TABLE floor_owner (partner_id int, user_id int, date_from date,"
            " date_to date)"
        )
        values = (cursor.mogrify("(%s, %s, %s, %s)", row).decode() for row in rows)
        cursor.execute(f"INSERT INTO floor_owner VALUES {', '.join(values)}")
        cursor.execute("CREATE INDEX ON floor_owner (partner_id, date_from)")
        cursor.execute("ANALYZE floor_owner")
        writer.commit()


def _run_floor(database):
    with closing(psycopg2.connect(dbname=database)) as connection:
        connection.cursor().execute(FLOOR.read_text(encoding="utf-8"))
        connection.commit()


def _same_figures(ours, floor):
    """Raise where the floor did not arrive at our values."""
    for table, columns in FIGURES.items():
        text = " || '|' || ".join(f"coalesce(({c})::text, '')" for c in columns)
        query = (
            f"SELECT count(*), sum(hashtext(id || '|' || {text})::bigint) FROM {table}"
        )
        found = [_row(database, query) for database in (ours, floor)]
        if found[0] != found[1]:
            raise AssertionError(f"{table}: ours {found[0]}, floor {found[1]}")


def _row(database, query):
    with closing(psycopg2.connect(dbname=database)) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchone()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
