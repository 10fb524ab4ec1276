"""People to call: who asked for it, and whom a message that needs them did not reach."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime

from common.database.compiled import Compiled
from notifications.models import Notification, State
from notifications.querysets import NotificationQuerySet

from ..models import CALLED, RUNNING, Delivery, Dossier, DossierEvent, Status, TalkEntry, TalkKind
from ..records.notices import SUBJECT_TYPE
from ..table import Action
from .lists import answerable
from .officer import Officer

ROWS = 100
ASKED_TO_STOP = DossierEvent.objects.filter(dossier=OuterRef("pk"), action=Action.REQUEST_WITHDRAWAL)
# In which states of a dossier a message still needs the person; other news is told at the next occasion.
NEEDED: tuple[tuple[Any, str], ...] = (
    (Q(status=Status.AWAITING_SUPPLEMENT), "dossier_supplement_asked"),
    (Q(status=Status.DECIDED) & ~Q(delivery=Delivery.POST), "dossier_decided"),
    (Q(status__in=RUNNING), "dossier_extended"),
    (Q(status=Status.REFUSED), "dossier_refused"),
    # Whoever asked for it knows.
    (Q(status=Status.STOPPED) & ~Exists(ASKED_TO_STOP), "dossier_stopped"),
)


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
    notice_url: str


@dataclass(frozen=True)
class AskedCall:
    """A call that somebody asked for: whom, where, when and why."""

    pk: int
    code: str
    url: str
    name: str
    phone: str
    day_part: str
    reason: str
    at: str


def asked_calls(officer: Officer) -> Any:
    """Return the calls that people wait for and the officer may make, the oldest first."""
    waiting = officer.listed().filter(answerable(officer), wants_call=True).values("dossier")
    ended = TalkEntry.objects.filter(dossier=OuterRef("dossier"), kind__in=CALLED, pk__gt=OuterRef("pk"))
    calls = TalkEntry.objects.filter(dossier__in=waiting, kind=TalkKind.CALL).exclude(dossier__owner=officer.user)
    return calls.filter(~Exists(ended)).order_by("pk")


def asked_call_rows(officer: Officer) -> list[AskedCall]:
    """Return the hundred calls that people have waited for the longest; one query besides the posts."""
    found = asked_calls(officer).select_related("dossier__applicant")[:ROWS]
    return [
        AskedCall(
            pk=call.pk,
            code=call.dossier.code,
            url=reverse("desk:dossier", args=[call.dossier.code]),
            name=call.dossier.applicant.name,
            phone=call.phone,
            day_part=str(call.get_day_part_display()),
            reason=call.text,
            at=date_format(localtime(call.at), "H:i d/m/Y"),
        )
        for call in found
    ]


def count_of(officer: Officer, most: int) -> int:
    """Return how many people are to be called, counted up to ``most``; one query."""
    asked = asked_calls(officer).order_by().values("pk")
    return calls_for(officer).order_by().values("pk").union(asked, all=True)[:most].count()


def calls_for(officer: Officer) -> NotificationQuerySet:
    """Return undelivered messages that dossiers the officer may open still need, of each dossier the newest."""
    kinds = [kind for _condition, kind in NEEDED]
    about = Notification.objects.filter(subject_type=SUBJECT_TYPE, kind__in=kinds)
    needed = Case(*(When(condition, then=Value(kind)) for condition, kind in NEEDED), default=Value(""))
    waiting = officer.dossiers().order_by().alias(needed=needed)
    return about.undelivered().filter(
        Exists(waiting.filter(ref=OuterRef("subject_ref"), needed=OuterRef("kind"))),
        ~Exists(about.filter(subject_ref=OuterRef("subject_ref"), pk__gt=OuterRef("pk"))),
    )


_undelivered: Compiled[Any] = Compiled(
    lambda ref: Notification.objects.undelivered().filter(subject_type=SUBJECT_TYPE, subject_ref=ref).values_list("pk")
)


def calls_about(officer: Officer, dossier: Dossier) -> list[Notification]:
    """Return the message about a dossier for which somebody must call, if there is one; one query, two then."""
    return list(calls_for(officer).filter(subject_ref=dossier.ref)) if _undelivered.all(dossier.ref) else []


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
        notice_url=reverse("desk:notice", args=[code, row.pk]) if code else "",
    )


def mark_called(row: Notification, officer: Officer) -> bool:
    """Note who called the person; False when a colleague was first. One UPDATE."""
    called = Notification.objects.undelivered().filter(pk=row.pk)
    return bool(called.update(state=State.CALLED, called_by=officer.user, called_at=officer.now))
