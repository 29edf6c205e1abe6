"""Fed to Odoo's shell: runs test suites with every module of the database loaded."""

import logging
import os
import unittest

import odoo
from odoo.service.server import server
from odoo.tests import common
from odoo.tests.shell import _run_tests

shell_env = globals()["env"]  # Odoo's shell provides it


def skip_browser(*_args, **_kwargs):
    """Stands in for browser_js in quick runs."""
    raise unittest.SkipTest("browser tests are left out")


def run(env):
    """Run the suites that the environment names; log one closing line."""
    wanted = os.environ["CORE_MODULES"].split(",")
    modules = [name for name in wanted if name in env.registry._init_modules]
    if os.environ.get("CORE_NO_TOURS"):
        common.HttpCase.browser_js = skip_browser
    else:
        env["ir.qweb"]._pregenerate_assets_bundles()
        env.cr.commit()
    if not server.httpd:
        server.http_spawn()
    env.cr.rollback()
    odoo.tools.config["test_tags"] = os.environ["CORE_TAGS"]
    odoo.tools.config["test_enable"] = True
    report = _run_tests(env.cr.dbname, modules)
    report.log_stats()
    logging.getLogger("odoo.tests.result").info(
        "CORE RUN: %s failed, %s error(s) of %s tests, %s skipped",
        report.failures_count,
        report.errors_count,
        report.testsRun,
        report.skipped,
    )
    server.stop()


run(shell_env)
