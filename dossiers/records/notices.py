"""What a dossier's steps tell people: one message row per step and person, in the step's own transaction."""

from typing import Any

from accounts.models import User
from notifications.models import Notification
from notifications.outbox import Recipient, queue

from .. import hooks
from ..hooks import Audience
from ..models import Applicant, Dossier
from ..workflow import Move
from .links import applicant_link, desk_link

SUBJECT_TYPE = "dossier"
# What does not reach an officer is no call to a citizen.
OFFICER_SUBJECT = "dossier_officer"


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
    """Write the message ``dossier_<kind>`` to the applicant; the template sees ``context`` too. One query."""
    dossier = move.dossier
    link, has_account = applicant_link(dossier), dossier.owner_id is not None
    to = recipient_of(dossier, dossier.applicant)
    return _write(move, kind, Audience.OWNER, to, link=link, has_account=has_account, **context)


def tell_officer(move: Move, kind: str, officer: User, **context: Any) -> Notification:
    """Write the message ``dossier_<kind>`` to an officer, with the desk's address of the dossier. One query."""
    to = Recipient(user=officer, name=officer.get_full_name(), email=officer.email or "", language=officer.language)
    return _write(move, kind, Audience.OFFICER, to, link=desk_link(move.dossier), **context)


def _write(move: Move, kind: str, audience: Audience, to: Recipient, **context: Any) -> Notification:
    """Queue a message; every template sees code, procedure in the recipient's language, unit and its phone.

    Never a personal number. ``additions`` are the paragraphs of packages above.
    """
    dossier = move.dossier
    version = dossier.version
    additions = [text for hook in hooks.messages if (text := hook(move, kind, audience))]
    return queue(
        f"dossier_{kind}",
        to=to,
        context={
            "code": dossier.code,
            "procedure": (version.name_en if to.language == "en" else "") or version.name,
            "unit": dossier.received_by.name,
            "unit_phone": dossier.received_by.phone,
            "additions": additions,
            **context,
        },
        subject_type=SUBJECT_TYPE if audience == Audience.OWNER else OFFICER_SUBJECT,
        subject_ref=dossier.ref,
        now=move.now,
    )
