"""What an update from the version before keeps, on a small company of its own.

The version before lies beside its script in tests/upgrade, as an archive: the history
of a checkout may be missing.
"""

import os
import tarfile

from tools import databases
from tools.paths import ADDON, ROOT, ensure, remove, state
from tools.ui import step

FOLDER = ROOT / "tests" / "upgrade"


def problems(workshop):
    """Install the version before, work with it, update, and tell what was lost."""
    name = f"{databases.RUN}updated_{os.getpid()}"
    old = state() / "version_before"
    databases.copy(databases.template(workshop.odoo), name)
    try:
        with step("Updating from the version before"):
            _unpack(old)
            return _update(workshop, name, old)
    finally:
        databases.drop(name)
        remove(old)


def _unpack(folder):
    remove(folder)
    ensure(folder)
    [archive] = FOLDER.glob("*.tar.xz")
    with tarfile.open(archive) as bundle:
        bundle.extractall(folder, filter="data")


def _update(workshop, name, old):
    odoo, path = workshop.odoo, f"--addons-path={old}"
    odoo.server(name, [path, "-i", ADDON, "--skip-auto-install"])
    databases.require_installed(name, [ADDON], "the version before")
    if "prepared" not in odoo.shell(name, _script("before"), path):
        return ["the version before did not prepare its company"]
    log = workshop.update(name)
    found = [line for line in log.splitlines() if " ERROR " in line]
    output = workshop.shell(name, _script("after"))
    found += [line for line in output.splitlines() if line.startswith("lost: ")]
    if "looked" not in output:
        found.append("what the version before left could not be looked at")
    return found


def _script(name):
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")
