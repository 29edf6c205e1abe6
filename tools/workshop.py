"""What every command works with: Odoo, Python and PostgreSQL, made ready once."""

import os

from tools import databases, odoo, postgres, venv
from tools.paths import ADDON, ROOT, cache


class Workshop:
    """Odoo, the venv's Python and a server that answers."""

    def __init__(self):
        self.python = venv.prepare()
        self.odoo = odoo.prepare()
        postgres.start(self.python)
        postgres.check_version(databases.server_version())
        os.environ.update(self.odoo.environment())

    def environment(self):
        """Variables for programs that start Odoo by themselves."""
        return {
            **self.odoo.environment(),
            **postgres.environment(),
            "PY": str(self.python),
            "ODOO": str(self.odoo.launcher),
            "DATA_DIR": str(cache() / "data"),
        }

    def config(self, database, path, **options):
        """Write an Odoo configuration file for commands that take no options."""
        values = {
            "addons_path": ROOT,
            "data_dir": cache() / "data",
            "db_name": database,
            "http_interface": "127.0.0.1",
            "max_cron_threads": 0,
            **options,
        }
        lines = [f"{name} = {value}\n" for name, value in values.items()]
        path.write_text("[options]\n" + "".join(lines), encoding="utf-8")
        return path

    def install(self, database, *arguments, modules=()):
        """Install the addon, ``modules`` beside it, and nothing that comes along."""
        wanted = [ADDON, *modules]
        fixed = [f"--addons-path={ROOT}", "-i", ",".join(wanted), "--skip-auto-install"]
        log = self.odoo.server(database, [*fixed, *arguments])
        databases.require_installed(database, wanted, log)
        return log

    def update(self, database):
        """Bring an installed addon to the state of the checkout."""
        return self.odoo.server(database, [f"--addons-path={ROOT}", "-u", ADDON])

    def shell(self, database, script):
        """Run a script in Odoo's shell with the addon on the path."""
        return self.odoo.shell(database, script, f"--addons-path={ROOT}")
