"""Answering a supplement request: only the listed papers and sections reopen.

Rows are written while the dossier waits in status 5; the old files stay until
the supplement is sent, then carry ``replaced_at``. Nothing here reads the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.database.contention import once_more
from common.files.uploads import Accepted, removed_on_failure
from common.forms.typed import Typed
from common.refusals import Refused
from eforms import schema as form_schema

from ..actions import Supplement
from ..models import Dossier, DossierEvent, Paper, PaperKind, Status, SupplementItem, SupplementRequest
from ..workflow import perform
from .drafts import changed_meanwhile, marked, merged, with_typed
from .papers import check_room, remove_paper_row, store_file

# Before an item's number, where addresses name a paper of the procedure by its key.
ITEM_PREFIX = "item-"


@dataclass(frozen=True)
class ItemState:
    """One listed item with what has been given for it since the request."""

    item: SupplementItem
    given: tuple[Paper, ...]
    # The paper is there again, or the section was saved without an error.
    is_answered: bool


def open_request(dossier: Dossier) -> SupplementRequest | None:
    """Return the request that waits for the applicant, if any; one query."""
    if dossier.status != Status.AWAITING_SUPPLEMENT:
        return None
    return dossier.supplement_requests.filter(answered_at=None).first()


def item_number(key: str) -> int | None:
    """Return the item that a paper key of an address stands for; None for a paper of the procedure."""
    digits = key.removeprefix(ITEM_PREFIX)
    return int(digits) if digits != key and digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def may_correct(dossier: Dossier, section: str) -> bool:
    """Tell whether a section of the form may be changed now: any in a draft, the listed ones in a supplement."""
    if dossier.is_draft:
        return True
    request = open_request(dossier)
    return request is not None and request.items.filter(section=section).exists()


def states(request: SupplementRequest) -> list[ItemState]:
    """Return the listed items in order with what was given anew; three queries."""
    done = request.dossier.completed_sections
    papers = list(Paper.objects.filter(dossier=request.dossier_id, uploaded_at__gte=request.asked_at, replaced_at=None))
    found = []
    for item in request.items.select_related("required"):
        given = tuple(paper for paper in papers if is_for(item, paper))
        found.append(ItemState(item, given, item.section in done if item.section else bool(given)))
    return found


def is_for(item: SupplementItem, paper: Paper) -> bool:
    """Tell whether a paper belongs to a listed item."""
    if item.section:
        return False
    return paper.required_id == item.required_id and (item.required_id is not None or paper.name == item.name)


def locked(dossier: Dossier) -> SupplementRequest:
    """Lock a dossier that waits for its supplement and return the request; raises Refused('stale')."""
    waiting = (
        Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier.pk, status=Status.AWAITING_SUPPLEMENT).first()
    )
    request = open_request(waiting) if waiting else None
    if request is None:
        raise changed_meanwhile()
    return request


def item_of(request: SupplementRequest, pk: int) -> SupplementItem:
    """Return a listed paper; raises Refused('stale') when it is not on the open request."""
    item = request.items.select_related("required").filter(pk=pk, section="").first()
    if item is None:
        raise changed_meanwhile()
    return item


def add_file(dossier: Dossier, pk: int, accepted: Accepted, *, by: User, now: datetime) -> None:
    """Store a file for a listed paper; several may be given. Raises :class:`Refused`."""
    with removed_on_failure() as written, transaction.atomic():
        request = locked(dossier)
        item = item_of(request, pk)
        check_room(list(Paper.objects.filter(dossier=dossier, replaced_at=None)), accepted)
        for paper in given_for(request, item).filter(kind=PaperKind.ORIGINAL_PROMISED):
            remove_paper_row(paper)
        made = store_file(dossier, item.required, item.name, accepted, by=by, now=now, written=written)
        note_paper(item, made)


def promise_original(dossier: Dossier, pk: int, *, by: User, now: datetime) -> None:
    """Note that the applicant brings a listed paper to the desk; refused where it must be a file."""
    with transaction.atomic():
        request = locked(dossier)
        item = item_of(request, pk)
        if item.required is not None and not item.required.may_bring_original:
            raise Refused(_("This paper has to be sent as a file."), code="must_upload")
        if not given_for(request, item).exists():
            made = Paper.objects.create(
                dossier=dossier,
                required=item.required,
                name=item.name,
                kind=PaperKind.ORIGINAL_PROMISED,
                uploaded_by=by,
                uploaded_at=now,
            )
            note_paper(item, made)


def remove(dossier: Dossier, ref: str) -> None:
    """Take back what was given since the request; what was there before stays."""
    with transaction.atomic():
        request = locked(dossier)
        for state in states(request):
            chosen = next((paper for paper in state.given if paper.ref == ref), None)
            if chosen is None:
                continue
            remove_paper_row(chosen)
            note_paper(state.item, given_for(request, state.item).last())


def given_for(request: SupplementRequest, item: SupplementItem) -> Any:
    """Return the papers given for a listed item since the request."""
    papers = Paper.objects.filter(dossier=request.dossier_id, uploaded_at__gte=request.asked_at, replaced_at=None)
    return papers.filter(required=item.required) if item.required_id else papers.filter(required=None, name=item.name)


def note_paper(item: SupplementItem, paper: Paper | None) -> None:
    """Write which paper answers a listed item."""
    SupplementItem.objects.filter(pk=item.pk).update(paper=paper)


def save_section(
    dossier: Dossier,
    section: form_schema.Section,
    answers: Mapping[str, Any],
    *,
    is_done: bool,
    typed: Typed | None = None,
) -> None:
    """Store the corrected answers of a listed section; raises Refused('stale') for any other.

    ``typed`` is what was sent when some of it is at fault.
    """
    with transaction.atomic():
        request = locked(dossier)
        if not request.items.filter(section=section.key).exists():
            raise changed_meanwhile()
        fresh = Dossier.objects.get(pk=dossier.pk)
        Dossier.objects.filter(pk=dossier.pk).update(
            answers=merged(fresh.answers, answers),
            typed=with_typed(fresh.typed, section.key, typed),
            completed_sections=marked(fresh.completed_sections, section.key, is_done),
        )


def send(dossier: Dossier, *, by: User, revision: int, now: datetime) -> DossierEvent:
    """Send the supplement: retire the replaced files and perform the action.

    Raises :class:`Refused` ('incomplete', 'stale') and
    :class:`Refused`; nothing is changed then. What a
    deadlock undid is done once more.
    """
    return once_more(lambda: _send(dossier, by=by, revision=revision, now=now))


def _send(dossier: Dossier, *, by: User, revision: int, now: datetime) -> DossierEvent:
    with transaction.atomic():
        request = locked(dossier)
        given = states(request)
        if not all(state.is_answered for state in given):
            raise Refused(_("Some parts are still missing. They are listed below."), code="incomplete")
        for state in given:
            if state.given:
                replaced = Paper.objects.filter(
                    dossier=dossier, required=state.item.required, uploaded_at__lt=request.asked_at, replaced_at=None
                )
                if state.item.required_id is None:
                    replaced = replaced.filter(name=state.item.name)
                replaced.update(replaced_at=now)
        Dossier.objects.filter(pk=dossier.pk).update(typed=None)
        return perform(Supplement(), dossier, by=by, now=now, revision=revision)
