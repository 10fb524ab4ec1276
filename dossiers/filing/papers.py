"""The papers given for a draft, or for a supplement that waits to be sent.

A file is stored only together with its row, and leaves the store when its
row's transaction fails. Nothing here reads the clock.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from accounts.models import User
from common.files import hashes, quality
from common.files.store import NotKept, keep
from common.files.stored import ScanState
from common.files.uploads import Accepted, removed_on_failure
from common.refusals import Refused
from procedures.models import RequiredPaper

from .. import worklist
from ..actions.supplement import states
from ..models import Dossier, Paper, PaperKind
from ..records import previews
from ..records.papers import AUTHORITY, AUTHORITY_NAME, asks_authority, is_authority, remove
from . import supplements
from .drafts import changed_meanwhile, locked_draft, write_draft


@dataclass(frozen=True)
class Slot:
    """One paper that may be given now, of a draft or asked for by a supplement, with what has been given for it.

    ``dossier`` is locked; ``required`` is None for a paper beyond the list.
    """

    dossier: Dossier
    required: RequiredPaper | None
    name: str
    given: list[Paper]

    @property
    def next_place(self) -> int:
        """The place after all pages that are there."""
        return max((paper.place for paper in self.given), default=0) + 1


def locked_slot(dossier: Dossier, key: str) -> Slot:
    """Lock a dossier and return the paper that a card's key stands for; raises Refused('stale') when it is not open."""
    item = supplements.item_number(key)
    if item is None:
        fresh = locked_draft(dossier)
        required = fresh.version.papers.filter(key=key[:40]).first()
        if required is not None:
            return Slot(fresh, required, required.name, list(fresh.papers.filter(required=required)))
        if asks_authority(fresh, key):
            given = [paper for paper in fresh.papers.filter(required=None) if is_authority(paper)]
            return Slot(fresh, None, AUTHORITY_NAME, given)
    else:
        request = supplements.locked(dossier)
        for state in states(request, request.dossier):
            if state.item.pk == item and not state.item.section:
                return Slot(request.dossier, state.item.required, state.item.name, list(state.given))
    raise changed_meanwhile()


def add_file(dossier: Dossier, key: str, accepted: Accepted, *, by: User, now: datetime, replaces: str = "") -> Paper:
    """Store a checked file for a paper, in place of ``replaces`` when given; several may be given for one.

    A promise of the original is withdrawn. Raises :class:`Refused` at 20
    files or 60 MB. Nothing stays in the store when the transaction fails.
    """
    with removed_on_failure() as written, transaction.atomic():
        slot = locked_slot(dossier, key)
        leaving = [paper for paper in slot.given if paper.ref == replaces or paper.kind == PaperKind.ORIGINAL_PROMISED]
        check_room([paper for paper in dossier.papers.filter(replaced_at=None) if paper not in leaving], accepted.size)
        made = store_in(slot, accepted, by=by, now=now, written=written, instead=replaces)
        remove(leaving)
        touch(slot.dossier, now)
    return made


def store_in(
    slot: Slot, accepted: Accepted, *, by: User, now: datetime, written: list[FieldFile], instead: str = ""
) -> Paper:
    """Store a file as the last page of a paper, or in the place of the one that it replaces."""
    place = next((paper.place for paper in slot.given if paper.ref == instead), slot.next_place)
    return store_file(slot.dossier, slot.required, slot.name, accepted, by=by, now=now, written=written, place=place)


def add_proof(dossier: Dossier, name: str, accepted: Accepted, *, by: User, now: datetime) -> Paper:
    """Store a checked file that proves what a draft claims and that no paper of the list is. Raises like add_file."""
    with removed_on_failure() as written, transaction.atomic():
        fresh = locked_draft(dossier)
        check_room(list(fresh.papers.filter(replaced_at=None)), accepted.size)
        made = store_file(fresh, None, name, accepted, by=by, now=now, written=written)
        touch(fresh, now)
    return made


def touch(fresh: Dossier, now: datetime) -> None:
    """Raise the revision of a draft, so that older pages are recognised; that of a dossier belongs to its events.

    Of a filed one the lists follow: they say which originals are owed.
    """
    if fresh.is_draft:
        write_draft(fresh, now)
    else:
        worklist.write(fresh.pk)


