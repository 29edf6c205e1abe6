"""`./dev bench`: the addon at scale, each figure against its floor."""

import argparse
import subprocess

from benchmarks import scale_database
from benchmarks.scale.parameters import Parameters
from tools.paths import ROOT
from tools.ui import say

# name: (program, what it measures)
MEASUREMENTS = {
    "install": ("install_fill", "filling existing documents at installation"),
    "flow": ("order_flow", "an order from creation to payment, nothing active"),
    "discounts": ("discount_flow", "an order of 30 lines under an active policy"),
    "supply": ("supply_flow", "confirming an order of 30 lines with the ladder"),
    "active": ("active_flow", "an order of 30 lines with everything in use"),
    "scorecards": ("scorecards", "scorecards of all managers, My month"),
    "facts": ("facts", "facts of all managers and a month, on every basis"),
    "close": ("close", "closing a month, and finding what changed in it"),
    "pay": ("pay", "statements of all managers for a month"),
    "bonus": ("trade_bonus", "2,000 trade bonus agreements over all invoice lines"),
    "control": ("control", "nightly reconciliation of payment and shipment"),
    "customers": ("customer_base", "nightly refresh of the figures of all customers"),
    "day": ("my_day", "My day of a manager beside Odoo's own list of quotations"),
    "showroom": ("showroom", "completeness of 20 showrooms with 10,000 samples"),
    "substitution": ("substitution", "what a deputy sees of 300,000 orders"),
}


def main(argv, env):
    """Exit code 1 when any figure is over its budget.

    :param env: variables with which a program starts Odoo (PY, PYTHONPATH, ...)
    """
    options = _parse(argv)
    source = scale_database.plain(env, options.orders)
    failed = []
    for name in options.measurements or MEASUREMENTS:
        program, purpose = MEASUREMENTS[name]
        say(f"== {name}: {purpose} ({options.orders} orders)")
        command = [env["PY"], "-m", f"benchmarks.{program}", source]
        variables = scale_database.program(env)
        done = subprocess.run(command, env=variables, cwd=ROOT, check=False)
        if done.returncode:
            failed.append(name)
    if failed:
        say(f"over budget or broken: {', '.join(failed)}")
    return 1 if failed else 0


def _parse(argv):
    names = ", ".join(f"{name} ({row[1]})" for name, row in MEASUREMENTS.items())
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("measurements", nargs="*", help=f"all, or some of: {names}")
    parser.add_argument("--orders", type=int, default=Parameters.orders)
    options = parser.parse_args(argv)
    unknown = set(options.measurements) - set(MEASUREMENTS)
    if unknown:
        parser.error(f"no measurement {', '.join(sorted(unknown))}")
    return options
