"""`./dev bench` and `./dev core`: hand over to benchmarks/, with Odoo ready."""

import importlib

from tools.paths import ROOT
from tools.ui import Failure
from tools.workshop import Workshop


def bench(arguments):
    """Measure the addon against its floors."""
    return _run("bench", arguments)


def core(arguments):
    """Run Odoo's own tests with the addon installed."""
    return _run("core", arguments)


def _run(name, arguments):
    """Call benchmarks/<name>.py's main(arguments, env)."""
    if not (ROOT / "benchmarks" / f"{name}.py").exists():
        raise Failure(f"benchmarks/{name}.py is not there")
    module = importlib.import_module(f"benchmarks.{name}")
    return module.main(arguments, Workshop().environment())
