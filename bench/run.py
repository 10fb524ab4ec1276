"""Compare the portal's pages with a bare Django app, interleaved in one run: python -m bench.run.

Over SQLite, and over PostgreSQL where a server answers (DATABASE_URL names it,
else that of this machine), each with databases of its own, made and dropped by
the run. Rounds alternate between engines and servers, so that a noisy neighbour
hits all. Every process and every address is asked before it is measured. What
repeats is CPU time per request, of server processes and PostgreSQL backends, read to the nanosecond;
it is given as milliseconds and as a multiple of the floor's.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from . import memory
from .machine import ROOT, Server, ask, databases, postgres_server, run, serving, since
from .pages import FLOORS, LINES, MISSES, Engine, Line, check_rows, renew
from .visitor import Request

# Any table of the catalogue: what is kept of it is made anew.
PUBLISH = (
    "UPDATE procedures_procedure SET popularity = popularity WHERE id = (SELECT min(id) FROM procedures_procedure)"
)


@dataclass
class Figures:
    """CPU milliseconds per request of each round: a line's, and its floor's in the same rounds."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return median(self.ours) / median(self.floor)


def main() -> None:
    """Load, start, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2000, help="dossiers (portal) and items (floor); default 2000")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; default 5")
    parser.add_argument("--requests", type=int, default=20, help="requests per line and round; default 20")
    parser.add_argument("--only", default="", help="lines whose name contains this; acts need those before them")
    parser.add_argument(
        "--memory", action="store_true", help="instead: what two web processes hold after 10,000 requests"
    )
    parser.add_argument("--profile", action="store_true", help="instead: where the time of each page goes")
    parser.add_argument("--no-slips", action="store_true", help="leave out the slips")
    chosen = parser.parse_args()
    lines = [line for line in LINES if chosen.only in line.name]
    # Whoever ends the run gets servers stopped and databases dropped.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mot-cua-bench-")))
        server = postgres_server()
        if not server:
            print("No PostgreSQL server answers: SQLite only.")
        names = ["SQLite", *(["PostgreSQL"] if server else [])]
        drafts = (chosen.rounds + 1) * chosen.requests + 1
        engines = [
            start(name, folder / name, stack, server if name == "PostgreSQL" else "", max(chosen.rows, 300), drafts)
            for name in names
        ]
        if chosen.profile:
            for engine in engines:
                where = environment(folder / engine.name, engine.held["url"])
                print(f"{engine.name}:\n{run([sys.executable, '-m', 'bench.profile', json.dumps(engine.held)], where)}")
            return
        if chosen.memory:
            for engine in engines:
                memory.report(engine, environment(folder / engine.name, engine.held["url"]))
            return
        for engine in engines:
            engine.sign_in()
            check_rows(engine)
        figures: dict[tuple[str, str], Figures] = {}
        # Groups one after the other: an act needs what the line before it made.
        for floor, group in groupby(lines, key=lambda line: line.floor):
            print(f"Measuring what is held against {floor} …", file=sys.stderr, flush=True)
            compare(list(group), engines, figures, chosen.rounds, chosen.requests)
        print_table(lines, engines, figures)
        if not chosen.no_slips and not chosen.only:
            print(
                run([sys.executable, "-m", "bench.slips"], environment(folder / "SQLite", engines[0].held["url"])),
                end="",
            )


def environment(folder: Path, url: str) -> dict[str, str]:
    """Return what a portal of the bench reads; every page is made anew, what is compared is the making."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings.bench",
        "VAR_DIR": str(folder / "var"),
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "PAGE_CACHE_SECONDS": "0",
        # A connection renewed in the middle of a round would take its figures with it.
        "CONN_MAX_AGE": "7200",
    }


