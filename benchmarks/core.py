"""`./dev core`: Odoo's own tests with the addon installed on top of everything.

All modules are loaded before the first test runs, so tests that Odoo runs while it
installs a module (and so before any addon that depends on it) see the addon too.
Only failures that plain Odoo does not have are reported.
"""

import argparse
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from benchmarks import core_results
from tools import databases, odoo
from tools.paths import ADDON, ROOT, digest, ensure, locked, state
from tools.ui import say, step

HERE = Path(__file__).resolve().parent
BASELINE = HERE / "core_baseline.txt"
RUNNER = HERE / "core_runner.py"
INSTALLED = (
    "sale_management",
    "sale_stock",
    "sale_crm",
    "account",
    "calendar",
    "sale_loyalty",
    "sale_margin",
    "sale_stock_margin",
    "spreadsheet_dashboard",
)
SUITES = (
    "sale",
    "sale_management",
    "sale_stock",
    "sale_margin",
    "sale_stock_margin",
    "sale_loyalty",
    "loyalty",
    "stock",
    "stock_account",
    "crm",
    "sale_crm",
    "account",
    "calendar",
    "sales_team",
)
# Takes as long as the rest of its suite; left out of quick runs.
SLOW = "/sale:TestTaxesDownPaymentSale"


def main(argv, env):
    """Exit code 1 on a new failure, missing tests or a broken run.

    :param env: variables with which a program starts Odoo (PY, ODOO, DATA_DIR, ...)
    """
    options = _parse(argv)
    log = ensure(state() / "core") / time.strftime("core_%m%d_%H%M%S.log")
    run = CoreRun(env, options, log)
    start = time.monotonic()
    with run:
        run.install()
        run.test()
    results = core_results.read(log.read_text(errors="replace"))
    say(f"log: {log}, {time.monotonic() - start:.0f} s")
    if options.plain:
        say("\n".join(core_results.baseline_lines(results)))
        return 0 if results.finished else 1
    baseline = core_results.read_baseline(BASELINE.read_text(encoding="utf-8"))
    problems = core_results.compare(results, baseline, subset=run.subset)
    say("\n".join([*problems, core_results.summary(results, baseline)]))
    return 1 if problems else 0


def _parse(argv):
    parser = argparse.ArgumentParser(prog="./dev core", description=__doc__)
    parser.add_argument("--tags", help="Odoo test tags instead of all suites")
    parser.add_argument("--quick", action="store_true", help="no tours, no slow suite")
    parser.add_argument(
        "--plain", action="store_true", help="without the addon: print baseline lines"
    )
    parser.add_argument("--keep", action="store_true", help="keep the database")
    return parser.parse_args(argv)


class CoreRun:
    """One run on a database of its own, dropped at the end."""

    def __init__(self, env, options, log):
        self.env = {**os.environ, **env}
        self.odoo = odoo.prepare()
        self.options = options
        self.log = log
        self.name = f"smk_core_run_{os.getpid()}"
        self.subset = bool(options.tags or options.quick)

    def __enter__(self):
        databases.copy(self._template(), self.name)
        return self

    def __exit__(self, *_exception):
        if not self.options.keep:
            databases.drop(self.name)

    def _template(self):
        """A database with the core modules and all that they pull in."""
        name = f"smk_core_{digest(self.odoo.library, *INSTALLED)}"
        with locked(name):
            if not databases.exists(name):
                half = name + databases.BUILDING
                databases.drop(half)
                databases.query(f'CREATE DATABASE "{half}" TEMPLATE template0')
                with step("Installing Odoo's modules (once, a minute or two)"):
                    output = self.odoo.server(half, ["-i", ",".join(INSTALLED)])
                    databases.require_installed(half, INSTALLED, output)
                    self.odoo.shell(half, databases.KEEP_FILES_IN_DATABASE)
                databases.rename(half, name)
        return name

    def install(self):
        """Put the addon on top, unless plain Odoo is measured."""
        if self.options.plain:
            return
        with step("Installing the addon"):
            output = self.odoo.server(self.name, [f"--addons-path={ROOT}", "-i", ADDON])
            databases.require_installed(self.name, [ADDON], output)

    def test(self):
        """Run the suites in Odoo's shell; the log has the results."""
        if not (self.options.quick or self._browser()):
            say("no Chromium on the path: tours will be skipped")
        options = ["--max-cron-threads=0", "--http-interface=127.0.0.1"]
        options += [f"--http-port={_free_port()}", f"--logfile={self.log}"]
        options += ["--log-handler=odoo.tests.stats:INFO"]
        if not self.options.plain:
            options.append(f"--addons-path={ROOT}")
        command = self.odoo.command("shell", "-d", self.name, *options)
        variables = {"CORE_TAGS": self._tags(), "CORE_MODULES": ",".join(SUITES)}
        if self.options.quick:
            variables["CORE_NO_TOURS"] = "1"
        with step("Running Odoo's tests"), RUNNER.open("rb") as script:
            subprocess.run(
                command,
                env={**self.env, **variables},
                stdin=script,
                stdout=self.log.with_suffix(".out").open("w"),
                stderr=subprocess.STDOUT,
                check=False,
            )

    def _tags(self):
        if self.options.tags:
            return self.options.tags
        tags = [f"/{module}" for module in SUITES]
        return ",".join([*tags, f"-{SLOW}"] if self.options.quick else tags)

    @staticmethod
    def _browser():
        return shutil.which("chromium") or shutil.which("google-chrome")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
