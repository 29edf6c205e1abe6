"""`./dev test`: lint, one installation that validates everything, then pytest.

`./dev test --with purchase_stock,mrp` installs other modules of Odoo beside the addon
and runs the tests that need them, in tests/with_modules; no other run sees those.

Odoo ends well when it ran no test, skipped what it could not run or logged an
error on the way. None of that passes here.
"""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from tools import (
    databases,
    lint,
    ports,
    postgres,
    system,
    translations,
    uninstalling,
    upgrading,
)
from tools.paths import ADDON, ROOT, ensure, remove, state
from tools.ui import Failure, say, step
from tools.workshop import Workshop

LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ (WARNING|ERROR|CRITICAL) ")
SEVERE = ("ERROR", "CRITICAL")
TOURS = "test*tour*.py"
WITH_MODULES = "tests/with_modules"
WORKERS = 4  # each takes half a gigabyte
# A browser test holds the only cursor: bundling within it can outlast its lock.
BUNDLE = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""


def test(arguments):
    """Run everything, or with arguments only what they name."""
    workshop = Workshop()
    modules, arguments = _modules(arguments)
    if arguments:
        code, problems = _part(workshop, arguments, modules)
    else:
        code, problems = _whole(workshop)
    for problem in problems:
        say(f"error: {problem}")
    return code or bool(problems)


def _modules(arguments):
    """Modules after --with, and the other arguments: by default those they need."""
    if arguments[:1] != ["--with"]:
        return [], arguments
    if len(arguments) < 2:
        raise Failure("--with needs modules: ./dev test --with purchase_stock,mrp")
    return arguments[1].split(","), arguments[2:] or [WITH_MODULES]


def _part(workshop, arguments, modules):
    """Only tests, those that the arguments name."""
    if not _names_tests(arguments):
        arguments = ["tests", *arguments]
    with Session(workshop, modules) as session:
        session.install()
        code = session.pytest(arguments)
        return code, session.problems()


def _whole(workshop):
    """All tests, and the other checks beside them.

    Installing keeps one processor busy; browsers come when all else is done, so that
    they are not short of time.
    """
    missing = system.prepare_browser_tools()
    with Session(workshop) as session, _aside() as aside:
        found = [aside(lint.problems, workshop.python)]
        found += [aside(upgrading.problems, workshop)]
        session.install()
        copy = uninstalling.prepare(session.name)
        found += [aside(uninstalling.problems, workshop, copy)]
        problems = _unexported(workshop, session.name)
        code = session.spread()
        problems += [problem for some in found for problem in some.result()]
        code = max(code, session.tours())
        return code, problems + session.problems(missing)


@contextmanager
def _aside():
    """Yields what runs a function after those before it, beside the caller."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            yield pool.submit
        finally:
            pool.shutdown(cancel_futures=True)


def _unexported(workshop, database):
    """Terms of the addon that its translations do not have."""
    if not any(translations.FOLDER.glob("*.pot")):
        return []
    stale = translations.stale(workshop, database)
    return [f"{name} is not up to date: ./dev update-pot" for name in stale]


def _names_tests(arguments):
    """Whether one of pytest's arguments is a path, so that ours is not needed."""
    return any(Path(ROOT, text.split("::")[0]).exists() for text in arguments)


