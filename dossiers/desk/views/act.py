"""How every action page of the desk works: one form, one perform(), the next dossier."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.refusals import Refused
from dossiers.models import Dossier
from dossiers.timeline.history import explain_refusal, timeline
from dossiers.workflow import ActionBase, Overtaken, perform, roles_of

from ..forms.reception import ActionForm
from ..lists import ListSpec, Search, first, neighbour, place_of
from ..officer import Officer, is_possible
from ..rows import DeadlineStatuses


@dataclass(frozen=True)
class Screen:
    """The words of one action page and the slip the action leaves behind."""

    action: type[ActionBase]
    title: Any
    lead: Any
    button: Any
    done: Any
    key: str = ""
    slip: str = ""
    is_danger: bool = False


def act(
    request: HttpRequest,
    officer: Officer,
    dossier: Dossier,
    form: ActionForm,
    screen: Screen,
    *,
    template: str = "desk/dossier_action.html",
    detail: str = "desk:dossier",
    spec: ListSpec | None = None,
    **context: Any,
) -> HttpResponse:
    """Show an action's form, or perform it and open the next dossier of the same list.

    A refusal shows the page again with everything typed, the sentence that says
    why, and the dossier's newer state: 403 for the wrong person, else 409.
    """
    spec = spec or ListSpec.read(request.GET, officer)
    status = 200
    if request.method == "POST":
        place = place_of(dossier, spec)
        status = 422
        if form.is_valid():
            try:
                perform(form.action(), dossier, by=officer.user, now=officer.now, revision=form.shown_revision())
            except Refused as refused:
                status = 403 if refused.code in ("who", "own", "holder") else 409
                dossier = officer.dossier(dossier.code or "")
                form.add_error(None, explain_refusal(refused))
                form.renew(dossier)
            else:
                announce(request, dossier, screen)
                return redirect(next_address(request, officer, spec, place, detail))
    roles = roles_of(officer.user, dossier, officer.now)
    is_open = is_possible(screen.action, dossier, officer.user, roles, officer.now)
    if request.method != "POST" and not is_open:
        messages.warning(request, explain_refusal(Overtaken("state", dossier)))
        return redirect(f"{reverse(detail, args=[dossier.code])}?{spec.query_string()}")
    page = {
        "dossier": dossier,
        "deadline_status": DeadlineStatuses(officer).of(dossier),
        "form": form,
        "screen": screen,
        "is_open": is_open,
        "newest": timeline(dossier, "officer")[:3] if status in (403, 409) else [],
        "back": f"{reverse(detail, args=[dossier.code])}?{spec.query_string()}",
        **context,
    }
    return render(request, template, page, status=status)


def announce(request: HttpRequest, dossier: Dossier, screen: Screen) -> None:
    """Put the banner for the next page: what was done, the dossier it was done to, its slip."""
    link = format_html('<a href="{}">{}</a>', reverse("desk:dossier", args=[dossier.code]), dossier.code)
    text = format_html("{} {} – {}.", screen.done, link, dossier.applicant.name)
    if screen.slip and dossier.slips.filter(kind=screen.slip).exists():
        address = reverse("desk:print", args=[screen.slip, dossier.code])
        text = format_html('{} <a href="{}">{}</a>', text, address, _("Print the slip"))
    messages.success(request, text)


def next_address(request: HttpRequest, officer: Officer, spec: ListSpec, place: str, detail: str) -> str:
    """Return where an officer goes on: the next dossier of the list, else its first one, else the list itself."""
    search = Search.kept(request.session)
    code = neighbour(officer, spec, search, place) or first(officer, spec, search)
    if code is not None:
        return f"{reverse(detail, args=[code])}?{spec.query_string()}"
    messages.info(request, _("That was the last dossier of this list."))
    return reverse("leader:home") if detail == "leader:dossier" else f"{reverse('desk:list')}?{spec.query_string()}"
