"""The catalogue that comes with the portal: 57 procedures and six declarations, loaded once.

Loading again adds what is missing and changes nothing that is there. The
wording that people read where the data are terse is in ``wording.py``.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from common.text import fold
from offices.models import Role, Unit

from ..models import (
    FeeKind,
    FeeLine,
    FeeUnit,
    LifeEvent,
    Offering,
    Procedure,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
    TimeUnit,
    VersionStatus,
)
from ..versions import publishing
from ..versions.checking import working_hours
from ..versions.fee_lines import write_exemptions
from . import wording
from .forms_import import convert_form, general_form

DATA = Path(__file__).parents[1] / "data"
# The two-tier government began; every version that comes with the portal counts from then.
EFFECTIVE_FROM = date(2025, 7, 1)
_ROLES = {"applicant": "", "reception": Role.CLERK, "officer": Role.SPECIALIST, "leader": Role.LEADER}
_UNITS = {
    "same day": TimeUnit.SAME_DAY,
    "hours": TimeUnit.HOURS,
    "days": TimeUnit.DAYS,
    "working days": TimeUnit.WORKING_DAYS,
}
_FEE_UNITS = {"bản sao": FeeUnit.COPY, "văn bản xác nhận": FeeUnit.COPY}
# How the time of a procedure is shared out among its steps, by role.
_SHARES = {Role.CLERK: 1, Role.SPECIALIST: 6, Role.LEADER: 2}


def import_catalogue(data: Mapping[str, Any] | Path | None = None, *, now: datetime) -> int:
    """Load procedures that are not there yet and publish them; returns how many were new.

    ``data`` is the catalogue or the path of its file, by default the one that
    comes with the portal. All or nothing; raises Refused for a
    faulty procedure.
    """
    if data is None or isinstance(data, Path):
        rows = json.loads((data or DATA / "catalogue.json").read_text(encoding="utf-8"))["procedures"]
    else:
        rows = data["procedures"]
    declarations = {
        form["slug"]: form for form in json.loads((DATA / "forms.json").read_text(encoding="utf-8"))["forms"]
    }
    made = nameless = 0
    procedures: dict[str, Procedure] = {}
    linked: set[str] = set()
    with transaction.atomic():
        sectors = _sectors(rows)
        for row in rows:
            if row["code"] is None:
                nameless += 1
            code = row["code"] or f"XA-{nameless:04d}"
            procedure, is_new = Procedure.objects.get_or_create(
                code=code,
                defaults={
                    "sector": sectors[row["field_vi"]],
                    "synonyms": wording.SYNONYMS.get(row["slug"], []),
                    "popularity": wording.COMMON.get(row["slug"], 0),
                },
            )
            if is_new:
                _add_version(procedure, row, declarations.get(row["slug"]), now)
                made += 1
                linked.add(row["slug"])
            procedures[row["slug"]] = procedure
        # A portal that had no life events yet gets them for all its procedures.
        link_life_events(procedures if not LifeEvent.objects.exists() else {slug: procedures[slug] for slug in linked})
        link_related({slug: procedures[slug] for slug in linked}, procedures)
    return made


def link_life_events(procedures: Mapping[str, Procedure]) -> None:
    """Add the life events that come with the portal and link procedures, by their short names, to them."""
    for n, row in enumerate(json.loads((DATA / "life_events.json").read_text(encoding="utf-8"))["events"], start=1):
        event, _made = LifeEvent.objects.get_or_create(
            code=row["code"], defaults={"name": row["name"], "name_en": row["name_en"], "n": n}
        )
        event.procedures.add(*(procedures[slug] for slug in row["procedures"] if slug in procedures))


def link_related(new: Mapping[str, Procedure], procedures: Mapping[str, Procedure]) -> None:
    """Link new procedures to those that people need along with them."""
    for slug, others in wording.RELATED.items():
        for other in others:
            if slug in procedures and other in procedures and (slug in new or other in new):
                procedures[slug].related.add(procedures[other])


def offer_all(unit: Unit, *, since: date) -> int:
    """Let a unit offer every procedure in force at its full level; returns how many were added."""
    offered = set(unit.offerings.values_list("procedure_id", flat=True))
    levels = dict(ProcedureVersion.objects.in_force(since).order_by("number").values_list("procedure_id", "level"))
    missing = [
        Offering(unit=unit, procedure_id=procedure, level=level, since=since)
        for procedure, level in levels.items()
        if procedure not in offered
    ]
    return len(Offering.objects.bulk_create(missing))


def sector_code(name: str) -> str:
    """Return the short name of a field: 'ho-tich', 'chung-thuc', …"""
    return wording.SECTOR_CODES.get(name) or slugify(fold(name))[:60]


def _sectors(rows: Iterable[Mapping[str, Any]]) -> dict[str, Sector]:
    found = {}
    for name, name_en in {row["field_vi"]: row["field_en"] for row in rows}.items():
        found[name], _made = Sector.objects.get_or_create(
            code=sector_code(name), defaults={"name": name, "name_en": name_en}
        )
    return found


def _add_version(
    procedure: Procedure, row: Mapping[str, Any], declaration: Mapping[str, Any] | None, now: datetime
) -> None:
    form = None
    if declaration is not None:
        form = convert_form(declaration)
    elif row["level"] >= 2:
        form = general_form(row, procedure.sector.code)
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=1,
        status=VersionStatus.DRAFT,
        name=row["name_vi"],
        name_en=row["name_en"],
        level=row["level"],
        needs_presence=row["slug"] in wording.IN_PERSON,
        audience=row["audience"],
        channels=row["channels"],
        processing_amount=row["processing_days"],
        processing_unit=_UNITS[row["processing_unit"]],
        processing_note=wording.PROCESSING_NOTES.get(row["slug"], ""),
        outcome=row["outcome_vi"],
        note=wording.NOTES.get(row["slug"], ""),
        legal_bases=row["legal_basis"],
        form=form,
        effective_from=EFFECTIVE_FROM,
    )
    RequiredPaper.objects.bulk_create(papers(version, row, has_form=form is not None))
    lines = FeeLine.objects.bulk_create(fees(version, row))
    write_exemptions(lines, exemptions(lines, row))
    ProcedureStep.objects.bulk_create(steps(version, row))
    publishing.publish(version, None, now)


def papers(version: ProcedureVersion, row: Mapping[str, Any], *, has_form: bool) -> list[RequiredPaper]:
    """Return the papers of a procedure; those that the declaration asked as files carry its condition."""
    made = []
    keys: set[str] = set()
    for n, item in enumerate(row["components"], start=1):
        key = _paper_key(item["name_vi"], keys)
        rule = wording.PAPER_RULES.get((row["slug"], item["name_vi"]))
        condition = wording.CONDITIONS[item["condition_en"]] if item.get("condition_en") else ""
        if not item["required"] and not condition:
            is_identity = item["name_vi"].startswith("Giấy tờ tùy thân")
            condition = wording.IDENTITY_CONDITION if is_identity else wording.OPTIONAL_CONDITION
        made.append(
            RequiredPaper(
                version=version,
                n=n,
                key=key,
                name=item["name_vi"],
                name_en=item["name_en"],
                originals=item["original"],
                copies=item["copy"],
                is_required=rule.is_required if rule else item["required"],
                condition=rule.condition or condition if rule else condition,
                show_if=rule.show_if if rule else None,
                # Without a count it is no paper but what the form asks.
                from_form=has_form and (item["template"] or not (item["original"] or item["copy"])),
            )
        )
    return made


def _paper_key(name: str, taken: set[str]) -> str:
    base = slugify(fold(name))[:36].strip("-")
    key = base
    n = 2
    while key in taken:
        key, n = f"{base}-{n}", n + 1
    taken.add(key)
    return key


def fees(version: ProcedureVersion, row: Mapping[str, Any]) -> list[FeeLine]:
    """Return the fee lines; none when the law knows no fee."""
    if row["fee_kind"] == "không":
        return []
    is_charge = row["fee_kind"] == "lệ phí"
    note = wording.FEE_UNITS[row["fee_unit"]]
    return [
        FeeLine(
            version=version,
            n=1,
            key="le-phi" if is_charge else "phi",
            kind=FeeKind.CHARGE if is_charge else FeeKind.FEE,
            name="Lệ phí" if is_charge else "Phí",
            amount_vnd=row["fee_vnd"],
            amount_online_vnd=row.get("fee_vnd_online"),
            unit=_FEE_UNITS.get(note, FeeUnit.DOSSIER),
            is_guide=is_charge and row["slug"] in wording.LOCAL_FEES,
            note="" if note in _FEE_UNITS or note == "hồ sơ" else f"mỗi {note}",
        )
    ]


def exemptions(lines: Iterable[FeeLine], row: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Return who is exempt from each fee."""
    who = row.get("fee_exemption_vi") or ""
    found = [{"who": who, "proof": "", "since": None, "until": None, "channel": None}] if who else []
    return [found for _line in lines]


def steps(version: ProcedureVersion, row: Mapping[str, Any]) -> list[ProcedureStep]:
    """Return the steps with allotted working hours whose sum is at most the processing time."""
    roles = [_ROLES[step["actor"]] for step in row["steps"]]
    total = working_hours(row["processing_days"], _UNITS[row["processing_unit"]])
    shares = sum(_SHARES[Role(role)] for role in roles if role)
    grain = Decimal("0.5") if total >= 16 else Decimal("0.1")
    made = []
    for n, (step, role) in enumerate(zip(row["steps"], roles, strict=True), start=1):
        allotted = Decimal(0)
        if role:
            exact = total * _SHARES[Role(role)] / shares
            allotted = (exact / grain).to_integral_value(ROUND_DOWN) * grain
        made.append(
            ProcedureStep(version=version, n=n, role=role, text=step["vi"], text_en=step["en"], allotted=allotted)
        )
    return made
