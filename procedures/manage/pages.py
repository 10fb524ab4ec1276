"""What the publishers' views share: who asks, which procedure and version, and making a thing once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from common import clock, onetime
from common.forms.screen_forms import OnceForm, ScreenForm

from ..models import Procedure, ProcedureVersion

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


def fresh_revision(version: ProcedureVersion) -> int:
    """Read a version anew, for the next try after somebody else was first; raises Http404 once it is discarded."""
    try:
        version.refresh_from_db()
    except ProcedureVersion.DoesNotExist as error:
        raise Http404 from error
    return version.revision


def once_procedure(form: OnceForm, purpose: str, publisher: Publisher, make: Callable[[], object]) -> None:
    """Make the procedure whose code a form names, once; raises KeyMisused when the form made another one before."""
    code = form.cleaned_data["code"]
    once(form, purpose, publisher, code, make)
    if not Procedure.objects.filter(code=code).exists():
        raise onetime.KeyMisused


def once(form: ScreenForm, purpose: str, publisher: Publisher, subject: str, make: Callable[[], object]) -> None:
    """Make what a form asks for unless it was sent before."""
    onetime.once(form.cleaned_data["key"], purpose, publisher.user.pk, subject, publisher.now, make)
