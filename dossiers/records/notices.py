"""What a dossier's steps tell the applicant: one message row per step, in the step's own transaction."""

from typing import Any

from notifications.models import Notification
from notifications.outbox import Recipient, queue

from ..models import Applicant, Dossier
from ..workflow import Move
from .links import applicant_link

SUBJECT_TYPE = "dossier"


def recipient_of(dossier: Dossier, applicant: Applicant) -> Recipient:
    """Return the applicant as frozen at submit; only the language comes from the account."""
    return Recipient(
        user=dossier.owner,
        name=applicant.name,
        email=applicant.email,
        phone=applicant.phone,
        language=dossier.owner.language if dossier.owner else "vi",
    )


def tell(move: Move, kind: str, **context: Any) -> Notification:
    """Write the message ``dossier_<kind>`` to the applicant.

    The template sees code, procedure (in the recipient's language), unit, phone
    of the unit, link and ``context``; never a personal number. One query.
    """
    dossier = move.dossier
    to = recipient_of(dossier, dossier.applicant)
    version = dossier.version
    return queue(
        f"dossier_{kind}",
        to=to,
        context={
            "code": dossier.code,
            "procedure": (version.name_en if to.language == "en" else "") or version.name,
            "unit": dossier.received_by.name,
            "unit_phone": dossier.received_by.phone,
            "link": applicant_link(dossier),
            "has_account": dossier.owner_id is not None,
            **context,
        },
        subject_type=SUBJECT_TYPE,
        subject_ref=dossier.ref,
        now=move.now,
    )
