"""The catalogue that comes with the portal: an exchange file, read and checked like one that somebody sends.

Loading again adds the procedures that are missing and changes nothing that is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from django.db import transaction
from django.db.models import prefetch_related_objects

from common import clock
from common.refusals import Refused

from .exchange.item import ImportItem
from .exchange.json_reading import read_json
from .exchange.merging import VERSION, build, merge
from .guiding import seed as guiding
from .marks import new_marks
from .models import FeeLine, LifeEvent, Mark, Procedure, ProcedureStep, ProcedureVersion, RequiredPaper, Sector
from .versions import publishing
from .versions.fee_lines import write_exemptions
from .versions.serialising import PARTS, Plain

FILE = Path(__file__).parent / "data" / "catalogue.json"


def import_catalogue(content: bytes | None = None, *, now: datetime) -> int:
    """Load procedures that are not there yet and publish them; returns how many were new.

    ``content`` is an exchange file of whole procedures, by default the one that comes with the portal; with that one
    come signposts and checklists. All or nothing; raises Refused for a faulty file or procedure. Ten queries a
    procedure.
    """
    items = _shipped() if content is None else _read(content)
    with transaction.atomic():
        have = set(Procedure.objects.values_list("code", flat=True))
        fresh = [item.values for item in items if item.code not in have]
        procedures = _write_procedures(fresh)
        for version in _write_drafts(procedures, fresh, now):
            publishing.publish_with_portal(version, now)
        if content is None:
            guiding.fill()
    return len(fresh)


def fill_life_events() -> int:
    """Put the procedures of an installation that knows no life events under those of the catalogue; returns how many.

    Does nothing where there are any: publishers decide. About 60 queries.
    """
    if LifeEvent.objects.exists():
        return 0
    shipped = [item.values for item in _shipped()]
    found = {row.code: row for row in Procedure.objects.filter(code__in=[values["code"] for values in shipped])}
    _link_events(found, shipped)
    return len(found)


@cache
def _shipped() -> Sequence[ImportItem]:
    return _read(FILE.read_bytes())


def _read(content: bytes) -> Sequence[ImportItem]:
    items = read_json(content)
    if faults := [f"{fault.place}: {fault.reason}" for item in items for fault in item.faults]:
        raise Refused("\n".join(faults))
    return items


def _write_procedures(fresh: Sequence[Plain]) -> dict[str, Procedure]:
    """Make the procedures by their codes, with the sectors and life events that are missing."""
    sectors = {row["code"]: row for row in (values["sector"] for values in fresh)}
    by_code = {code: Sector.objects.get_or_create(code=code, defaults=row)[0] for code, row in sectors.items()}
    columns = ("synonyms", "faq", "notice", "accept_until", "supplement_days", "popularity")
    made = Procedure.objects.bulk_create(
        Procedure(
            code=values["code"],
            sector=by_code[values["sector"]["code"]],
            **{name: values[name] for name in columns if name in values},
        )
        for values in fresh
    )
    procedures = {row.code: row for row in made}
    _link_events(procedures, fresh)
    for values in fresh:
        if values.get("related"):
            procedures[values["code"]].related.add(*Procedure.objects.filter(code__in=values["related"]))
    return procedures


def _link_events(procedures: Mapping[str, Procedure], rows: Iterable[Plain]) -> None:
    """Put procedures under the life events that their rows name, made where they are missing."""
    rows = [row for row in rows if row["code"] in procedures]
    events = {event["code"]: event for row in rows for event in row.get("life_events", ())}
    for code, event in events.items():
        made, _is_new = LifeEvent.objects.get_or_create(code=code, defaults=event)
        made.procedures.add(*(procedures[row["code"]] for row in rows if event in row.get("life_events", ())))


def _write_drafts(procedures: Mapping[str, Procedure], fresh: Iterable[Plain], now: datetime) -> list[ProcedureVersion]:
    """Make the first version of each procedure, all parts with it, as drafts that nobody wrote."""
    today = {"effective_from": clock.local_day(now).isoformat(), "effective_until": None}
    targets = [merge(VERSION, values["version"]) | today | _dates(values["version"]) for values in fresh]
    built = [build(target) for target in targets]
    for (version, papers, fees, steps), values in zip(built, fresh, strict=True):
        version.procedure, version.number = procedures[values["code"]], 1
        rows: tuple[RequiredPaper | FeeLine | ProcedureStep, ...] = (*papers, *fees, *steps)
        for row in rows:
            row.version = version
    versions = ProcedureVersion.objects.bulk_create(version for version, *_parts in built)
    RequiredPaper.objects.bulk_create(paper for _v, papers, _f, _s in built for paper in papers)
    lines = FeeLine.objects.bulk_create(fee for _v, _p, fees, _s in built for fee in fees)
    write_exemptions(lines, [fee["exemptions"] for target in targets for fee in target["fees"]])
    ProcedureStep.objects.bulk_create(step for _v, _p, _f, steps in built for step in steps)
    marked = zip(versions, targets, strict=True)
    Mark.objects.bulk_create(mark for version, target in marked for mark in new_marks(version, target["marks"]))
    prefetch_related_objects(versions, *PARTS)
    return versions


def _dates(version: Plain) -> Plain:
    return {name: version[name] for name in ("effective_from", "effective_until") if name in version}
