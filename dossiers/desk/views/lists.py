"""The desk's own pages: my work, the lists, search, results to hand over, people to call, shortcuts."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.text import clean_text
from notifications.models import Notification
from offices.models import Role
from procedures.paper.prepared import QR_PREFIX

from .. import rows as desk
from ..buttons import action_keys
from ..counts import CAP, shown_count
from ..forms.intake import StartForm
from ..guards import officer_required
from ..lists import VIEWS, ListSpec, exact_code
from ..officer import Officer
from ..phone_list import asked_call_rows, call_rows, calls_for, count_of, mark_called
from ..searching import Search
from . import intake


@require_safe
@officer_required()
def home(request: HttpRequest, officer: Officer) -> HttpResponse:
    """My work: what is overdue, due today, new and sent back, and the way to the next dossier."""
    spec, rows = desk.most_urgent(officer)
    page = {
        "counts": desk.home_counts(officer),
        "rows": rows,
        "list_label": VIEWS[spec.view].label,
        "list_url": f"{reverse('desk:list')}?{spec.query_string()}",
        "next_url": rows[0].url if rows else "",
        "calls": shown_count(count_of(officer, CAP + 1)) if Role.CLERK in officer.roles else "",
        "unit": officer.main_post.unit,
    }
    return render(request, "desk/home.html", page)


@require_safe
@officer_required()
def dossier_list(request: HttpRequest, officer: Officer) -> HttpResponse:
    """One tab of the queue, fifty dossiers at a time."""
    spec = ListSpec.read(request.GET, officer)
    search = Search.kept(request.session)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "tabs": desk.tabs(officer, spec),
        "page": desk.page(officer, spec, search, after=after, before=before),
        "filters": desk.filter_choices(officer, spec),
        "sorts": desk.sort_links(spec),
        "spec": spec,
        "is_done": spec.view == "done",
        "label": VIEWS[spec.view].label,
        "searched": search.shown if spec.search and search else "",
        "clear_url": f"{reverse('desk:list')}?view={spec.view}",
    }
    return render(request, "desk/dossier_list.html", page)


@require_POST
@officer_required()
def search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Look for a code (also a scanned receipt or declaration), a name or an ID number; nothing of it enters a URL."""
    try:
        typed = clean_text(request.POST.get("q", "")[:1000])
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("desk:list")
    if not typed:
        return redirect("desk:list")
    if typed.upper().startswith(QR_PREFIX) and Role.CLERK in officer.roles:
        return intake.by_words(request, officer, StartForm({"what": typed}))
    wanted = Search.read(typed)
    code = exact_code(officer, wanted)
    if code is not None:
        return redirect("desk:dossier", code=code)
    wanted.keep(request.session)
    return redirect(f"{reverse('desk:list')}?view=all&search=1")


@require_safe
@officer_required(Role.CLERK)
def results(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Results that wait to be handed over."""
    spec = ListSpec(view="results")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {"page": desk.page(officer, spec, None, after=after, before=before)}
    return render(request, "desk/result_list.html", page)


@require_safe
@officer_required()
def messages_failed(request: HttpRequest, officer: Officer) -> HttpResponse:
    """People to call: who asked for it, and messages that reached nobody."""
    page = {"asked": asked_call_rows(officer), "calls": call_rows(officer)}
    return render(request, "desk/message_list.html", page)


@require_POST
@officer_required()
def message_called(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Note that somebody has called the person of a message."""
    try:
        notification = calls_for(officer).get(pk=pk)
    except Notification.DoesNotExist as error:
        raise Http404 from error
    mark_called(notification, officer)
    messages.success(request, _("Noted: %(name)s has been told.") % {"name": notification.to_name})
    return redirect("desk:messages_failed")


@require_safe
@officer_required()
def shortcuts(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The access keys of the desk."""
    return render(request, "desk/shortcuts.html", {"action_keys": action_keys()})
