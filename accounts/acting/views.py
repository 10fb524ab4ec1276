"""Pages of acting for an organisation: its people and what they did, an invitation, and for whom somebody acts."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.clock import now, recorded_now
from common.forms.fields import NfcCharField
from common.refusals import Refused
from common.web import limits
from common.web.middleware import ACTING
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, done, press, sent, shows_form

from ..forms import mail_field
from ..models import Member, User
from ..own_forms import OwnForm
from ..requests import SignedInRequest
from . import members, records


class InviteForm(OwnForm):
    """Whom an organisation lets act for it."""

    email = mail_field()
    position = NfcCharField(
        label=gettext_lazy("What this person is to you"),
        help_text=gettext_lazy("For example accountant. It stands beside the name on papers."),
        max_length=80,
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.act_once()


def _organisation(request: SignedInRequest) -> User:
    """Return the account that is signed in where others may act for it; raises Http404 for a citizen's."""
    if not members.may_have_members(request.user):
        raise Http404
    return request.user


@never_cache
@require_safe
def people(request: SignedInRequest) -> HttpResponse:
    """List who acts for the organisation, who is invited, and who did. One query."""
    known = list(members.members_of(_organisation(request)))
    page = {
        "standing": [one for one in known if one.ended_at is None],
        "former": [one for one in known if one.ended_at is not None],
        "open_since": now() - members.VALID_FOR,
    }
    return render(request, "account/people.html", page)


@never_cache
@shows_form
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite somebody by email, once the password was typed."""
    organisation, moment = _organisation(request), recorded_now()
    form = InviteForm(sent(request), request=request)
    screen = Screen(
        _("Let somebody act for you"),
        _("Send the invitation"),
        reverse("accounts:people"),
        _("Who acts for you"),
        _("Whoever accepts files, pays and writes in your name and sees your dossiers. You can end it at any time."),
    )

    def change() -> str:
        data = form.cleaned_data
        members.invite(organisation, data["email"], data["position"], data["key"], moment)
        return done(request, _("The invitation is on its way to %(email)s.") % data, "accounts:people")

    if request.method == "POST" and form.is_valid():
        targets = (("invite_user", str(organisation.pk)), ("invite_target", form.cleaned_data["email"].lower()))
        for scope, subject in targets:
            limit = limits.hit_target(scope, subject, moment)
            if limit.exceeded:
                return limits.too_many(request, limit)
    return answer(request, form, screen, change, template="account/people_invite.html")


@never_cache
@require_safe
def member(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what somebody did for the organisation, the newest first. Four queries at most."""
    found = get_object_or_404(members.members_of(_organisation(request)), pk=pk, accepted_at__isnull=False)
    page = keyset_page(
        found.records.all(), ("-id",), after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    context = {"member": found, "lines": records.in_words(page.rows, request.user), "page": page}
    return render(request, "account/people_member.html", context)


@require_POST
def end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a membership or take an invitation back, from either side; ended twice is ended."""
    user = request.user
    mine = Member.objects.filter(pk=pk, organisation=user) | Member.objects.filter(pk=pk, person=user)
    found = get_object_or_404(mine)
    back = reverse("accounts:people" if found.organisation_id == user.pk else "accounts:acting")

    def change() -> str:
        members.end(pk, user, recorded_now())
        if request.session.get(ACTING) == pk:
            del request.session[ACTING]
        return done(request, _("Ended. Nothing more can be done in the organisation's name that way."), back)

    return press(request, change, back)


@never_cache
@shows_form
def acting(request: SignedInRequest) -> HttpResponse:
    """Choose for whom one acts from now on: an organisation, or oneself."""
    if request.method != "POST":
        return render(request, "account/acting.html", {"memberships": members.organisations_of(request.user)})
    chosen = request.POST.get("member", "")
    if not chosen:
        request.session.pop(ACTING, None)
        return redirect(done(request, _("You act for yourself again."), "applicant:dossiers"))
    organisation = members.acting_as(request.user, int(chosen)) if chosen.isascii() and chosen.isdigit() else None
    if organisation is None:
        raise Http404
    assert organisation.acting is not None
    request.session[ACTING] = organisation.acting.pk
    return redirect("applicant:dossiers")


@never_cache
@login_not_required
@shows_form
def joining(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show an invitation to act for an organisation; pressing the button accepts it."""
    invited = members.invitation(token, now())
    if invited is None:
        return render(request, "account/joining.html", {"invited": None}, status=410)
    user = request.user if isinstance(request.user, User) else None
    refused = members.why_not(invited, user) if user is not None else None
    if request.method == "POST":
        if user is None:
            return redirect_to_login(request.get_full_path())
        try:
            members.accept(invited, user, recorded_now())
        except Refused as error:
            refused = error
        else:
            words = _("You may now act for %(name)s. Choose it whenever you do.")
            return redirect(done(request, words % {"name": invited.organisation.full_name}, "accounts:acting"))
    page = {"invited": invited, "refused": refused, "next": request.get_full_path()}
    status = refused.status if refused is not None and request.method == "POST" else 200
    return render(request, "account/joining.html", page, status=status)
