"""Answering a supplement request: only the listed papers and sections reopen.

Rows are written while the dossier waits in status 5; the old files stay until
the supplement is sent, then carry ``replaced_at``. Nothing here reads the clock.
"""

from django.db import transaction

from eforms.filling.filled import SentSection

from ..models import Dossier, Status, SupplementRequest
from .drafts import changed_meanwhile, columns_of

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


def save_section(dossier: Dossier, sent: SentSection) -> None:
    """Store the corrected answers of a listed section; raises Refused('stale') for any other."""
    with transaction.atomic():
        request = locked(dossier)
        if not request.items.filter(section=sent.key).exists():
            raise changed_meanwhile()
        filled = request.dossier.filled.with_section(sent)
        Dossier.objects.filter(pk=dossier.pk).update(**columns_of(filled))
