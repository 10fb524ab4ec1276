"""Pictures of transfers that the desk was shown: stored with the payment that they prove."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.files.store import keep
from common.files.stored import ScanState
from common.files.uploads import SERVED_TYPES, Accepted, removed_on_failure

from ..models import Attempt, Charge, TransferProof
from . import cashier

TYPES = {ending: media_type for media_type, ending in SERVED_TYPES.items()}


def take_transfer(charges: Sequence[Charge], reference: str, picture: Accepted, *, by: User, now: datetime) -> Attempt:
    """Take a transfer together with its picture; the file is gone again when the transfer is refused.

    Raises like :func:`payments.collecting.cashier.take_transfer`, and :class:`~common.files.store.NotKept`.
    """
    with removed_on_failure() as written, transaction.atomic():
        attempt = cashier.take_transfer(charges, reference, by=by, now=now)
        proof = TransferProof(
            attempt=attempt, at=now, size=picture.size, sha256=picture.sha256, scan_state=ScanState.OFF
        )
        keep(proof.file, picture.name, picture.content)
        written.append(proof.file)
        proof.save(force_insert=True)
    return attempt


def media_type(proof: TransferProof) -> str:
    """Return what kind of file a picture is, by the name under which it was stored."""
    return TYPES.get(f".{str(proof.file.name).rpartition('.')[2]}", "")