def check_room(papers: list[Paper], size: int) -> None:
    """Raise Refused when a further file of so many bytes would exceed the dossier's limits."""
    files = [paper for paper in papers if paper.kind == PaperKind.FILE]
    if len(files) >= settings.MAX_PAPERS:
        raise Refused(
            _("A dossier takes at most %(count)d files. Remove one, or put several pages into one PDF.")
            % {"count": settings.MAX_PAPERS},
            code="too_many",
        )
    if sum(paper.size for paper in files) + size > settings.MAX_DOSSIER_BYTES:
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
    place: int = 0,
) -> Paper:
    """Write a file to the store under a random name, note it in ``written``, then write its row; ask for its pictures.

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
        faults=quality.kept(accepted.faults),
        place=place,
        scan_state=ScanState.OFF,
        uploaded_by=by,
        uploaded_at=now,
    )
    keep(paper.file, accepted.name, accepted.content)
    written.append(paper.file)
    paper.save(force_insert=True)
    previews.wake_for(paper)
    return paper


def promise_original(dossier: Dossier, key: str, *, by: User, now: datetime) -> None:
    """Note that the applicant brings a paper to the desk, once per paper; refused where it must come as a file."""
    with transaction.atomic():
        slot = locked_slot(dossier, key)
        if slot.required is not None and not slot.required.may_bring_original:
            raise Refused(_("This paper has to be sent as a file."), code="must_upload")
        if not slot.given:
            promise = {"kind": PaperKind.ORIGINAL_PROMISED, "uploaded_by": by, "uploaded_at": now}
            slot.dossier.papers.create(required=slot.required, name=slot.name, **promise)
            touch(slot.dossier, now)


def card_key(paper: Paper) -> str:
    """Return the key of the card on which a draft's paper stands; '' for one that no card asks for."""
    if paper.required is not None:
        return paper.required.key
    return AUTHORITY if is_authority(paper) else ""


def locked_given(dossier: Dossier, ref: str) -> tuple[Dossier, list[tuple[str, Paper]]]:
    """Lock a dossier and return it with what has this ref among what may be changed now: the key of its card, and it.

    Raises Refused('stale').
    """
    if dossier.is_draft:
        fresh = locked_draft(dossier)
        found = fresh.papers.filter(ref=ref).select_related("required")
        return fresh, [(card_key(paper), paper) for paper in found]
    request = supplements.locked(dossier)
    return request.dossier, [
        (f"{supplements.ITEM_PREFIX}{state.item.pk}", paper)
        for state in states(request, request.dossier)
        for paper in state.given
        if paper.ref == ref
    ]


def remove_paper(dossier: Dossier, ref: str, *, now: datetime) -> tuple[str, str]:
    """Take back a file or a promise of a draft, or given since the request; one that is gone already is no error.

    Returns the key of the card it stood on and what it was called; empty texts when it was gone.
    """
    with transaction.atomic():
        fresh, given = locked_given(dossier, ref)
        if given:
            remove(paper for _key, paper in given)
            touch(fresh, now)
    return next(((key, paper.original_name or paper.name) for key, paper in given), ("", ""))


def copy_paper(paper: Paper, target: Dossier, *, by: User, now: datetime, written: list[FieldFile]) -> None:
    """Copy a paper of the list, or a power of attorney, to a draft; an original left at the desk is promised anew.

    A file that is not what was stored is left out, to be given again, and administrators are told.
    """
    if paper.required is None and not is_authority(paper):
        return
    if paper.file:
        try:
            content = hashes.content(paper.file, paper.sha256)
        except hashes.FileChanged:
            return
        except OSError as error:
            raise NotKept from error
        facts = (paper.media_type, paper.size, paper.sha256, paper.pages, quality.faults_in(paper.faults))
        accepted = Accepted(paper.original_name, content, *facts)
        store_file(target, paper.required, paper.name, accepted, by=by, now=now, written=written, place=paper.place)
        return
    target.papers.create(
        required=paper.required, name=paper.name, kind=PaperKind.ORIGINAL_PROMISED, uploaded_by=by, uploaded_at=now
    )
