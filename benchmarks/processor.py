"""Processor time of a call: what it costs, whoever else uses the machine.

Wall time on a shared machine favours what PostgreSQL gives parallel workers to, as each
of them gets a share of its own; so these are off while processor time is measured.
"""

import os
import statistics
from pathlib import Path

ROUNDS = 7


def compare(env, name, ours, floor):
    """Print the median processor times of two functions, run by turns.

    Nothing where the system does not tell, or where the server is not on this machine.
    """
    server = _server(env)
    if server is None:
        return
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    taken = [
        [_milliseconds(env, server, function) for function in (ours, floor)]
        for _round in range(ROUNDS)
    ]
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = DEFAULT")
    own, plain = (statistics.median(column) for column in zip(*taken, strict=True))
    print(
        f"{name}: processor {own:.0f} ms, floor {plain:.0f} ms, ratio {own / plain:.2f}"
    )


def _server(env):
    """The process that serves us, None where it is not to be seen."""
    env.cr.execute("SELECT pg_backend_pid()")
    (pid,) = env.cr.fetchone()
    try:
        is_server = "postgres" in Path(f"/proc/{pid}/cmdline").read_text()
        _used(pid)
    except (OSError, ValueError):
        return None
    return pid if is_server else None


def _milliseconds(env, server, function):
    """Processor time of a call that starts with an empty record cache."""
    env.flush_all()
    env.invalidate_all()
    before = _used(os.getpid()) + _used(server)
    function()
    env.flush_all()
    return _used(os.getpid()) + _used(server) - before


def _used(pid):
    """Milliseconds that a process has been on a processor."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
