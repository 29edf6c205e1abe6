"""What the person at the keyboard sees: a line per step, a line per failure."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager


class Failure(Exception):
    """A reason to stop that the user can read: one line, no traceback."""


def say(text):
    """Print at once, also into a pipe."""
    print(text, flush=True)


@contextmanager
def step(text):
    """Announce a long step and tell how long it took.

    What runs aside the main thread says both at its end, in one line.
    """
    start = time.monotonic()
    announced = f"{text} ... "
    if threading.current_thread() is threading.main_thread():
        sys.stdout.write(announced)
        sys.stdout.flush()
        announced = ""
    try:
        yield
    except BaseException:
        say(f"{announced}failed")
        raise
    say(f"{announced}{time.monotonic() - start:.0f} s")


def last_line(text):
    """The line of an output that most likely says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "e: "))]
    return (errors or lines or ["no output"])[-1]


def reason(output):
    """Turn the output of a failed command into a cause that can be acted on."""
    lowered = output.lower()
    if "no space left" in lowered:
        return "the disk is full"
    for sign in ("temporary failure", "could not resolve", "failed to establish"):
        if sign in lowered:
            return "the network cannot be reached"
    return last_line(output)


def run(command, what, text_in="", **kwargs):
    """Run a command quietly; raise a Failure naming `what` if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            input=text_in,
            text=True,
            errors="replace",
            **kwargs,
        )
    except OSError as error:
        raise Failure(f"{what}: {error.strerror or error}") from error
    if done.returncode:
        raise Failure(f"{what}: {reason(done.stdout)}")
    return done.stdout
