"""Procedures as plain data, the way docs/exchange.md describes them."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from ..marks import plain_marks
from ..models import FeeLine, Procedure, ProcedureVersion, RequiredPaper, VersionStatus
from .drafting import COPIED
from .fee_lines import plain_exemptions

FORMAT = 1
PORTAL = "mot-cua"
BATCH = 100
Plain = dict[str, Any]

# Columns of a version that are carried as they are.
COLUMNS = COPIED
PAPER_COLUMNS = (
    "key",
    "name",
    "name_en",
    "originals",
    "copies",
    "is_required",
    "condition",
    "condition_en",
    "show_if",
    "from_form",
    "may_bring_original",
    "valid_days",
)
FEE_COLUMNS = (
    "key",
    "kind",
    "name",
    "name_en",
    "amount_vnd",
    "amount_online_vnd",
    "unit",
    "tiers",
    "cap_vnd",
    "is_optional",
    "applies",
    "applies_en",
    "applies_if",
    "is_guide",
    "note",
    "note_en",
)
# What a version's parts are read with before it is written as data.
PARTS = ("papers", "fees__exemptions", "steps__unit", "marks")
STEP_COLUMNS = ("role", "text", "text_en")
TemplateReader = Callable[[RequiredPaper], Any]


def with_template(paper: RequiredPaper) -> Plain | None:
    """Return a paper's template file with its content in base64; None when there is none, or the file is gone."""
    if not paper.template_file:
        return None
    try:
        with paper.template_file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError:
        return None
    return {"name": template_name(paper), "content": base64.b64encode(content).decode()}


def template_digest(paper: RequiredPaper) -> Plain | None:
    """Return a paper's template file as its name and the hash of its content."""
    return digested(with_template(paper)) if paper.template_file else None


def digested(template: Mapping[str, Any] | None) -> Plain | None:
    """Return a template file of the exchange format with a hash in place of its content."""
    if template is None or "sha256" in template:
        return dict(template) if template else None
    content = base64.b64decode(template["content"])
    return {"name": template["name"], "sha256": hashlib.sha256(content).hexdigest()}


def template_name(paper: RequiredPaper) -> str:
    """Return the name under which a template file travels: the paper's key, whatever the storage calls it."""
    return f"{paper.key}{PurePosixPath(str(paper.template_file.name)).suffix.lower()}"


def last_day(version: ProcedureVersion) -> str | None:
    """Return the last day as it travels; a version that was retired before it began never applied and has none."""
    until = version.effective_until
    return None if until is None or until < version.effective_from else until.isoformat()


def plain_version(version: ProcedureVersion, template: TemplateReader = with_template) -> Plain:
    """Return a version with its papers, fees, steps and open marks as data; five queries unless PARTS are prefetched.

    ``template`` says how a template file is carried.
    """
    prefetch_related_objects([version], *PARTS)
    return {
        **{name: getattr(version, name) for name in COLUMNS},
        "effective_from": version.effective_from.isoformat(),
        "effective_until": last_day(version),
        "papers": [
            {**{name: getattr(paper, name) for name in PAPER_COLUMNS}, "template_file": template(paper)}
            for paper in version.papers.all()
        ],
        "fees": [plain_fee(line) for line in version.fees.all()],
        "steps": [
            {**{name: getattr(step, name) for name in STEP_COLUMNS}, "allotted": float(step.allotted)}
            | ({"unit": step.unit.identifier} if step.unit else {})
            for step in version.steps.all()
        ],
        "marks": plain_marks(version),
    }


def plain_fee(line: FeeLine) -> Plain:
    """Return a fee with its exemptions as data; one query unless they are prefetched."""
    return {
        **{name: getattr(line, name) for name in FEE_COLUMNS},
        "exemptions": plain_exemptions(line),
    }


def plain_procedure(procedure: Procedure) -> Plain:
    """Return what a procedure says beside its versions; two queries unless prefetched, none for the sector."""
    sector = procedure.sector
    return {
        "code": procedure.code,
        "sector": {"code": sector.code, "name": sector.name, "name_en": sector.name_en},
        "life_events": [
            {"code": event.code, "name": event.name, "name_en": event.name_en, "n": event.n}
            for event in procedure.life_events.all()
        ],
        "synonyms": procedure.synonyms,
        "faq": procedure.faq,
        "notice": procedure.notice,
        "accept_until": procedure.accept_until.isoformat() if procedure.accept_until else None,
        "supplement_days": procedure.supplement_days,
        "related": sorted(other.code for other in procedure.related.all()),
        "popularity": procedure.popularity,
    }


def chosen_versions(procedures: Iterable[Procedure], day: date) -> dict[int, ProcedureVersion]:
    """Return by procedure the version that is exported: the one in force, else the newest. Seven queries."""
    rows = ProcedureVersion.objects.filter(procedure__in=list(procedures)).order_by("number")
    chosen: dict[int, tuple[bool, int]] = {}
    for pk, procedure, status, start, until in rows.values_list(
        "pk", "procedure_id", "status", "effective_from", "effective_until"
    ):
        is_published = status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED)
        in_force = is_published and start <= day and (until is None or until >= day)
        if in_force or not chosen.get(procedure, (False, 0))[0]:
            chosen[procedure] = (in_force, pk)
    found = ProcedureVersion.objects.filter(pk__in=[pk for _force, pk in chosen.values()])
    return {version.procedure_id: version for version in found.prefetch_related(*PARTS)}


def in_batches(procedures: QuerySet[Procedure]) -> Iterator[list[Procedure]]:
    """Yield procedures by code with what they say beside their versions, a batch at a time; four queries each."""
    rows = procedures.select_related("sector").prefetch_related("life_events", "related").order_by("code")
    last = ""
    while batch := list(rows.filter(code__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].code


def entries(procedures: QuerySet[Procedure], day: date) -> Iterator[tuple[Procedure, ProcedureVersion]]:
    """Yield procedures with the version that is exported; those without any are left out."""
    for batch in in_batches(procedures):
        versions = chosen_versions(batch, day)
        yield from ((procedure, versions[procedure.pk]) for procedure in batch if procedure.pk in versions)


def export_json(procedures: QuerySet[Procedure], now: datetime, day: date) -> Iterator[str]:
    """Yield the file's text piece by piece, a procedure at a time; memory stays constant."""
    moment = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    yield f'{{"portal": "{PORTAL}", "exchange": {FORMAT}, "exported_at": "{moment}", "procedures": ['
    joint = "\n"
    for procedure, version in entries(procedures, day):
        plain = plain_procedure(procedure) | {"version": plain_version(version)}
        yield joint + json.dumps(plain, ensure_ascii=False)
        joint = ",\n"
    yield "\n]}\n"
