"""The page of a draft about its fee: what it costs, who is exempt by which proof, and what the applicant claims."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common.clock import local_day, now, recorded_now
from common.files.uploads import ACCEPT_ATTRIBUTE, Accepted, accept
from common.refusals import Refused, fingerprint, require_fresh
from common.text import translated
from common.web.limits import hit_target, too_many
from common.web.screens import Screen, answer, sent, shows_form
from dossiers.applicant.guards import on_draft
from dossiers.applicant.pages.given import file_row
from dossiers.filing.papers import remove_paper
from dossiers.models import Dossier

from ..charges import claiming, copies, shown
from .forms import FeeForm


@shows_form
@on_draft
def fee(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Show every exemption with its proof; POST keeps what is claimed and goes on to the review."""
    day = local_day(now())
    offered, claimed = claiming.exemptions_of(dossier, day), claiming.claimed_by(dossier)
    asks_copies = copies.may_be_ordered(dossier.version)
    review = reverse("applicant:review", args=[dossier.ref])
    if not offered and not asks_copies:
        return redirect(review)
    if request.FILES and (limit := hit_target("upload_user", str(request.user.pk), now())).exceeded:
        return too_many(request, limit)
    ordered = copies.ordered(dossier) if asks_copies else None
    form = FeeForm(
        sent(request),
        request.FILES or None,
        choices=[(exemption.pk, translated(exemption, "who")) for exemption in offered],
        asks_copies=asks_copies,
        initial={"exemptions": [row.pk for row in offered if claimed & set(row.ids)], "copies": ordered or ""},
        revision=fingerprint(sorted(claimed), ordered),
    )

    def change() -> str:
        data = form.cleaned_data
        require_fresh(data["revision"], sorted(claimed), ordered)
        wanted = {pk for row in offered if row.pk in data.get("exemptions", []) for pk in row.ids}
        count = data["copies"] or 0 if asks_copies else None
        claiming.save(dossier, wanted, taken(request), count=count, by=request.user, now=recorded_now())
        if "more" in request.POST:
            return reverse("paying:fee", args=[dossier.ref])
        return reverse("applicant:dossier", args=[dossier.ref]) if "later" in request.POST else review

    def page(refused: Refused | None) -> dict[str, Any]:
        return {
            "dossier": dossier,
            "fee": shown.fee_of(dossier, day),
            "offered": offered,
            "proofs": [file_row(paper, request.user) for paper in claiming.proofs_of(dossier)],
            "accept": ACCEPT_ATTRIBUTE,
        }

    title = claiming.title_of(has_exemptions=bool(offered), asks_copies=asks_copies)
    return answer(
        request,
        form,
        Screen(title, _("Save and continue"), reverse("applicant:dossier", args=[dossier.ref])),
        change,
        revision=lambda: fingerprint(
            sorted(claiming.claimed_by(dossier)), copies.ordered(dossier) if asks_copies else None
        ),
        template="payments/applicant/fee.html",
        page=page,
    )


@require_POST
@on_draft
def proof_remove(request: SignedInRequest, dossier: Dossier, paper_ref: str) -> HttpResponse:
    """Take back a file that proves a claim."""
    _key, name = remove_paper(dossier, paper_ref, now=recorded_now())
    words = _("“%(name)s” has been removed.") % {"name": name} if name else _("It had been removed already.")
    messages.success(request, words)
    return redirect("paying:fee", dossier.ref)


def taken(request: SignedInRequest) -> Accepted | None:
    """Return the checked file that came with a form, None without one; raises Refused for what is no paper."""
    file = request.FILES.get("proof")
    if file is None:
        return None
    try:
        return accept(file, now=recorded_now())
    except Refused as refused:
        raise Refused(*refused.reasons, code=refused.code, field="proof") from refused
