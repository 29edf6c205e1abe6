"""From an empty database with Odoo's sales applications to a company with history."""

import time

import psycopg2

from benchmarks.odoo_process import environment

from . import (
    checks,
    deliveries,
    history,
    invoices,
    masters,
    orders,
    payments,
    specimens,
    structure,
)
from .bulk import Bulk
from .loader import Loader
from .orders import NUMBER_OFFSET


def generate(database, data_dir, parameters, verbose=True):
    """Fill the database; raise RuntimeError when the result is not sound."""
    start = time.monotonic()
    made, kinds = _records(database, data_dir, parameters)
    connection = psycopg2.connect(dbname=database)
    try:
        loader = Loader(connection, parameters.seed, verbose)
        loader.ignore_keys()
        bulk = Bulk(loader, parameters, made, kinds)
        for area in (masters, orders, deliveries, invoices, payments, history):
            area.make(bulk)
        _continue_numbering(bulk)
        wrong = checks.verify(loader)
        if wrong:
            raise RuntimeError(f"the generated data is not sound: {wrong}")
        connection.commit()
        connection.autocommit = True
        loader.execute("VACUUM ANALYZE")
    finally:
        connection.close()
    return time.monotonic() - start


def _records(database, data_dir, parameters):
    """What Odoo itself makes, committed."""
    with environment(database, data_dir) as env:
        if env["sale.order"].search_count([], limit=1):
            raise RuntimeError(f"{database} has orders already: take a fresh database")
        made = structure.make(env, parameters)
        kinds = specimens.make(env, made)
        env.cr.commit()
    return made, kinds


def _continue_numbering(bulk):
    """Odoo's next documents are numbered after the generated ones."""
    loader = bulk.loader
    for table in loader.touched:
        loader.reset_sequence(table)
    last = bulk.parameters.orders + 2 * NUMBER_OFFSET
    _set_sequence(loader, bulk.structure["order_sequence"], last)
    for kind, table, counter in (
        ("out_seq", "s_picking", "max(num)"),
        ("in_seq", "s_incoming", f"count(*) + {NUMBER_OFFSET}"),
    ):
        used = loader.rows(
            f"SELECT w.{kind}, {counter} + 2 FROM {table} p"
            " JOIN s_warehouse w USING (wh_id) GROUP BY 1"
        )
        for sequence, number in used:
            _set_sequence(loader, sequence, number)


def _set_sequence(loader, sequence, number):
    loader.scalar(f"SELECT setval('ir_sequence_{sequence:03d}', {number})")
