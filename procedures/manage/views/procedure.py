"""One procedure: its versions, what stands beside them, who offers it, its history, its end, copies of it."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.log.lines import lines_of
from offices.models import AuditEntry, Unit
from procedures import access, fees
from procedures.models import FeeLine, Offering, Procedure, VersionStatus
from procedures.versions import procedure_editing, publishing
from procedures.versions.changing import SUBJECT, EditRefused, who_was_first

from .. import lists
from ..forms.offerings import OfferingForm
from ..forms.procedures import DuplicateForm, ProcedureForm, RetireForm
from ..guards import publisher_only
from ..pages import Publisher, attempt, procedure_of, publisher_of
from ..sections import link, state_words
from .lists import use_key

METHODS = ["GET", "HEAD", "POST"]
HISTORY = 50


@publisher_only
@require_safe
def procedure(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a procedure as its publishers see it. Fourteen queries."""
    publisher, found = publisher_of(request), procedure_of(code)
    versions = lists.versions_of([found.pk])[found.pk]
    shown = lists.shown_of(versions, publisher.day)
    related = list(found.related.order_by("code"))
    names = lists.names_of(related, publisher.day) if related else {}
    history = AuditEntry.objects.filter(subject_type=SUBJECT, subject_ref=found.code).select_related("unit")[:HISTORY]
    listed = [(version, *state_words(version, publisher.day)) for version in versions]
    context = {
        "procedure": found,
        "name": shown.name if shown else found.code,
        "versions": listed,
        "open": next((version for version in versions if version.status in ("draft", "in_review")), None),
        "retired": _retirement(versions),
        "can_retire": any(_is_ahead(version, publisher) for version in versions),
        "life_events": list(found.life_events.all()),
        "related": [(other, names.get(other.pk, other.code)) for other in related],
        "offerings": _offerings(found, request.user, publisher),
        "history": lines_of(history),
        "export_url": link("manage:export_one", found.code),
        "public_url": link("procedures:detail", found.code) if shown and shown.published_at else "",
    }
    return render(request, "manage/procedure.html", context)


@publisher_only
@require_http_methods(METHODS)
def edit(request: HttpRequest, code: str) -> HttpResponseBase:
    """Change notice, synonyms, life events, questions and what else is no matter of a version."""
    publisher, found = publisher_of(request), procedure_of(code)
    others = list(found.related.order_by("code"))
    names = lists.names_of(others, publisher.day) if others else {}
    related = [f"{other.code} {names.get(other.pk, '')}".strip() for other in others]
    form = ProcedureForm(request.POST or None, procedure=found, related=related)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = attempt(
                form,
                lambda: procedure_editing.change_procedure(
                    found, form.shown_revision(), publisher.user, publisher.now, **form.values()
                ),
            )
        if status == 200:
            messages.success(request, _("Saved."))
            return redirect("manage:procedure", found.code)
        if status == 409:
            form.renew(Procedure.objects.values_list("revision", flat=True).get(pk=found.pk))
    context = {"procedure": found, "form": form, "name": _name(found, publisher)}
    return render(request, "manage/procedure_edit.html", context, status=status)


@publisher_only
@require_POST
def draft(request: HttpRequest, code: str) -> HttpResponseBase:
    """Open the draft of the next version, made from the newest one when there is none."""
    publisher, found = publisher_of(request), procedure_of(code)
    try:
        version = publishing.draft_from(found, publisher.user, publisher.now)
    except EditRefused as refused:
        messages.error(request, refused.message)
        return redirect("manage:procedure", found.code)
    return redirect("manage:version", found.code, version.number)


@publisher_only
@require_http_methods(METHODS)
def duplicate(request: HttpRequest, code: str) -> HttpResponseBase:
    """Make a new procedure that says what this one says."""
    publisher, found = publisher_of(request), procedure_of(code)
    name = _name(found, publisher)
    proposed = {"code": publishing.next_local_code(), "name": name}
    form = DuplicateForm(request.POST or None, initial=None if request.POST else proposed)
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: _duplicate(form, found, publisher)) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("The copy is there. Go on with its sections."))
            return redirect("manage:version", form.cleaned_data["code"], 1)
    context = {"procedure": found, "form": form, "name": name}
    return render(request, "manage/procedure_duplicate.html", context, status=status)


def _duplicate(form: DuplicateForm, source: Procedure, publisher: Publisher) -> None:
    data = form.cleaned_data
    with transaction.atomic():
        if use_key(data["key"], "procedure.duplicate", publisher, data["code"]):
            publishing.duplicate(source, data["code"], publisher.user, publisher.now, data["name"])
    if not Procedure.objects.filter(code=data["code"]).exists():
        raise EditRefused(_("This page is too old. Open it again and type once more."))


@publisher_only
@require_http_methods(METHODS)
def retire(request: HttpRequest, code: str) -> HttpResponseBase:
    """Decide that a procedure no longer applies: from when, why, what takes its place."""
    publisher, found = publisher_of(request), procedure_of(code)
    form = RetireForm(request.POST or None, procedure=found, initial=_decided(found))
    status = 200
    if request.method == "POST":
        status = attempt(form, lambda: _retire(form, found, publisher)) if form.is_valid() else 422
        if status == 200:
            messages.success(
                request,
                _("Retired: the procedure applies until the day before %(date)s.")
                % {"date": f"{form.cleaned_data['on']:%d/%m/%Y}"},
            )
            return redirect("manage:procedure", found.code)
    context = {
        "procedure": found,
        "form": form,
        "name": _name(found, publisher),
        "open": found.versions.open().defer("form").first(),
    }
    return render(request, "manage/procedure_retire.html", context, status=status)


