"""What two web processes of the portal hold after 10,000 requests."""

import sys
from itertools import cycle, islice
from typing import Any

from .machine import serving
from .pages import DEMO_PASSWORD, DRAFT, WORDS, Engine
from .visitor import Visitor

# Growth counts from the first of these on.
AFTER = (1_000, 2_500, 5_000, 10_000)
GOAL_MB, GOAL_GROWTH = 230, 0.05


def report(engine: Engine, environment: dict[str, str]) -> None:
    """Start the portal as it is deployed, two processes of four threads, ask every kind of page in turn and print it.

    Megabytes of master and processes together, what they share counted once. Growth counts from when every process
    has answered some hundreds.
    """
    workers = ("--workers", "2", "--worker-class", "gthread", "--threads", "4")
    with serving(
        f"{engine.name}: two processes", "portal.wsgi", environment, engine.portal.database, workers
    ) as server:
        people = {
            name: Visitor(server.port).sign_in(
                "/accounts/login/", {"login": f"{name}@example.com", "password": DEMO_PASSWORD}
            )
            for name in ("cong-dan", "cong-dan-2", "tiep-nhan")
        }
        people["anyone"] = Visitor(server.port)
        held = {}
        for n, (person, path) in enumerate(islice(cycle(pages(engine.held)), AFTER[-1]), start=1):
            people[person].page(path)
            if n in AFTER:
                held[n] = server.memory()
                print(f"{engine.name}: {held[n]:.1f} MB after {n:,} requests", file=sys.stderr, flush=True)
        first, last = held[AFTER[0]], held[AFTER[-1]]
        print(
            f"{engine.name}: two web processes hold {last:.0f} MB after {AFTER[-1]:,} requests (goal ≤ {GOAL_MB} MB),"
            f" {first:.0f} MB after {AFTER[0]:,}: growth {last / first - 1:.1%} (goal ≤ {GOAL_GROWTH:.0%}).",
            flush=True,
        )


def pages(held: dict[str, Any]) -> list[tuple[str, str]]:
    """Return who asks what, every kind of page once and the common ones more often; ``held`` is what was loaded."""
    draft = DRAFT.format(draft=held["drafts"][0])
    found = [("anyone", f"/procedures/?q={word.replace(' ', '+')}") for word in WORDS]
    found += [("anyone", f"/procedures/{code}/") for code in held["procedures"]]
    found += [("cong-dan-2", f"{draft}{part}") for part in ("", f"sections/{held['section']}/", "papers/", "review/")]
    found += [("tiep-nhan", f"/desk/dossiers/{code}/") for code in held["dossiers"]]
    found += [("anyone", "/"), ("cong-dan", "/my/dossiers/"), ("tiep-nhan", "/desk/"), ("tiep-nhan", "/desk/dossiers/")]
    return found
