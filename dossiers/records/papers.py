"""Papers that lie at the desk."""

from procedures.models import RequiredPaper

from ..models import Paper, PaperKind
from ..workflow import Move


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
