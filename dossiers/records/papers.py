"""The papers of a dossier: those that count now, that lie at the desk, that go, and the power of attorney."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from common.database.compiled import Compiled
from common.files.uploads import delete_after_commit
from common.text import fold
from eforms import schema as form_schema
from procedures.models import ProcedureVersion, RequiredPaper

from ..models import Acting, Dossier, Paper, PaperKind
from ..workflow import Move
from . import previews

# Of the paper asked beyond a procedure's list: the key of its card, and its name, by which what is given is found.
AUTHORITY, AUTHORITY_NAME, AUTHORITY_NAME_EN = "giay-uy-quyen", "Giấy ủy quyền", "Power of attorney"

# How a paper stands at the desk: promised, or there.
NOT_FILES = (PaperKind.ORIGINAL_PROMISED, PaperKind.ORIGINAL_RECEIVED, PaperKind.COPY_RECEIVED)

_present: Compiled[Paper] = Compiled(lambda dossier: Paper.objects.filter(dossier=dossier, replaced_at=None))


def present(dossier: Dossier) -> list[Paper]:
    """Return the papers of a dossier that no later one has replaced, the pages of each in their order; one query."""
    return _present.all(dossier.pk)


def name_in(version: ProcedureVersion, row: Any, language: str) -> str:
    """Return the name of a recorded paper, or of what a supplement asks for, for who reads a language ('vi' or 'en').

    Recorded is the Vietnamese; the version's own translation is shown where there is one. No query.
    """
    if language == "vi":
        return str(row.name)
    if section := getattr(row, "section", ""):
        sections = form_schema.load(version.form).sections if version.form else ()
        return next((one.title.say(language) for one in sections if one.key == section), str(row.name))
    if row.required_id is None and row.name == AUTHORITY_NAME:
        return AUTHORITY_NAME_EN
    asked = (paper for paper in version.papers.all() if paper.pk == row.required_id and paper.name == row.name)
    return next((paper.name_en for paper in asked), "") or str(row.name)


def promised(dossier: Dossier, given: Iterable[Paper], language: str) -> list[str]:
    """Return the names of those of the given papers whose originals are to be brought, by the list. No query."""
    place: dict[int | None, int] = {required.pk: required.n for required in dossier.version.papers.all()}
    bring = [paper for paper in given if paper.kind == PaperKind.ORIGINAL_PROMISED]
    bring.sort(key=lambda paper: place.get(paper.required_id, len(place)))
    return [name_in(dossier.version, paper, language) for paper in bring]


@dataclass(frozen=True)
class Handed:
    """A paper of the list as it lies on the counter: original or copy, how many, what number and day it bears.

    ``count`` 0 stands for as many as the list asks for; ``dated`` is a partial ISO date.
    """

    key: str
    is_copy: bool = False
    count: int = 0
    number: str = ""
    dated: str = ""


def usual_count(required: RequiredPaper | None, *, is_copy: bool = False) -> int:
    """Return as how many a paper is handed over: as many as the list asks for, at least one."""
    return max((required.copies if is_copy else required.originals) if required is not None else 0, 1)


def at_desk(
    move: Move, required: RequiredPaper | None, name: str, *, is_copy: bool = False, count: int = 0, **facts: str
) -> Paper:
    """Return the unsaved row of a paper that was handed over; ``facts`` are its number and day."""
    count = count or usual_count(required, is_copy=is_copy)
    return Paper(
        dossier=move.dossier,
        required=required,
        name=name,
        kind=PaperKind.COPY_RECEIVED if is_copy else PaperKind.ORIGINAL_RECEIVED,
        originals=0 if is_copy else count,
        copies=count if is_copy else 0,
        **facts,
        uploaded_by=move.by,
        uploaded_at=move.now,
    )


def owed(dossier: Dossier) -> list[Paper]:
    """Return the papers whose originals were promised and have not come; one query."""
    return [paper for paper in present(dossier) if paper.kind == PaperKind.ORIGINAL_PROMISED]


def receive_promised(move: Move, papers: Iterable[Paper]) -> None:
    """Note that promised originals lie at the desk, as many as the list asks for; one statement where there are any."""
    counts = {required.pk: max(required.originals, 1) for required in move.dossier.version.papers.all()}
    coming = [paper for paper in papers if paper.kind == PaperKind.ORIGINAL_PROMISED]
    for paper in coming:
        paper.kind = PaperKind.ORIGINAL_RECEIVED
        paper.originals = counts.get(paper.required_id or 0, 1)
        paper.uploaded_by, paper.uploaded_at = move.by, move.now
    if coming:
        Paper.objects.bulk_update(coming, ["kind", "originals", "uploaded_by", "uploaded_at"])


def remove(papers: Iterable[Paper]) -> None:
    """Delete rows now and their files after commit: only of a draft, or given for an unsent supplement.

    One query, three more at most when there are files.
    """
    leaving = list(papers)
    forget_files(leaving)
    if leaving:
        previews.remove(leaving)
        Paper.objects.filter(pk__in=[paper.pk for paper in leaving]).delete()


def forget_files(leaving: Iterable[Paper]) -> None:
    """Delete the files of papers after commit; one that belongs to a paper filed earlier stays there."""
    for paper in leaving:
        if paper.earlier_id is None:
            delete_after_commit(paper.file)


def is_authority(paper: Paper) -> bool:
    """Tell whether a given paper is a power of attorney that no list of papers names."""
    return paper.required_id is None and paper.name == AUTHORITY_NAME


def listed_authority(version: ProcedureVersion) -> RequiredPaper | None:
    """Return the power of attorney of a version's list, which only who needs one gives; no query where papers are."""
    optional = (paper for paper in version.papers.all() if not paper.is_required)
    # 'Giấy ủy quyền', 'Văn bản ủy quyền (chứng thực …)'; not a copy of one, nor what else speaks of one.
    return next((paper for paper in optional if "uy quyen" in " ".join(fold(paper.name).split()[:4])), None)


def proves_acting(dossier: Dossier, paper: Paper) -> bool:
    """Tell whether a paper was given as the power of attorney of who files for another, listed or not."""
    own = listed_authority(dossier.version) if dossier.acting == Acting.PRINCIPAL else None
    return is_authority(paper) or (own is not None and paper.required_id == own.pk)


def with_authority(dossier: Dossier, asked: list[RequiredPaper]) -> list[RequiredPaper]:
    """Return the papers asked of a dossier: for whom gave a power of attorney it is needed, listed or not."""
    if dossier.acting != Acting.PRINCIPAL:
        return asked
    own = listed_authority(dossier.version)
    beyond = {"key": AUTHORITY, "name": AUTHORITY_NAME, "name_en": AUTHORITY_NAME_EN}
    needed = copy(own) if own is not None else RequiredPaper(**beyond)
    needed.is_required = True
    rest = [paper for paper in asked if own is None or paper.pk != own.pk]
    return [needed, *rest]


def asks_authority(dossier: Dossier, key: str) -> bool:
    """Tell whether a card's key is that of a power of attorney asked beyond the list."""
    return key == AUTHORITY and dossier.acting == Acting.PRINCIPAL and listed_authority(dossier.version) is None
