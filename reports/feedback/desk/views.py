"""The desk's pages of feedback: the list, one case, its actions and files."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.files.uploads import serve
from common.refusals import Refused
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer
from dossiers.models import Dossier
from offices.models import Role, Unit

from ...models import Feedback, FeedbackStatus, Topic
from .. import figures, history, people
from ..workflow import perform
from . import cases
from .forms import BY_SEGMENT, CaseAction, NameOfficerForm, PassOnForm, PersonForm


@require_safe
@officer_required()
def feedback_list(request: HttpRequest, officer: Officer) -> HttpResponse:
    """One tab of the feedback that an officer sees, fifty at a time. Six queries, one more for leaders."""
    view = request.GET.get("view", "open")
    view = view if view in cases.VIEWS else "open"
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    led = [post.unit_id for post in officer.posts if post.role == Role.LEADER]
    first = officer.day.replace(month=1, day=1)
    page = {
        "view": view,
        "label": cases.VIEWS[view],
        "tabs": cases.tabs(officer, view),
        "page": cases.list_page(officer, view, after=after, before=before),
        "figures": figures.answered(led, first, officer.day, officer.day) if led else None,
        "year": officer.day.year,
        "has_many": len(officer.unit_ids) > 1,
    }
    return render(request, "reports/feedback/list.html", page)


@require_safe
@officer_required()
def case(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """One piece of feedback with what may be done; who opened it is recorded. Eight queries."""
    found = cases.case_of(officer, code)
    cases.note_reading(found, officer.user, "feedback", officer.now)
    return render(request, "reports/feedback/desk.html", _page(found, officer))


def _page(found: Feedback, officer: Officer) -> dict[str, Any]:
    named = found.about.strip().upper() if found.topic == Topic.DOSSIER else ""
    dossier = officer.dossiers().filter(code=named).only("code").first() if named else None
    return {
        "feedback": found,
        "tag": history.TAGS[FeedbackStatus(found.status)],
        "light": history.light(found, officer.now),
        "dossier_url": _dossier_url(dossier),
        "files": history.files_of(found, "feedback:desk_file"),
        "entries": history.entries(found, is_officer=True),
        "actions": cases.possible(officer, found),
        "concerned": list(found.concerned.order_by("pk")),
        **cases.neighbours(officer, found),
    }


def _dossier_url(dossier: Dossier | None) -> str:
    return reverse("desk:dossier", args=[dossier.code]) if dossier is not None else ""


@shows_form
@officer_required()
def act(request: HttpRequest, officer: Officer, code: str, segment: str) -> HttpResponse:
    """Show an action's form, or perform it and go back to the case, or to the list once it is out of sight."""
    if segment not in BY_SEGMENT:
        raise Http404
    row, found = BY_SEGMENT[segment], cases.case_of(officer, code)
    here = reverse("feedback:desk", args=[found.code])
    if request.method != "POST":
        cases.note_reading(found, officer.user, "feedback", officer.now)
        if row not in cases.possible(officer, found):
            return redirect(here)
    form = row.form(sent(request), feedback=found, **_offered(row, found, officer))

    def change() -> str:
        perform(form.act(), found, by=officer.user, now=officer.now, revision=form.shown_revision())
        is_seen = cases.seen_by(officer).filter(pk=found.pk).exists()
        return done(request, row.done, here if is_seen else reverse("feedback:list"))

    def page(refused: Refused | None) -> dict[str, Any]:
        shown = Feedback.objects.select_related("unit").get(pk=found.pk) if refused is not None else found
        return {"feedback": shown, "key": row.key, "light": history.light(shown, officer.now)}

    screen = Screen(row.label, row.label, here, _("Back to the feedback"), row.lead, row.is_danger)
    return answer(
        request,
        form,
        screen,
        change,
        revision=lambda: Feedback.objects.get(pk=found.pk).revision,
        template="reports/feedback/act.html",
        page=page,
    )


def _offered(row: CaseAction, found: Feedback, officer: Officer) -> dict[str, Any]:
    """Return the officers and units that a form offers; one query where it offers any."""
    officers, units = [], []
    if issubclass(row.form, PersonForm):
        kept_out = {person.pk for person in found.concerned.all()} | {found.owner_id}
        officers = [each for each in people.officers_of(found.unit, officer.now) if each.pk not in kept_out]
        if issubclass(row.form, NameOfficerForm):
            officers = [each for each in officers if each.pk != found.holder_id]
    if issubclass(row.form, PassOnForm):
        units = list(Unit.objects.receiving())
    return {"officers": officers, "units": units}


@require_safe
@officer_required()
def file(request: HttpRequest, officer: Officer, code: str, ref: str) -> HttpResponseBase:
    """A file that came with feedback; who opened it is recorded."""
    found = cases.case_of(officer, code)
    row = get_object_or_404(found.files.exclude(scan_state__in=history.SHUT), ref=ref)
    cases.note_reading(found, officer.user, f"file {row.ref}", officer.now)
    return serve(request, row.file, row.media_type, row.original_name, sha256=row.sha256, inline=True)
