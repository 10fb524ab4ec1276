"""Answering a supplement request: only the listed papers and sections reopen.

Rows are written while the dossier waits in status 5; the old files stay until
the supplement is sent, then carry ``replaced_at``. Nothing here reads the clock.
"""

from collections.abc import Mapping
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

from ..actions.supplement import Supplement, states
from ..models import Dossier, DossierEvent, Paper, PaperKind, Status, SupplementItem, SupplementRequest
from ..workflow import perform
from .drafts import changed_meanwhile, columns_of
from .papers import check_room, store_file

# Before an item's number, where addresses name a paper of the procedure by its key.
ITEM_PREFIX = "item-"


def open_request(dossier: Dossier) -> SupplementRequest | None:
    """Return the request that waits for the applicant, if any; one query."""
    if dossier.status != Status.AWAITING_SUPPLEMENT:
        return None
    return dossier.supplement_requests.filter(answered_at=None).first()


def item_number(key: str) -> int | None:
    """Return the item that a paper key of an address stands for; None for a paper of the procedure."""
    digits = key.removeprefix(ITEM_PREFIX)
    return int(digits) if digits != key and digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def is_listed(dossier: Dossier, section: str) -> bool:
    """Tell whether a section of the form was asked to be corrected and may be changed now; two queries."""
    request = open_request(dossier)
    return request is not None and request.items.filter(section=section).exists()


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
        for paper in given_for(request, item):
            if paper.kind == PaperKind.ORIGINAL_PROMISED:
                paper.remove()
        made = store_file(dossier, item.required, item.name, accepted, by=by, now=now, written=written)
        note_paper(item, made)


def promise_original(dossier: Dossier, pk: int, *, by: User, now: datetime) -> None:
    """Note that the applicant brings a listed paper to the desk; refused where it must be a file."""
    with transaction.atomic():
        request = locked(dossier)
        item = item_of(request, pk)
        if item.required is not None and not item.required.may_bring_original:
            raise Refused(_("This paper has to be sent as a file."), code="must_upload")
        if not given_for(request, item):
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
        for state in states(request, request.dossier):
            rest = [paper for paper in state.given if paper.ref != ref]
            for paper in state.given:
                if paper.ref == ref:
                    paper.remove()
                    note_paper(state.item, rest[-1] if rest else None)


def given_for(request: SupplementRequest, item: SupplementItem) -> tuple[Paper, ...]:
    """Return the papers given for a listed item since the request; two queries."""
    return next(state.given for state in states(request, request.dossier) if state.item.pk == item.pk)


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
        filled = request.dossier.filled.with_section(section.key, answers, is_done=is_done, typed=typed)
        Dossier.objects.filter(pk=dossier.pk).update(**columns_of(filled))


def send(dossier: Dossier, *, by: User, revision: int, now: datetime) -> DossierEvent:
    """Send the supplement while nothing is given or taken back beside it; what a deadlock undid is done once more.

    Raises :class:`Refused` ('stale', 'items'); nothing is changed then.
    """

    def work() -> DossierEvent:
        with transaction.atomic():
            locked(dossier)
            return perform(Supplement(), dossier, by=by, now=now, revision=revision)

    return once_more(work)
