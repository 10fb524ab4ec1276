"""Compare the portal's pages with a bare Django app, interleaved in one run: python -m bench.run.

Rounds alternate between the two servers, so that a noisy neighbour hits both.
What repeats is CPU time per request (server processes and PostgreSQL backends);
requests per second are shown beside it. DATABASE_URL chooses PostgreSQL, else
SQLite; both live in databases of their own, made and dropped by the run.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

from .floor.load import NAME, PASSWORD
from .machine import ROOT, Server, Visitor, serving

DEMO_PASSWORD = "demo-mot-cua-2026"
WORDS = ("khai sinh", "ket hon", "chung thuc", "dat dai", "ho ngheo", "tre em", "khai tu", "xac nhan")
FILE = os.urandom(300 * 1024)

Request = Callable[[], None]


@dataclass
class Comparison:
    """One page of the portal and the floor page it is held against."""

    name: str
    portal: list[Request]
    floor: list[Request]
    goal: float
    server: Server


@dataclass
class Cost:
    """What one request costs: CPU milliseconds, and how many are answered in a second."""

    cpu_ms: float
    per_second: float


def measure(server: Server, requests: list[Request]) -> Cost:
    """Send the requests one after another and read the server's clock before and after."""
    cpu, wall = server.cpu_seconds(), time.perf_counter()
    for request in requests:
        request()
    spent, took = server.cpu_seconds() - cpu, time.perf_counter() - wall
    return Cost(1000 * spent / len(requests), len(requests) / took)


def getter(visitor: Visitor, path: str) -> Request:
    """Return a GET that insists on 200."""

    def ask() -> None:
        status, _location, _text = visitor.ask(path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}")

    return ask


def poster(visitor: Visitor, path: str, body: bytes, content_type: str) -> Request:
    """Return a POST that insists on being taken: a redirect away from its own page."""

    def ask() -> None:
        status, location, text = visitor.ask(path, body, content_type)
        if status != 302:
            raise RuntimeError(f"{path} answers {status}: {text[:500]}")
        if "review" in location:
            raise RuntimeError(f"{path} sends back to {location}")

    return ask


