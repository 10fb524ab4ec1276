"""Starting servers and databases, and reading to the nanosecond what they cost."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """One gunicorn; ``database`` names its PostgreSQL database, if any."""

    name: str
    port: int
    pid: int
    database: str = ""

    def clock(self) -> dict[int, int]:
        """Return the CPU nanoseconds spent so far by each of its processes and of its database's backends.

        The scheduler's own account (``/proc/<pid>/task/*/schedstat``), so Linux only and PostgreSQL on this machine.
        Children that have ended, such as those that check files, are counted with the process that waited for them;
        the kernel tells theirs in steps of a hundredth of a second.
        """
        return {pid: spent(pid) for pid in self.processes()}

    def processes(self) -> list[int]:
        """Return the master, its workers and the backends of its database."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int(_stat(entry)[1])
                command = (entry / "cmdline").read_bytes() if self.database else b""
            except OSError:
                continue
            is_backend = re.match(rb"postgres: \S+ \S+ ", command) is not None
            if self.pid in (int(entry.name), parent) or (is_backend and f" {self.database} ".encode() in command):
                found.append(int(entry.name))
        return found

    def memory(self) -> float:
        """Return the megabytes of master and workers; what they share is counted once."""
        kilobytes = 0
        for pid in self.processes():
            rollup = (
                Path(f"/proc/{pid}/smaps_rollup").read_text() if pid == self.pid or _parent(pid) == self.pid else ""
            )
            kilobytes += sum(int(found) for found in re.findall(r"^Pss:\s+(\d+) kB", rollup, re.M))
        return kilobytes / 1000


def since(before: dict[int, int], after: dict[int, int]) -> float:
    """Return the CPU milliseconds between two clocks of a server; a process that came meanwhile counts whole."""
    return sum(value - before.get(pid, 0) for pid, value in after.items()) / 1_000_000


def spent(pid: int) -> int:
    """Return the CPU nanoseconds of a process with its threads and its ended children; 0 when it is gone."""
    folder = Path(f"/proc/{pid}")
    try:
        own = sum(int((task / "schedstat").read_text().split()[0]) for task in (folder / "task").iterdir())
        children = _stat(folder)[13:15]
    except OSError:
        return 0
    return own + TICK * sum(int(value) for value in children)


def _stat(folder: Path) -> list[str]:
    """Return the fields of a process's ``stat`` from its state on."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _parent(pid: int) -> int:
    return int(_stat(Path(f"/proc/{pid}"))[1])


@contextmanager
def serving(
    name: str, application: str, environment: dict[str, str], database: str = "", options: tuple[str, ...] = ()
) -> Iterator[Server]:
    """Run a WSGI application on the loopback address until the block ends.

    One process without threads under the portal's own server settings, unless ``options`` say otherwise: whatever has
    to be warm is warm then, and CPU time is compared, not waiting.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.py", "--log-level", "error"]
    # Nobody is renewed in the middle of a round.
    command += options or ("--workers", "1", "--worker-class", "sync", "--threads", "1")
    command += ["--max-requests", "0", "--bind", f"127.0.0.1:{port}", application]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment)
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


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a command of the project and return what it prints; its errors are ours."""
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def postgres_server() -> str:
    """Return the address of the PostgreSQL server that DATABASE_URL names, else that of this machine; '' for none."""
    given = os.environ.get("DATABASE_URL", "")
    server = given.rpartition("/")[0] if given.startswith("postgres") else "postgres://127.0.0.1"
    asked = subprocess.run(["psql", "-q", f"{server}/postgres", "-c", "SELECT 1"], check=False, capture_output=True)
    return server if asked.returncode == 0 else ""


def databases(folder: Path, stack: ExitStack, server: str) -> tuple[str, str]:
    """Return the addresses of two fresh databases, the portal's and the floor's: files, or on a PostgreSQL server.

    There they are dropped when the stack ends.
    """
    if not server:
        return f"sqlite:///{folder / 'portal.sqlite3'}", f"sqlite:///{folder / 'floor.sqlite3'}"
    urls = []
    for name in (f"mot_cua_bench_{os.getpid()}", f"mot_cua_bench_floor_{os.getpid()}"):
        drop = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
        ask(f"{server}/postgres", f"CREATE DATABASE {name}")
        stack.callback(ask, f"{server}/postgres", drop)
        urls.append(f"{server}/{name}")
    return urls[0], urls[1]


def ask(url: str, statement: str) -> None:
    """Run a statement in a PostgreSQL database."""
    subprocess.run(["psql", "-q", url, "-c", statement], check=True, stderr=subprocess.DEVNULL)
