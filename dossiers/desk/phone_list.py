"""Messages that reached nobody: the officer calls the person instead."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from notifications.models import Notification, State
from notifications.querysets import NotificationQuerySet

from ..records.notices import SUBJECT_TYPE
from .officer import Officer

ROWS = 100


@dataclass(frozen=True)
class Call:
    """One person to call, with what the message said."""

    pk: int
    code: str
    url: str
    name: str
    phone: str
    subject: str
    body: str
    at: str
    error: str


def calls_for(officer: Officer) -> NotificationQuerySet:
    """Return undelivered messages about dossiers the officer may open."""
    refs = officer.dossiers().order_by().values("ref")
    return Notification.objects.undelivered().filter(subject_type=SUBJECT_TYPE, subject_ref__in=refs)


def call_rows(officer: Officer) -> list[Call]:
    """Return the newest hundred people to call; two queries besides the posts."""
    found = list(calls_for(officer).order_by("-pk")[:ROWS])
    facts = {
        ref: (code, name, phone)
        for ref, code, name, phone in officer.dossiers()
        .filter(ref__in={row.subject_ref for row in found})
        .values_list("ref", "code", "applicant__name", "applicant__phone")
    }
    return [_call(row, *facts.get(row.subject_ref, ("", row.to_name, ""))) for row in found]


def _call(row: Notification, code: str | None, name: str, phone: str) -> Call:
    return Call(
        pk=row.pk,
        code=code or "",
        url=reverse("desk:dossier", args=[code]) if code else "",
        name=name or row.to_name,
        phone=phone,
        subject=row.subject,
        body=row.body,
        at=date_format(localtime(row.created_at), "H:i d/m/Y"),
        error=row.last_error,
    )


def mark_called(row: Notification, officer: Officer) -> bool:
    """Note who called the person; False when a colleague was first. One UPDATE."""
    called = Notification.objects.undelivered().filter(pk=row.pk)
    return bool(called.update(state=State.CALLED, called_by=officer.user, called_at=officer.now))
