"""The pages of one paper, turned and put in order: each picture given for it stays a file with a hash of its own.

Nothing here reads the clock.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.files import hashes
from common.files.store import NotKept
from common.files.uploads import removed_on_failure, turned
from common.refusals import Refused

from ..models import Dossier, Paper
from ..records.papers import remove
from .papers import locked_given, locked_slot, store_in, touch

TURNED = ("image/jpeg", "image/png")


def gone() -> Refused:
    """Return the refusal of a page that is no longer there: turned, replaced or removed meanwhile."""
    return Refused(_("This file has changed meanwhile. Look at it as it is now."), code="gone")


def turn(dossier: Dossier, ref: str, *, by: User, now: datetime) -> str:
    """Turn a picture by a quarter, clockwise, in its place; returns the key of its card.

    The picture is read and turned before anything is locked (0.3 s). Raises :class:`Refused`: 'gone' for what is
    not there any more, what checking a file raises, 'stale'.
    """
    paper = dossier.papers.filter(ref=ref[:40], media_type__in=TURNED, replaced_at=None).first()
    if paper is None:
        raise gone()
    try:
        accepted = turned(hashes.content(paper.file, paper.sha256), paper.original_name, now=now)
    except hashes.FileChanged as error:
        raise gone() from error
    except OSError as error:
        raise NotKept from error
    with removed_on_failure() as written, transaction.atomic():
        key, paper = only_given(dossier, ref)
        slot = locked_slot(dossier, key)
        store_in(slot, accepted, by=by, now=now, written=written, instead=paper.ref)
        remove([paper])
        touch(slot.dossier, now)
    return key


def move_up(dossier: Dossier, ref: str, *, now: datetime) -> str:
    """Put a page before the one that stands before it; returns the key of its card. Raises Refused: 'gone', 'stale'."""
    with transaction.atomic():
        key, paper = only_given(dossier, ref)
        slot = locked_slot(dossier, key)
        refs = [page.ref for page in slot.given]
        at = refs.index(paper.ref)
        pages = list(slot.given)
        if at:
            pages[at - 1], pages[at] = pages[at], pages[at - 1]
        for place, page in enumerate(pages, start=1):
            page.place = place
        Paper.objects.bulk_update(pages, ["place"])
        touch(slot.dossier, now)
    return key


def only_given(dossier: Dossier, ref: str) -> tuple[str, Paper]:
    """Lock a dossier and return the card's key and the paper of a ref; raises Refused: 'gone', 'stale'."""
    _fresh, given = locked_given(dossier, ref[:40])
    if not given:
        raise gone()
    return given[0]
