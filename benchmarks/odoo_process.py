"""Odoo inside our own process: one environment on one database."""

import threading
from contextlib import contextmanager


@contextmanager
def environment(database, data_dir, addons_path="", log_level="error"):
    """Superuser environment; what is not committed by hand is rolled back."""
    registry = load(database, data_dir, addons_path, log_level)
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cursor:
        context = api.Environment(cursor, SUPERUSER_ID, {})["res.users"].context_get()
        yield api.Environment(cursor, SUPERUSER_ID, context)
        cursor.rollback()


def load(database, data_dir, addons_path="", log_level="error"):
    """The registry of a database, with this process configured for it."""
    from odoo.tools import config

    options = ["-d", database, "--data-dir", str(data_dir), "--no-http"]
    options += ["--max-cron-threads=0", f"--log-level={log_level}"]
    if addons_path:
        options.append(f"--addons-path={addons_path}")
    config.parse_config(options, setup_logging=True)
    from odoo.modules.registry import Registry

    threading.current_thread().dbname = database
    return Registry(database)
