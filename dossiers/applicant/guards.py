"""What the applicant's screens share: whose dossier, which state, and how a refusal is told."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.requests import SignedInRequest
from common.clock import local_day, now
from common.database.compiled import Compiled
from common.refusals import Refused
from common.web.hidden import hidden
from dossiers.timeline.history import explain_refusal

from ..filing import submission
from ..models import Dossier

View = Callable[..., HttpResponseBase]


_own: Compiled[Dossier] = Compiled(
    lambda owner, ref: Dossier.objects.of_owner(owner).filter(ref=ref).select_related("received_by", "unit")
)


def own_dossier(request: SignedInRequest, ref: str) -> Dossier:
    """Return the signed-in person's own dossier with its units; raises Http404 for any other. One query."""
    found = _own.first(request.user.pk, ref)
    if found is None:
        raise hidden(Dossier, ref=ref)
    # As the query asked: nobody need read the account again.
    found.owner = request.user
    return found


def telling_refusals(view: View) -> View:
    """Fetch the person's dossier for a view; a refused action becomes a message on the dossier's page."""

    @wraps(view)
    def guarded(request: SignedInRequest, ref: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        dossier = own_dossier(request, ref)
        try:
            return view(request, dossier, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, explain_refusal(refusal))
            return redirect("applicant:dossier", dossier.ref)

    return guarded


def on_draft(view: View) -> View:
    """Like :func:`telling_refusals`, for views that need a draft of the version in force."""

    @telling_refusals
    @wraps(view)
    def guarded(request: SignedInRequest, dossier: Dossier, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not dossier.is_draft:
            messages.info(request, _("This dossier has been submitted; it cannot be changed here any more."))
            return redirect("applicant:dossier", dossier.ref)
        if submission.newer_version(dossier, local_day(now())) is not None:
            return redirect("applicant:dossier", dossier.ref)
        return view(request, dossier, *args, **kwargs)

    return guarded
