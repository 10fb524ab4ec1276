"""The power of attorney of a draft that is filed for somebody else: its date, number and end."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedInRequest
from common.clock import local_day, now, recorded_now
from common.web.screens import Screen, answer, sent, shows_form

from ...actions.readiness import Readiness
from ...filing import drafts
from ...models import Dossier
from ..forms import AuthorityForm
from ..guards import on_draft


@shows_form
@on_draft
def authority(request: SignedInRequest, dossier: Dossier) -> HttpResponse:
    """Ask for what stands on the power of attorney; where none is needed, lead to the parts."""
    ready = Readiness(dossier, local_day(now()))
    back = reverse("applicant:dossier", args=[dossier.ref])
    if not ready.asks_authority:
        return redirect(back)
    screen = Screen(_("Power of attorney"), _("Save and continue"), back, _("Back to the parts"))
    form = AuthorityForm(sent(request), initial=dossier.authority or {}, today=ready.day)

    def change() -> str:
        stated = {name: form.cleaned_data[name] for name in ("day", "number", "until")}
        drafts.set_authority(dossier, stated, now=recorded_now())
        from_review = request.GET.get("back") == "review"
        return reverse("applicant:review" if from_review else "applicant:papers", args=[dossier.ref])

    n = len(ready.form.sections) + 1
    return answer(request, form, screen, change, template="applicant/authority.html", n=n, total=ready.parts)
