"""Prove that figures are right and cost the same however many dossiers: python -m bench.figures --scale 50000.

Writes so many dossiers of a year into the database of DATABASE_URL, which must be empty and is left as it is, a
fiftieth of them first. Compares the figures with a plain count of the dossiers, looks whether they balance for every
unit, field and month, and prints what the page of figures costs at both numbers. Ends with 1 when something is wrong.
"""

import argparse
import random
import sys
from datetime import date
from itertools import product
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

from .proof import say

YEAR = 2025
PAGES = ("/statistics/?by=unit&", "/statistics/?by=procedure&", "/statistics/?by=month&", "/statistics/indicators/?")
ASKED = f"since=1/{YEAR}&until=12/{YEAR}"
UNITS, PROCEDURES, FIELDS = 30, 60, 8
# A page at all the dossiers may take so many times what it takes at the first.
MOST_TIMES = 1.5
ROUNDS = 9


class World(NamedTuple):
    """Units, published versions and who owns every dossier."""

    units: list[Any]
    versions: list[Any]
    citizen: Any


def main() -> int:
    """Write, count, compare, look at the pages; twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, default=50_000, help="dossiers; default 50000")
    scale = parser.parse_args().scale

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    # Each request looks once whether anything changed, so that it costs the same number of statements every time.
    settings.PAGE_CACHE_SECONDS = settings.KEPT_SECONDS = 0
    began = perf_counter()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    wrong, rng, world = 0, random.Random(YEAR), towns()  # noqa: S311 – nothing here is secret
    costs: list[dict[str, tuple[int, float]]] = []
    for count in (scale // 50, scale - scale // 50):
        wrong += add(rng, world, count, began)
        costs.append({path: cost(path) for path in PAGES})
    print("\n| page | statements | ms of CPU at the first | ms at all | times |\n| --- | --- | --- | --- | --- |")
    for path in PAGES:
        (few, first), (many, all_of_them) = costs[0][path], costs[1][path]
        times = all_of_them / first
        is_missed = many != few or times > MOST_TIMES
        wrong += is_missed
        cells = f"`{path.rstrip('?&')}`", many, f"{first:.0f}", f"{all_of_them:.0f}", f"{times:.2f}"
        print(f"| {' | '.join(map(str, cells))}{' !' if is_missed else ''} |", flush=True)
    return 1 if wrong else 0


def towns() -> World:
    """Make the units, the procedures of several fields and one citizen."""
    from procedures.models import Procedure, Sector
    from tests import factories

    units = [factories.commune(f"xa-{n}", f"Xã {n}", f"000.00.{n:02d}.H19").unit for n in range(UNITS)]
    versions = [factories.version(units[0], code=f"9.{n:06d}", level=1 + n % 4) for n in range(PROCEDURES)]
    fields = [Sector.objects.create(code=f"linh-vuc-{n}", name=f"Lĩnh vực {n}") for n in range(FIELDS)]
    for n, version in enumerate(versions):
        Procedure.objects.filter(pk=version.procedure_id).update(sector=fields[n % FIELDS])
    return World(units, versions, factories.citizen())


def add(rng: random.Random, world: World, count: int, began: float) -> int:
    """Write more dossiers, count all; returns how many tables say otherwise than the dossiers, or do not balance."""
    from dossiers.models import Dossier
    from reports.counting import monthly, procedures, rollup
    from reports.indicators import measuring
    from reports.statistics.figures import By, Selection, table
    from reports.statistics.periods import Period
    from reports.tests.histories import write_year
    from reports.tests.plain import COLUMNS, balances, plain
    from tests.factories import NOW

    units, versions, citizen = world
    write_year(rng, units, versions, citizen, YEAR, count)
    say(began, f"{Dossier.objects.count()} dossiers written")
    for _difference in rollup.rebuild(NOW):
        pass
    say(began, "counted anew")
    procedures.count(NOW, monthly.ALWAYS)
    measuring.measure(NOW, monthly.ALWAYS)
    say(began, "indicators measured")
    year = Period(date(YEAR, 1, 1), date(YEAR, 12, 31))
    wrong = int(table(Selection(), year, By.UNIT).total != plain(YEAR))
    for by in (By.FIELD, By.PROCEDURE, By.UNIT, By.LEVEL):
        rows = table(Selection(), year, by).rows
        wrong += sum(plain(YEAR, f"{COLUMNS[by]} = %s", (key,)) != row for key, row in rows.items())
    say(began, f"compared with a plain count: {wrong} rows differ")
    sectors = {version.procedure.sector_id for version in versions}
    unbalanced = 0
    for unit, sector in product([None, *units], [None, *sectors]):
        months = table(Selection([unit.pk] if unit else None, sector), year, By.MONTH)
        unbalanced += sum(not balances(row) for row in (months.total, *months.rows.values()))
    say(began, f"every unit, field and month: {unbalanced} do not balance")
    return wrong + unbalanced


def cost(path: str) -> tuple[int, float]:
    """Return the statements of a page and the milliseconds of CPU that it takes, the middle of some rounds."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client, took = Client(), []
    if client.get(path + ASKED).status_code != 200:
        sys.exit(f"{path} is no page")
    with CaptureQueriesContext(connection) as captured:
        client.get(path + ASKED)
    # The next request forgets them.
    statements = len(captured)
    for _n in range(ROUNDS):
        began = process_time()
        client.get(path + ASKED)
        took.append((process_time() - began) * 1000)
    return statements, median(took)


if __name__ == "__main__":
    sys.exit(main())
