"""Databases of the measurements: generated once per size, copied for each run."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from benchmarks.scale.parameters import scaled
from tools import databases, odoo
from tools.paths import ADDON, ROOT, digest, locked
from tools.ui import Failure, say

# Beside the addon's dependencies: it rewrites the margins that the addon must not use.
EXTRA_MODULES = ["sale_stock_margin"]
SOURCES = Path(__file__).resolve().parent / "scale"


def program(env):
    """Variables for a program that imports Odoo and this checkout."""
    path = os.pathsep.join([str(ROOT), env["PYTHONPATH"]])
    return {**os.environ, **env, "PYTHONPATH": path}


def base():
    """Name of a database with the modules of the measurements and no company yet."""
    ours = odoo.prepare()
    source = databases.template(ours)
    name = f"smk_bench_base_{digest(source, *EXTRA_MODULES)}"
    with locked(name):
        if not databases.exists(name):
            half = name + databases.BUILDING
            databases.copy(source, half)
            flags = ["-i", ",".join(EXTRA_MODULES), "--skip-auto-install"]
            databases.require_installed(half, EXTRA_MODULES, ours.server(half, flags))
            databases.rename(half, name)
    return name


def plain(env, orders):
    """Name of a generated database of that size, without the addon."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.py"))]
    source = base()
    name = f"smk_scale_{orders}_{digest(source, *texts)}"
    with locked(name):
        if not databases.exists(name):
            say(f"Generating {scaled(orders)}")
            half = name + databases.BUILDING
            databases.copy(source, half)
            _generate(env, half, orders)
            databases.rename(half, name)
    return name


def _generate(env, database, orders):
    command = [env["PY"], "-m", "benchmarks.scale", "--database", database]
    command += ["--data-dir", env["DATA_DIR"], "--orders", str(orders)]
    done = subprocess.run(command, env=program(env), cwd=ROOT, check=False)
    if done.returncode:
        raise Failure("the scale data could not be generated")


def install(database, level="warn"):
    """Install the addon; return Odoo's log."""
    arguments = [f"--addons-path={ROOT}", "-i", ADDON, "--skip-auto-install"]
    log = odoo.prepare().server(database, arguments, log_level=level)
    databases.require_installed(database, [ADDON], log)
    return log


@contextmanager
def copied(source, label, keep=False):
    """A copy under a name of this process, dropped at the end."""
    name = f"smk_bench_{label}_{os.getpid()}"
    databases.copy(source, name)
    try:
        yield name
    finally:
        if keep:
            print(f"kept: {name}", file=sys.stderr)
        else:
            databases.drop(name)
