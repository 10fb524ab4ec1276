"""Every action of the desk: one page, one form, one perform(), then the next dossier of the list."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.refusals import Refused
from common.web.screens import answer, done, press, sent, shows_form
from dossiers import actions
from dossiers.models import Dossier
from dossiers.timeline.history import OFFICER, explain_refusal, timeline
from dossiers.workflow import ActionBase, Overtaken, perform, plan, roles_of
from offices.models import Role

from ..actions import BY_SEGMENT, DeskAction
from ..actions.base import ActionForm
from ..guards import officer_required
from ..lists import ListSpec, first, neighbour, place_of
from ..officer import Officer
from ..rows import code_url, dossier_url, list_url, status_of
from ..searching import Search

# Marks a banner whose link has the access key of printing.
PRINTS = "prints"


@shows_form
@officer_required()
def act(request: HttpRequest, officer: Officer, code: str, segment: str) -> HttpResponse:
    """Show an action's form, or perform it and open the next dossier of the same list.

    After a refusal the page shows the dossier's newer state.
    """
    row = row_for(officer, segment)
    dossier, spec = officer.dossier(code), ListSpec.read(request.GET, officer)
    if request.method != "POST" and (closed := why_closed(row, officer, dossier)):
        messages.warning(request, explain_refusal(closed))
        return redirect(dossier_url(dossier, spec))
    form = row.form(sent(request), request.FILES or None, dossier=dossier, officer=officer)
    place = place_of(dossier, spec)

    def change() -> str:
        perform_at_desk(form.action(), dossier, officer, form.shown_revision(), form.legal_time)
        announce(request, dossier, row, form.done)
        return reverse(row.leads_to) if row.leads_to else next_address(request, officer, spec, place)

    def page(refused: Refused | None) -> dict[str, Any]:
        shown = dossier if refused is None else officer.dossier(code)
        closed = why_closed(row, officer, shown) if request.method == "POST" else None
        return {
            "dossier": shown,
            "deadline_status": status_of(officer, shown),
            "is_open": closed is None,
            # Who was faster stands above the form already.
            "closed": "" if closed is None or closed.is_stale else closed.message,
            "newest": timeline(shown, OFFICER)[:3] if refused and refused.status != 422 else [],
            "back": dossier_url(shown, spec),
        }

    return answer(
        request, form, row, change, revision=lambda: officer.dossier(code).revision, template="desk/act.html", page=page
    )


def row_for(officer: Officer, segment: str) -> DeskAction:
    """Return the action of an address.

    Raises Http404 when the desk does not offer it, PermissionDenied when it is for other roles.
    """
    if segment not in BY_SEGMENT:
        raise Http404
    row = BY_SEGMENT[segment]
    if officer.roles.isdisjoint(row.rule.who):
        raise PermissionDenied
    return row


def perform_at_desk(
    action: ActionBase, dossier: Dossier, officer: Officer, revision: int, at: datetime | None = None
) -> None:
    """Perform an action, for the law ``at`` an earlier time; a refusal says who came first. Raises Refused."""
    try:
        perform(action, dossier, by=officer.user, now=officer.now, revision=revision, at=at)
    except Overtaken as overtaken:
        raise Refused(explain_refusal(overtaken), code=overtaken.code) from overtaken


def why_closed(row: DeskAction, officer: Officer, dossier: Dossier) -> Refused | None:
    """Return why an officer may not try an action as the dossier stands, None where it is open; two queries."""
    roles = roles_of(officer.user, dossier, officer.now)
    try:
        plan(row.performs, dossier, by=officer.user, roles=roles, now=officer.now)
    except Refused as refused:
        return refused
    return None


def announce(request: HttpRequest, dossier: Dossier, row: DeskAction, said: str = "") -> None:
    """Put the banner for the next page: what was done (``said``, if anything), the dossier it was done to, its slip."""
    link = format_html('<a href="{}">{}</a>', reverse("desk:dossier", args=[dossier.code]), dossier.code)
    text = format_html("{}: {} – {}.", said or row.rule.done, link, dossier.applicant.name)
    if row.slip:
        address = reverse("desk:print", args=[row.slip, dossier.code])
        label = _("Print the slip")
        text = format_html('{} <a href="{}" accesskey="I">{} <kbd aria-hidden="true">I</kbd></a>', text, address, label)
    messages.success(request, text, extra_tags=PRINTS if row.slip else "")


def has_print_key(request: HttpRequest) -> bool:
    """Tell whether the banner of this page prints the slip just made, and so has the key; it stays to be shown."""
    waiting: Any = messages.get_messages(request)
    found = any(message.extra_tags == PRINTS for message in waiting)
    waiting.used = False
    return found


def next_address(request: HttpRequest, officer: Officer, spec: ListSpec, place: str) -> str:
    """Return where an officer goes on: the next dossier of the list, else its first one, else the list itself."""
    search = Search.kept(request.session)
    code = neighbour(officer, spec, search, place) or first(officer, spec, search)
    if code is not None:
        return code_url(code, spec)
    messages.info(request, _("That was the last dossier of this list."))
    return list_url(officer, spec)


@require_POST
@officer_required(Role.SPECIALIST)
def take(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Take a dossier that is offered to the whole role: it is forwarded to oneself."""
    dossier = officer.dossier(code)
    here = dossier_url(dossier, ListSpec.read(request.GET, officer))
    form = ActionForm(request.POST, dossier=dossier, officer=officer)
    to_oneself = actions.Forward(to=officer.user, role=Role.SPECIALIST)

    def change() -> str:
        perform_at_desk(to_oneself, dossier, officer, form.shown_revision() if form.is_valid() else -1)
        return done(request, _("You hold this dossier now."), here)

    return press(request, change, here)
