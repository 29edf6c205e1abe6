"""`./dev screenshots`: the pictures of docs/, taken from the demo company."""

import json
import re
import subprocess
from typing import NamedTuple

from tools import cli, databases, demo, ports, system
from tools.paths import ADDON, ROOT, ensure, locked, state
from tools.ui import Failure, say
from tools.workshop import Workshop

FOLDER = ROOT / "docs" / "img"


class Picture(NamedTuple):
    """Who looks at which page; `{xmlid}` in the URL stands for a record's id."""

    login: str
    url: str
    file: str
    click: str = ""  # a CSS selector to press before the picture is taken
    then: str = ""  # and one after it


FIRST_ROW = ".o_data_row .o_data_cell:not(.o_list_record_selector)"
# the month that is due, above which is the running one
SECOND_ROW = ".o_data_row:nth-child(2) .o_data_cell:not(.o_list_record_selector)"
# the first quotation that was sent, among orders of all states
SENT_ROW = (
    ".o_data_row:has([name=state] .text-bg-primary)"
    " .o_data_cell:not(.o_list_record_selector)"
)
PICTURES = [
    Picture("anna", "/odoo/my-day", "my_day_manager.png"),
    Picture(
        "anna",
        "/odoo/action-crm.crm_lead_action_pipeline",
        "lead_manager.png",
        ".o_kanban_record:has(.o_field_monetary)",
    ),
    Picture("anna", "/odoo/sales-offers", "offer_manager.png", FIRST_ROW),
    Picture("anna", "/odoo/counter", "counter_manager.png"),
    Picture("anna", "/odoo/market-notes", "market_manager.png"),
    Picture("anna", "/odoo/sales-assignments", "assignments_manager.png"),
    Picture("anna", "/odoo/my-month", "my_month_manager.png"),
    Picture("anna", "/odoo/my-sales-plans", "plan_form_manager.png", FIRST_ROW),
    Picture("anna", "/odoo/my-scorecards", "scorecard_manager.png", FIRST_ROW),
    Picture("anna", "/odoo/sales-customers", "customers_manager.png"),
    Picture("anna", "/odoo/sales-not-counted", "not_counted_manager.png"),
    Picture("dirk", "/odoo/sales-plans-to-approve", "plans_to_approve_director.png"),
    Picture("dirk", "/odoo/my-team", "my_team_director.png"),
    Picture("carla", "/odoo/who-has-no-plan", "who_has_no_plan_commercial.png"),
    Picture(
        "carla", "/odoo/sales-branch-plans", "branch_plan_commercial.png", FIRST_ROW
    ),
    Picture("carla", "/odoo/season-profiles", "season_commercial.png", FIRST_ROW),
    Picture("carla", "/odoo/customer-handovers", "handover_director.png", FIRST_ROW),
    Picture("carla", "/odoo/sales-adds-up", "reconciliation_commercial.png"),
    Picture("carla", "/odoo/plan-against-fact", "plan_against_fact_commercial.png"),
    Picture("dirk", "/odoo/sales-cover", "cover_director.png"),
    Picture("dirk", "/odoo/service-gaps", "service_gaps_director.png"),
    Picture(
        "dirk",
        f"/odoo/action-{ADDON}.discount_request_action_to_answer",
        "discount_request_director.png",
        ".o_kanban_record:not(.o_kanban_ghost)",
    ),
    Picture(
        "anna",
        f"/odoo/action-{ADDON}.trade_bonus_period_action",
        "trade_bonuses_manager.png",
    ),
    Picture(
        "bram",
        "/odoo/sales",
        "hold_manager.png",
        SENT_ROW,
        "button[name=action_hold_goods]",
    ),
    Picture("anna", "/odoo/orders", "ladder_manager.png", FIRST_ROW),
    Picture("carla", f"/odoo/action-{ADDON}.stock_hold_action", "holds_director.png"),
    Picture("heike", "/odoo/supply-requests", "stocking_director.png", FIRST_ROW),
    Picture("sven", "/odoo/supply-lines-to-answer", "supply_to_answer_supervisor.png"),
    Picture(
        "admin",
        f"/odoo/action-{ADDON}.supply_setting_change_action",
        "supply_changes_admin.png",
    ),
    Picture(
        "anna",
        "/odoo/showrooms",
        "showroom_manager.png",
        "button[name=action_showroom_propose]",
    ),
    Picture("carla", "/odoo/showrooms", "showrooms_commercial.png"),
    Picture(
        "anna",
        f"/odoo/action-{ADDON}.customer_figure_action",
        "customer_base_manager.png",
    ),
    Picture(
        "anna",
        f"/odoo/action-{ADDON}.sale_order_control_action_payment",
        "control_manager.png",
    ),
    Picture(
        "anna",
        f"/odoo/action-{ADDON}.customer_claim_action",
        "claims_manager.png",
        FIRST_ROW,
    ),
    Picture("carla", "/odoo/sales-closing", "closing_commercial.png", SECOND_ROW),
    Picture("anna", "/odoo/my-statements", "pay_statement_manager.png", FIRST_ROW),
    Picture("hilde", "/odoo/pay-statements", "pay_statement_payroll.png"),
    Picture("anna", "/odoo/sales-ranking", "ranking_manager.png"),
    Picture("admin", "/odoo/sales-branches", "branches_admin.png"),
    Picture("admin", f"/odoo/action-{ADDON}.sales_setup_action", "setup_admin.png"),
]


def screenshots(arguments):
    """Take all pictures, or those whose file names contain a given word."""
    options = cli.parser("screenshots", "Remake the pictures of docs/.")
    options.add_argument("words", nargs="*", help="parts of the file names wanted")
    words = options.parse_args(arguments).words
    wanted = [row for row in PICTURES if _matches(row.file, words)]
    if "chromium" in system.prepare_browser_tools():
        raise Failure("missing: chromium (apt-get install chromium)")
    workshop = Workshop()
    demo.end_server()
    with locked(demo.DATABASE):
        demo.prepare(workshop)
    server = demo.Server(workshop, ports.choose())
    try:
        server.start()
        return _take(workshop, server.url, wanted)
    finally:
        demo.end_server()


def _matches(file, words):
    return not words or any(word in file for word in words)


def _take(workshop, url, pictures):
    """Hand the list to the browser's driver, which needs the venv's packages."""
    tasks = [row._replace(url=url + resolve(row.url)) for row in pictures]
    tasks = [row._replace(file=str(ensure(FOLDER) / row.file)) for row in tasks]
    path = state() / "pictures.json"
    path.write_text(json.dumps([row._asdict() for row in tasks]), encoding="utf-8")
    command = [workshop.python, "-m", "tools.browser", url, demo.DATABASE, path]
    code = subprocess.run(command, cwd=ROOT).returncode
    say(f"{len(tasks)} pictures in {FOLDER}" if not code else "error: see above")
    return code


def resolve(url):
    """Put ids in the place of `{module.name}`."""
    return re.sub(r"{([\w.]+)}", lambda match: _record_id(match.group(1)), url)


def _record_id(xmlid):
    module, _dot, name = xmlid.partition(".")
    rows = databases.query(
        "SELECT res_id FROM ir_model_data"
        f" WHERE module = '{module}' AND name = '{name}'",
        demo.DATABASE,
    )
    if not rows:
        raise Failure(f"the demo company has no {xmlid}")
    return rows[0][0]
