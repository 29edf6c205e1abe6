"""Where things lie, and the lock that lets several checkouts share a cache."""

import fcntl
import hashlib
import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from tools.ui import Failure, say

ROOT = Path(__file__).resolve().parent.parent
ADDON = "sales_manager_kpi"


def cache():
    """The folder shared by all checkouts: Odoo, venv, PostgreSQL, templates."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("SMK_CACHE") or Path(base) / ADDON).absolute()


def digest(*parts):
    """A short name for a set of inputs; another input gives another name."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]


def checkout_key():
    """Sets this checkout's databases apart from those of its neighbours."""
    name = re.sub(r"[^a-z0-9]+", "_", ROOT.name.lower())[:20]
    return f"{name}_{digest(ROOT)[:6]}"


def state():
    """Per checkout: logs, configuration and process ids of what runs for it."""
    return ensure(cache() / "run" / checkout_key())


def ensure(folder):
    """Make a folder, or say in one line why it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make {folder}: {error.strerror}") from error
    return folder


def remove(path):
    """Delete a file, link or folder, whatever is left of it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def locked(name):
    """Let one process at a time do a step; the kernel frees it on any death."""
    with open(ensure(cache()) / f"{name}.lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that holds the lock '{name}'")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
