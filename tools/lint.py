"""`./dev lint`: style, Odoo's conventions, and the structure of the addon."""

import os
import subprocess

from tools import venv
from tools.paths import ADDON, ROOT
from tools.ui import say


def checks(python):
    """Name and command of every check."""
    folder = python.parent
    return {
        "ruff check": [folder / "ruff", "check", "--quiet", "."],
        "ruff format": [folder / "ruff", "format", "--check", "--quiet", "."],
        "pylint-odoo": [python, "-m", "pylint", "--score=n", ADDON],
        "oca-checks-odoo-module": [folder / "oca-checks-odoo-module", ADDON],
        "oca-checks-po": [folder / "oca-checks-po", *_translations()],
    }


def _translations():
    """The checker of translations takes files."""
    return sorted((ROOT / ADDON / "i18n").glob("*.po*"))


def problems(python):
    """Run every check; print what they say and return the names that failed."""
    failed = []
    for name, command in checks(python).items():
        if name == "oca-checks-po" and not _translations():
            continue
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": ""},
        )
        if done.returncode:
            say(done.stdout.rstrip())
            failed.append(f"{name} is not content")
    return failed


def lint(_arguments):
    """Run all checks and tell which of them failed."""
    failed = problems(venv.prepare())
    for problem in failed:
        say(f"error: {problem}")
    if not failed:
        say("lint: all clean")
    return bool(failed)