class Session:
    """One run on a database of its own, removed at the end whatever happens."""

    def __init__(self, workshop, modules=()):
        self.workshop = workshop
        self.modules = modules
        self.name = f"{databases.RUN}{os.getpid()}"
        self.folder = state() / self.name
        self.log = self.folder / "odoo.log"
        self.reports = []

    def __enter__(self):
        sweep()
        ensure(self.folder)
        source = databases.template(self.workshop.odoo)
        databases.copy(source, self.name)
        return self

    def __exit__(self, *_exception):
        databases.drop(self.name)
        remove(self.folder)

    def install(self):
        """Install with tests enabled: only then are dashboards validated.

        Odoo serves meanwhile, on a port where no forgotten browser asks for pages.
        """
        served = [f"--http-interface={ports.HOST}", f"--http-port={ports.unused()}"]
        with step("Installing the addon"):
            text = self.workshop.install(
                self.name, f"--test-tags=/{ADDON}", *served, modules=self.modules
            )
        found = severe_lines(text) + own_warnings(text)
        if found:
            raise Failure("installing the addon logged:\n" + "\n".join(found))
        if not system.missing_browser_tools():
            with step("Bundling assets"):
                self.workshop.shell(self.name, BUNDLE)

    def spread(self):
        """All tests without a browser, at once on a copy of the database for each
        processor.

        A browser test in a file of another name is skipped, and so found out.
        """
        arguments = [*_workers(), f"--ignore-glob={TOURS}", "tests"]
        return self.pytest(arguments, http=False)

    def tours(self):
        """The tests with a browser, by themselves."""
        paths = Path(ROOT, "tests").rglob(TOURS)
        return self.pytest(sorted(map(str, paths)))

    def pytest(self, arguments, http=True):
        """Run pytest in the checkout; its closing line is the last of ours."""
        options = {"logfile": self.log, "screenshots": state() / "screenshots"}
        config = self.folder / "odoo.conf"
        self.workshop.config(self.name, config, **options)
        report = self.folder / f"report{len(self.reports)}.xml"
        self.reports.append(report)
        command = [self.workshop.python, "-m", "pytest", f"--odoo-config={config}"]
        flags = ["--odoo-log-level=warn", f"--junitxml={report}"]
        flags += ["--odoo-http"] if http else []
        variables = {**_with_client_programs(), "SMK_MODULES": ",".join(self.modules)}
        done = subprocess.run([*command, *flags, *arguments], cwd=ROOT, env=variables)
        return done.returncode

    def problems(self, missing=()):
        """What pytest calls a success and we do not."""
        found = counted_problems(self.reports, missing)
        if self.log.exists():
            kept = state() / "test.log"
            shutil.copy(self.log, kept)
            lines = severe_lines(self.log.read_text(errors="replace"))
            found += [f"{len(lines)} errors in {kept}: {lines[0]}"] if lines else []
        return found


def counted_problems(reports, missing=()):
    """Zero tests, and skipped ones unless the machine lacks what they need."""
    if not all(report.exists() for report in reports):
        return ["pytest wrote no report"]
    suites = [
        suite
        for report in reports
        for suite in ElementTree.parse(report).getroot().iter("testsuite")
    ]
    ran = sum(int(suite.get("tests", 0)) for suite in suites)
    skipped = sum(int(suite.get("skipped", 0)) for suite in suites)
    if not ran - skipped:
        return ["no test ran"]
    if skipped and missing and not os.environ.get("CI"):
        say(f"{skipped} tests skipped: apt-get install {' '.join(missing)}")
        return []
    return [f"{skipped} tests skipped"] if skipped else []


def _with_client_programs():
    """Variables with which each processor's copy of the database is made."""
    folder = postgres.client_programs()
    path = os.environ["PATH"]
    return {**os.environ, "PATH": f"{path}{os.pathsep}{folder}" if folder else path}


def _workers():
    """Arguments that spread tests over the processors, where copies can be made."""
    count = min(os.cpu_count() or 1, WORKERS)
    if count < 2 or not postgres.client_programs():
        return []
    # in the order of tests/conftest.py
    return ["-n", str(count), "--dist", "loadscope", "--no-loadscope-reorder"]


def severe_lines(text):
    """Lines that Odoo logged as ERROR or CRITICAL."""
    return [line for line in text.splitlines() if _level(line) in SEVERE]


def own_warnings(text):
    """Warnings about this addon: a missing access row, a deprecated call."""
    lines = (line for line in text.splitlines() if _level(line) == "WARNING")
    return [line for line in lines if ADDON in line.split("odoo.", 1)[-1]]


def _level(line):
    match = LOG_LINE.match(line)
    return match and match.group(1)


def sweep():
    """Drop what killed runs of this checkout left behind."""
    for name in databases.names(databases.RUN):
        run = re.search(r"_(\d+)[^_]*$", name).group(1)  # a worker's copy ends in -gw0
        if not Path("/proc", run).exists():
            databases.drop(name)
            remove(state() / name)
