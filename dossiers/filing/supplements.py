"""Answering a supplement request, or correcting what the commune has opened: only these papers and sections reopen.

Rows are written while the dossier waits in status 5, or while a correction is open; the old files stay until
it is sent, then carry ``replaced_at``. Nothing here reads the clock.
"""

from typing import Any

from django.db import transaction

from eforms.filling.filled import SentSection

from ..models import CorrectionRequest, Dossier, Status, SupplementRequest
from ..table import CORRECTABLE
from .drafts import changed_meanwhile, columns_of

# Before an item's number, where addresses name a paper of the procedure by its key.
ITEM_PREFIX = "item-"


def open_request(dossier: Dossier) -> SupplementRequest | None:
    """Return the request that waits for the applicant, if any; one query."""
    if dossier.status != Status.AWAITING_SUPPLEMENT:
        return None
    return dossier.supplement_requests.filter(answered_at=None).first()


def open_correction(dossier: Dossier) -> CorrectionRequest | None:
    """Return what the owner may correct now because the commune agreed, if anything; one query."""
    if dossier.status not in CORRECTABLE:
        return None
    return dossier.corrections.filter(is_accepted=True, closed_at=None).select_related("required").first()


def opened(dossier: Dossier) -> Any:
    """Return what is open, as a request with its ``items`` and ``asked_at``; None when nothing is. One query."""
    return open_request(dossier) or open_correction(dossier)


def item_number(key: str) -> int | None:
    """Return the item that a paper key of an address stands for; None for a paper of the procedure."""
    digits = key.removeprefix(ITEM_PREFIX)
    return int(digits) if digits != key and digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


def is_listed(dossier: Dossier, section: str) -> bool:
    """Tell whether a section of the form was asked to be corrected and may be changed now; two queries."""
    request = open_request(dossier)
    return request is not None and request.items.filter(section=section).exists()


def locked(dossier: Dossier) -> Any:
    """Lock a dossier of which something is open and return the request; raises Refused('stale')."""
    waiting = Dossier.objects.select_for_update(of=("self",)).filter(pk=dossier.pk).first()
    request = opened(waiting) if waiting else None
    if request is None:
        raise changed_meanwhile()
    return request


def save_section(dossier: Dossier, sent: SentSection) -> None:
    """Store the corrected answers of a listed section; raises Refused('stale') for any other."""
    with transaction.atomic():
        request = locked(dossier)
        # What an open correction changes is recorded by its own step.
        if isinstance(request, CorrectionRequest) or not request.items.filter(section=sent.key).exists():
            raise changed_meanwhile()
        filled = request.dossier.filled.with_section(sent)
        Dossier.objects.filter(pk=dossier.pk).update(**columns_of(filled))
