"""`./dev env`: the environment for work by hand."""

import shlex

from tools import databases
from tools.paths import cache
from tools.ui import say
from tools.workshop import Workshop


def env(_arguments):
    """Write env.sh into the cache, and tell how to use it."""
    workshop = Workshop()
    values = workshop.environment()
    values["TEMPLATE"] = databases.template(workshop.odoo)
    lines = [f"export {name}={shlex.quote(text)}\n" for name, text in values.items()]
    lines.append(f"export PATH={shlex.quote(str(workshop.python.parent))}:$PATH\n")
    path = cache() / "env.sh"
    path.write_text("".join(lines), encoding="utf-8")
    say(f". {path}   # then: createdb -T $TEMPLATE mine; $PY $ODOO -d mine ...")
