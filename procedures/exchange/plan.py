"""The dry run of an import: what a file would change in the catalogue, line by line. Writes nothing."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.text import fold

from ..models import (
    FeeLine,
    LifeEvent,
    Procedure,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
    VersionStatus,
)
from ..seed.importing import sector_code
from ..versions import checking
from ..versions.comparing import ChangedSection, compare, compare_procedures
from ..versions.drafting import first_of_next_month
from ..versions.serialising import (
    COLUMNS,
    FEE_COLUMNS,
    PAPER_COLUMNS,
    STEP_COLUMNS,
    Plain,
    digested,
    plain_procedure,
    plain_version,
    template_digest,
)
from .reading import Fault, ImportItem

NEW, CHANGED, SAME, FAULTY = "new", "changed", "same", "fault"
PAPER: Plain = {
    "name_en": "",
    "originals": 0,
    "copies": 0,
    "is_required": True,
    "condition": "",
    "show_if": None,
    "from_form": False,
    "may_bring_original": True,
    "template_file": None,
}
FEE: Plain = {"amount_online_vnd": None, "per": "", "exemption": "", "is_local": False}
STEP: Plain = {"role": "", "text_en": "", "allotted": 0.0}
VERSION: Plain = {
    "name_en": "",
    "needs_presence": False,
    "audience": ["citizen"],
    "channels": ["direct"],
    "processing_amount": 0,
    "processing_note": "",
    "outcome": "",
    "outcome_en": "",
    "conditions": "",
    "note": "",
    "legal_bases": [],
    "dossier_sets": 1,
    "receipt_note": "",
    "letter_text": "",
    "reasons": [],
    "form": None,
    "papers": [],
    "fees": [],
    "steps": [],
}
PROCEDURE: Plain = {"life_events": [], "synonyms": [], "faq": [], "notice": "", "accept_until": None, "related": []}
NEEDED = {
    "name": gettext_lazy("Name"),
    "level": gettext_lazy("Level"),
    "processing_unit": gettext_lazy("Unit of the processing time"),
}
DATES = ("effective_from", "effective_until")
_PARTS = {"papers": PAPER, "fees": FEE, "steps": STEP}


@dataclass(frozen=True, slots=True)
class Options:
    """What the importer chose: overwrite colleagues' drafts; send all drafts to review at once."""

    overwrite: bool = False
    to_review: bool = False


@dataclass(frozen=True, slots=True)
class RowLine:
    """What becomes of one row of a sheet; ``state`` is NEW, CHANGED or SAME."""

    place: str
    state: str