def multipart(fields: dict[str, str], files: dict[str, bytes]) -> tuple[bytes, str]:
    """Return body and content type of a form with files."""
    mark = "bench-6f1c7f0a"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()
    ]
    for name, content in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.jpg"\r\n\r\n'
        parts.append(head.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def floor_submissions(visitor: Visitor, count: int) -> list[Request]:
    """Return POSTs with three files of 300 KB each."""
    fields = visitor.hidden("/submit/") | {
        "code": "bench",
        "name": "Đăng ký khai sinh",
        "person": "Nguyễn Văn An",
        "due_at": "2026-03-27T09:30:00+07:00",
    }
    body, content_type = multipart(fields, {f"paper{n}": FILE for n in range(3)})
    return [poster(visitor, "/submit/", body, content_type) for _ in range(count)]


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a command of the project and return what it prints; its errors are ours."""
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def databases(folder: Path, stack: ExitStack) -> tuple[str, str]:
    """Return the addresses of two fresh databases; on PostgreSQL they are dropped at the end."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        return f"sqlite:///{folder / 'portal.sqlite3'}", f"sqlite:///{folder / 'floor.sqlite3'}"
    server = given.rpartition("/")[0]
    urls = []
    for name in ("mot_cua_bench", "mot_cua_bench_floor"):
        drop = ["psql", "-q", f"{server}/postgres", "-c", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"]
        subprocess.run(drop, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["psql", "-q", f"{server}/postgres", "-c", f"CREATE DATABASE {name}"], check=True)
        stack.callback(subprocess.run, drop, check=True, stderr=subprocess.DEVNULL)
        urls.append(f"{server}/{name}")
    return urls[0], urls[1]


def main() -> None:
    """Load, start, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5000, help="dossiers (portal) and items (floor); default 5000")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per page and server; default 5")
    parser.add_argument("--requests", type=int, default=40, help="requests per round; default 40")
    chosen = parser.parse_args()
    rounds, each = chosen.rounds, chosen.requests

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mot-cua-bench-")))
        portal_url, floor_url = databases(folder, stack)
        portal_env = {
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": portal_url,
            "REDIS_URL": "",
            # Every page is made anew: what is compared is the making.
            "PAGE_CACHE_SECONDS": "0",
        }
        cached_env = portal_env | {"PAGE_CACHE_SECONDS": "600"}
        floor_env = {
            "DJANGO_SETTINGS_MODULE": "bench.floor.settings",
            "FLOOR_DATABASE_URL": floor_url,
            "FLOOR_FILES": str(folder / "floor-files"),
        }
        print(f"Loading {chosen.rows} rows into each database …", flush=True)
        run([sys.executable, "manage.py", "prepare"], portal_env)
        drafts = run(
            [sys.executable, "-m", "bench.load", str(chosen.rows), str(rounds * each + each)], portal_env
        ).split()
        codes, refs = drafts[0].split(","), drafts[1].split(",")
        run([sys.executable, "-m", "bench.floor.load", str(chosen.rows)], floor_env)

        postgres = not portal_url.startswith("sqlite")
        portal = stack.enter_context(
            serving("portal", "portal.wsgi", portal_env, urlsplit(portal_url).path[1:] if postgres else "")
        )
        floor = stack.enter_context(
            serving("floor", "bench.floor.wsgi", floor_env, urlsplit(floor_url).path[1:] if postgres else "")
        )
        cached = stack.enter_context(serving("portal with its page cache", "portal.wsgi", cached_env, portal.database))
        for comparison in comparisons(portal, cached, floor, codes, refs, rounds, each):
            report(comparison, floor, rounds, each)


def comparisons(
    portal: Server, cached: Server, floor: Server, codes: list[str], refs: list[str], rounds: int, each: int
) -> list[Comparison]:
    """Return what is compared; the requests of a round are prepared before its clock starts."""
    anyone, bare = Visitor(portal.port), Visitor(floor.port)
    citizen, clerk, user = Visitor(portal.port), Visitor(portal.port), Visitor(floor.port)
    citizen.sign_in("/accounts/login/", {"login": "cong-dan@example.com", "password": DEMO_PASSWORD})
    clerk.sign_in("/accounts/login/", {"login": "tiep-nhan@example.com", "password": DEMO_PASSWORD})
    user.sign_in("/login/", {"username": NAME, "password": PASSWORD})

    def searches() -> list[Request]:
        return [getter(anyone, f"/procedures/?q={WORDS[n % len(WORDS)].replace(' ', '+')}") for n in range(each)]

    def details(visitor: Visitor) -> list[Request]:
        return [getter(visitor, f"/procedures/{codes[n % len(codes)]}/") for n in range(each)]

    page = [getter(bare, "/page/")] * each
    mine, queue = [getter(citizen, "/my/dossiers/")] * each, [getter(clerk, "/desk/dossiers/")] * each
    return [
        Comparison("search, 20 results", searches(), page, 1.25, portal),
        Comparison("procedure page", details(anyone), page, 1.0, portal),
        Comparison("procedure page, cached", details(Visitor(cached.port)), page, 0.2, cached),
        Comparison("my dossiers", mine, [getter(user, "/page-user/")] * each, 1.3, portal),
        Comparison("desk queue, 50 rows", queue, [getter(user, "/queue50/")] * each, 1.5, portal),
        Comparison("final submission", submissions(citizen, refs), floor_submissions(user, len(refs)), 1.4, portal),
    ]


def submissions(citizen: Visitor, refs: list[str]) -> list[Request]:
    """Return the final POST of every draft; their review pages are read first, outside the clock."""
    requests = []
    for ref in refs:
        review = f"/my/dossiers/{ref}/review/"
        submit = f"/my/dossiers/{ref}/submit/"
        body = urlencode(citizen.hidden(review, submit) | {"declared": "on"}).encode()
        requests.append(poster(citizen, submit, body, "application/x-www-form-urlencoded"))
    return requests


def report(comparison: Comparison, floor: Server, rounds: int, each: int) -> None:
    """Warm both up, alternate the rounds and print the medians."""
    repeated = len(comparison.portal) == each
    ours, bare = [], []
    measure(comparison.server, comparison.portal[:each])
    measure(floor, comparison.floor[:each])
    for n in range(1, rounds + 1):
        part = slice(0, each) if repeated else slice(n * each, (n + 1) * each)
        bare.append(measure(floor, comparison.floor[part]))
        ours.append(measure(comparison.server, comparison.portal[part]))
    cpu, floor_cpu = median(cost.cpu_ms for cost in ours), median(cost.cpu_ms for cost in bare)
    speed, floor_speed = median(cost.per_second for cost in ours), median(cost.per_second for cost in bare)
    ratio = cpu / floor_cpu
    print(
        f"{comparison.name:<23} CPU {cpu:6.1f} ms, floor {floor_cpu:5.1f} ms: {ratio:5.2f}× (goal ≤ {comparison.goal}×"
        f"{'' if ratio <= comparison.goal else ', missed'}) · {speed:5.0f} against {floor_speed:5.0f} requests/s:"
        f" {speed / floor_speed:4.2f}×",
        flush=True,
    )


if __name__ == "__main__":
    main()
