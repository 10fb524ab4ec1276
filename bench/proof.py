"""Prove that lists stay flat, no payment is lost and figures are right: python -m bench.proof (PostgreSQL only).

Makes a database beside the one of DATABASE_URL, fills it with so many dossiers
of a year, 5,000 in each unit, compares their worklist and prints how each list
is answered: buffers against its goal, milliseconds, index. The database is
dropped at the end. Before that, so many payments go through a storm of
notifications (payments/tests/test_storm.py), figures of so many dossiers are
compared with a plain count (bench.figures), and a browser walks a whole morning
at the counter (tests/journeys/test_morning.py). Ends with 1 when a goal is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from datetime import time
from pathlib import Path
from time import perf_counter

PER_UNIT = 5000
DATABASE = "mot_cua_proof"


def main() -> int:
    """Make, fill, explain, print, drop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=1_000_000, help="dossiers; default 1000000")
    parser.add_argument(
        "--figures", type=int, default=50_000, help="dossiers of the figures; default 50000, 0 for none"
    )
    parser.add_argument("--payments", type=int, default=1000, help="payments; default 1000, 0 leaves them out")
    parser.add_argument(
        "--morning", action=argparse.BooleanOptionalAction, default=True, help="walk a morning in Chromium"
    )
    options = parser.parse_args()
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        sys.exit("Set DATABASE_URL to a PostgreSQL server: buffers and plans are its own.")
    server = given.rpartition("/")[0]
    lost = storm(options.payments) if options.payments else 0
    lost = (morning() if options.morning else 0) or lost
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mot-cua-proof-"))
        drop = ["psql", "-q", f"{server}/postgres", "-c", f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"]
        subprocess.run(drop, check=True, stderr=subprocess.DEVNULL)
        subprocess.run(["psql", "-q", f"{server}/postgres", "-c", f"CREATE DATABASE {DATABASE}"], check=True)
        stack.callback(subprocess.run, drop, check=True, stderr=subprocess.DEVNULL)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "VAR_DIR": folder,
            "DATABASE_URL": f"{server}/{DATABASE}",
            "REDIS_URL": "",
        }
        Path(folder, "static").mkdir()
        wrong = 0
        if options.figures:
            words = [sys.executable, "-m", "bench.figures", "--scale", str(options.figures)]
            wrong = subprocess.run(words, check=False).returncode
            subprocess.run(drop, check=True, stderr=subprocess.DEVNULL)
            subprocess.run(["psql", "-q", f"{server}/postgres", "-c", f"CREATE DATABASE {DATABASE}"], check=True)
        return prove(options.scale) or lost or wrong


def storm(payments: int) -> int:
    """Take so many payments whose notifications come doubled, shuffled, forged and late; returns 1 when one is lost."""
    words = [sys.executable, "-m", "pytest", "-q", "-s", "--show-capture=no", "-p", "no:logging"]
    began = perf_counter()
    done = subprocess.run(
        [*words, "payments/tests/test_storm.py"],
        env=os.environ | {"STORM": str(payments), "LOG_LEVEL": "CRITICAL"},
        stderr=subprocess.DEVNULL,
        check=False,
    )
    say(began, f"{payments} payments: {'every đồng is accounted for' if done.returncode == 0 else 'NOT in order'}")
    return int(done.returncode != 0)


def morning() -> int:
    """Walk a whole morning at the counter, with scripts and without, and print its keys; returns 1 when it fails."""
    began = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-m", "journey", "tests/journeys/test_morning.py"],
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        | {"MORNING": "full"},
        check=False,
    )
    say(began, f"a morning at the counter: {'everything adds up' if done.returncode == 0 else 'NOT in order'}")
    return int(done.returncode != 0)


def prove(scale: int) -> int:
    """Fill the database and print how its lists are answered; returns 1 when one misses its goal."""
    import django

    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from common.clock import now
    from dossiers import worklist
    from offices.models import OpeningHours, Unit
    from procedures.seed import import_catalogue

    from . import plans

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    began = perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    import_catalogue(now=now())
    units = Unit.objects.bulk_create(
        Unit(kind="commune", slug=f"xa-{n}", name=f"UBND Xã số {n}", short_name=f"Xã số {n}", identifier=f"000.{n}.H19")
        for n in range(max(scale // PER_UNIT, 2))
    )
    OpeningHours.objects.create(unit=units[0], weekday=0, opens=time(7), closes=time(17))
    say(began, "tables and catalogue")
    plans.fill(scale, units)
    say(began, f"{scale} dossiers in {len(units)} units, with their worklist")
    left = sum(1 for _each in worklist.rebuild(is_dry=True))
    say(began, f"compared: {left} rows differ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_size(%s), pg_indexes_size(%s)", [worklist.TABLE, worklist.TABLE])
        table, indexes = cursor.fetchone()
    print(f"\nThe worklist has {table // 2**20} MB and {indexes // 2**20} MB of indexes.\n")
    print("| list | statements | buffers | goal | ms | index |\n| --- | --- | --- | --- | --- | --- |")
    missed = left
    for asked in plans.lists(units[0]):
        plan = plans.explained(asked.ask)
        too_many = plan.buffers > asked.goal
        missed += too_many
        goal = f"≤ {asked.goal}{', missed' if too_many else ''}"
        cells = asked.name, plan.statements, plan.buffers, goal, f"{plan.milliseconds:.1f}", ", ".join(plan.indexes)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    return 1 if missed else 0


def say(began: float, what: str) -> None:
    """Print what is done and how long all of it took so far."""
    print(f"{perf_counter() - began:6.0f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
