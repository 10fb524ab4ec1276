"""Papers that a person has filed before, offered again for a draft: the same stored file, named by a second row.

Filed papers are never deleted, so what refers to one always finds its file. What was filed within the time that the
procedure gives the paper, a year where it says nothing, is offered with its date; whether it still holds is for the
person to say and for the officer to check. Nothing here reads the clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from common.database.writing import insert
from common.files.stored import ScanState
from common.text import clean_text
from procedures.models import RequiredPaper

from ..models import AccessRecord, Dossier, Paper, PaperKind, Status, SupplementRequest
from ..records import previews
from ..records.papers import remove
from .drafts import changed_meanwhile
from .papers import check_room, locked_slot, touch

VALID_DAYS = 365
# Somebody who files for many is offered what they filed last.
MOST = 200


@dataclass(frozen=True)
class Offer:
    """A paper of an earlier dossier, with its pages in order."""

    dossier: Dossier
    pages: list[Paper]


def offers(owner: User, wanted: Iterable[RequiredPaper], now: datetime) -> dict[str, Offer]:
    """Return what a person filed last for papers of these names, by their keys; of their own dossiers only. One query.

    Papers are the same when their names are, but for case and spaces. A dossier that was not completed yet was found
    wanting, and what was given to complete it may still be taken back, whatever its status: nothing of it is offered.
    """
    names = {same(required.name): required for required in wanted}
    if not names:
        return {}
    oldest = max(valid_for(required) for required in names.values())
    filed = (
        Paper.objects.filter(
            dossier__owner=owner,
            dossier__submitted_at__gt=now - oldest,
            kind=PaperKind.FILE,
            replaced_at=None,
            scan_state__in=(ScanState.OFF, ScanState.CLEAN),
        )
        .exclude(dossier__status=Status.DRAFT)
        .exclude(Exists(SupplementRequest.objects.filter(dossier=OuterRef("dossier"), answered_at=None)))
        .exclude(file="")
        .select_related("dossier")
        .defer("dossier__answers", "dossier__typed", "dossier__delivery_address")
        .order_by("-dossier__submitted_at", "-dossier", "place", "pk")
    )
    found: dict[str, Offer] = {}
    for paper in filed[:MOST]:
        required = names.get(same(paper.name))
        if required is None or now - (paper.dossier.submitted_at or now) >= valid_for(required):
            continue
        offer = found.setdefault(required.key, Offer(paper.dossier, []))
        if offer.dossier == paper.dossier:
            offer.pages.append(paper)
    return found


def valid_for(required: RequiredPaper) -> timedelta:
    """Return how long after its filing a paper is offered again; its own day, earlier still, is on the picture."""
    return timedelta(days=min(required.valid_days or VALID_DAYS, VALID_DAYS))


def same(name: str) -> str:
    """Return a paper's name as it is compared."""
    return clean_text(name).casefold()


def use_again(dossier: Dossier, key: str, ref: str, *, by: User, now: datetime) -> Offer:
    """Give an offered paper, named by one of its pages, for a draft that has nothing for it but a promise.

    The files stay where they are and are not read. That it was used is noted with the earlier dossier's readings.
    Raises Refused: 'stale' when it is not offered any more, 'too_many' and 'too_much' as for any file.
    """
    with transaction.atomic():
        slot = locked_slot(dossier, key)
        wanted = slot.required or RequiredPaper(key=key, name=slot.name)
        offer = offers(by, [wanted], now).get(key) if slot.dossier.is_draft else None
        files = [paper for paper in slot.given if paper.kind == PaperKind.FILE]
        if offer is None or files or ref not in [page.ref for page in offer.pages]:
            raise changed_meanwhile()
        made: list[Paper] = []
        others = list(dossier.papers.filter(replaced_at=None))
        for page in offer.pages:
            check_room([*others, *made], page.size)
            made.append(named_again(page, slot.dossier, slot.required, by=by, now=now))
        Paper.objects.bulk_create(made)
        for paper in made:
            previews.wake_for(paper)
        remove(slot.given)
        touch(slot.dossier, now)
        insert(AccessRecord(dossier=offer.dossier, reader=by, at=now, what=f"again {dossier.ref}"))
    return offer


def named_again(page: Paper, dossier: Dossier, required: RequiredPaper | None, *, by: User, now: datetime) -> Paper:
    """Return the unsaved row that names a filed page's file for another dossier."""
    copied = ("original_name", "media_type", "size", "sha256", "pages", "faults", "scan_state", "place")
    return Paper(
        dossier=dossier,
        required=required,
        name=required.name if required else page.name,
        kind=PaperKind.FILE,
        earlier=page,
        file=page.file.name,
        uploaded_by=by,
        uploaded_at=now,
        **{name: getattr(page, name) for name in copied},
    )
