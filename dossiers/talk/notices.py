"""Mails about the talk of a dossier: that somebody wrote, never what."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from notifications.models import Notification
from notifications.outbox import Recipient, queue

from ..models import Dossier
from ..records.notices import OFFICER_SUBJECT, SUBJECT_TYPE, recipient_of

WRITTEN, ANSWERED = "talk_written", "talk_answered"
# However often somebody writes, the holder gets no more than one mail about a dossier in that time.
QUIET = timedelta(hours=1)


def tell_owner(dossier: Dossier, now: datetime) -> None:
    """Tell the owner that the office wrote. One query."""
    _queue(ANSWERED, recipient_of(dossier, dossier.applicant), "applicant:talk", dossier, SUBJECT_TYPE, now)


def tell_holder(dossier: Dossier, now: datetime) -> None:
    """Tell the officer who holds a dossier that its owner wrote; nobody when the whole role does. Two queries."""
    holder: User | None = dossier.holder
    if holder is None or not holder.is_active:
        return
    told = Notification.objects.filter(
        subject_type=OFFICER_SUBJECT,
        subject_ref=dossier.ref,
        kind=WRITTEN,
        recipient=holder,
        created_at__gt=now - QUIET,
    )
    if told.exists():
        return
    _queue(WRITTEN, Recipient.of(holder), "desk:talk", dossier, OFFICER_SUBJECT, now)


def _queue(kind: str, to: Recipient, page: str, dossier: Dossier, subject_type: str, now: datetime) -> None:
    address = dossier.code if page.startswith("desk:") else dossier.ref
    context = {
        "code": dossier.code,
        "procedure": dossier.version.name_for(to.language),
        "unit": dossier.received_by.name,
        "unit_phone": dossier.received_by.phone,
        "link": settings.SITE_URL + reverse(page, args=[address]),
    }
    queue(kind, to=to, context=context, subject_type=subject_type, subject_ref=dossier.ref, now=now)
