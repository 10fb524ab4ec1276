"""Mails about feedback: to who gave it at every step, to the officer who is to answer."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from notifications.outbox import Recipient, queue

from ..models import Feedback
from .table import Action
from .workflow import Move

SUBJECT_TYPE = "feedback"
# What does not reach an officer is no call to a citizen.
OFFICER_SUBJECT = "feedback_officer"
SUBJECTS = (SUBJECT_TYPE, OFFICER_SUBJECT)


def recipient_of(feedback: Feedback) -> Recipient:
    """Return who gave feedback, with what they left to be reached by."""
    return Recipient(feedback.owner, feedback.name, feedback.email, feedback.phone, feedback.language)


def tell_received(feedback: Feedback, secret: str) -> None:
    """Tell who gave feedback its code and secret; nobody who left no way to be reached. One statement."""
    _to_giver(feedback, Action.GIVE, "", secret)


def tell_giver(move: Move, text: str = "") -> None:
    """Tell who gave feedback about a step, in the step's transaction. One statement at most."""
    _to_giver(move.feedback, move.action, text, "", move)


def _to_giver(feedback: Feedback, action: Action, text: str, secret: str, move: Move | None = None) -> None:
    to = recipient_of(feedback)
    if not to.email and not (to.phone and settings.NOTIFICATION_SMS):
        # The code and the secret are how they follow it.
        return
    moment = move.now if move is not None else feedback.received_at
    context = _context(feedback, action, text) | {
        "secret": secret,
        "link": settings.SITE_URL + reverse("feedback:case", args=[feedback.code]),
    }
    queue("feedback_step", to=to, context=context, now=moment, subject_type=SUBJECT_TYPE, subject_ref=feedback.code)


def tell_officer(move: Move, officer: User, text: str = "") -> None:
    """Tell the officer who is to answer: never what was said, nor by whom. One statement."""
    feedback = move.feedback
    context = _context(feedback, move.action, text) | {
        "link": settings.SITE_URL + reverse("feedback:desk", args=[feedback.code])
    }
    about = {"subject_type": OFFICER_SUBJECT, "subject_ref": feedback.code}
    queue("feedback_desk", to=Recipient.of(officer), context=context, now=move.now, **about)


def _context(feedback: Feedback, action: Action, text: str) -> dict[str, object]:
    return {
        "action": action.value,
        "code": feedback.code,
        "unit": feedback.unit.name,
        "unit_phone": feedback.unit.phone,
        "text": text,
        "due_at": feedback.answer_due_at,
        "may_publish": feedback.may_publish,
    }
