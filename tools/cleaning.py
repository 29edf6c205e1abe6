"""`./dev clean`: take away what the other commands made."""

import os
import sys

from tools import cli, databases, demo, postgres, venv
from tools.paths import cache, locked, remove, state
from tools.ui import Failure, say


def clean(arguments):
    """Remove this checkout's databases, or with --all whatever the tools keep."""
    options = cli.parser("clean", "Remove databases and caches.")
    options.add_argument(
        "--all", action="store_true", help="also Odoo, venv, PostgreSQL and templates"
    )
    options.add_argument("--yes", action="store_true", help="do not ask")
    given = options.parse_args(arguments)
    what = f"everything in {cache()}" if given.all else "this checkout's databases"
    if not given.yes and not _agreed(what):
        say("nothing removed")
        return
    demo.end_server()
    _drop_databases("smk_" if given.all else None)
    remove(state())
    if given.all:
        _remove_caches()
    say(f"removed {what}")


def _agreed(what):
    if not sys.stdin.isatty():
        raise Failure("nobody to ask: say --yes")
    return input(f"Remove {what}? [y/N] ").strip().lower() in ("y", "yes")


def _drop_databases(prefix):
    """Drop by prefix; an embedded server that never ran has nothing to drop."""
    if not postgres.external():
        if not (venv.folder() / venv.STAMP).exists() or not postgres.running():
            return
        os.environ.update(postgres.environment())
    for own in [prefix] if prefix else [demo.DATABASE, databases.RUN]:
        for name in databases.names(own):
            databases.drop(name)


def _remove_caches():
    """Stop the embedded server before its files go."""
    with locked("postgres"):
        if not postgres.external():
            postgres.stop()
            remove(postgres.home())
    remove(cache())