def _decided(found: Procedure) -> dict[str, Any]:
    """Return the end that has been decided already, as the form's first values. One query."""
    last = (
        found.versions.exclude(published_at=None).select_related("successor").defer("form").order_by("-number").first()
    )
    if last is None or last.status != VersionStatus.RETIRED or last.effective_until is None:
        return {}
    return {
        "on": last.effective_until + timedelta(days=1),
        "reason": last.retirement_reason,
        "successor": last.successor.code if last.successor else "",
    }


def _retire(form: RetireForm, found: Procedure, publisher: Publisher) -> None:
    data = form.cleaned_data
    publishing.retire(found, data["on"], data["reason"], data["successor"], publisher.user, publisher.now)


@publisher_only
@require_http_methods(METHODS)
def offering(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Say how one of one's own units offers a procedure; other units' are 404."""
    publisher, found = publisher_of(request), procedure_of(code)
    unit = next((mine for mine in access.offering_units(request.user, publisher.day) if mine.slug == slug), None)
    if unit is None:
        raise Http404
    present = Offering.objects.filter(unit=unit, procedure=found).first()
    maximum = procedure_editing.highest_level(found, publisher.day)
    lines = procedure_editing.due_lines(found, publisher.day)
    form = OfferingForm(request.POST or None, offering=present, maximum=maximum, today=publisher.day, lines=lines)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = attempt(form, lambda: _offer(form, found, unit, present, publisher))
        if status == 200:
            messages.success(request, _("Saved: %(unit)s.") % {"unit": unit.name})
            return redirect("manage:procedure", found.code)
        if status == 409:
            form.offering = Offering.objects.filter(unit=unit, procedure=found).first()
            form.renew()
    context = {"procedure": found, "form": form, "unit": unit, "present": present, "name": _name(found, publisher)}
    return render(request, "manage/procedure_offering.html", context, status=status)


def _offer(form: OfferingForm, found: Procedure, unit: Unit, present: Offering | None, publisher: Publisher) -> None:
    if form.is_stale:
        raise EditRefused(who_was_first(found), is_stale=True)
    procedure_editing.set_offering(found, unit, by=publisher.user, now=publisher.now, seen=present, **form.values())


@publisher_only
@require_POST
def offering_end(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Let a unit stop offering a procedure after today."""
    publisher, found = publisher_of(request), procedure_of(code)
    units = [mine for mine in access.offering_units(request.user, publisher.day) if mine.slug == slug]
    present = get_object_or_404(Offering.objects.select_related("unit"), unit__in=units, procedure=found)
    present.procedure = found
    try:
        procedure_editing.end_offering(present, publisher.day, publisher.user, publisher.now)
    except EditRefused as refused:
        messages.error(request, refused.message)
    else:
        words = _("Today is the last day on which %(unit)s offers it.")
        if present.since > publisher.day:
            words = _("Saved: %(unit)s.")
        messages.success(request, words % {"unit": present.unit.name})
    return redirect("manage:procedure", found.code)


def _name(found: Procedure, publisher: Publisher) -> str:
    return lists.names_of([found], publisher.day).get(found.pk, found.code)


def _is_ahead(version: Any, publisher: Publisher) -> bool:
    is_public = version.status in (VersionStatus.PUBLISHED, VersionStatus.RETIRED)
    return is_public and (version.effective_until is None or version.effective_until >= publisher.day)


def _retirement(versions: list[Any]) -> Any:
    """Return the newest published version when it is the end of the procedure."""
    newest = next((version for version in versions if version.published_at), None)
    return newest if newest is not None and newest.status == VersionStatus.RETIRED else None


def _offerings(found: Procedure, user: Any, publisher: Publisher) -> list[dict[str, Any]]:
    """Return how each unit a person looks after offers a procedure, and how many others do."""
    units = access.offering_units(user, publisher.day)
    offerings = Offering.objects.filter(procedure=found, unit__in=units).prefetch_related("fees")
    by_unit = {one.unit_id: one for one in offerings}
    due = procedure_editing.due_lines(found, publisher.day)
    lines = []
    for unit in units:
        one = by_unit.get(unit.pk)
        is_running = one is not None and (one.until is None or one.until >= publisher.day)
        lines.append(
            {
                "unit": unit,
                "offering": one,
                "fees": _own_fees(one, due, publisher.day) if one else [],
                "is_running": is_running,
                "is_receiving": unit.identifier is not None,
            }
        )
    return [line for line in lines if line["is_receiving"] or line["offering"]]


def _own_fees(offering: Offering, lines: list[FeeLine], day: date) -> list[str]:
    """Return the unit's own amounts in words: what counts on a day, and what waits."""
    rows = list(offering.fees.all())
    present = fees.in_force(rows, day)
    waiting = [row for row in rows if not row.resolution or row.since > day]
    by_key = {line.key: line for line in lines}
    return [fees.own_words(by_key[row.key], row, day) for row in (*present.values(), *waiting) if row.key in by_key]
