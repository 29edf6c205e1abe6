"""`./dev lint`: style, Odoo's conventions, and the structure of the addon."""

import os
import subprocess

from tools import cli, venv, xml_ids
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
        done = _output(command)
        if done.returncode:
            say(done.stdout.rstrip())
            failed.append(f"{name} is not content")
    return failed + xml_ids.problems()


def _output(command):
    """Run a check in the checkout; PYTHONPATH would hide the venv's packages."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": ""},
    )


def _fix(python):
    """Mend what the tools can mend by themselves."""
    folder = python.parent
    for command in (
        [folder / "ruff", "check", "--fix", "--quiet", "."],
        [folder / "ruff", "format", "--quiet", "."],
        [folder / "oca-checks-odoo-module", "--fix", ADDON],
    ):
        _output(command)


def lint(arguments):
    """Run all checks and tell which of them failed."""
    options = cli.parser("lint", "Check style and structure.")
    options.add_argument("--fix", action="store_true", help="mend what can be mended")
    if options.parse_args(arguments).fix:
        _fix(venv.prepare())
    failed = problems(venv.prepare())
    for problem in failed:
        say(f"error: {problem}")
    if not failed:
        say("lint: all clean")
    return bool(failed)
