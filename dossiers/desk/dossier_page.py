"""What the desk's dossier page shows, prepared: answers with masked numbers, papers, requests, messages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.database.compiled import Compiled
from common.database.writing import insert
from common.files import quality
from common.files.stored import ScanState
from common.logs import Event, note
from common.values.identity import masked
from eforms import schema as form_schema
from procedures.papers import is_asked

from ..models import AccessRecord, CorrectionRequest, Dossier, Paper, PaperKind, Side, System, TalkFile
from ..records import previews
from ..table import CORRECTABLE
from ..talk.thread import Thread, thread
from ..talk.writing import why_not_office
from ..workflow import roles_by
from .officer import Officer

NUMBER_TYPES = frozenset({"id_number", "tax_code", "bank_account"})
# What shows whole ID numbers.
UNMASKED = ("number", "declaration")
OPENABLE = (ScanState.OFF, ScanState.CLEAN)


@dataclass(frozen=True)
class File:
    """One file of a paper as the page shows it; ``url`` is empty while it may not be opened.

    ``preview`` is the address of the picture of its first page, '' where there is none, and ``further`` tells of the
    next pages that have one; ``unseen`` says why there is none. ``faults`` make it hard to read, in few words;
    ``filed`` tells when it was first filed, if with another dossier.
    """

    name: str
    facts: str
    scan: str
    scan_kind: str
    url: str
    is_picture: bool
    preview: str
    further: range
    unseen: str
    is_old: bool
    faults: list[str]
    filed: str


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
    if dossier.version.form is None or not dossier.answers:
        # Of the national portal's dossiers the declaration lies there.
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


def notes_on_answers(dossier: Dossier) -> list[str]:
    """Return what the checks of the form warn of, as on the day of filing; in the language of the page. No queries."""
    if dossier.version.form is None:
        return []
    schema = form_schema.load(dossier.version.form)
    return [check.said for check in form_schema.warnings(schema, dossier.answers, dossier.filed_day)]


def holds_numbers(field: Any) -> bool:
    """Tell whether a table asks for numbers in one of its columns."""
    return any(column.type in NUMBER_TYPES for column in field.columns)


_UNREAD = ("earlier__dossier__answers", "earlier__dossier__typed", "earlier__dossier__delivery_address")
_papers: Compiled[Paper] = Compiled(
    lambda dossier: (
        Paper.objects.filter(dossier=dossier).order_by("place", "pk").select_related("earlier__dossier").defer(*_UNREAD)
    )
)


def paper_cards(dossier: Dossier) -> list[PaperCard]:
    """Return the papers in the order of the list, further ones last; one query.

    Has pictures made of files that came before there were any.
    """
    given: dict[int | None, list[Paper]] = defaultdict(list)
    found = _papers.all(dossier.pk)
    previews.ask_for(found)
    for paper in found:
        given[paper.required_id].append(paper)
    cards = []
    # What was filed at the national portal lies there; whether it is complete is not known here.
    is_elsewhere = dossier.external_system == System.NATIONAL
    for required in dossier.version.papers.all():
        papers = given.pop(required.pk, [])
        is_wanted = not is_elsewhere and is_asked(dossier.version, required, dossier.answers)
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
    shown = paper.previewed or 0 if url and paper.replaced_at is None else 0
    kind = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}.get(paper.media_type, "")
    return File(
        name=paper.original_name or paper.name,
        facts=", ".join(part for part in (kind, filesizeformat(paper.size), pages) if part),
        scan=str(ScanState(paper.scan_state).label),
        scan_kind={ScanState.CLEAN: "ok", ScanState.INFECTED: "late", ScanState.PENDING: "soon"}.get(
            ScanState(paper.scan_state), "neutral"
        ),
        url=url,
        is_picture=paper.media_type.startswith("image/"),
        preview=reverse("desk:paper_preview", args=[dossier.code, paper.ref]) if shown else "",
        further=range(2, shown + 1),
        unseen=unseen(paper) if url and not shown else "",
        is_old=paper.replaced_at is not None,
        faults=quality.brief(paper.faults),
        filed=filed_before(paper),
    )


def filed_before(paper: Paper) -> str:
    """Say with which earlier dossier of the same person a paper was filed, and when; '' when with none."""
    if paper.earlier is None or paper.earlier.dossier.submitted_at is None:
        return ""
    facts = {
        "day": f"{local_day(paper.earlier.dossier.submitted_at):%d/%m/%Y}",
        "code": paper.earlier.dossier.code,
    }
    return _("Filed on %(day)s in the dossier %(code)s") % facts


def unseen(paper: Paper) -> str:
    """Say why a paper's file has no picture; '' for one that was replaced."""
    if paper.replaced_at is not None:
        return ""
    if paper.previewed is None:
        return _("A picture of it is being made. It is there when you open this page again.")
    return _("The portal cannot show this file here. Open it to read it.")


