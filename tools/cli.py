"""The commands of ./dev."""

import argparse
import importlib
import sys

from tools.ui import Failure, say

# command: (module, function, what it is for)
COMMANDS = {
    "demo": ("demo", "demo", "serve Odoo with the demo company"),
    "test": ("testing", "test", "run lint and all tests, or the tests named"),
    "lint": ("lint", "lint", "check style and the addon's structure"),
    "shell": ("demo", "shell", "Odoo's shell on the demo company"),
    "screenshots": ("screenshots", "screenshots", "remake the pictures of docs/"),
    "update-pot": ("translations", "update", "export terms, merge the languages"),
    "bench": ("measure", "bench", "measure the addon (benchmarks/bench.py)"),
    "core": ("measure", "core", "run Odoo's own tests with the addon in place"),
    "env": ("env", "env", "variables for work by hand"),
    "stop": ("demo", "stop", "end the demo's server and the embedded PostgreSQL"),
    "clean": ("cleaning", "clean", "remove databases and caches"),
}


def _overview():
    lines = [f"  {name:<12} {row[2]}" for name, row in COMMANDS.items()]
    return "usage: ./dev COMMAND [arguments]\n\n" + "\n".join(lines)


def main(arguments):
    """Run one command; its code is ours, a Failure is one line and code 1."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say(_overview())
        return 0 if arguments else 2
    if arguments[0] not in COMMANDS:
        say(f"error: no command '{arguments[0]}'; ./dev --help lists them")
        return 2
    module, function, _purpose = COMMANDS[arguments[0]]
    return _run(module, function, arguments[1:])


def _run(module, function, arguments):
    try:
        command = getattr(importlib.import_module(f"tools.{module}"), function)
        return command(arguments) or 0
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
    return 1


def parser(name, description):
    """An argument parser that speaks of ./dev."""
    return argparse.ArgumentParser(prog=f"./dev {name}", description=description)
