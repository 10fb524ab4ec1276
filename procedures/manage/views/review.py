"""From draft to published: sending to review, taking back, sending back, publishing, discarding."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.web.screens import Screen, done, press, sent, shows_form
from procedures.models import ProcedureVersion
from procedures.versions import checking, drafting, publishing

from .. import sections
from ..forms.procedures import BackForm, NoteForm, PublishForm
from ..forms.versions import DraftForm
from ..guards import publisher_only
from ..pages import Publisher, publisher_of, version_of
from .version import faults_of, version_answer


@publisher_only
@shows_form
def review(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Hand a draft to a second person, with a note on what is new."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "draft":
        return _moved_on(request, version)
    note = {"note": version.change_note}
    form = NoteForm(sent(request), revision=version.revision, initial=note)
    faults = checking.blocking(faults_of(version, publisher))
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: publishing.send_to_review(
            version, form.shown_revision(), publisher.user, publisher.now, form.cleaned_data["note"]
        ),
        _("Send to review"),
        _("A second publisher checks the version and publishes it. Nobody changes it meanwhile."),
        said=_("Sent to review."),
        blocked=sections.fault_lines(version, faults),
    )


@publisher_only
@require_POST
def take_back(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Take a version out of review to change it again."""
    publisher, version = publisher_of(request), version_of(code, number)
    back = reverse("manage:version", args=[version.procedure.code, version.number])

    def change() -> str:
        publishing.take_back(version, publisher.user, publisher.now)
        return done(request, _("Taken back: it is a draft again."), back)

    return press(request, change, back)


@publisher_only
@shows_form
def send_back(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Return a version to its authors with the reason."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "in_review":
        return _moved_on(request, version)
    form = BackForm(sent(request), revision=version.revision)
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: publishing.send_back(
            version, publisher.user, publisher.now, form.cleaned_data["reason"], form.shown_revision()
        ),
        _("Send back"),
        _("The authors find your reason on the version's page."),
        said=_("Sent back to the authors."),
    )


@publisher_only
@shows_form
def publish(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Publish a version as a second person, from a day on."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "in_review":
        return _moved_on(request, version)
    first = {"effective_from": max(version.effective_from, publisher.day)}
    form = PublishForm(sent(request), revision=version.revision, initial=first)
    may = sections.doing(request.user, version, publisher.day).can_publish
    faults = [fault for fault in checking.blocking(faults_of(version, publisher)) if "effective" not in fault.anchor]
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: publishing.publish(
            version,
            publisher.user,
            publisher.now,
            revision=form.shown_revision(),
            effective_from=form.cleaned_data["effective_from"],
        ),
        _("Publish"),
        _("Once published, a version never changes. Dossiers already filed keep the version they were filed under."),
        said=_("Published."),
        blocked=sections.fault_lines(version, faults),
        refusal="" if may else _("You worked on this version: another publisher checks and publishes it."),
    )


@publisher_only
@shows_form
def discard(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Delete a draft after asking once more."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "draft":
        return _moved_on(request, version)
    form = DraftForm(sent(request), revision=version.revision)
    is_last = version.procedure.versions.count() == 1
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: drafting.discard(version, form.shown_revision(), publisher.user, publisher.now),
        _("Discard the draft"),
        _("The draft and the templates that only it has are deleted for good.")
        + (" " + _("The procedure has no other version: it goes too.") if is_last else ""),
        said=_("The draft has been discarded."),
        button=_("Discard"),
        is_danger=True,
        after=reverse("manage:procedures") if is_last else reverse("manage:procedure", args=[version.procedure.code]),
    )


def _page(
    request: HttpRequest,
    publisher: Publisher,
    version: ProcedureVersion,
    form: DraftForm,
    act: Callable[[], object],
    title: str,
    lead: str,
    *,
    said: str,
    button: str = "",
    after: str = "",
    is_danger: bool = False,
    **context: Any,
) -> HttpResponseBase:
    back = reverse("manage:version", args=[version.procedure.code, version.number])

    def change() -> str:
        act()
        return done(request, said, after or back)

    screen = Screen(title, button or title, back, version.short_name, lead, is_danger)
    return version_answer(request, publisher, version, form, screen, change, "version_step", **context)


def _moved_on(request: HttpRequest, version: ProcedureVersion) -> HttpResponseBase:
    messages.warning(request, _("This version is “%(state)s” by now.") % {"state": version.get_status_display()})
    return redirect("manage:version", version.procedure.code, version.number)
