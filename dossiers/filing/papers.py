"""The files given for the papers of a draft.

A file is stored only together with its row, and leaves the store when its
row's transaction fails. Nothing here reads the clock.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.models import User
from common.files import hashes
from common.files.store import NotKept, keep
from common.files.uploads import Accepted, removed_on_failure
from common.refusals import Refused
from procedures.models import RequiredPaper

from ..models import Dossier, Paper, PaperKind, ScanState
from .drafts import locked_draft, write_draft


def add_file(
    dossier: Dossier, required: RequiredPaper, accepted: Accepted, *, by: User, now: datetime, replaces: str = ""
) -> Paper:
    """Store a checked file for a required paper of a draft, in place of ``replaces`` when given.

    A promise of the original is withdrawn. Raises :class:`Refused` at 20
    files or 60 MB. Nothing stays in the store when the transaction fails.
    """
    with removed_on_failure() as written, transaction.atomic():
        fresh = locked_draft(dossier)
        papers = list(fresh.papers.all())
        leaving = [
            paper
            for paper in papers
            if paper.required_id == required.pk and (paper.ref == replaces or paper.kind == PaperKind.ORIGINAL_PROMISED)
        ]
        check_room([paper for paper in papers if paper not in leaving], accepted)
        made = store_file(fresh, required, required.name, accepted, by=by, now=now, written=written)
        for paper in leaving:
            paper.remove()
        write_draft(fresh, now)
    return made


def check_room(papers: list[Paper], accepted: Accepted) -> None:
    """Raise Refused when a further file would exceed the dossier's limits."""
    files = [paper for paper in papers if paper.kind == PaperKind.FILE]
    if len(files) >= settings.MAX_PAPERS:
        raise Refused(
            _("A dossier takes at most %(count)d files. Remove one, or put several pages into one PDF.")
            % {"count": settings.MAX_PAPERS},
            code="too_many",
        )
    if sum(paper.size for paper in files) + accepted.size > settings.MAX_DOSSIER_BYTES:
        raise Refused(
            _("The files of a dossier may together have at most %(size)d MB. Remove one or make it smaller.")
            % {"size": settings.MAX_DOSSIER_BYTES // 1024**2},
            code="too_much",
        )


def store_file(
    dossier: Dossier,
    required: RequiredPaper | None,
    name: str,
    accepted: Accepted,
    *,
    by: User,
    now: datetime,
    written: list[FieldFile],
) -> Paper:
    """Write a file to the store under a random name, note it in ``written``, then write its row.

    Raises :class:`~common.files.store.NotKept`.
    """
    paper = Paper(
        dossier=dossier,
        required=required,
        name=name,
        kind=PaperKind.FILE,
        original_name=accepted.name,
        media_type=accepted.media_type,
        size=accepted.size,
        sha256=accepted.sha256,
        pages=accepted.pages,
        scan_state=ScanState.OFF,
        uploaded_by=by,
        uploaded_at=now,
    )
    keep(paper.file, accepted.name, accepted.content)
    written.append(paper.file)
    paper.save(force_insert=True)
    return paper


def promise_original(dossier: Dossier, required: RequiredPaper, *, by: User, now: datetime) -> None:
    """Note that the applicant brings the paper to the desk; once per paper.

    Raises Refused when this paper must come as a file.
    """
    if not required.may_bring_original:
        raise Refused(_("This paper has to be sent as a file."), code="must_upload")
    with transaction.atomic():
        fresh = locked_draft(dossier)
        if not fresh.papers.filter(required=required).exists():
            fresh.papers.create(
                required=required,
                name=required.name,
                kind=PaperKind.ORIGINAL_PROMISED,
                uploaded_by=by,
                uploaded_at=now,
            )
            write_draft(fresh, now)


def remove_paper(dossier: Dossier, ref: str, *, now: datetime) -> None:
    """Take a file or a promise out of a draft; one that is gone already is no error."""
    with transaction.atomic():
        fresh = locked_draft(dossier)
        paper = fresh.papers.filter(ref=ref).first()
        if paper is not None:
            paper.remove()
            write_draft(fresh, now)


def copy_paper(paper: Paper, target: Dossier, *, by: User, now: datetime, written: list[FieldFile]) -> None:
    """Copy a paper of the list and its file to a draft; an original left at the desk is promised anew.

    A file that is not what was stored is left out, to be given again, and administrators are told.
    """
    if paper.required is None:
        return
    if paper.file:
        try:
            content = hashes.content(paper.file, paper.sha256)
        except hashes.FileChanged:
            return
        except OSError as error:
            raise NotKept from error
        accepted = Accepted(paper.original_name, content, paper.media_type, paper.size, paper.sha256, paper.pages)
        store_file(target, paper.required, paper.name, accepted, by=by, now=now, written=written)
        return
    target.papers.create(
        required=paper.required, name=paper.name, kind=PaperKind.ORIGINAL_PROMISED, uploaded_by=by, uploaded_at=now
    )
