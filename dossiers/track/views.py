"""The public look-up: status in words, no names, no holder."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.clock import now
from common.templatetags.ui import vi_date
from common.web.limits import client_ip, forgive_different, hit_different, hit_ip, hit_target, too_many
from common.web.screens import shows_form
from procedures import labels

from ..applicant.forms import TrackByCodeForm, TrackByNumberForm
from ..models import Dossier
from ..records.applicants import number_index
from ..timeline import history, next_steps, promises
from ..timeline.meeting import is_awaited
from . import lookup


@login_not_required
@never_cache
@shows_form
def find(request: HttpRequest) -> HttpResponse:
    """Ask for the code and the question; a hit leads to the dossier's public page."""
    if request.method != "POST":
        return find_page(request, by_code=TrackByCodeForm(request=request))
    return look_up(request, request.POST.get("code", ""))


def look_up(request: HttpRequest, typed: str) -> HttpResponse:
    """Count the try, check the question, then the code; nothing tells an unknown code from a hidden one."""
    moment = now()
    limit = hit_ip(request, "lookup_ip", moment)
    if limit.exceeded:
        return too_many(request, limit)
    form = TrackByCodeForm(request.POST, request=request)
    if not form.is_valid():
        return find_page(request, by_code=form, status=422)
    found = lookup.by_code(typed)
    if found is None:
        form.add_error("code", _("This dossier was not found. Check the code on the receipt."))
        return find_page(request, by_code=form.asking_again(), status=422)
    lookup.remember(request.session, [str(found.code)], moment)
    return redirect("track:dossier", found.code)


def find_page(
    request: HttpRequest,
    *,
    by_code: TrackByCodeForm | None = None,
    by_number: TrackByNumberForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show both ways of looking up, and what this visitor found in the last ten minutes."""
    context = {
        "form": by_number if by_number is not None and by_number.is_bound else by_code,
        "by_code": by_code or TrackByCodeForm(request=request),
        "by_number": by_number or TrackByNumberForm(request=request, prefix="n"),
        "is_number": by_number is not None,
        "found": found_rows(request),
    }
    return render(request, "track/find.html", context, status=status)


def found_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the dossiers found by this visitor; a visitor without a session costs nothing."""
    codes = lookup.found_now(request.session, now()) if request.session.session_key else {}
    if not codes:
        return []
    return [
        {
            "code": found.code,
            "title": labels.name_in(found.version)[0],
            "submitted": vi_date(found.submitted_at),
            "dossier": found,
        }
        for found in lookup.with_names().filter(code__in=list(codes)).order_by("-submitted_at")
    ]


@login_not_required
@never_cache
@require_POST
def by_number(request: HttpRequest) -> HttpResponse:
    """Look up by ID number, birth date and phone in one POST; one answer for none and not matching."""
    moment = now()
    limit = hit_ip(request, "lookup_ip", moment)
    if limit.exceeded:
        return too_many(request, limit)
    form = TrackByNumberForm(request.POST, request=request, prefix="n")
    if not form.is_valid():
        return find_page(request, by_number=form, status=422)
    data = form.cleaned_data
    number = number_index(data["number"])
    # The pair of number and address is limited: a stranger's tries must not use up the owner's.
    for limit in (
        hit_different(request, "lookup", number, moment),
        hit_target("lookup_target", f"{number}\0{client_ip(request)}", moment),
    ):
        if limit.exceeded:
            return too_many(request, limit)
    codes = lookup.by_number(data["number"], data["birth"], data["phone_end"])
    if not codes:
        form.add_error(None, _("No dossier matches all of these. Check each of them, or ask the commune."))
        return find_page(request, by_number=form.asking_again(), status=422)
    forgive_different(request, "lookup", number, moment)
    lookup.remember(request.session, codes, moment)
    messages.success(request, _("These dossiers can be read here for 10 minutes."))
    return redirect("track:find")


@login_not_required
@never_cache
@shows_form
def dossier(request: HttpRequest, code: str) -> HttpResponse:
    """Show a dossier to a visitor who has just found it; anybody else is asked the question first."""
    if request.method == "POST":
        return look_up(request, request.POST.get("code", ""))
    may_read = code in lookup.found_now(request.session, now()) if request.session.session_key else False
    found = lookup.by_code(code) if may_read else None
    if found is None:
        return find_page(request, by_code=TrackByCodeForm(initial={"code": code[:60]}, request=request))
    return render(request, "track/dossier.html", public_page(found))


def public_page(found: Dossier) -> dict[str, Any]:
    """Return what everybody may know: no names, no holder, no reasons."""
    moment, entries = now(), history.timeline(found, history.PUBLIC)
    # On which day is an answer of theirs.
    signing = _("Those who sign come to the commune on the day that was chosen.") if is_awaited(found) else ""
    return {
        "dossier": found,
        "title": labels.name_in(found.version)[0],
        "sentence": history.status_sentence(found, history.PUBLIC, moment),
        "fee": history.fee_words(found),
        "stages": promises.stages(found),
        "received": promises.received_words(found),
        "next_step": next_steps.for_applicant(found, entries, moment, signing, audience=history.PUBLIC),
        "entries": entries,
    }
