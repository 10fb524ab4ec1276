"""What members did for their organisation: one line for each page sent that changed something."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from .. import hooks
from ..models import ActingRecord, Member, User

# A page that saves itself while somebody types is one line within so long.
TYPING = timedelta(minutes=10)


@dataclass(frozen=True)
class Done:
    """A line as it is shown: when, what in words, and about what with its address, '' where that is gone."""

    at: datetime
    what: Any
    about: str
    url: str


def note(request: HttpRequest, member: Member, response: HttpResponse, now: datetime) -> None:
    """Write what a sent page did, unless it was refused or sent back to be mended. Two statements at most."""
    match = request.resolver_match
    # What is shown again to be mended or completed has changed nothing.
    is_done = response.status_code == 204 or 300 <= response.status_code < 400
    if match is None or match.view_name not in hooks.acts or not is_done or _was_refused(request):
        return
    line = {"what": match.view_name, "subject": _subject(match.kwargs, response)}
    if "X-Autosave" in request.headers and member.records.filter(at__gt=now - TYPING, **line).exists():
        return
    ActingRecord.objects.create(member=member, at=now, **line)


def _was_refused(request: HttpRequest) -> bool:
    """Tell whether the next page will say that the act was refused: a button answers with a redirect either way."""
    waiting = getattr(messages.get_messages(request), "_queued_messages", ())
    return any(message.level == messages.ERROR for message in waiting)


def _subject(kwargs: dict[str, Any], response: HttpResponse) -> str:
    """Return the ref in the address that was sent to, else in the one that the answer leads to."""
    if "ref" not in kwargs and (target := response.get("Location", "")):
        try:
            kwargs = kwargs | resolve(urlsplit(target).path).kwargs
        except Resolver404:
            pass
    return str(kwargs.get("ref", ""))[:40]


def in_words(records: Iterable[ActingRecord], organisation: User) -> list[Done]:
    """Return records as an organisation reads them; as many queries as packages above name subjects."""
    rows = list(records)
    refs = {row.subject for row in rows}
    known = {ref: one for name in hooks.subjects for ref, one in name(organisation, refs).items()} if rows else {}
    empty = hooks.Subject("", "")
    return [
        Done(row.at, hooks.acts.get(row.what, row.what), subject.label or row.subject, subject.url)
        for row in rows
        for subject in [known.get(row.subject, empty)]
    ]
