"""What a dossier's steps tell people: one message row per step and person, in the step's own transaction."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import translation

from accounts.models import User
from notifications.models import Notification
from notifications.outbox import Recipient, queue

from .. import hooks
from ..hooks import Audience
from ..models import Applicant, Dossier, Paper
from ..timeline.meeting import meeting
from ..timeline.promises import stages
from ..workflow import Move
from .links import applicant_link, calendar_link, desk_link, signing_calendar_link
from .papers import name_in, present, promised

SUBJECT_TYPE = "dossier"
# What does not reach an officer is no call to a citizen.
OFFICER_SUBJECT = "dossier_officer"


def language_of(dossier: Dossier) -> str:
    """Return the language in which the owner of a dossier is told ('vi' or 'en')."""
    return dossier.owner.language if dossier.owner else "vi"


def recipient_of(dossier: Dossier, applicant: Applicant) -> Recipient:
    """Return the applicant as frozen at submit; only the language comes from the account."""
    return Recipient(
        user=dossier.owner,
        name=applicant.name,
        email=applicant.email,
        phone=applicant.phone,
        language=language_of(dossier),
    )


def tell(move: Move, kind: str, **context: Any) -> Notification:
    """Write the message ``dossier_<kind>`` to the applicant; the template sees ``context`` too. One query.

    ``meeting`` is there while those who sign are still to come.
    """
    dossier = move.dossier
    link, has_account = applicant_link(dossier), dossier.owner_id is not None
    to = recipient_of(dossier, dossier.applicant)
    context.setdefault("meeting", meeting(dossier, (), move.now))
    context |= {
        "needs_presence": dossier.version.needs_presence,
        "stages": stages(dossier),
        "calendar": calendar_link(dossier) if has_account else "",
        "signing_calendar": signing_calendar_link(dossier) if has_account else "",
    }
    return _write(move, kind, Audience.OWNER, to, link=link, has_account=has_account, **context)


def tell_received(move: Move) -> Notification:
    """Write the message that a dossier was received: when, what is promised, who comes with what. Two queries."""
    dossier = move.dossier
    bring = []
    if dossier.version.needs_presence:
        bring = promised(dossier, present(dossier), language_of(dossier))
    facts = {"came_at": dossier.came_at, "counts_from": dossier.counts_from, "due_at": dossier.due_at}
    return tell(move, "received", meeting=meeting(dossier, bring, move.now), **facts)


def tell_submitted(move: Move, papers: Iterable[Paper], answer_by: datetime | None) -> Notification:
    """Write the message that a dossier was submitted: by when it is answered, which ``papers`` to bring. One query."""
    dossier = move.dossier
    originals = promised(dossier, papers, language_of(dossier))
    comers = meeting(dossier, originals, move.now)
    return tell(move, "submitted", originals=originals, answer_by=answer_by, meeting=comers)


def tell_asked(move: Move, items: Iterable[Any], note: str, answer_by: date) -> Notification:
    """Write the message that something is missing: each of the ``items`` and why, awaited until when. One query."""
    version, language = move.dossier.version, language_of(move.dossier)
    asked = [{"name": name_in(version, item, language), "reason": item.reason} for item in items]
    return tell(move, "supplement_asked", items=asked, note=note, last_day=answer_by)


def remind(dossier: Dossier, last_day: date | None, now: datetime) -> Notification:
    """Remind the applicant of a supplement that is awaited until a day. One query."""
    context = {"link": applicant_link(dossier), "has_account": dossier.owner_id is not None, "last_day": last_day}
    to = recipient_of(dossier, dossier.applicant)
    return _queue(dossier, "supplement_reminder", Audience.OWNER, to, now, context)


def tell_lapsed(dossier: Dossier, holder: User, last_day: date | None, now: datetime) -> Notification:
    """Tell the holder that a supplement did not come by its last day. One query."""
    to = Recipient.of(holder)
    context = {"link": desk_link(dossier), "last_day": last_day}
    return _queue(dossier, "supplement_lapsed", Audience.OFFICER, to, now, context)


def tell_officer(move: Move, kind: str, officer: User, **context: Any) -> Notification:
    """Write the message ``dossier_<kind>`` to an officer, with the desk's address of the dossier. One query."""
    return _write(move, kind, Audience.OFFICER, Recipient.of(officer), link=desk_link(move.dossier), **context)


def tell_holder(move: Move, kind: str, **context: Any) -> None:
    """Write the message ``dossier_<kind>`` to the officer who holds a dossier; nothing when a whole role does."""
    holder = move.dossier.holder
    if holder is not None and holder.is_active:
        tell_officer(move, kind, holder, **context)


def _write(move: Move, kind: str, audience: Audience, to: Recipient, **context: Any) -> Notification:
    """Queue the message of a move; ``additions`` are the paragraphs of packages above."""
    with translation.override(to.language):
        additions = [text for hook in hooks.messages if (text := hook(move, audience))]
    return _queue(move.dossier, kind, audience, to, move.now, {"additions": additions, **context})


def _queue(
    dossier: Dossier, kind: str, audience: Audience, to: Recipient, now: datetime, context: dict[str, Any]
) -> Notification:
    """Queue a message; every template sees code, procedure in the recipient's language, unit and its phone.

    Never a personal number.
    """
    return queue(
        f"dossier_{kind}",
        to=to,
        context={
            "code": dossier.code,
            "procedure": dossier.version.name_for(to.language),
            "unit": dossier.received_by.name,
            "unit_phone": dossier.received_by.phone,
            **context,
        },
        subject_type=SUBJECT_TYPE if audience == Audience.OWNER else OFFICER_SUBJECT,
        subject_ref=dossier.ref,
        now=now,
    )
