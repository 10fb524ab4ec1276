"""Adding a dossier that was handed in on paper to one's own, by the secret on its receipt."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.requests import SignedInRequest
from common.clock import recorded_now
from common.web.limits import hit_ip, hit_target, too_many
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.actions.linking import checked_number, redeem

from ..forms import LinkCodeForm


@shows_form
def link(request: SignedInRequest) -> HttpResponse:
    """Ask for the secret and link its dossier, once; who has not been checked at the desk is told to go there."""
    form = LinkCodeForm(sent(request))
    if request.method == "POST":
        now = recorded_now()
        for limit in (hit_target("link_user", str(request.user.pk), now), hit_ip(request, "link_ip", now)):
            if limit.exceeded:
                return too_many(request, limit)

    def change() -> str:
        found = redeem(form.cleaned_data["code"], request.user, recorded_now())
        return done(request, _("The dossier is among yours now."), "applicant:dossier", found.ref)

    words = Screen(
        _("Add a dossier handed in at the counter"),
        _("Add the dossier"),
        reverse("applicant:dossiers"),
        _("Back to my dossiers"),
    )
    is_checked = bool(checked_number(request.user))
    return answer(request, form, words, change, template="applicant/link.html", is_checked=is_checked)
