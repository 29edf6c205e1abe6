"""Headless Chromium, driven over its DevTools protocol, taking pictures.

Runs in the venv: `python -m tools.browser URL DATABASE TASKS.json`.
"""

import base64
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

SIZE = (1400, 900)
TIMEOUT = 60
FLAGS = [
    "--headless",
    "--no-sandbox",  # Chromium refuses to run as root without
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    f"--window-size={SIZE[0]},{SIZE[1]}",
]
# A page of the client is there when its view is, and nothing loads any more.
READY = """
document.readyState === "complete"
&& !document.querySelector(".o_loading_indicator, .o_blockUI, .o_spreadsheet_loading")
&& (!document.querySelector(".o_web_client")
    || !!document.querySelector(".o_action_manager > *, .o_dialog"))
"""
BLANK = "location.href === 'about:blank' && document.readyState === 'complete'"


class Browser:
    """One Chromium with one page."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="smk-chromium-")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        command = [program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.counter = 0
        self.errors = []
        self.socket = websocket.create_connection(self._address(), timeout=TIMEOUT)
        for domain in ("Page", "Runtime", "Network"):
            self.call(f"{domain}.enable")
        size = {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1}
        self.call("Emulation.setDeviceMetricsOverride", **size, mobile=False)

    def _address(self):
        """The page's address, once Chromium has written down its port."""
        active = Path(self.profile, "DevToolsActivePort")
        # the file is there a moment before its content
        wait(lambda: active.exists() and active.read_text(), "Chromium does not start")
        port = active.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            pages = [row for row in json.load(answer) if row["type"] == "page"]
        return pages[0]["webSocketDebuggerUrl"]

    def call(self, method, **params):
        """Send a command; keep what goes wrong in the page on the way."""
        self.counter += 1
        message = {"id": self.counter, "method": method, "params": params}
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.counter:
                return answer.get("result", {})
            self._note(answer)

    def _note(self, event):
        params = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(params["exceptionDetails"]["text"])
        if event.get("method") == "Runtime.consoleAPICalled":
            if params["type"] == "error":
                self.errors.append(str(params["args"][0].get("value", "error")))

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression)
        return answer.get("result", {}).get("value")

    def open(self, url):
        """Load a page, and wait until it stays ready for a moment."""
        self.call("Page.navigate", url="about:blank")
        # Chromium never answers a navigation that overtakes the one before it
        wait(lambda: self.evaluate(BLANK), "the page before does not end")
        self.call("Page.navigate", url=url)
        self.settle(url)

    def settle(self, url):
        """Ready three times in a row: late charts have been drawn as well."""
        for _turn in range(3):
            wait(lambda: self.evaluate(READY), f"{url} does not load")
            time.sleep(0.4)

    def click(self, selector):
        """Press the first element that a selector finds."""
        found = f"document.querySelector({json.dumps(selector)})"
        wait(lambda: self.evaluate(f"!!{found}"), f"{selector} is not on the page")
        self.evaluate(f"{found}.click()")

    def picture(self, file):
        """Save what the window shows."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        Path(file).write_bytes(base64.b64decode(data))

    def close(self):
        """End Chromium and forget its profile."""
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def wait(condition, complaint):
    """Poll until a condition holds."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    raise TimeoutError(complaint)


def session(url, database, login):
    """Log in by RPC; the cookie is all that the browser needs."""
    params = {"db": database, "login": login, "password": login}
    request = urllib.request.Request(
        f"{url}/web/session/authenticate",
        json.dumps({"jsonrpc": "2.0", "params": params}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        result = json.load(answer)
        cookies = answer.headers.get_all("Set-Cookie")
    if "error" in result:
        raise PermissionError(f"{login} cannot log in")
    found = [text for text in cookies if text.startswith("session_id=")]
    return found[0].split(";")[0].partition("=")[2]


def take(browser, url, database, task):
    """Take one picture; a page that logs an error is not worth one."""
    browser.call("Network.clearBrowserCookies")
    cookie = session(url, database, task["login"])
    browser.call("Network.setCookie", name="session_id", value=cookie, url=url)
    browser.errors.clear()
    browser.open(task["url"])
    for selector in filter(None, (task["click"], task["then"])):
        browser.click(selector)
        browser.settle(task["url"])
    if browser.errors:
        raise RuntimeError(f"{task['url']}: {browser.errors[0]}")
    browser.picture(task["file"])


def main(url, database, path):
    """Take every picture of the list; tell which ones failed."""
    failed = 0
    browser = Browser()
    try:
        for task in json.loads(Path(path).read_text(encoding="utf-8")):
            try:
                take(browser, url, database, task)
                print(Path(task["file"]).name, flush=True)
            except (OSError, RuntimeError) as error:
                failed += 1
                print(f"error: {Path(task['file']).name}: {error}", flush=True)
    finally:
        browser.close()
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
