"""Whether books, numbers, lists and figures add up after a morning at the counter: python -m tests.journeys.adding_up.

Reads what was done from standard input (JSON, as test_morning.py writes it) and the database of VAR_DIR, a copy
which it may write to. Prints each fault; ends with 1 when there is one.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import django

django.setup()

from common.clock import local_day, recorded_now  # noqa: E402
from dossiers import chain, worklist  # noqa: E402
from dossiers.models import BookEntry, Channel, Dossier, DossierEvent, NumberSeries, Slip, SlipKind, Status, System  # noqa: E402  # noqa: E402
from dossiers.records.numbering import DOSSIER, book_series, year_of  # noqa: E402
from reports.counting import courses, rollup  # noqa: E402
from reports.models import Course  # noqa: E402

# Channel and system of each road.
ROADS = {
    "counter": (Channel.COUNTER, System.HERE),
    "post": (Channel.POST, System.HERE),
    "national": (Channel.ONLINE, System.NATIONAL),
    "elsewhere": (Channel.COUNTER, System.HERE),
    "before": (Channel.COUNTER, System.BEFORE),
}


def faults(done: dict[str, Any]) -> Iterator[str]:
    """Yield what does not add up."""
    yield from roads(done)
    yield from numbers()
    yield from books(done["attested"])
    yield from righted(done)
    codes = [code for road in ROADS for code in done[road]]
    yield from (f"list: {row}" for row in worklist.rebuild(is_dry=True))
    yield from figures(codes, done)
    for event in DossierEvent.objects.filter(dossier__code__in=codes).select_related("dossier"):
        if chain.event_hash(event) != event.hash:
            yield f"history of {event.dossier}: event {event.n}"


def roads(done: dict[str, Any]) -> Iterator[str]:
    """Each dossier is there once, by the road it came."""
    for road, (channel, system) in ROADS.items():
        for code in done[road]:
            dossier = Dossier.objects.get(code=code)
            if (dossier.channel, dossier.external_system) != (channel, system):
                yield f"{road} {code}: {dossier.channel} {dossier.external_system}"
            if (dossier.unit_id != dossier.received_by_id) != (road == "elsewhere"):
                yield f"{road} {code}: decided by {dossier.unit}"


def numbers() -> Iterator[str]:
    """Codes of a day, receipts of a year and books run from one to the last number that was given."""
    found: dict[tuple[int, Any, str], list[int]] = defaultdict(list)
    for dossier in Dossier.objects.exclude(code=None).select_related("received_by"):
        day, number = str(dossier.code).removeprefix(f"{dossier.received_by.identifier}-").split("-")
        found[dossier.received_by_id, day, DOSSIER].append(int(number))
    for slip in Slip.objects.filter(kind=SlipKind.RECEIPT).select_related("dossier"):
        year = year_of(local_day(slip.issued_at))
        found[slip.dossier.received_by_id, f"{year:%y%m%d}", SlipKind.RECEIPT].append(int(slip.number.split("/")[0]))
    for entry in BookEntry.objects.all():
        found[entry.unit_id, f"{entry.year % 100}0101", book_series(entry.book)].append(entry.number)
    last = {(row.unit_id, f"{row.period:%y%m%d}", row.purpose): row.last for row in NumberSeries.objects.all()}
    for key, given in found.items():
        if sorted(given) != list(range(1, last.get(key, 0) + 1)):
            yield f"numbers of {key}: {sorted(given)}, last {last.get(key)}"


def books(attested: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What was typed stands in the book under the number that the page named."""
    for one in attested:
        entry = BookEntry.objects.get(unit__slug="xuan-bac", book=one["book"], year=one["year"], number=one["number"])
        if (entry.copies, entry.pages) != (one["copies"], one["pages"]) or one["person"] not in ("", entry.person):
            yield f"book {entry}: {entry.person}, {entry.copies} of {entry.pages}"
        if entry.is_cancelled != one["is_cancelled"]:
            yield f"book {entry}: cancelled {entry.is_cancelled}"


def righted(done: dict[str, Any]) -> Iterator[str]:
    """What was put right, asked for and promised anew is kept as such."""
    corrected = Dossier.objects.get(code=done["corrected"])
    void = corrected.slips.filter(kind=SlipKind.RECEIPT)
    if [slip.voided_at is None for slip in void] != [False, True]:
        yield f"{corrected}: receipts {list(void)}"
    if Dossier.objects.get(code=done["cancelled"]).status != Status.SUBMITTED:
        yield "what was filed online waits for reception again once that is cancelled"
    for code in done["apologies"]:
        if not Dossier.objects.get(code=code).slips.filter(kind=SlipKind.APOLOGY).exists():
            yield f"{code}: no apology"
    for name, is_late in (("asked_in_time", False), ("asked_late", True)):
        for code in done[name]:
            asked = Dossier.objects.get(code=code)
            if (asked.status, asked.was_late) != (Status.AWAITING_SUPPLEMENT, is_late):
                yield f"{name}: {asked} {asked.status} {asked.was_late}"


def figures(codes: list[str], done: dict[str, Any]) -> Iterator[str]:
    """Counted up to now the figures are those of the dossiers, and each of the morning counts where it belongs."""
    now = recorded_now()
    rollup.count(now)
    yield from (f"{row.what} {row.name}" for row in rollup.rebuild(now, is_dry=True))
    mine = Dossier.objects.filter(code__in=codes)
    counted = {course.dossier_id: course for course in Course.objects.filter(dossier__in=mine)}
    for dossier in mine:
        course = counted.get(dossier.pk)
        if course is None or (course.channel, course.unit_id) != (dossier.channel, dossier.unit_id):
            yield f"{dossier} is counted as {course}"
    crossed = [one for one in done["attested"] if one["is_cancelled"]]
    for one in crossed:
        entry = BookEntry.objects.get(unit__slug="xuan-bac", book=one["book"], year=one["year"], number=one["number"])
        if courses.read([entry.dossier_id], now):
            yield f"the crossed-out entry {entry} is counted"


def main() -> int:
    """Print the faults; returns 1 when there is one."""
    found = list(faults(json.load(sys.stdin)))
    print("\n".join(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
