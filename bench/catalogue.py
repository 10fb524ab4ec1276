"""Compare the catalogue's pages with 57 and with 10,000 procedures: python -m bench.catalogue.

One process asks the same pages of the same database before and after it has
grown, and prints the queries of each page, CPU milliseconds of the process
and milliseconds until the database answered, each the least of many requests:
other programs on the machine only ever add. DATABASE_URL chooses PostgreSQL, else SQLite; the database is made
and dropped by the run.
"""

import argparse
import os
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .machine import databases

UNIT = "xa-do-dac"
SINCE = date(2025, 7, 1)
PAGES = (
    ("list", "/procedures/"),
    ("list, one life event", "/procedures/?event=co-con-nho"),
    ("list, last pages", ""),
    ("search, one word", "/procedures/?q=khai"),
    ("search, a phrase", "/procedures/?q=dang+ky+khai+sinh"),
    ("search, a synonym", "/procedures/?q=de+con"),
    ("search, misspelt", "/procedures/?q=khia+sinh"),
    ("search, nothing found", "/procedures/?q=zzzz&exact=1"),
    ("procedure page", "/procedures/1.001193/"),
    ("site map, a part", "/sitemap-1.xml"),
)


@dataclass(frozen=True)
class Cost:
    """What one page costs: queries, milliseconds of CPU and of the database.

    SQLite works inside the process: there the second is a part of the first.
    """

    queries: int
    cpu: float
    database: float

    @property
    def total(self) -> float:
        """Milliseconds in all."""
        from django.db import connection

        return self.cpu if connection.vendor == "sqlite" else self.cpu + self.database


class Stopwatch:
    """Counts queries and the time until each is answered."""

    def __init__(self) -> None:
        self.queries, self.seconds = 0, 0.0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.queries += 1
            self.seconds += time.perf_counter() - begun


def cost(path: str, requests: int) -> Cost:
    """Ask a page a few times to warm it up, then measure it."""
    from django.db import connection
    from django.test import Client

    client, cpu, database, queries = Client(), [], [], set()
    for n in range(requests + 3):
        watch, begun = Stopwatch(), time.process_time()
        with connection.execute_wrapper(watch):
            response = client.get(path)
        spent = time.process_time() - begun
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status_code}")
        if n >= 3:
            cpu.append(1000 * spent)
            database.append(1000 * watch.seconds)
            queries.add(watch.queries)
    if len(queries) != 1:
        raise RuntimeError(f"{path} asks {sorted(queries)} queries")
    return Cost(queries.pop(), min(cpu), min(database))


def prepare() -> None:
    """Make the tables, one unit and the catalogue that comes with the portal."""
    from django.core.management import call_command

    from common.clock import now
    from offices.models import Unit, UnitKind
    from procedures.catalogue import offer_all
    from procedures.seed import import_catalogue

    call_command("migrate", interactive=False, verbosity=0)
    import_catalogue(now=now())
    unit = Unit.objects.create(
        kind=UnitKind.COMMUNE,
        slug=UNIT,
        name="UBND xã Đo Đạc",
        short_name="Xã Đo Đạc",
        identifier="000.00.99.H19",
        filing_since=now(),
    )
    offer_all(unit, since=SINCE)


def grow(total: int) -> None:
    """Copy the catalogue's procedures under names of their own until there are enough."""
    from django.db import connection, transaction

    from common.clock import local_day, now
    from offices.models import Unit
    from procedures.finding import spelling
    from procedures.finding.indexing import name_key
    from procedures.models import Offering, Procedure, ProcedureVersion

    unit, links = Unit.objects.get(slug=UNIT), Procedure.life_events.through
    patterns = list(ProcedureVersion.objects.select_related("procedure__sector").order_by("pk"))
    [field.attname for field in ProcedureVersion._meta.concrete_fields]
    events = {pattern.procedure_id: list(pattern.procedure.life_events.all()) for pattern in patterns}
    with transaction.atomic():
        made, versions, linked = [], [], []
        for n in range(total - len(patterns)):
            pattern = patterns[n % len(patterns)]
            name = f"{pattern.name} theo diện đặc thù số {n}"
            procedure = Procedure(
                code=f"9.{n:06}", sector=pattern.procedure.sector, sort_key=name_key(name), synonyms=[f"diện {n}"]
            )
            procedure.search_text = spelling.search_text(name, procedure.synonyms, [procedure.sector.name])
            made.append(procedure)
            values = {
                field.attname: getattr(pattern, field.attname) for field in ProcedureVersion._meta.concrete_fields
            }
            versions.append(ProcedureVersion(**(values | {"id": None, "name": name})))
        Procedure.objects.bulk_create(made, batch_size=500)
        for n, (procedure, version) in enumerate(zip(made, versions, strict=True)):
            version.procedure = procedure
            linked += [
                links(procedure=procedure, lifeevent=event)
                for event in events[patterns[n % len(patterns)].procedure_id]
            ]
        ProcedureVersion.objects.bulk_create(versions, batch_size=200)
        Offering.objects.bulk_create(
            [Offering(unit=unit, procedure=procedure, level=4, since=SINCE) for procedure in made], batch_size=500
        )
        links.objects.bulk_create(linked, batch_size=500)
        spelling.recount(local_day(now()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def last_page() -> str:
    """Return the address of a page far down the list."""
    from procedures.models import Procedure

    row = Procedure.objects.order_by("popularity", "-sort_key", "-id")[40]
    return f"/procedures/?after={row.popularity}~{quote(row.sort_key)}~{row.pk}"


def measure(requests: int) -> dict[str, Cost]:
    """Return the cost of every page."""
    return {name: cost(path or last_page(), requests) for name, path in PAGES}


def main() -> None:
    """Make the database, measure, let it grow, measure again and print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--procedures", type=int, default=10_000, help="how many it grows to; default 10000")
    parser.add_argument("--requests", type=int, default=40, help="requests per page; default 40")
    chosen = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mot-cua-bench-")))
        given = os.environ.get("DATABASE_URL", "")
        server = given.rpartition("/")[0] if given.startswith("postgres") else ""
        url, _floor = databases(folder, stack, server)
        os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings.dev", "VAR_DIR": str(folder / "var")}
        os.environ |= {"DATABASE_URL": url, "REDIS_URL": "", "PAGE_CACHE_SECONDS": "0", "ALLOWED_HOSTS": "testserver"}
        Path(os.environ["VAR_DIR"], "static").mkdir(parents=True)
        import django
        from django.db import connection

        django.setup()
        # What is sent is compared, not how static files are found.
        from django.conf import settings

        settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        prepare()
        few = measure(chosen.requests)
        grow(chosen.procedures)
        many = measure(chosen.requests)
        for name, before in few.items():
            report(name, before, many[name])
        connection.close()


def report(name: str, few: Cost, many: Cost) -> None:
    """Print one page: few procedures, many, and how they compare."""
    ratio = many.total / few.total
    print(
        f"{name:<22} {few.queries:2} → {many.queries:2} queries · CPU {few.cpu:5.1f} → {many.cpu:5.1f} ms"
        f" · database {few.database:5.1f} → {many.database:5.1f} ms · {ratio:4.2f}×",
        flush=True,
    )


if __name__ == "__main__":
    main()