@dataclass(frozen=True)
class Talk:
    """The talk of a dossier as an officer sees it; ``refusal`` is why this officer may not write, '' for none.

    ``may_mark``: whether this officer may note that nothing is to be answered, which stays so once nobody may write.
    """

    thread: Thread
    refusal: str
    may_mark: bool


def talk_of(dossier: Dossier, officer: Officer) -> Talk:
    """Return the talk for the desk; one query, one more where files came along."""

    def url_of(file: TalkFile) -> str:
        return reverse("desk:talk_file", args=[dossier.code, file.ref])

    refused = why_not_office(officer.user, dossier, roles_by(officer.posts, officer.user, dossier))
    found = thread(dossier, Side.OFFICE, officer.now, url_of)
    return Talk(found, found.closed or (refused.message if refused else ""), bool(found.new) and refused is None)


@dataclass(frozen=True)
class Corrections:
    """What the owner wants to correct now, None for nothing, and what was corrected: (name, when, rows old and new)."""

    waiting: CorrectionRequest | None
    done: list[tuple[str, Any, list[tuple[str, str, str]]]]


_corrections: Compiled[CorrectionRequest] = Compiled(
    lambda dossier: CorrectionRequest.objects.filter(dossier=dossier).order_by("pk")
)


def corrections_of(dossier: Dossier, language: str, *, is_unmasked: bool) -> Corrections:
    """Return the corrections of a dossier; ID numbers masked unless asked for. One query."""
    rows = _corrections.all(dossier.pk)
    waiting = next((row for row in rows if row.closed_at is None), None) if dossier.status in CORRECTABLE else None
    done = [
        (row.name, row.closed_at, _compared(dossier, row.changed, language, is_unmasked=is_unmasked))
        for row in rows
        if row.changed
    ]
    return Corrections(waiting, done)


def _compared(
    dossier: Dossier, changed: dict[str, Any], language: str, *, is_unmasked: bool
) -> list[tuple[str, str, str]]:
    """Return the corrected questions with their old and new answers in words; of another form only its keys."""
    schema = form_schema.load(dossier.version.form or {}) if dossier.version.form else None
    asked = {field.key: field for _section, field in schema.fields()} if schema else {}

    def words(key: str, value: Any) -> str:
        field = asked.get(key)
        if field is None or form_schema.is_empty(value):
            return "–"
        if not is_unmasked and holds_numbers(field):
            return _("Hidden: contains ID numbers")
        text = form_schema.answer_text(field, value, language)
        return masked(text) if not is_unmasked and field.type in NUMBER_TYPES else text

    before, after = changed["before"], changed["after"]
    keys = [key for key in asked if key in before or key in after]
    return [(asked[key].label.say(language), words(key, before.get(key)), words(key, after.get(key))) for key in keys]


def access_records(dossier: Dossier, limit: int = 100) -> list[dict[str, Any]]:
    """Return who looked at what lately, newest first, in words; two queries."""
    words = {
        "dossier": _("the dossier"),
        "history": _("the history"),
        "deadline": _("how its date was computed"),
        "number": _("the whole ID numbers"),
        "declaration": _("the declaration with whole ID numbers"),
        "person": _("name and ID number, for the next entry of the same person"),
        "paper": _("a paper"),
        "applicant": _("the applicant's data, to fill in another dossier"),
        "again": _("a paper, to file it again in another dossier of their own"),
        "slip": _("a slip"),
        "control-sheet": _("the control sheet"),
        "notice": _("a notice on paper"),
        "parcel": _("a parcel"),
        "talk": _("the messages"),
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
