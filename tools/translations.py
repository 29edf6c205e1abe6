"""`./dev update-pot`: terms out of the addon, translations merged into them."""

import os
import re

from tools import cli, databases
from tools.paths import ADDON, ROOT, state
from tools.ui import run, say, step
from tools.workshop import Workshop

DATABASE = f"{databases.RUN}terms_{os.getpid()}"
FOLDER = ROOT / ADDON / "i18n"
LANGUAGES = ("nl",)
DATES = re.compile(r'^"(POT-Creation-Date|PO-Revision-Date):.*\n', re.MULTILINE)


def update(arguments):
    """Export the terms; with --check only tell whether that changes a file."""
    options = cli.parser("update-pot", "Export terms and merge the languages.")
    options.add_argument("--check", action="store_true", help="change nothing")
    given = options.parse_args(arguments)
    if not given.check:
        return export(Workshop())
    changed = stale(Workshop())
    if changed:
        say(f"not up to date: {', '.join(changed)}")
    return bool(changed)


def stale(workshop):
    """Translation files that an export would change, put back as they were."""
    before = _texts()
    export(workshop)
    after = _texts()
    for path, text in before.items():
        path.write_text(text, encoding="utf-8")
    return [path.name for path in after if before.get(path) != after[path]]


def export(workshop):
    """Write the .pot and one .po for each language into the addon."""
    before = _texts()
    databases.copy(databases.template(workshop.odoo), DATABASE)
    try:
        with step("Exporting terms"):
            workshop.install(DATABASE)
            _run_odoo(workshop)
    finally:
        databases.drop(DATABASE)
    _keep_dates(before)


def _run_odoo(workshop):
    """Odoo exports the terms, the translations we have are put into them."""
    config = workshop.config(DATABASE, state() / "terms.conf", log_level="warn")
    FOLDER.mkdir(exist_ok=True)
    command = [workshop.python, workshop.odoo.launcher, "i18n", "export"]
    run([*command, "-c", config, "-d", DATABASE, ADDON, "-l", "pot"], "Odoo's terms")
    command = [workshop.python, "-m", "tools.merge_terms", FOLDER / f"{ADDON}.pot"]
    languages = [FOLDER / f"{language}.po" for language in LANGUAGES]
    run([*command, *languages], "Merging translations", cwd=ROOT)


def _texts():
    paths = sorted(FOLDER.glob("*.po*"))
    return {path: path.read_text(encoding="utf-8") for path in paths}


def _keep_dates(before):
    """A file in which nothing but the date is new stays as it was."""
    for path, text in _texts().items():
        old = before.get(path)
        if old and DATES.sub("", old) == DATES.sub("", text):
            path.write_text(old, encoding="utf-8")
