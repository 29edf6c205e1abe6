"""The tools themselves: what goes wrong is told in one line, and is never a pass."""

import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tools import (
    cli,
    databases,
    odoo,
    paths,
    ports,
    postgres,
    system,
    testing,
    ui,
    venv,
    xml_ids,
)

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of our own, without the variables of the run we are part of."""
    monkeypatch.setenv("SMK_CACHE", str(tmp_path / "cache"))
    for name in ("ODOO_HOME", "PGHOST", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache"


def dev(*arguments, python=sys.executable, **variables):
    """Run ./dev as a person would."""
    return subprocess.run(
        [python, ROOT / "dev", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **variables},
    )


def assert_one_line(done, *words):
    """A failure for people: an exit code, one line, no traceback."""
    assert done.returncode not in (0, None)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    for word in words:
        assert word in lines[0]


# --- the command line ---------------------------------------------------------


def test_help_names_every_command():
    done = dev("--help")
    assert done.returncode == 0
    for name in cli.COMMANDS:
        assert re.search(rf"^  {name} ", done.stdout, re.MULTILINE)


def test_every_command_exists():
    for module, function, _purpose in cli.COMMANDS.values():
        text = (ROOT / "tools" / f"{module}.py").read_text(encoding="utf-8")
        assert f"def {function}(" in text


def test_unknown_command_is_refused():
    assert dev("bake").returncode == 2


def test_wrong_python_is_named(tmp_path):
    """No other Python on the path to hand over to: one line and out."""
    text = (ROOT / "dev").read_text(encoding="utf-8")
    old = tmp_path / "dev"
    old.write_text(text.replace("sys.version_info[:2]", "(3, 9)"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, old, "demo"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert_one_line(done, "Python 3.10 to 3.13", "3.9")


def test_wrong_python_hands_over_to_a_right_one(tmp_path):
    text = (ROOT / "dev").read_text(encoding="utf-8")
    old = tmp_path / "dev"
    old.write_text(text.replace("sys.version_info[:2]", "(3, 9)"), encoding="utf-8")
    right = tmp_path / "python3.12"
    right.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "ran $2 $3"\n', encoding="utf-8")
    right.chmod(right.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        [sys.executable, old, "test", "-x"],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{tmp_path}:/usr/bin:/bin"},
    )
    assert done.stdout == "ran test -x\n"


# --- failures on the way ------------------------------------------------------


def test_occupied_port_is_named():
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ui.Failure, match=f"port {port} is occupied"):
            ports.choose(port)


def test_occupied_ports_are_passed_over():
    first = ports.choose()
    with socket.socket() as listener:
        # as servers do, where one has just gone
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ports.HOST, first))
        listener.listen()
        assert ports.choose() not in (None, first)


def test_odoo_home_pointing_nowhere(cache, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", "/nowhere/odoo")
    with pytest.raises(ui.Failure, match="/nowhere/odoo holds no Odoo"):
        odoo.prepare()


@pytest.mark.parametrize(
    ("launcher", "library"),
    [("odoo-bin", "."), ("usr/bin/odoo", "usr/lib/python3/dist-packages")],
)
def test_odoo_home_of_a_checkout_and_of_a_package(
    tmp_path, monkeypatch, launcher, library
):
    make_odoo(tmp_path, launcher, library, "19, 0")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    found = odoo.prepare()
    assert found.version == "19.0"
    assert Path(found.launcher) == tmp_path / launcher


def test_another_series_is_refused(tmp_path, monkeypatch):
    make_odoo(tmp_path, "odoo-bin", ".", "18, 0")
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(ui.Failure, match="Odoo 19.0 is needed, this is 18.0"):
        odoo.prepare()


def make_odoo(home, launcher, library, version):
    """The few files by which an Odoo is known."""
    package = home / library / "odoo"
    package.mkdir(parents=True)
    text = f"version_info = ({version}, 0, FINAL, 0, '')\n"
    (package / "release.py").write_text(text, encoding="utf-8")
    (home / launcher).parent.mkdir(parents=True, exist_ok=True)
    (home / launcher).touch()


def test_old_postgresql_is_refused():
    postgres.check_version(130000)
    with pytest.raises(ui.Failure, match="PostgreSQL 12 is too old"):
        postgres.check_version(120017)


def test_full_disk_is_named_before_the_download(cache, monkeypatch):
    monkeypatch.setattr(system, "FREE_GIB", 10**9)
    with pytest.raises(ui.Failure, match="the disk is full"):
        system.check_space()


@pytest.mark.parametrize(
    ("output", "cause"),
    [
        ("tar: write: No space left on device", "the disk is full"),
        ("Temporary failure resolving 'x'", "the network cannot be reached"),
        ("Failed to establish a new connection", "the network cannot be reached"),
        ("reading\nE: no such package\ndone", "E: no such package"),
        ("first\nlast\n", "last"),
        ("", "no output"),
    ],
)
def test_the_cause_in_an_output(output, cause):
    assert ui.reason(output) == cause


def test_missing_program_is_one_line():
    with pytest.raises(ui.Failure, match="PostgreSQL: No such file"):
        ui.run(["/nowhere/psql"], "PostgreSQL")


def test_failing_command_tells_its_cause():
    with pytest.raises(ui.Failure, match="^pip: the disk is full$"):
        ui.run(["sh", "-c", "echo No space left on device; exit 1"], "pip")


def test_unwritable_cache_is_one_line(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    done = dev("clean", "--yes", SMK_CACHE=str(blocked / "cache"))
    assert_one_line(done, "cannot make")


def test_clean_asks_and_nobody_answers(cache):
    done = subprocess.run(
        [sys.executable, ROOT / "dev", "clean"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert_one_line(done, "--yes")


# --- what a killed run leaves -------------------------------------------------


def test_half_made_odoo_is_remade(cache, monkeypatch):
    """The tree under its temporary name is thrown away, not continued."""
    (cache / "odoo.tmp" / "usr").mkdir(parents=True)
    monkeypatch.setattr(odoo, "_fetch", lambda apt: [])
    monkeypatch.setattr(odoo.Odoo, "__init__", lambda *args: None)
    monkeypatch.setattr(odoo.system, "check_space", lambda: None)
    monkeypatch.setattr(odoo.shutil, "which", lambda name: name)
    monkeypatch.setattr(odoo, "KEYRING", __file__)
    odoo.prepare()
    assert not (cache / "odoo.tmp").exists()
    assert not (cache / "odoo" / "usr" / "bin").exists()
    assert (
        cache / "odoo/usr/lib/python3/dist-packages/odoo/addons" / odoo.STUB
    ).exists()


def test_half_made_venv_is_remade(cache, monkeypatch):
    """A venv without its stamp is a half, whatever it holds."""
    (venv.folder() / "bin").mkdir(parents=True)
    (venv.folder() / "bin" / "left-over").touch()
    commands = []

    def run(command, what, **_kwargs):
        commands.append(what)
        venv.folder().mkdir(exist_ok=True)

    monkeypatch.setattr(venv, "run", run)
    venv.prepare()
    assert commands == ["venv", "pip"]
    assert not (venv.folder() / "bin" / "left-over").exists()
    venv.prepare()
    assert commands == ["venv", "pip"]


def test_failed_venv_is_tried_again(cache, monkeypatch):
    def run(command, what, **_kwargs):
        raise ui.Failure("pip: the network cannot be reached")

    monkeypatch.setattr(venv, "run", run)
    with pytest.raises(ui.Failure):
        venv.prepare()
    assert not (venv.folder() / venv.STAMP).exists()


def test_half_made_template_is_dropped(cache, monkeypatch):
    acts = []

    class HalfOdoo:
        version, library = "19.0", "there"

        def server(self, database, arguments):
            acts.append(("install", database))
            raise ui.Failure("killed")

    monkeypatch.setattr(databases, "server_version", lambda: 180000)
    monkeypatch.setattr(databases, "dependencies", lambda: ["sale"])
    monkeypatch.setattr(databases, "exists", lambda name: False)
    monkeypatch.setattr(databases, "query", lambda *args: [])
    monkeypatch.setattr(databases, "drop", lambda name: acts.append(("drop", name)))
    for _try in range(2):
        with pytest.raises(ui.Failure, match="killed"):
            databases.template(HalfOdoo())
    halves = {name for _act, name in acts}
    assert [act for act, _name in acts] == ["drop", "install"] * 2
    assert len(halves) == 1 and halves.pop().endswith(databases.BUILDING)


def test_lock_is_free_after_a_death(cache):
    code = "from tools.paths import locked\nimport os\nwith locked('x'): os._exit(9)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    with paths.locked("x"):
        pass


# --- what pytest calls a success and we do not --------------------------------


@pytest.mark.parametrize(
    ("tests", "skipped", "problems"),
    [
        (0, 0, ["no test ran"]),
        (3, 3, ["no test ran"]),
        (5, 2, ["2 tests skipped"]),
        (5, 0, []),
    ],
)
def test_counted_problems(tmp_path, tests, skipped, problems):
    assert testing.counted_problems([report(tmp_path, tests, skipped)]) == problems


def test_counts_of_several_reports_are_added(tmp_path):
    reports = [report(tmp_path, 0, 0, "a.xml"), report(tmp_path, 5, 2, "b.xml")]
    assert testing.counted_problems(reports) == ["2 tests skipped"]


def test_missing_report_is_a_problem(tmp_path):
    assert testing.counted_problems([tmp_path / "none.xml"])


def test_skips_are_told_where_the_browser_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("CI", raising=False)
    paths = [report(tmp_path, 5, 2)]
    assert testing.counted_problems(paths, ["chromium"]) == []
    assert "2 tests skipped" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert testing.counted_problems(paths, ["chromium"]) == ["2 tests skipped"]


def test_without_client_programs_one_process_runs_all(monkeypatch):
    monkeypatch.setattr(testing.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(testing.postgres, "client_programs", lambda: None)
    assert testing._workers() == []
    monkeypatch.setattr(testing.postgres, "client_programs", lambda: "/usr/bin")
    assert testing._workers()[:2] == ["-n", "2"]


def report(folder, tests, skipped, name="report.xml"):
    """A JUnit report as pytest writes it."""
    path = folder / name
    suite = f'<testsuite name="pytest" tests="{tests}" skipped="{skipped}"/>'
    path.write_text(f"<testsuites>{suite}</testsuites>", encoding="utf-8")
    return path


LOG = """\
2026-01-31 10:00:00,001 42 INFO db odoo.modules.loading: loading ERROR pages
2026-01-31 10:00:00,002 42 WARNING db odoo.addons.sale.models: careful
2026-01-31 10:00:00,003 42 WARNING db odoo.modules: sales_manager_kpi: no access row
2026-01-31 10:00:00,004 42 ERROR db odoo.sql_db: bad query
Traceback (most recent call last):
2026-01-31 10:00:00,005 42 CRITICAL db odoo.service.server: the end
"""


def test_error_lines_are_found():
    assert [line[-9:] for line in testing.severe_lines(LOG)] == [
        "bad query",
        ": the end",
    ]


def test_only_our_warnings_are_found():
    (found,) = testing.own_warnings(LOG)
    assert found.endswith("no access row")


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ([], ([], [])),
        (["tests/plan", "-k", "x"], ([], ["tests/plan", "-k", "x"])),
        (["--with", "mrp,sale_mrp"], (["mrp", "sale_mrp"], ["tests/with_modules"])),
        (["--with", "mrp", "tests/plan"], (["mrp"], ["tests/plan"])),
    ],
)
def test_modules_beside_the_addon(arguments, expected):
    assert testing._modules(arguments) == expected


def test_with_says_what_it_lacks():
    with pytest.raises(ui.Failure, match="needs modules"):
        testing._modules(["--with"])


def test_an_id_in_two_files_is_told(tmp_path):
    (tmp_path / "one.xml").write_text(
        "<odoo><record id='a' model='x'/><record id='b' model='x'/></odoo>"
    )
    (tmp_path / "two.xml").write_text(
        "<odoo><data><template id='sales_manager_kpi.a'/></data></odoo>"
    )
    (tmp_path / "three.csv").write_text("id,name\nb,B\nc,C\n")
    manifest = {"data": ["one.xml", "three.csv"], "demo": ["two.xml"]}
    assert xml_ids.problems(tmp_path, manifest) == [
        "a is defined in one.xml and two.xml",
        "b is defined in one.xml and three.csv",
    ]


def test_paths_among_pytest_arguments():
    assert testing._names_tests(["-x", "tests/test_dev.py::test_help"])
    assert not testing._names_tests(["-k", "plan"])


# --- the lock files -----------------------------------------------------------


@pytest.mark.parametrize("name", venv.LOCKS)
def test_every_package_is_pinned(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert packages
    for line in packages:
        assert re.match(r"^[\w.-]+==[\w.]+( ; .+)?$", line), line
