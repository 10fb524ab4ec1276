"""The occasions in life by which people look for procedures."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from .. import keeping
from ..changing import EditRefused
from ..models import LifeEvent
from ..screens.procedure_forms import LifeEventForm
from .guards import publisher_only
from .manage_list import claim
from .manage_pages import Publisher, attempt, publisher_of

METHODS = ["GET", "HEAD", "POST"]


@publisher_only
@require_http_methods(METHODS)
def life_events(request: HttpRequest) -> HttpResponseBase:
    """List the life events in their order, and add one at the end. Three queries."""
    publisher = publisher_of(request)
    form = LifeEventForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: _add(form, publisher)) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("Added: %(name)s.") % {"name": form.cleaned_data["name"]})
            return redirect("manage:life_events")
    events = list(LifeEvent.objects.annotate(count=Count("procedures")).order_by("n", "id"))
    return render(request, "manage/life_event_list.html", {"events": events, "form": form}, status=status)


def _add(form: LifeEventForm, publisher: Publisher) -> None:
    data = form.cleaned_data
    with transaction.atomic():
        if claim(data["key"], "life-event.new", publisher, data["name"][:40]):
            keeping.save_life_event(None, data["name"], data["name_en"], publisher.user, publisher.now)


@publisher_only
@require_http_methods(METHODS)
def life_event(request: HttpRequest, code: str) -> HttpResponseBase:
    """Rename a life event."""
    publisher, event = publisher_of(request), get_object_or_404(LifeEvent, code=code)
    form = LifeEventForm(request.POST or None, initial={"name": event.name, "name_en": event.name_en})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            status = attempt(
                form,
                lambda: keeping.save_life_event(event, data["name"], data["name_en"], publisher.user, publisher.now),
            )
        if status == 200:
            messages.success(request, _("Saved."))
            return redirect("manage:life_events")
    return render(request, "manage/life_event.html", {"event": event, "form": form}, status=status)


@publisher_only
@require_POST
def life_event_move(request: HttpRequest, code: str) -> HttpResponseBase:
    """Move a life event one place up or down."""
    publisher, event = publisher_of(request), get_object_or_404(LifeEvent, code=code)
    step = 1 if request.POST.get("to") == "down" else -1
    keeping.move_life_event(event, step, publisher.user, publisher.now)
    return redirect("manage:life_events")


@publisher_only
@require_POST
def life_event_remove(request: HttpRequest, code: str) -> HttpResponseBase:
    """Remove a life event that no procedure has."""
    publisher, event = publisher_of(request), get_object_or_404(LifeEvent, code=code)
    try:
        keeping.remove_life_event(event, publisher.user, publisher.now)
    except EditRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Removed: %(name)s.") % {"name": event.name})
    return redirect("manage:life_events")
