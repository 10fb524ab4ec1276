"""From draft to published: sending to review, taking back, sending back, publishing, discarding."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.refusals import Refused
from procedures.models import ProcedureVersion
from procedures.versions import checking, publishing

from .. import sections
from ..forms.procedures import BackForm, NoteForm, PublishForm
from ..forms.versions import DraftForm
from ..guards import publisher_only
from ..pages import Publisher, publisher_of, save, version_of
from .version import faults_of, frame

METHODS = ["GET", "HEAD", "POST"]


@publisher_only
@require_http_methods(METHODS)
def review(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Hand a draft to a second person, with a note on what is new."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "draft":
        return _moved_on(request, version)
    note = {"note": version.change_note}
    form = NoteForm(request.POST or None, revision=version.revision, initial=note)
    faults = checking.blocking(faults_of(version, publisher))
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: publishing.send_to_review(
            version, form.shown_revision(), publisher.user, publisher.now, form.cleaned_data["note"]
        ),
        title=_("Send to review"),
        button=_("Send to review"),
        lead=_("A second publisher checks the version and publishes it. Nobody changes it meanwhile."),
        done=_("Sent to review."),
        blocked=sections.fault_lines(version, faults),
    )


@publisher_only
@require_POST
def take_back(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Take a version out of review to change it again."""
    publisher, version = publisher_of(request), version_of(code, number)
    try:
        publishing.take_back(version, publisher.user, publisher.now)
    except Refused as refused:
        messages.error(request, " ".join(refused.reasons))
    else:
        messages.success(request, _("Taken back: it is a draft again."))
    return redirect("manage:version", version.procedure.code, version.number)


@publisher_only
@require_http_methods(METHODS)
def send_back(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Return a version to its authors with the reason."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "in_review":
        return _moved_on(request, version)
    form = BackForm(request.POST or None, revision=version.revision)
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: publishing.send_back(
            version, publisher.user, publisher.now, form.cleaned_data["reason"], form.shown_revision()
        ),
        title=_("Send back"),
        button=_("Send back"),
        lead=_("The authors find your reason on the version's page."),
        done=_("Sent back to the authors."),
    )


@publisher_only
@require_http_methods(METHODS)
def publish(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Publish a version as a second person, from a day on."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "in_review":
        return _moved_on(request, version)
    first = {"effective_from": max(version.effective_from, publisher.day)}
    form = PublishForm(request.POST or None, revision=version.revision, initial=first)
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
        title=_("Publish"),
        button=_("Publish"),
        lead=_(
            "Once published, a version never changes. Dossiers already filed keep the version they were filed under."
        ),
        done=_("Published."),
        blocked=sections.fault_lines(version, faults),
        refusal="" if may else _("You worked on this version: another publisher checks and publishes it."),
    )


@publisher_only
@require_http_methods(METHODS)
def discard(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """Delete a draft after asking once more."""
    publisher, version = publisher_of(request), version_of(code, number)
    if version.status != "draft":
        return _moved_on(request, version)
    form = DraftForm(request.POST or None, revision=version.revision)
    is_last = version.procedure.versions.count() == 1
    gone: list[bool] = []
    return _page(
        request,
        publisher,
        version,
        form,
        lambda: gone.append(publishing.discard(version, form.shown_revision(), publisher.user, publisher.now)),
        title=_("Discard the draft"),
        button=_("Discard"),
        lead=_("The draft and the templates that only it has are deleted for good.")
        + (" " + _("The procedure has no other version: it goes too.") if is_last else ""),
        done=_("The draft has been discarded."),
        is_danger=True,
        after=reverse("manage:procedures") if is_last else reverse("manage:procedure", args=[version.procedure.code]),
    )


def _page(
    request: HttpRequest,
    publisher: Publisher,
    version: ProcedureVersion,
    form: DraftForm,
    act: Callable[[], Any],
    *,
    done: str,
    after: str = "",
    **words: Any,
) -> HttpResponseBase:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = save(form, version, act)
        if status == 200:
            messages.success(request, done)
            return redirect(after or reverse("manage:version", args=[version.procedure.code, version.number]))
    context = frame(version, publisher) | {"form": form} | words
    return render(request, "manage/version_step.html", context, status=status)


def _moved_on(request: HttpRequest, version: ProcedureVersion) -> HttpResponseBase:
    messages.warning(request, _("This version is “%(state)s” by now.") % {"state": version.get_status_display()})
    return redirect("manage:version", version.procedure.code, version.number)
