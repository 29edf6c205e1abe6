"""`./dev update-pot`: terms out of the addon, translations merged into them."""

import os
import re
import shutil

from tools import cli, databases
from tools.paths import ADDON, ROOT, ensure, remove, state
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


def stale(workshop, database=None):
    """Translation files that an export would change; they stay as they are.

    :param database: one with the addon as it is now, else one is made for this
    """
    folder = state() / "terms"
    remove(folder)
    shutil.copytree(FOLDER, folder)
    if database:
        _write(workshop, database, folder)
    else:
        export(workshop, folder)
    before, after = _texts(FOLDER), _texts(folder)
    return [name for name, text in after.items() if before.get(name) != text]


def export(workshop, folder=FOLDER):
    """Write the .pot and one .po for each language, into the addon by default."""
    databases.copy(databases.template(workshop.odoo), DATABASE)
    try:
        with step("Installing for its terms"):
            workshop.install(DATABASE)
        _write(workshop, DATABASE, ensure(folder))
    finally:
        databases.drop(DATABASE)


def _write(workshop, database, folder):
    """Odoo exports the terms, the translations we have are put into them."""
    before = _texts(folder)
    config = workshop.config(database, state() / "terms.conf", log_level="warn")
    template = folder / f"{ADDON}.pot"
    languages = [folder / f"{language}.po" for language in LANGUAGES]
    command = [workshop.python, workshop.odoo.launcher, "i18n", "export"]
    options = ["-c", config, "-d", database, "-l", "pot", "-o", template]
    with step("Exporting terms"):
        run([*command, *options, ADDON], "Odoo's terms")
        command = [workshop.python, "-m", "tools.merge_terms", template]
        run([*command, *languages], "Merging translations", cwd=ROOT)
    _keep_dates(folder, before)


def _texts(folder):
    paths = sorted(folder.glob("*.po*"))
    return {path.name: path.read_text(encoding="utf-8") for path in paths}


def _keep_dates(folder, before):
    """A file in which nothing but the date is new stays as it was."""
    for name, text in _texts(folder).items():
        old = before.get(name)
        if old and DATES.sub("", old) == DATES.sub("", text):
            (folder / name).write_text(old, encoding="utf-8")
