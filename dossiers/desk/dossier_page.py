"""What the desk's dossier page shows, prepared: answers with masked numbers, papers, requests, messages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.database.compiled import Compiled
from common.database.writing import insert
from common.files.stored import ScanState
from common.logs import Event, note
from common.values.identity import masked
from eforms import schema as form_schema
from procedures.papers import is_asked

from ..models import AccessRecord, Dossier, Paper, PaperKind

NUMBER_TYPES = frozenset({"id_number", "tax_code", "bank_account"})
# What shows whole ID numbers.
UNMASKED = ("number", "declaration")
OPENABLE = (ScanState.OFF, ScanState.CLEAN)
PREVIEWED = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class File:
    """One file of a paper as the page shows it; ``url`` is empty while it may not be opened."""

    name: str
    facts: str
    scan: str
    scan_kind: str
    url: str
    preview: str
    is_old: bool


@dataclass(frozen=True)
class PaperCard:
    """One required (or further) paper with what was handed in for it."""

    name: str
    detail: str
    files: list[File]
    promised: bool
    received: bool
    copied: bool
    is_missing: bool


def answers_in_words(dossier: Dossier, language: str, *, is_unmasked: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the declaration as (section title, rows of label and text); ID numbers masked unless asked for."""
    if dossier.version.form is None:
        return []
    schema = form_schema.load(dossier.version.form)
    secret = {field.key for _section, field in schema.fields() if field.type in NUMBER_TYPES}
    tables = {field.key for _section, field in schema.fields() if holds_numbers(field)}
    shown = []
    for section, rows in form_schema.summary(schema, dossier.answers, language):
        lines = []
        for key, label, text in rows:
            if not is_unmasked and text and key in secret:
                text = masked(text)
            elif not is_unmasked and text and key in tables:
                text = _("Hidden: contains ID numbers")
            lines.append((label, text or "–"))
        shown.append((section.title.say(language), lines))
    return shown


def holds_numbers(field: Any) -> bool:
    """Tell whether a table asks for numbers in one of its columns."""
    return any(column.type in NUMBER_TYPES for column in field.columns)


_papers: Compiled[Paper] = Compiled(lambda dossier: Paper.objects.filter(dossier=dossier).order_by("pk"))


def paper_cards(dossier: Dossier) -> list[PaperCard]:
    """Return the papers in the order of the list, further ones last; one query."""
    given: dict[int | None, list[Paper]] = defaultdict(list)
    for paper in _papers.all(dossier.pk):
        given[paper.required_id].append(paper)
    cards = []
    for required in dossier.version.papers.all():
        papers = given.pop(required.pk, [])
        is_wanted = is_asked(dossier.version, required, dossier.answers)
        if papers or is_wanted:
            detail = required.condition if not required.is_required else ""
            cards.append(card(dossier, required.name, detail, papers, is_missing=required.is_required and is_wanted))
    for papers in given.values():
        for paper in papers:
            cards.append(card(dossier, paper.name, _("Further paper"), [paper], is_missing=False))
    return cards


def card(dossier: Dossier, name: str, detail: str, papers: Iterable[Paper], *, is_missing: bool) -> PaperCard:
    """Prepare one paper's card."""
    current = [paper for paper in papers if paper.replaced_at is None]
    kinds = {paper.kind for paper in current}
    files = [file_of(dossier, paper) for paper in papers if paper.kind == PaperKind.FILE]
    return PaperCard(
        name=name,
        detail=detail,
        files=sorted(files, key=lambda file: file.is_old),
        promised=PaperKind.ORIGINAL_PROMISED in kinds,
        received=PaperKind.ORIGINAL_RECEIVED in kinds,
        copied=PaperKind.COPY_RECEIVED in kinds,
        is_missing=is_missing and not current,
    )


def file_of(dossier: Dossier, paper: Paper) -> File:
    """Prepare one file; it opens only when no scanner doubts it."""
    url = reverse("desk:paper_file", args=[dossier.code, paper.ref]) if paper.scan_state in OPENABLE else ""
    pages = _("%(count)s pages") % {"count": paper.pages} if paper.pages > 1 else ""
    kind = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}.get(paper.media_type, "")
    return File(
        name=paper.original_name or paper.name,
        facts=", ".join(part for part in (kind, filesizeformat(paper.size), pages) if part),
        scan=str(ScanState(paper.scan_state).label),
        scan_kind={ScanState.CLEAN: "ok", ScanState.INFECTED: "late", ScanState.PENDING: "soon"}.get(
            ScanState(paper.scan_state), "neutral"
        ),
        url=url,
        preview=f"{url}?inline=1" if url and paper.media_type in PREVIEWED and paper.replaced_at is None else "",
        is_old=paper.replaced_at is not None,
    )


def access_records(dossier: Dossier, limit: int = 100) -> list[dict[str, Any]]:
    """Return who looked at what lately, newest first, in words; two queries."""
    words = {
        "dossier": _("the dossier"),
        "history": _("the history"),
        "number": _("the whole ID numbers"),
        "declaration": _("the declaration with whole ID numbers"),
        "paper": _("a paper"),
        "slip": _("a slip"),
        "control-sheet": _("the control sheet"),
        "notice": _("a notice on paper"),
        "result": _("the result"),
    }
    papers = dict(dossier.papers.values_list("ref", "name"))
    found = []
    for record in dossier.access_records.select_related("reader").order_by("-pk")[:limit]:
        kind, _space, which = record.what.partition(" ")
        what = papers.get(which) or words.get(kind, record.what)
        found.append({"at": record.at, "name": record.reader.full_name, "what": what})
    return found


def note_reading(dossier: Dossier, user: User, what: str, now: Any) -> None:
    """Write that an officer looked: 'dossier', 'history', 'number', 'paper <ref>', 'slip <pk>', …; one query."""
    insert(AccessRecord(dossier=dossier, reader=user, at=now, what=what))
    if what in UNMASKED:
        note(Event.UNMASKED, user=user.pk, dossier=dossier.code, what=what)
