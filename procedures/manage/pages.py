"""What the publishers' views share: who asks, which version, and how a refused change is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from common import clock
from common.refusals import Refused

from ..models import Procedure, ProcedureVersion
from .forms.versions import DraftForm

# Larger numbers do not fit the column.
LARGEST_NUMBER = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who asks, and when."""

    user: User
    now: datetime
    day: date


def publisher_of(request: HttpRequest) -> Publisher:
    """Return who asks; the guard has let publishers in only."""
    now = clock.recorded_now()
    assert isinstance(request.user, User)
    return Publisher(request.user, now, clock.local_day(now))


def procedure_of(code: str) -> Procedure:
    """Return a procedure or 404. One query."""
    return get_object_or_404(Procedure.objects.select_related("sector"), code=code[:40])


def version_of(code: str, number: int) -> ProcedureVersion:
    """Return a version with its procedure, or 404. One query."""
    if number > LARGEST_NUMBER:
        raise Http404
    versions = ProcedureVersion.objects.select_related("procedure__sector", "author", "published_by", "successor")
    return get_object_or_404(versions, procedure__code=code[:40], number=number)


def save(form: DraftForm, version: ProcedureVersion, act: Callable[[], Any]) -> int:
    """Run a change; returns 200, or the status of the page that shows the form again with everything typed.

    A stale form is told who was first and counts from the newer state next time.
    """
    status = attempt(form, act)
    if status == 409:
        version.refresh_from_db()
        form.renew(version.revision)
    return status


def attempt(form: forms.Form, act: Callable[[], Any]) -> int:
    """Run a change; returns 200, 409 when somebody else was first or 422 with the reasons in the form."""
    try:
        act()
    except Refused as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return refused.status
    return 200
