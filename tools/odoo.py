"""Odoo 19: the user's own where ODOO_HOME names one, else Debian's package.

Debian has it in its unstable suite only. We ask for it with a sources list and
a state of our own, so neither root nor a change to the machine's apt is needed.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools import system, venv
from tools.paths import cache, ensure, locked, remove
from tools.ui import Failure, run, step

SERIES = "19.0"
SUITE = "sid"
PACKAGE = "odoo-19"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Odoo's package links into these; dangling links break pages and icons.
LINKED = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-glyphicons-halflings",
    "fonts-ocr-b",
    "gsfonts",
)
# Later versions of these lay their files out otherwise than the links expect.
LINKED_SUITE = "bookworm"
LINKED_VERSIONS = {"fonts-font-awesome": r"4\.7\.", "fonts-inconsolata": r"^001\."}
# A missing font is a matter of taste, anything else breaks pages.
FONTS = (".otf", ".ttf", ".woff", ".woff2", ".eot", ".svg", ".pfb", ".afm")
# Named in mail's manifest, absent from the package: an error on every page.
STUB = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class Odoo:
    """One Odoo: its launcher, the folder to import it from, its version."""

    def __init__(self, launcher, library):
        self.launcher = launcher
        self.library = library
        self.version = _read_version(library)

    def environment(self):
        """Variables with which the venv's Python imports this Odoo."""
        return {"PYTHONPATH": str(self.library), "ODOO_RC": os.devnull}

    def command(self, *arguments):
        """Command line of this Odoo, with data kept in the cache."""
        data = f"--data-dir={ensure(cache() / 'data')}"
        return [str(part) for part in (venv.python(), self.launcher, *arguments, data)]

    def server(self, database, arguments, log_level="warn"):
        """Run the server command once, without serving; return its log."""
        options = ["-d", database, "--stop-after-init", "--no-http"]
        level = ["--max-cron-threads=0", f"--log-level={log_level}"]
        command = self.command(*options, *level, *arguments)
        return run(command, "Odoo", env={**os.environ, **self.environment()})

    def shell(self, database, script, *arguments):
        """Run a script with `env` in Odoo's shell; return what it printed."""
        options = ["-d", database, "--no-http", "--log-level=warn", *arguments]
        command = self.command("shell", *options)
        environment = {**os.environ, **self.environment()}
        return run(command, "Odoo shell", text_in=script, env=environment)


def prepare():
    """The Odoo to use, downloaded on first use."""
    given = os.environ.get("ODOO_HOME")
    if given:
        return _from_home(Path(given).expanduser().absolute())
    tree = cache() / "odoo"
    with locked("odoo"):
        if not tree.exists():
            _download(tree)
    return Odoo(tree / "usr/bin/odoo", tree / "usr/lib/python3/dist-packages")


def _from_home(home):
    """Understand a source checkout as well as an installed or unpacked odoo."""
    layouts = (
        ("odoo-bin", "."),
        ("usr/bin/odoo", "usr/lib/python3/dist-packages"),
        ("bin/odoo", "lib/python3/dist-packages"),
        ("setup/odoo", "."),
    )
    for launcher, library in layouts:
        if (home / launcher).is_file() and (home / library / "odoo").is_dir():
            return Odoo(home / launcher, home / library)
    raise Failure(f"ODOO_HOME={home} holds no Odoo")


def _read_version(library):
    """Refuse another series: the addon is written for one."""
    text = (library / "odoo" / "release.py").read_text(encoding="utf-8")
    match = re.search(r"version_info = \((\d+), (\d+)", text)
    found = ".".join(match.groups()) if match else "unknown"
    if found != SERIES:
        raise Failure(f"Odoo {SERIES} is needed, this is {found}: {library}")
    return found


def _download(tree):
    """Build the tree under a temporary name and rename it when it is whole."""
    if not (shutil.which("apt-get") and Path(KEYRING).exists()):
        raise Failure(
            "no Odoo 19: set ODOO_HOME to yours; Debian's package needs apt-get"
            " and debian-archive-keyring"
        )
    system.check_space()
    half = cache() / "odoo.tmp"
    with step("Downloading Odoo 19 from Debian (once, 130 MB)"):
        packages = _fetch(ensure(cache() / "apt"))
    with step("Unpacking Odoo 19"):
        remove(half)
        for package in packages:
            run(["dpkg-deb", "-x", package, ensure(half)], "dpkg-deb")
        _mend(half)
    half.rename(tree)
    remove(cache() / "apt")


def _fetch(apt):
    """Download Odoo and what it links to; return the package files."""
    options = _apt_options(apt)
    downloads = ensure(apt / "packages")
    run(["apt-get", *options, "update", "-q"], "Odoo 19 from Debian")
    wanted = [PACKAGE, *(_versioned(name, options) for name in LINKED)]
    own = [name for name in wanted if "=" not in name]
    run(["apt-get", *options, "download", *own], "Odoo 19 from Debian", cwd=downloads)
    for name in set(wanted) - set(own):
        run(["apt-get", *options, "download", name], name, cwd=downloads)
    return sorted(downloads.glob("*.deb"))


def _versioned(name, options):
    """Pin a package whose newer versions do not fit the links."""
    pattern = LINKED_VERSIONS.get(name)
    if not pattern:
        return name
    listing = run(["apt-cache", *options, "madison", name], f"Debian's {name}")
    versions = [line.split("|")[1].strip() for line in listing.splitlines()]
    fitting = [version for version in versions if re.search(pattern, version)]
    return f"{name}={fitting[0]}" if fitting else name


def _apt_options(apt):
    """Private sources and state, so that the machine's apt stays as it is."""
    for folder in ("lists/partial", "cache/archives/partial"):
        ensure(apt / folder)
    source = f"deb [signed-by={KEYRING}] {_archive()}"
    lines = [f"{source} {suite} main\n" for suite in (SUITE, LINKED_SUITE)]
    sources = apt / "sources.list"
    sources.write_text("".join(lines), encoding="utf-8")
    return [
        f"-oDir::Etc::SourceList={sources}",
        "-oDir::Etc::SourceParts=/dev/null",
        f"-oDir::State::Lists={apt}/lists",
        f"-oDir::Cache={apt}/cache",
        "-oAPT::Sandbox::User=",
        "-oAPT::Update::Error-Mode=any",
        "-oAcquire::Retries=2",
    ]


def _archive():
    """URI of the Debian archive in the machine's own configuration."""
    form = "$(REPO_URI) $(LABEL) $(COMPONENT)"
    command = ["apt-get", "indextargets", "--format", form]
    listing = subprocess.run(command, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        uri, *rest = line.split()
        if rest == ["Debian", "main"]:
            return uri
    raise Failure("no Debian archive in this machine's apt: run apt-get update")


def _mend(root):
    """Put in what the package leaves out, and see that no link dangles."""
    library = root / "usr/lib/python3/dist-packages"
    stub = library / "odoo/addons" / STUB
    ensure(stub.parent)
    stub.touch()
    dangling = run(["find", root, "-xtype", "l"], "find").split()
    broken = [link for link in dangling if not link.endswith(FONTS)]
    if broken:
        raise Failure(f"Odoo's package links to a missing file: {broken[0]}")
