"""Repayments: asked for by one officer, approved by another, handed out or transferred."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.onetime import once
from common.refusals import Refused, fingerprint, require_fresh
from common.web.screens import Screen, answer, done, press, sent, shows_form
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer
from offices.models import Role

from ...collecting import cashier, refunding
from ...models import AttemptStatus, Refund
from ...reconciling import asking
from .. import scopes
from ..acts import REFUND_ROLES, Act, require
from ..forms import AskRefundForm, DecideRefundForm, TransferredForm
from ..refund_pages import GROUPS, page_of, refund_page
from .fees import ask as ask_form
from .fees import fees_url, screen


@require_safe
@officer_required(*REFUND_ROLES)
def refunds(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Repayments by what they wait for."""
    group = request.GET.get("view", "")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = page_of(officer, group if group in GROUPS else "asked", after=after, before=before)
    return render(request, "payments/desk/refund_list.html", page)


@require_safe
@officer_required(*REFUND_ROLES)
def refund(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """One repayment: what is given back of what, who asked, how it stands, what to do."""
    return render(request, "payments/desk/refund.html", refund_page(officer, scopes.refund_of(officer, pk)))


@shows_form
@officer_required(*REFUND_ROLES)
def ask_refund(request: HttpRequest, officer: Officer, code: str, ref: str) -> HttpResponse:
    """Ask for a repayment out of one payment of a dossier."""
    dossier = scopes.dossier_of(officer, code)
    attempt = scopes.attempt_of(dossier, ref)
    require(officer, Act.ASK_REFUND, attempt.unit_id)
    left = refunding.refundable(attempt) if attempt.status == AttemptStatus.SUCCEEDED else {}
    form = AskRefundForm(sent(request), attempt=attempt, left=left)

    def change() -> str:
        given = {"by": officer.user, "reason": form.cleaned_data["reason"], "now": officer.now}
        once(
            form.cleaned_data["key"],
            "refund",
            officer.user.pk,
            attempt.ref,
            officer.now,
            lambda: refunding.request(attempt, form.amounts(), **given),
        )
        return done(request, _("The repayment waits for another officer's approval."), fees_url(dossier))

    lead = _("A leader approves it; then the money goes back the way it came, or is handed out at the counter.")
    words = screen(dossier, _("Ask for a repayment"), _("Ask for the repayment"), lead)
    return ask_form(request, dossier, form, words, change, is_empty=not left)


@shows_form
@officer_required(Role.LEADER)
def decide(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Approve or decline a repayment that somebody else asked for."""
    found = scopes.refund_of(officer, pk)
    require(officer, Act.DECIDE_REFUND, found.attempt.unit_id)
    form = DecideRefundForm(sent(request), revision=fingerprint(found.status))

    def change() -> str:
        approved = form.cleaned_data["approved"] == "1"
        refunding.decide(found, approved=approved, by=officer.user, now=officer.now)
        text = _("The repayment has been approved.") if approved else _("The repayment has been declined.")
        return done(request, text, "money:refunds")

    words = words_of(found, _("Decide the repayment"), _("Decide"))
    shown = refund_page(officer, found)
    return answer(request, form, words, change, template="payments/desk/refund_act.html", **shown)


@shows_form
@officer_required(Role.CASHIER)
def transferred(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Note that an approved repayment has been transferred from the unit's account."""
    found = scopes.refund_of(officer, pk)
    require(officer, Act.PAY_OUT, found.attempt.unit_id)
    form = TransferredForm(sent(request), revision=fingerprint(found.status))

    def change() -> str:
        require_fresh(form.cleaned_data["revision"], found.status)
        refunding.transferred(found, form.cleaned_data["bank_ref"], by=officer.user, now=officer.now)
        return done(request, _("The repayment has been noted as transferred."), "money:refunds")

    words = words_of(found, _("The repayment was transferred"), _("Save"))
    shown = refund_page(officer, found)
    return answer(request, form, words, change, template="payments/desk/refund_act.html", **shown)


@require_POST
@officer_required(Role.CASHIER)
def hand_out(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Hand an approved repayment out in cash, from the cashier's open shift."""
    found = scopes.refund_of(officer, pk)
    require(officer, Act.PAY_OUT, found.attempt.unit_id)

    def change() -> str:
        shift = cashier.shift_of(officer.user, found.attempt.unit)
        if shift is None:
            raise Refused(_("Open your shift first: cash is counted by shifts."), code="shift")
        refunding.hand_out(found, shift, officer.now)
        return done(request, _("The repayment has been handed out in cash."), "money:refunds")

    return press(request, change, reverse("money:refund", args=[found.pk]))


@require_POST
@officer_required(*REFUND_ROLES)
def ask(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """Have the provider asked how a repayment ended; it is never sent again."""
    found = scopes.refund_of(officer, pk)
    here = reverse("money:refund", args=[found.pk])

    def change() -> str:
        if found.status not in refunding.ON_ITS_WAY:
            raise Refused(_("This repayment is not on its way."), code="state")
        asking.ask_about_refund_soon(found, officer.now)
        return done(request, _("The provider is asked within a minute. Look again then."), here)

    return press(request, change, here)


def words_of(found: Refund, title: str, button: str) -> Screen:
    """Return the words of a form page about a repayment."""
    return Screen(title, button, reverse("money:refund", args=[found.pk]), _("Back to the repayment"))
