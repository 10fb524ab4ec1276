"""What is done with the pages of a paper once they are there: turned, put in order; a paper filed before used again."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common.clock import now, recorded_now
from common.refusals import Refused
from common.web.limits import hit_target, too_many
from dossiers.filing import again, sheets
from dossiers.models import Dossier

from ..chosen_files import require_known
from ..guards import telling_refusals
from .draft import card_url, opened_name, take_chosen


@require_POST
@telling_refusals
def paper_turn(request: SignedInRequest, dossier: Dossier, paper_ref: str) -> HttpResponse:
    """Turn a picture by a quarter, of a draft or of an unsent supplement."""
    limit = hit_target("turn_user", str(request.user.pk), now())
    if limit.exceeded:
        return too_many(request, limit)
    return done_with(
        request, dossier, lambda: sheets.turn(dossier, paper_ref, by=request.user, now=recorded_now()), _("Turned.")
    )


@require_POST
@telling_refusals
def paper_move_up(request: SignedInRequest, dossier: Dossier, paper_ref: str) -> HttpResponse:
    """Put a page before the one that stands before it."""
    return done_with(request, dossier, lambda: sheets.move_up(dossier, paper_ref, now=recorded_now()), _("Moved up."))


def done_with(request: SignedInRequest, dossier: Dossier, work: Callable[[], str], said: str) -> HttpResponse:
    """Take what was chosen on the page, do the work, say it and lead to the card; a page that is gone is said too."""
    refused = take_chosen(request, dossier)
    if refused is not None:
        return refused
    try:
        url = card_url(dossier, work())
    except Refused as refusal:
        if refusal.code == "stale":
            raise
        messages.warning(request, str(refusal.message))
        return redirect(opened_name(dossier), dossier.ref)
    messages.success(request, said)
    return redirect(url)


@require_POST
@telling_refusals
def paper_again(request: SignedInRequest, dossier: Dossier, key: str, paper_ref: str) -> HttpResponse:
    """Give a paper that the person filed with an earlier dossier; what was chosen on the page comes first."""
    require_known(dossier, key)

    def use() -> str:
        again.use_again(dossier, key, paper_ref, by=request.user, now=recorded_now())
        return key

    return done_with(request, dossier, use, _("The paper from the earlier dossier has been added."))
