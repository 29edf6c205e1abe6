"""Debian packages that Odoo does not need but we do, and the machine's limits."""

import os
import shutil

from tools.paths import cache, ensure
from tools.ui import Failure, run, step

FREE_GIB = 4  # Odoo 1.3, venv 0.6, databases and downloads the rest


def need(package, present):
    """Install a Debian package that is missing; without root, name it."""
    if present:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise Failure(f"missing: {package} (apt-get install {package})")
    apt_install([package])


def apt_install(packages):
    """Install Debian packages as root."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing Debian packages {' '.join(packages)}"):
        run(["apt-get", "update", "-q"], "apt-get", env=environment)
        options = ["-q", "-y", "--no-install-recommends"]
        run(
            ["apt-get", "install", *options, *packages],
            "apt-get",
            env=environment,
        )


def missing_browser_tools():
    """Debian packages without which browser and PDF tests cannot run."""
    missing = []
    if not (shutil.which("chromium") or shutil.which("google-chrome")):
        missing.append("chromium")
    if not shutil.which("wkhtmltopdf"):
        missing.append("wkhtmltopdf")
    return missing


def prepare_browser_tools():
    """Install what browser tests need where we may; return what stays missing."""
    missing = missing_browser_tools()
    if missing and not os.geteuid() and shutil.which("apt-get"):
        apt_install(missing)
        return missing_browser_tools()
    return missing


def check_space():
    """Stop before a first build that the disk cannot hold."""
    free = shutil.disk_usage(ensure(cache())).free / 2**30
    if free < FREE_GIB:
        raise Failure(
            f"the disk is full: {free:.1f} GiB free at {cache()}, {FREE_GIB} needed"
        )
