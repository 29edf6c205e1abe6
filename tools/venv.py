"""The Python environment: the locked packages in a venv of the cache."""

import os
import sys

from tools import system
from tools.paths import ROOT, cache, digest, ensure, locked, remove
from tools.ui import Failure, run, step

LOCKS = ("requirements.txt", "requirements-dev.txt")
STAMP = "complete"


def lock_digest():
    """Names the set of packages; another lock file gives another venv."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in LOCKS]
    return digest(*sys.version_info[:2], *texts)


def folder():
    """The venv of this checkout's lock files and this Python."""
    return cache() / f"venv-{lock_digest()}"


def python():
    """The interpreter with which Odoo and every tool runs."""
    return folder() / "bin" / "python"


def prepare():
    """Make the venv unless a complete one is there; return its Python.

    Scripts in a venv name its path, so it is built in place: a stamp written
    last tells a complete one from a half.
    """
    with locked("venv"):
        if not (folder() / STAMP).exists():
            _build()
        _point_short_name()
    return python()


def _build():
    system.need("python3-venv", _has_ensurepip())
    remove(folder())
    ensure(cache())
    with step("Installing Python packages (once, about a minute)"):
        run([sys.executable, "-m", "venv", folder()], "venv")
        pip = [python(), "-m", "pip", "install", "--quiet", "--no-input"]
        run([*pip, "-r", ROOT / LOCKS[-1]], "pip", env=_pip_environment())
    (folder() / STAMP).touch()


def _pip_environment():
    return {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_RETRIES": "2"}


def _has_ensurepip():
    try:
        import ensurepip  # noqa: F401  Debian splits it off from Python
    except ImportError:
        return False
    return True


def _point_short_name():
    """`venv` in the cache leads people to the venv used last."""
    link, half = cache() / "venv", cache() / f"venv.{os.getpid()}"
    if link.is_dir() and not link.is_symlink():
        raise Failure(f"{link} is not ours: remove it")
    half.symlink_to(folder().name)
    half.replace(link)