@dataclass
class Outcome:
    """What becomes of one procedure of the file: a line of the report.

    ``sections`` say the changes; ``whole`` those that count at once, ``notes``
    what else happens. The rest is for applying it: the rows found, ``target``
    the version's data as they shall be, ``about`` the procedure's.
    """

    code: str
    place: str
    name: str = ""
    state: str = SAME
    sections: list[ChangedSection] = field(default_factory=list)
    whole: list[ChangedSection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: list[RowLine] = field(default_factory=list)
    procedure: Procedure | None = None
    draft: ProcedureVersion | None = None
    target: Plain | None = None
    about: Plain = field(default_factory=dict)
    says_related: bool = False
    stamp: list[Any] = field(default_factory=list)
    # Hashes of the template files that its version has already.
    files_there: set[str] = field(default_factory=set)

    def report(self) -> dict[str, Any]:
        """Return the line as plain data."""
        return {
            "code": self.code,
            "place": self.place,
            "name": self.name,
            "state": self.state,
            "sections": [
                {"title": section.title, "changes": [asdict(change) for change in section.changes]}
                for section in self.sections
            ],
            "whole": [asdict(change) for section in self.whole for change in section.changes],
            "notes": self.notes,
            "faults": [asdict(fault) for fault in self.faults],
            "rows": [asdict(row) for row in self.rows],
        }


@dataclass
class Plan:
    """All outcomes of a file."""

    outcomes: list[Outcome]
    sectors: dict[str, Plain]
    events: dict[str, Plain]

    @property
    def is_faulty(self) -> bool:
        """Whether something keeps the file from being imported."""
        return any(outcome.state == FAULTY for outcome in self.outcomes)

    def count(self, state: str) -> int:
        """Return how many procedures have a state."""
        return sum(outcome.state == state for outcome in self.outcomes)

    def digest(self) -> str:
        """Return a hash of what would happen and to which rows: two equal plans do the same."""
        facts = [
            [outcome.code, outcome.state, outcome.stamp, outcome.notes, [str(fault) for fault in outcome.faults]]
            for outcome in self.outcomes
        ]
        text = json.dumps([facts, self.sectors, self.events], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def plan(parcels: list[ImportItem], *, by: User, options: Options, day: date) -> Plan:
    """Compare a file with the catalogue. About twelve queries, whatever the size of the file."""
    return _Planner(parcels, by, options, day).plan()


def build(target: Plain) -> tuple[ProcedureVersion, list[RequiredPaper], list[FeeLine], list[ProcedureStep]]:
    """Return unsaved rows that hold a version's data; template files apart, which are named only."""
    version = ProcedureVersion(**{name: target[name] for name in COLUMNS})
    version.effective_from = date.fromisoformat(target["effective_from"])
    version.effective_until = date.fromisoformat(target["effective_until"]) if target["effective_until"] else None
    papers = [
        RequiredPaper(
            n=n,
            template_file=paper["template_file"]["name"] if paper["template_file"] else "",
            **{name: paper[name] for name in PAPER_COLUMNS},
        )
        for n, paper in enumerate(target["papers"], start=1)
    ]
    fees = [FeeLine(n=n, **{name: fee[name] for name in FEE_COLUMNS}) for n, fee in enumerate(target["fees"], start=1)]
    steps = [
        ProcedureStep(n=n, allotted=Decimal(str(step["allotted"])), **{name: step[name] for name in STEP_COLUMNS})
        for n, step in enumerate(target["steps"], start=1)
    ]
    return version, papers, fees, steps


def merge(base: Mapping[str, Any], incoming: Plain) -> Plain:
    """Lay what a file says over a version: what is missing keeps what is there. Dates stay."""
    target = dict(base) | {name: value for name, value in incoming.items() if name not in _PARTS and name not in DATES}
    if "papers" in incoming:
        target["papers"] = _merged_papers(base.get("papers", []), incoming["papers"])
    for part in ("fees", "steps"):
        if part in incoming:
            before = base.get(part, [])
            target[part] = [
                (before[n] if n < len(before) else _PARTS[part]) | row for n, row in enumerate(incoming[part])
            ]
    return target


def _merged_papers(before: list[Plain], incoming: list[Plain]) -> list[Plain]:
    by_key = {paper["key"]: paper for paper in before}
    by_name = {fold(paper["name"]): paper["key"] for paper in reversed(before)}
    taken = {paper["key"] for paper in incoming if "key" in paper}
    made = []
    for paper in incoming:
        key = paper.get("key")
        if key is None:
            key = by_name.get(fold(paper["name"]), "")
            if not key or key in taken:
                key = _free_key(paper["name"], taken | set(by_key))
        taken.add(key)
        made.append({"key": key, **by_key.get(key, PAPER), **paper})
    return made


def _free_key(name: str, taken: set[str]) -> str:
    base = slugify(fold(name))[:36].strip("-") or "giay-to"
    return (
        base
        if base not in taken
        else next(key for n in range(2, len(taken) + 3) if (key := f"{base}-{n}") not in taken)
    )


class _Planner:
    """The file and what the catalogue holds of it."""

    def __init__(self, parcels: list[ImportItem], by: User, options: Options, day: date) -> None:
        self.parcels, self.by, self.options, self.day = parcels, by, options, day
        codes = {parcel.code for parcel in parcels if parcel.code}
        self.related = {code for parcel in parcels for code in parcel.values.get("related", [])}
        rows = Procedure.objects.filter(code__in=codes).select_related("sector")
        self.procedures = {row.code: row for row in rows.prefetch_related("life_events", "related")}
        self.known = codes | set(Procedure.objects.filter(code__in=self.related - codes).values_list("code", flat=True))
        self.sectors = {row.code: row for row in Sector.objects.all()}
        self.sectors_by_name = {fold(row.name): row.code for row in self.sectors.values()}
        self.events = {row.code: row for row in LifeEvent.objects.all()}
        self.new_sectors: dict[str, Plain] = {}
        self.new_events: dict[str, Plain] = {}
        self.versions = self._versions()

    def _versions(self) -> dict[int, dict[str, ProcedureVersion]]:
        """Read by procedure the version in force, the newest published one and the open one. Five queries."""
        wanted: dict[int, dict[str, int]] = {}
        rows = ProcedureVersion.objects.filter(procedure__in=[row.pk for row in self.procedures.values()])
        for pk, procedure, status, start, until in rows.order_by("number").values_list(
            "pk", "procedure_id", "status", "effective_from", "effective_until"
        ):
            mine = wanted.setdefault(procedure, {})
            if status in (VersionStatus.DRAFT, VersionStatus.IN_REVIEW):
                mine["open"] = pk
                continue
            mine["newest"] = pk
            if start <= self.day and (until is None or until >= self.day):
                mine["in_force"] = pk
        found = ProcedureVersion.objects.filter(pk__in={pk for mine in wanted.values() for pk in mine.values()})
        by_pk = {row.pk: row for row in found.select_related("author").prefetch_related("papers", "fees", "steps")}
        return {procedure: {name: by_pk[pk] for name, pk in mine.items()} for procedure, mine in wanted.items()}

    def plan(self) -> Plan:
        outcomes = [self.outcome(parcel) for parcel in self.parcels]
        return Plan(outcomes, self.new_sectors, self.new_events)

    def outcome(self, parcel: ImportItem) -> Outcome:
        values = parcel.values
        version = values.get("version", {})
        made = Outcome(parcel.code or "–", parcel.place, name=version.get("name", ""), faults=list(parcel.faults))
        made.procedure = self.procedures.get(parcel.code)
        if not made.faults:
            self.about(made, values)
            if made.procedure is None:
                self.new(made, version)
            else:
                self.existing(made, made.procedure, version)
        if not made.faults and made.target is not None and self.options.to_review:
            made.faults += [
                Fault(made.place, fault.message)
                for fault in checking.blocking(checking.check(*build(made.target), today=self.day))
            ]
        if made.faults:
            made.state = FAULTY
        made.rows = self.rows(parcel, made)
        return made

    # What belongs to no version ---------------------------------------------------------------------------------------

    def about(self, made: Outcome, values: Plain) -> None:
        """Work out what the procedure shall say beside its versions."""
        before = plain_procedure(made.procedure) if made.procedure else dict(PROCEDURE)
        about = before | {name: values[name] for name in PROCEDURE if name in values}
        if "sector" in values:
            self.sector(made, about, values["sector"])
        elif made.procedure is None:
            made.faults.append(Fault(made.place, _("A new procedure needs its field.")))
        if "life_events" in values:
            about["life_events"] = [self.event(made, event) for event in values["life_events"]]
            if {event["code"] for event in about["life_events"]} == {event["code"] for event in before["life_events"]}:
                about["life_events"] = before["life_events"]
        unknown = sorted(set(about["related"]) - self.known - set(before["related"]))
        about["related"] = sorted(set(about["related"]) - set(unknown) - {made.code})
        if unknown:
            made.notes.append(
                _("Left out as related, since the portal does not know them: %(codes)s.")
                % {"codes": ", ".join(unknown)}
            )
        made.about, made.says_related = about, "related" in values
        if made.procedure is not None:
            made.whole = compare_procedures(before, about)

    def sector(self, made: Outcome, about: Plain, found: Plain) -> None:
        code = found.get("code") or self.sectors_by_name.get(fold(found.get("name", ""))) or ""
        if not code and found.get("name"):
            code = sector_code(found["name"])
        row = self.sectors.get(code)
        if row is not None:
            about["sector"] = {"code": code, "name": row.name, "name_en": row.name_en}
        elif code and found.get("name"):
            fresh = {"code": code, "name": found["name"], "name_en": found.get("name_en", "")}
            about["sector"] = self.new_sectors.setdefault(code, fresh)
            made.notes.append(_("The field “%(name)s” will be made.") % {"name": found["name"]})
        else:
            made.faults.append(Fault(made.place, _("This field is unknown; give its name too, and it will be made.")))

    def event(self, made: Outcome, found: Plain) -> Plain:
        row = self.events.get(found["code"])
        if row is not None:
            return {"code": row.code, "name": row.name, "name_en": row.name_en, "n": row.n}
        made.notes.append(_("The life event “%(name)s” will be made.") % {"name": found["name"]})
        return self.new_events.setdefault(found["code"], {"name_en": ""} | found)

    # The wording ------------------------------------------------------------------------------------------------------

    def new(self, made: Outcome, version: Plain) -> None:
        """Plan a procedure that the portal does not have."""
        made.state = NEW
        missing = [str(label) for name, label in NEEDED.items() if name not in version]
        if missing:
            reason = _("A new procedure needs these too: %(names)s.") % {"names": ", ".join(missing)}
            made.faults.append(Fault(made.place, reason))
            return
        # The day on which it came into force elsewhere is kept; what goes to review cannot begin in the past.
        today = self.day.isoformat()
        start = version.get("effective_from", today)
        dates = {"effective_from": max(start, today) if self.options.to_review else start, "effective_until": None}
        if version.get("effective_until", "") and version["effective_until"] >= dates["effective_from"]:
            dates["effective_until"] = version["effective_until"]
        made.target = merge(VERSION, version) | dates

    def existing(self, made: Outcome, procedure: Procedure, version: Plain) -> None:
        """Plan the change of a procedure that the portal has; no change makes no draft."""
        have = self.versions.get(procedure.pk, {})
        made.name = made.name or next((have[name].name for name in ("in_force", "newest", "open") if name in have), "")
        made.stamp = [procedure.revision, *([row.pk, row.revision, row.status] for row in have.values())]
        made.state = CHANGED if made.whole else SAME
        if not version:
            return
        for row in {have[name].pk: have[name] for name in ("newest", "in_force") if name in have}.values():
            before = plain_version(row, template_digest)
            if not compare(before, merge(before, version)):
                return
        base = have.get("open") or have.get("newest")
        if base is None:
            made.faults.append(Fault(made.place, _("This procedure has no version to begin from.")))
            return
        before = plain_version(base, template_digest)
        target = merge(before, version)
        sections = compare(before, target)
        if not sections:
            made.notes.append(_("The open draft says this already."))
            return
        made.state, made.sections = CHANGED, sections
        made.files_there = {paper["template_file"]["sha256"] for paper in before["papers"] if paper["template_file"]}
        if "open" in have:
            self.over(made, base)
        else:
            self.after(version, target, base)
        made.target = target

    def over(self, made: Outcome, draft: ProcedureVersion) -> None:
        """Note, or refuse, that an open draft is written over."""
        made.draft = draft
        author = draft.author.get_full_name() if draft.author else ""
        facts = {"n": draft.number, "author": author}
        if draft.status == VersionStatus.IN_REVIEW:
            reason = _("Version %(n)d is in review. Take it back, or wait until it is published.") % facts
            made.faults.append(Fault(made.place, reason))
        elif draft.author_id == self.by.pk:
            made.notes.append(_("Your open draft of version %(n)d is written over.") % facts)
        elif self.options.overwrite:
            made.notes.append(_("The open draft of version %(n)d by %(author)s is written over.") % facts)
        else:
            reason = _(
                "%(author)s has an open draft of version %(n)d. Ask that it be published or discarded, or choose to "
                "overwrite drafts of colleagues."
            )
            made.faults.append(Fault(made.place, reason % facts))

    def after(self, version: Plain, target: Plain, base: ProcedureVersion) -> None:
        """Take the dates of the file only when they begin after those in force, else the usual first day."""
        start, until = version.get("effective_from", ""), version.get("effective_until")
        is_later = start > max(base.effective_from.isoformat(), self.day.isoformat())
        target["effective_from"] = start if is_later else first_of_next_month(self.day).isoformat()
        target["effective_until"] = until if is_later and until and until >= start else None

    # Rows of sheets ---------------------------------------------------------------------------------------------------

    def rows(self, parcel: ImportItem, made: Outcome) -> list[RowLine]:
        """Say what becomes of each row of a sheet."""
        if not parcel.rows or made.faults:
            return []
        have = self.versions.get(made.procedure.pk, {}) if made.procedure else {}
        # A procedure that was never published has its open draft only.
        base = (have.get("open") if made.target and made.draft else have.get("newest")) or have.get("open")
        before = plain_version(base, template_digest) if base else VERSION
        after = merge(before, parcel.values.get("version", {}))
        found = []
        for part, n, place in parcel.rows:
            found.append(RowLine(place, self.row_state(part, n, before, after, made)))
        return found

    def row_state(self, part: str, n: int, before: Plain, after: Plain, made: Outcome) -> str:
        if not part:
            if made.procedure is None:
                return NEW
            same = all(before[name] == after[name] for name in COLUMNS)
            return SAME if same and not made.whole else CHANGED
        row = after[part][n]
        if part == "papers":
            was = next((paper for paper in before["papers"] if paper["key"] == row["key"]), None)
        else:
            was = before[part][n] if n < len(before[part]) else None
        if was is None:
            return NEW
        return SAME if _comparable(was) == _comparable(row) else CHANGED


def _comparable(row: Plain) -> Plain:
    return row | {"template_file": digested(row["template_file"])} if "template_file" in row else row
