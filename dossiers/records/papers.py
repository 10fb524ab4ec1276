"""The papers of a dossier: those that count now, that lie at the desk, that go."""

from collections.abc import Iterable

from common.database.compiled import Compiled
from common.files.uploads import delete_after_commit
from procedures.models import RequiredPaper

from ..models import Dossier, Paper, PaperKind
from ..workflow import Move

_present: Compiled[Paper] = Compiled(lambda dossier: Paper.objects.filter(dossier=dossier, replaced_at=None))


def present(dossier: Dossier) -> list[Paper]:
    """Return the papers of a dossier that no later one has replaced, in the order in which they came; one query."""
    return _present.all(dossier.pk)


def at_desk(move: Move, required: RequiredPaper | None, name: str, *, is_copy: bool = False) -> Paper:
    """Return the unsaved row of a paper that was handed over: as many as the list asks for, at least one."""
    count = max((required.copies if is_copy else required.originals) if required is not None else 0, 1)
    return Paper(
        dossier=move.dossier,
        required=required,
        name=name,
        kind=PaperKind.COPY_RECEIVED if is_copy else PaperKind.ORIGINAL_RECEIVED,
        originals=0 if is_copy else count,
        copies=count if is_copy else 0,
        uploaded_by=move.by,
        uploaded_at=move.now,
    )


def remove(papers: Iterable[Paper]) -> None:
    """Delete rows now and their files after commit: only of a draft, or given for an unsent supplement. One query."""
    leaving = list(papers)
    for paper in leaving:
        delete_after_commit(paper.file)
    if leaving:
        Paper.objects.filter(pk__in=[paper.pk for paper in leaving]).delete()
