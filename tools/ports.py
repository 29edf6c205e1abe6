"""Ports of this machine: which are free, and what answers on them."""

import socket
import time
import urllib.error
import urllib.request

from tools.ui import Failure

HOST = "127.0.0.1"
RANGE = range(8069, 8100)


def free(port):
    """Whether nothing listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(wanted=None):
    """The port asked for, which must be free, or the first free one."""
    if wanted:
        if not free(wanted):
            raise Failure(f"port {wanted} is occupied: choose another with --port")
        return wanted
    for port in RANGE:
        if free(port):
            return port
    raise Failure(f"ports {RANGE[0]} to {RANGE[-1]} are occupied: choose one by --port")


def unused():
    """A port for a server that nobody is told of, from outside of `RANGE`."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def answers(url):
    """Whether a page is served there."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=30) as response:
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False


def wait(url, alive, seconds=120):
    """Wait until the page is served; False if the server died or never came."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and alive():
        if answers(url):
            return True
        time.sleep(0.2)
    return False
