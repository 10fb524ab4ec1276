"""Starting servers, asking them, and reading what they cost."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Server:
    """One gunicorn with two sync workers; ``database`` names its PostgreSQL database, if any."""

    name: str
    port: int
    pid: int
    database: str = ""

    def cpu_seconds(self) -> float:
        """Return the CPU time spent so far by the process tree and its database's backends."""
        total = 0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text()
                command = (entry / "cmdline").read_bytes() if self.database else b""
            except OSError:
                continue
            values = stat.rpartition(")")[2].split()
            is_own = int(entry.name) == self.pid or int(values[1]) == self.pid
            is_backend = bool(self.database) and re.match(rb"postgres: \S+ \S+ ", command) is not None
            if is_own or (is_backend and f" {self.database} ".encode() in command):
                total += int(values[11]) + int(values[12])
        return total / TICK


@contextmanager
def serving(name: str, application: str, environment: dict[str, str], database: str = "") -> Iterator[Server]:
    """Run a WSGI application on the loopback address until the block ends."""
    port = free_port()
    # Both under the portal's own server settings, but without threads: CPU time is compared, not waiting.
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "--log-level", "error"]
    command += ["--workers", "2", "--worker-class", "sync", "--threads", "1"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", application], cwd=ROOT, env=os.environ | environment
    )
    try:
        wait_until(lambda: is_listening(port), f"{name} does not start")
        yield Server(name, port, process.pid, database)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait_until(ready: Callable[[], bool], complaint: str, seconds: float = 60) -> None:
    """Wait for a condition; raises TimeoutError with the complaint."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(0.1)


def is_listening(port: int) -> bool:
    """Tell whether somebody accepts connections on a port of the loopback address."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Visitor:
    """A browser without pictures: keeps cookies, fills in forms, follows nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, body: bytes | None = None, content_type: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, str, str]:
        """Send a GET, or a POST with a body; return status, Location and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"Accept-Language": "vi", "Accept": "text/html"}
        if body is not None:
            headers |= {"Content-Type": content_type, "Origin": f"http://127.0.0.1:{self.port}"}
        connection.request("POST" if body is not None else "GET", path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _equals, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        connection.close()
        return answer.status, answer.getheader("Location", ""), text

    def hidden(self, path: str, action: str = "") -> dict[str, str]:
        """Open a page and return the hidden fields of its form that posts to ``action`` (else to the page itself)."""
        status, _location, text = self.ask(path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")
        for head, inside in re.findall(r"<form\b([^>]*)>(.*?)</form>", text, re.S):
            target = re.search(r'action="([^"]*)"', head)
            if 'method="post"' in head.lower() and (target[1] if target else path) == (action or path):
                return hidden_fields(inside)
        raise RuntimeError(f"{path} has no form for {action or path}")

    def send(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        """POST fields as a form."""
        return self.ask(path, urlencode(fields).encode())

    def sign_in(self, path: str, fields: dict[str, str]) -> None:
        """Sign in through the application's own page; raises RuntimeError when it does not let us in."""
        status, location, _text = self.send(path, self.hidden(path) | fields)
        if status != 302 or urlsplit(location).path == path:
            raise RuntimeError(f"Cannot sign in at {path}: {status}")


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden inputs of a page, later ones winning."""
    found = {}
    for tag in re.findall(r"<input[^>]*type=[\"']?hidden[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name[1]] = value[1] if value else ""
    return found
