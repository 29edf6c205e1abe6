"""`./dev demo`: a company to look at, served on this machine."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tools import cli, databases, ports, postgres
from tools.paths import ADDON, ROOT, checkout_key, digest, locked, remove, state
from tools.ui import Failure, last_line, say, step
from tools.workshop import Workshop

DATABASE = f"smk_demo_{checkout_key()}"
# The demo company is played by Odoo's own flows, so a program makes it.
GENERATOR = ROOT / ADDON / "demo" / "generate.py"
GENERATE = f"""
from odoo.addons.{ADDON}.demo import generate
generate.main(env)
env.cr.commit()
"""
# Each role's group, and the demo user that best shows it.
ROLES = (
    ("Administrator", "group_admin", "admin"),
    ("Manager", "group_manager", "anna"),
    ("Branch director", "group_branch_director", "dirk"),
    ("Commercial director", "group_commercial_director", "carla"),
    ("Supply supervisor", "group_supply_supervisor", "sven"),
    ("Payroll", "group_pay", "hilde"),
)


def demo(arguments):
    """Make the company on first use, then serve it until Ctrl-C."""
    options = cli.parser("demo", "Serve Odoo with the demo company.")
    options.add_argument("--port", type=int, help="port of 127.0.0.1 to serve on")
    options.add_argument(
        "--detach", action="store_true", help="return; ./dev stop ends the server"
    )
    given = options.parse_args(arguments)
    end_server()
    port = ports.choose(given.port)
    workshop = Workshop()
    with locked(DATABASE):
        prepare(workshop)
    server = Server(workshop, port)
    server.start()
    _welcome(server)
    return 0 if given.detach else server.attend()


def shell(arguments):
    """Odoo's shell on the demo company, with Odoo's own options."""
    workshop = Workshop()
    with locked(DATABASE):
        prepare(workshop)
    options = ["-d", DATABASE, f"--addons-path={ROOT}", "--no-http", *arguments]
    command = workshop.odoo.command("shell", *options)
    return subprocess.run(command).returncode


def prepare(workshop):
    """Have the company in the database, at the state of this checkout."""
    sources = addon_digest()
    if not databases.exists(DATABASE):
        _build(workshop, sources)
    elif databases.note(DATABASE) != sources:
        with step("Updating the addon"):
            workshop.update(DATABASE)
            databases.set_note(DATABASE, sources)


def _build(workshop, sources):
    half = DATABASE + databases.BUILDING
    databases.copy(databases.template(workshop.odoo), half)
    with step("Installing the addon and the demo company"):
        workshop.install(half)
    if GENERATOR.exists():
        with step("Giving the company a history"):
            workshop.shell(half, GENERATE)
    databases.set_note(half, sources)
    databases.rename(half, DATABASE)


def addon_digest():
    """Changes whenever a file of the addon does."""
    files = sorted((ROOT / ADDON).rglob("*"))
    kept = [path for path in files if path.is_file() and path.suffix != ".pyc"]
    return digest(*((path, path.stat().st_mtime_ns) for path in kept))


class Server:
    """The serving process of this checkout, known by a file with its id."""

    def __init__(self, workshop, port):
        self.workshop = workshop
        self.url = f"http://{ports.HOST}:{port}"
        self.log = state() / "demo.log"
        options = [f"--http-interface={ports.HOST}", f"--http-port={port}"]
        options += ["-d", DATABASE, f"--db-filter=^{DATABASE}$", "--no-database-list"]
        options += [f"--addons-path={ROOT}", "--max-cron-threads=1", "--workers=0"]
        self.command = workshop.odoo.command(*options)
        self.process = None

    def start(self):
        """Start in a session of its own: Ctrl-C reaches us, and we end it."""
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _process_file().write_text(
            json.dumps({"pid": self.process.pid, "url": self.url}), encoding="utf-8"
        )
        with step("Starting the server"):
            serves = ports.wait(f"{self.url}/web/login", self.alive)
        if not serves:
            end_server()
            raise Failure(f"Odoo does not serve: {last_line(self.log.read_text())}")

    def alive(self):
        """Whether the process still runs."""
        return self.process.poll() is None

    def attend(self):
        """Stay until the server ends or Ctrl-C ends it."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        say("Ctrl-C ends the server.")
        try:
            return self.process.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            end_server()


def _process_file():
    return state() / "demo.json"


def running():
    """Process id and URL of this checkout's server, or None."""
    try:
        known = json.loads(_process_file().read_text(encoding="utf-8"))
        command = Path("/proc", str(known["pid"]), "cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return known if DATABASE.encode() in command else None


def end_server():
    """End this checkout's server, also one that a killed run left behind."""
    known = running()
    if known:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            os.kill(known["pid"], sign)
            if _ended(known["pid"]):
                break
    remove(_process_file())
    return bool(known)


def _ended(pid, seconds=10):
    """Wait for a process to end, our child or not."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass
        if not Path("/proc", str(pid)).exists():
            return True
        time.sleep(0.1)
    return False


def logins():
    """Role and login of a user for every role that the database knows."""
    found = []
    for label, group, favourite in ROLES:
        rows = databases.query(_USER_OF_GROUP % (group, favourite), DATABASE)
        found += [(label, rows[0][0])] if rows else []
    return found


_USER_OF_GROUP = f"""
SELECT u.login
  FROM res_users u
  JOIN res_groups_users_rel r ON r.uid = u.id
  JOIN ir_model_data d
    ON d.model = 'res.groups' AND d.res_id = r.gid AND d.module = '{ADDON}'
 WHERE d.name = '%s' AND u.active
 ORDER BY u.login <> '%s', u.id
 LIMIT 1
"""


def _welcome(server):
    say(f"\nOdoo with the demo company: {server.url}\n")
    say(f"  {'role':<22}login, and password the same")
    for label, login in logins():
        say(f"  {label:<22}{login}")
    say("")


def stop_postgres():
    """Stop the embedded server unless another checkout works with it."""
    if postgres.external() or not postgres.running():
        return "no embedded PostgreSQL was running"
    os.environ.update(postgres.environment())
    others = databases.busy()
    if others:
        return f"PostgreSQL runs on: {', '.join(others)} in use"
    postgres.stop()
    return "PostgreSQL stopped"


def stop(_arguments):
    """End the server of this checkout and the embedded PostgreSQL."""
    say("server stopped" if end_server() else "no server was running")
    say(stop_postgres())
