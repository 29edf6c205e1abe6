"""Databases: made under a temporary name, renamed when whole, copied for each run.

A name that ends in `_building` is a half: the next run drops it.
"""

import ast

from tools import venv
from tools.paths import ADDON, ROOT, checkout_key, digest, locked
from tools.ui import Failure, last_line, run, step

BUILDING = "_building"
PREFIX = "smk"
RUN = f"{PREFIX}_test_{checkout_key()}_"  # and the process id: of one run
# A copy of a database must not depend on files beside it.
KEEP_FILES_IN_DATABASE = """
env["ir.config_parameter"].set_param("ir_attachment.location", "db")
env["ir.attachment"].force_storage()
env.cr.commit()
"""
_QUERY = """
import sys, psycopg2
try:
    connection = psycopg2.connect(dbname=sys.argv[1])
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(sys.argv[2])
except psycopg2.Error as error:
    sys.exit("error: " + str(error).splitlines()[0])
for row in cursor.fetchall() if cursor.description else ():
    print(*row, sep="\\t")
"""


def query(statement, database="postgres"):
    """Rows of one statement, as lists of text; through the venv's libpq."""
    command = [venv.python(), "-c", _QUERY, database, statement]
    output = run(command, "PostgreSQL")
    return [line.split("\t") for line in output.splitlines()]


def server_version():
    """The server's version as a number: 180004 is 18.4."""
    return int(query("SHOW server_version_num")[0][0])


def names(prefix=f"{PREFIX}_"):
    """Databases of ours, in this server."""
    statement = "SELECT datname FROM pg_database ORDER BY 1"
    return [row[0] for row in query(statement) if row[0].startswith(prefix)]


def exists(name):
    """Whether a whole database of that name is there."""
    return name in names(name)


def busy():
    """Databases that somebody is connected to, ourselves left out."""
    statement = """
        SELECT DISTINCT datname FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    """
    return [row[0] for row in query(statement)]


def drop(name):
    """Remove a database, also one that is still connected to."""
    query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def copy(source, target):
    """A fast copy of a template nobody is connected to."""
    drop(target)
    query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def rename(source, target):
    """The last act of building: from now on the database counts."""
    query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


def note(name):
    """What `set_note` kept with a database."""
    statement = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
    rows = query(f"{statement} WHERE datname = '{name}'")
    return rows[0][0] if rows else None


def set_note(name, text):
    """Keep a word with a database, here the state of the addon it was made of."""
    query(f"COMMENT ON DATABASE \"{name}\" IS '{text}'")


def manifest():
    """The addon's manifest."""
    text = (ROOT / ADDON / "__manifest__.py").read_text(encoding="utf-8")
    return ast.literal_eval(text)


def dependencies():
    """What the addon builds on: the part worth keeping between runs."""
    try:
        return sorted(manifest()["depends"])
    except (OSError, SyntaxError, KeyError, ValueError) as error:
        raise Failure(f"{ADDON}/__manifest__.py cannot be read: {error}") from error


def template(odoo):
    """Name of a database with the addon's dependencies, made on first use.

    Its name says what went into it: Odoo, dependencies, Python packages. None of
    Odoo's own demo data: the demo company is the addon's.
    """
    depends = dependencies()
    library = f"{odoo.version} {odoo.library}"
    key = digest(library, *depends, venv.lock_digest(), server_version() // 10000)
    name = f"{PREFIX}_template_test_{key}"
    with locked(name):
        if not exists(name):
            _build_template(odoo, name, depends)
    return name


def _build_template(odoo, name, depends):
    half = name + BUILDING
    drop(half)
    text = "Preparing a database with the addon's dependencies (once, 1-2 minutes)"
    with step(text):
        query(f"CREATE DATABASE \"{half}\" ENCODING 'UTF8' TEMPLATE template0")
        flags = ["-i", ",".join(depends), "--skip-auto-install"]
        output = odoo.server(half, flags)
        require_installed(half, depends, output)
        odoo.shell(half, KEEP_FILES_IN_DATABASE)
        rename(half, name)


def require_installed(database, modules, output):
    """Odoo's exit code is 0 whatever was installed: ask the database."""
    statement = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    missing = set(modules) - {row[0] for row in query(statement, database)}
    if missing:
        cause = last_line(output)
        raise Failure(f"not installed: {', '.join(sorted(missing))}: {cause}")
