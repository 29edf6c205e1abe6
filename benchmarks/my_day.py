"""My day of a manager with 400 customers and 2,000 orders.

The floor is Odoo's own list of quotations of the same manager as the client reads it:
80 records with the fields of the view, and their number. Both by turns, each beginning
with empty record caches. The month and the evening line, which the screen asks for
beside the day, are measured as well.
"""

import statistics
import sys
from functools import partial

from lxml import etree

from benchmarks import processor
from benchmarks.control import reconcile
from benchmarks.customer_base import refresh
from benchmarks.odoo_process import environment
from benchmarks.report import Measure, conclude
from benchmarks.scale_database import copied, install
from benchmarks.scorecards import timed
from tools.paths import ROOT, cache

ROUNDS = 15
BUDGET = 1.5
QUERIES = 40
CUSTOMERS = 400
ORDERS = 2000
PAGE, COUNT_LIMIT = 80, 10_001  # what the client asks a list for


def main(argv):
    """Measure on a copy of the plain scale database named in argv."""
    (source,) = argv
    with copied(source, "day") as database:
        install(database)
        with environment(database, cache() / "data", ROOT) as env:
            from benchmarks.activation import activate, users

            activate(env)
            manager = users(env, "mgr%")[0]
            give(env, manager)
            measures = measured(env, manager)
            env.cr.rollback()
        from odoo.sql_db import close_all

        close_all()
    return conclude(measures)


def give(env, manager):
    """Customers and orders to one manager, and what the nights make of them."""
    company = env["res.company"].browse(1)
    env["res.partner"].create(
        [
            {"name": f"More {i}", "is_company": True, "customer_rank": 1}
            for i in range(CUSTOMERS)
        ]
    )
    env.flush_all()
    env.cr.execute(
        "UPDATE sale_order SET user_id = %(user)s, credited_user_id = %(user)s"
        " WHERE id IN (SELECT id FROM sale_order ORDER BY id DESC LIMIT %(orders)s)",
        {"user": manager.id, "orders": ORDERS},
    )
    env.cr.execute(
        "UPDATE res_partner SET user_id = %(user)s WHERE id IN (SELECT id FROM"
        " (SELECT DISTINCT commercial_partner_id AS id FROM res_partner"
        " WHERE customer_rank > 0) AS customers ORDER BY id LIMIT %(customers)s)",
        {"user": manager.id, "customers": CUSTOMERS},
    )
    env.invalidate_all()
    customers = env["res.partner"].search([("user_id", "=", manager.id)])
    groups = env["customer.class"].create(
        {
            "code": "BEN",
            "name": "Bench",
            "company_id": company.id,
            "contact_every_days": 10,
        }
    )
    env["customer.class.member"].create(
        [
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "class_id": groups.id,
                "date_from": "2020-01-01",
            }
            for customer in customers
        ]
    )
    refresh(env, company)
    reconcile(env)
    figures = (
        env["customer.figure"].sudo().search([("partner_id", "in", customers.ids)])
    )
    today = env["sales.branch"]._company_local_date(company)
    figures[: CUSTOMERS // 4].write({"user_id": manager.id, "next_contact_on": today})
    for customer in customers[:20]:
        customer.activity_schedule(
            "mail.mail_activity_data_call", date_deadline=today, user_id=manager.id
        )
    env.flush_all()
    env.cr.precommit.clear()
    for table in ("sale_order", "res_partner", "customer_figure", "sale_order_control"):
        env.cr.execute(f"ANALYZE {table}")
    print(f"{len(customers)} customers, {ORDERS} orders of one manager")


def measured(env, manager):
    """The day, the month and the evening, each by turns with the list."""
    context = {"allowed_company_ids": [1], "lang": "en_US", "tz": "UTC"}
    own = env(user=manager.id, context=context, su=False)
    ours = own["sales.my.day"]
    listed = partial(read_list, own, specification(own))
    calls = {
        "day": ours.get_data,
        "month": ours.get_month,
        "evening": ours.get_evening,
        "rest": ours.get_rest,  # both, as the screen asks for them
        "list": listed,
    }
    taken, queries = {name: [] for name in calls}, {}
    for round_ in range(ROUNDS + 3):
        for name, call in calls.items():
            before = env.cr.sql_log_count
            seconds, result = timed(env, call)
            queries[name] = env.cr.sql_log_count - before
            if round_ >= 3:  # the first ones fill the caches of access and views
                taken[name].append(seconds * 1000)
            if name == "day":
                items = len(result["items"])
            elif name == "list":
                found = result["length"], len(result["records"])
    print(f"{items} items; list of {found[1]} of {found[0]}; queries: {queries}")
    processor.compare(env, "my day", ours.get_data, listed)
    middle = {name: statistics.median(some) for name, some in taken.items()}
    floor = middle["list"]
    return [
        Measure("my day", middle["day"], floor, BUDGET, "ms"),
        Measure("the month beside it", middle["month"], floor, BUDGET, "ms"),
        Measure("the evening line", middle["evening"], floor, BUDGET, "ms"),
        Measure("queries of my day", queries["day"], None, QUERIES, "queries"),
        Measure(
            "queries of all three",
            queries["day"] + queries["rest"],
            None,
            QUERIES,
            "queries",
        ),
    ]


def specification(env):
    """The fields that Odoo's list of quotations reads, as the client asks for them."""
    action = env.ref("sale.action_quotations").sudo()
    view = action.view_ids.filtered(lambda row: row.view_mode == "list").view_id
    views = env["sale.order"].get_views([(view.id, "list")])
    fields = views["models"]["sale.order"]["fields"]
    asked = {}
    for node in etree.fromstring(views["views"]["list"]["arch"]).iter("field"):
        name = node.get("name")
        kind = fields[name]["type"]
        asked[name] = {}
        if kind in ("many2one", "many2many", "one2many"):
            asked[name] = {"fields": {"display_name": {}}}
    return asked


def read_list(env, asked):
    """The first page of the manager's orders, and how many there are."""
    return env["sale.order"].web_search_read(
        [("user_id", "=", env.uid)], asked, limit=PAGE, count_limit=COUNT_LIMIT
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
