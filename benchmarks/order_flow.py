"""One order from creation to payment, with the addon and nothing active, and without.

Each round runs the flow three times, in turning order: twice on a plain database (their
difference is the noise, A/A) and once on a copy with the addon. Every step starts with
an empty record cache and ends with a flush; everything is rolled back.
"""

import statistics
import sys
import threading
import time
from contextlib import contextmanager
from typing import NamedTuple

from benchmarks.odoo_process import load
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from tools.paths import ROOT, cache

ROUNDS = 30
SALESMAN = "mgr001"
STEPS = ("create", "confirm", "deliver", "invoice", "post", "pay")


class Cost(NamedTuple):
    """Of one step: queries, seconds on the wall, seconds of Python at work."""

    queries: int
    seconds: float
    python: float


class Budget(NamedTuple):
    """What the addon may take more: times the floor's time, and queries."""

    name: str
    time: float
    queries: int


INERT = Budget("order flow", 1.02, 4)


def main(argv):
    """Measure on two copies of the plain scale database named in argv."""
    return compare(argv, Flow, INERT)


def compare(argv, flow, budget):
    """Exit code of measuring a flow with and without the addon, by turns.

    :param argv: the plain scale database, and how many rounds if not `ROUNDS`
    :param flow: a class like `Flow`
    """
    source, *rounds = argv
    count = int(rounds[0]) if rounds else ROUNDS
    with copied(source, "without") as plain:
        flow.prepare(plain)
        _close_connections()
        with copied(plain, "with") as ours:
            install(ours)
            flow.activate(ours)
            rounds = _rounds(flow, plain, ours, count)
    return _report(rounds, budget)


def _rounds(flow, plain, ours, count):
    """The costs of ``count`` rounds, caches of the registries warm."""
    flows = {"plain": flow(plain), "again": flow(plain), "addon": flow(ours)}
    for one in flows.values():
        one.run()
        one.run()
    rounds = [_round(flows, number) for number in range(count)]
    for one in flows.values():
        one.registry.clear_all_caches()
    _close_connections()
    return rounds


def _round(flows, number):
    """Run the flows once, each round beginning with another one."""
    names = list(flows)
    turned = names[number % len(names) :] + names[: number % len(names)]
    return {name: flows[name].run() for name in turned}


def _close_connections():
    from odoo.sql_db import close_all

    close_all()


class Flow:
    """The steps of one order on one database, each with its queries and seconds."""

    lines = 3
    line_values = {"product_uom_qty": 5}

    @staticmethod
    def prepare(database):
        """Add to the plain database what both need; here nothing."""

    @staticmethod
    def activate(database):
        """Put to use what is measured; here nothing."""

    def __init__(self, database):
        self.registry = load(database, cache() / "data", ROOT)
        self.database = database

    def run(self):
        """{step: Cost}; nothing stays in the database."""
        from odoo import SUPERUSER_ID, api

        threading.current_thread().dbname = self.database
        with self.registry.cursor() as cursor:
            self.env = api.Environment(cursor, SUPERUSER_ID, {"lang": "en_US"})
            self.costs = {}
            self._steps()
            cursor.rollback()
        return self.costs

    def _as(self, login):
        user = self.env["res.users"].search([("login", "=", login)])
        company = user.company_id.ids
        context = {"lang": "en_US", "tz": "UTC", "allowed_company_ids": company}
        return self.env(user=user.id, su=False, context=context)

    @contextmanager
    def _measured(self, step):
        self.env.cr.flush()
        self.env.invalidate_all()
        queries = self.env.cr.sql_log_count
        start, used = time.perf_counter(), time.thread_time()
        yield
        self.env.cr.flush()
        self.costs[step] = Cost(
            self.env.cr.sql_log_count - queries,
            time.perf_counter() - start,
            time.thread_time() - used,
        )

    def _steps(self):
        salesman, clerk = self._as(SALESMAN), self._as("admin")
        values = self._order_values(salesman)
        with self._measured("create"):
            order = salesman["sale.order"].create(values)
        self._stock_up(order)
        with self._measured("confirm"):
            order.action_confirm()
        picking = order.with_env(clerk).picking_ids
        with self._measured("deliver"):
            picking.button_validate()
        with self._measured("invoice"):
            invoice = order._create_invoices()
        invoice = invoice.with_env(clerk)
        with self._measured("post"):
            invoice.action_post()
        with self._measured("pay"):
            self._pay(clerk, invoice)

    def _order_values(self, env):
        from odoo.fields import Command

        customer = customer_of(self.env, env.uid)
        domain = [("is_storable", "=", True), ("sale_ok", "=", True)]
        products = self.env["product.product"].search(
            domain, order="id", limit=self.lines
        )
        lines = [{"product_id": p.id, **self.line_values} for p in products]
        return {
            "partner_id": customer.id,
            "order_line": [Command.create(line) for line in lines],
        }

    def _stock_up(self, order):
        location = order.sudo().warehouse_id.lot_stock_id
        for line in order.sudo().order_line:
            self.env["stock.quant"]._update_available_quantity(
                line.product_id, location, 100
            )

    @staticmethod
    def _pay(env, invoice):
        register = env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        register.create({})._create_payments()


def customer_of(env, user_id):
    """The first customer of a salesperson."""
    domain = [("user_id", "=", user_id), ("customer_rank", ">", 0)]
    return env["res.partner"].search(domain, order="id", limit=1)


def _report(rounds, budget):
    """Print steps and noise; return the exit code."""
    for step in rounds[0]["plain"]:
        cells = [f"{step:<8}"]
        for name in ("plain", "addon"):
            queries = statistics.median(r[name][step].queries for r in rounds)
            seconds = statistics.median(r[name][step].seconds for r in rounds)
            cells.append(f"{name} {queries:>5.0f} queries {seconds * 1000:>7.1f} ms")
        print("  ".join(cells))
    plain = _median(rounds, "python", "plain")
    for name in ("addon", "again"):
        ratio = _median(rounds, "python", name) / plain
        print(f"Python alone: {name} {ratio:.3f} of plain Odoo's time")
    floor = _median(rounds, "seconds", "plain", "again")
    noise = _noise(rounds, floor)
    extra = _median(rounds, "queries", "addon") - _median(rounds, "queries", "plain")
    # A difference within the noise says nothing: the queries decide then.
    times = round(max(budget.time, 1 + noise), 3)
    ours = _median(rounds, "seconds", "addon")
    name, queries = f"{budget.name}, more queries", budget.queries
    return conclude(
        [
            Measure(f"{budget.name}, time", ours, floor, times),
            Measure(name, extra, None, queries, "queries"),
        ]
    )


def _noise(rounds, floor):
    """How far two runs of the same differ, as a share; printed.

    Either the difference of their medians, or two standard errors of it as neighbouring
    runs let expect, whichever is larger.
    """
    plain, again = (_median(rounds, "seconds", name) for name in ("plain", "again"))
    medians = abs(plain / again - 1)
    pairs = [
        (_total(r["plain"], "seconds"), _total(r["again"], "seconds")) for r in rounds
    ]
    swing = statistics.median(abs(one - other) for one, other in pairs) / floor
    print(
        f"A/A: medians differ by {medians:.1%}, two neighbouring runs by {swing:.1%};"
        f" {len(rounds)} rounds"
    )
    return max(medians, 2 * swing / len(rounds) ** 0.5)


def _total(costs, what):
    """Sum over the steps of one run."""
    return sum(getattr(cost, what) for cost in costs.values())


def _median(rounds, what, *names):
    """Of the runs with these names."""
    return statistics.median(_total(r[name], what) for r in rounds for name in names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