def start(name: str, folder: Path, stack: ExitStack, server: str, rows: int, drafts: int) -> Engine:
    """Fill the databases of one engine and start its servers: the portal, one with its page cache, the floor."""
    folder.mkdir()
    portal_url, floor_url = databases(folder, stack, server)
    portal_env = environment(folder, portal_url)
    floor_env = {
        "DJANGO_SETTINGS_MODULE": "bench.floor.settings",
        "FLOOR_DATABASE_URL": floor_url,
        "FLOOR_FILES": str(folder / "floor-files"),
    }
    print(f"{name}: loading {rows} rows into each database …", file=sys.stderr, flush=True)
    run([sys.executable, "manage.py", "prepare"], portal_env)
    held = json.loads(run([sys.executable, "-m", "bench.load", str(rows), str(drafts)], portal_env))
    run([sys.executable, "-m", "bench.floor.load", str(rows)], floor_env)
    names = ["", ""]
    if server:
        names = [urlsplit(url).path[1:] for url in (portal_url, floor_url)]
        # Plans of the first round are those of the last.
        for url in (portal_url, floor_url):
            ask(url, "ANALYZE")

    def publish() -> None:
        if server:
            ask(portal_url, PUBLISH)
        else:
            with sqlite3.connect(urlsplit(portal_url).path, timeout=20) as connection:
                connection.execute(PUBLISH)

    cached_env = portal_env | {"PAGE_CACHE_SECONDS": "600"}
    return Engine(
        name,
        stack.enter_context(serving(f"{name}: portal", "portal.wsgi", portal_env, names[0])),
        stack.enter_context(serving(f"{name}: portal with its page cache", "portal.wsgi", cached_env, names[0])),
        stack.enter_context(serving(f"{name}: floor", "bench.floor.wsgi", floor_env, names[1])),
        held | {"url": portal_url},
        publish,
    )


def compare(
    group: list[Line], engines: list[Engine], figures: dict[tuple[str, str], Figures], rounds: int, each: int
) -> None:
    """Warm up lines of one floor and the floor, then alternate the rounds."""
    for number in range(rounds + 1):
        for engine in engines:
            floor = FLOORS[group[0].floor]
            # Before and after: what the machine does meanwhile slows both.
            bare = [measure(engine.floor, floor(engine, max(each // 2, 5)))]
            costs = [(line, cost(line, engine, each)) for line in group]
            bare.append(measure(engine.floor, floor(engine, max(each // 2, 5))))
            # The first round has warmed everything up.
            for line, spent in costs if number else ():
                kept = figures.setdefault((line.name, engine.name), Figures())
                kept.ours.append(spent)
                kept.floor.append(sum(bare) / 2)


def cost(line: Line, engine: Engine, each: int) -> float:
    """Return the CPU milliseconds of one request of a line in this round."""
    server = engine.cached if line.is_cached else engine.portal
    if not line.is_miss:
        if line.floor == "page":
            # A miss of the round before has emptied what is kept.
            for request in line.make(engine, each):
                request()
        return measure(server, line.make(engine, each))
    spent = []
    for request in line.make(engine, MISSES):
        renew(engine)
        spent.append(measure(server, [request]))
    return median(spent)


def measure(server: Server, requests: list[Request]) -> float:
    """Send the requests one after another; return the CPU milliseconds of one."""
    before = server.clock()
    for request in requests:
        request()
    return since(before, server.clock()) / len(requests)


def print_table(lines: list[Line], engines: list[Engine], figures: dict[tuple[str, str], Figures]) -> None:
    """Print the table as Markdown: CPU milliseconds, the floor's, how many times that is."""
    print("| page | goal | " + " | ".join(f"{engine.name}: portal | floor | ratio" for engine in engines) + " |")
    print("| --- | --- |" + " --- |" * 3 * len(engines))
    for line in lines:
        goal = f"≤ {line.goal}×" if line.goal else "–"
        print(
            f"| {line.name} | {goal} | "
            + " | ".join(cells(line.goal, figures[line.name, e.name]) for e in engines)
            + " |"
        )
    parts = ("submission without uploads", "its uploads, each file of 300 KB")
    if all((part, engine.name) in figures for part in parts for engine in engines):
        whole = [together(*[figures[part, engine.name] for part in parts]) for engine in engines]
        print("| submission with three uploads | – | " + " | ".join(cells(None, one) for one in whole) + " |")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    print(
        f"\nCPU milliseconds per request at {commit.stdout.strip() or 'an unknown commit'},"
        f" load {os.getloadavg()[1]:.1f}."
    )


def cells(goal: float | None, found: Figures) -> str:
    """Return the three cells of a line and an engine; a goal that is missed is marked."""
    missed = " !" if goal is not None and found.ratio > goal else ""
    return f"{median(found.ours):.1f} ms | {median(found.floor):.1f} ms | {found.ratio:.2f}×{missed}"


def together(submission: Figures, upload: Figures) -> Figures:
    """Return what a submission costs with the upload of three files."""
    ours = [one + 3 * each for one, each in zip(submission.ours, upload.ours, strict=True)]
    return Figures(ours, submission.floor)


if __name__ == "__main__":
    main()
