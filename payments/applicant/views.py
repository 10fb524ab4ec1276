"""Paying as its payer meets it: what is owed, the ways, how a payment stands, the receipt."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common import onetime
from common.clock import now, recorded_now
from common.files.uploads import serve
from common.refusals import Refused, fingerprint, require_fresh
from common.web.screens import Screen, answer, done, press, sent, shows_form
from dossiers.applicant.guards import own_dossier
from dossiers.records import slips
from dossiers.records.fees import take_from_postman

from ..books import receipting
from ..charges import charging
from ..collecting import paying, settling
from ..collecting.paying import payer_of
from ..models import Attempt, Charge
from ..reconciling import asking
from . import pages
from .forms import PayForm
from .guards import own_attempt, own_receipt
from .standing import may_give_up

KEY = "pay"


@require_safe
def owed(request: SignedInRequest) -> HttpResponse:
    """Show all that the person's dossiers owe now; those of one office can be paid together."""
    return render(request, "payments/applicant/owed.html", pages.owed_page(pages.owed_charges(request.user)))


@shows_form
def pay(request: SignedInRequest, ref: str) -> HttpResponse:
    """Offer the ways to pay what one dossier owes; lead back to it when there is nothing to pay."""
    dossier = own_dossier(request, ref)
    back = reverse("applicant:dossier", args=[dossier.ref])
    return pay_charges(request, pages.charges_of(request.user, [dossier.ref]), back)


@shows_form
def pay_together(request: SignedInRequest) -> HttpResponse:
    """Offer the ways to pay what several dossiers owe to one office (``dossier=<ref>``, repeated)."""
    back = reverse("paying:owed")
    refs = request.GET.getlist("dossier")
    if not refs:
        messages.error(request, _("Tick the fees that you want to pay."))
        return redirect(back)
    return pay_charges(request, pages.charges_of(request.user, refs), back)


@dataclass(frozen=True)
class Bill:
    """Charges that are paid together, as the page showed them."""

    charges: Sequence[Charge]

    @property
    def sums(self) -> list[tuple[int, int]]:
        """What each charge owes."""
        return [(charge.pk, charge.owed_vnd) for charge in self.charges]

    def pay(self, request: SignedInRequest, form: PayForm) -> str:
        """Begin the payment, once per form, and return the address of its page."""
        data, moment = form.cleaned_data, recorded_now()
        require_fresh(data["revision"], self.sums)
        try:
            with transaction.atomic():
                subject = str(self.charges[0].pk)
                if onetime.use_key(data["key"], KEY, request.user.pk, subject, moment) is not None:
                    return self.newest()
                if data["payer_name"]:
                    charging.name_payer(self.charges, data["payer_name"], data["payer_address"])
                begun = paying.start(self.charges, data["way"], payer_of(request), moment)
        except Refused as refused:
            if refused.code != "paid":
                raise
            return self.newest()
        return f"{reverse('paying:attempt', args=[begun.ref])}?begun"

    def newest(self) -> str:
        """Return the page of the newest payment of these charges: somebody was faster, or the form came twice."""
        ids = [charge.pk for charge in self.charges]
        newest = Attempt.objects.filter(lines__charge__in=ids).order_by("pk").last()
        return reverse("paying:attempt", args=[newest.ref]) if newest else reverse("paying:owed")


def pay_charges(request: SignedInRequest, charges: list[Charge], back: str) -> HttpResponse:
    """Show the sums and the ways, or begin the payment; where nothing can be paid, say why and lead away."""
    if not charges:
        messages.info(request, _("There is nothing to pay now."))
        return redirect(back)
    if request.method != "POST" and (live := pages.live_attempt(charges)) is not None:
        return redirect("paying:attempt", live.ref)
    if len({charge.unit_id for charge in charges}) > 1:
        messages.error(request, _("These fees belong to several offices. Pay them one by one."))
        return redirect(back)
    if charging.claimed(charges):
        messages.info(request, _("You have claimed an exemption. Nothing is to be paid until an officer has decided."))
        return redirect(back)
    ways, bill = paying.ways(charges, now()), Bill(charges)
    offered = [(way.key, pages.way_label(way)) for way in ways if way.is_online]
    form = PayForm(sent(request), ways=offered, revision=fingerprint(bill.sums))
    return answer(
        request,
        form,
        Screen(_("Pay the fee"), _("Pay"), back),
        lambda: bill.pay(request, form),
        revision=lambda: fingerprint(bill.sums),
        template="payments/applicant/pay.html",
        **pages.paying_page(charges, ways),
    )


@require_safe
def attempt(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show how a payment stands; ``?begun`` when its payer has just chosen the way, ``?back`` back from the gateway."""
    came_from = "gateway" if "back" in request.GET else "form" if "begun" in request.GET else ""
    page = pages.attempt_page(own_attempt(request, ref), now(), came_from=came_from)
    return render(request, "payments/applicant/attempt.html", page)


@require_POST
def check(request: SignedInRequest, ref: str) -> HttpResponse:
    """Have the gateway asked at once; the page then shows what is known."""
    found, moment = own_attempt(request, ref), recorded_now()
    page = reverse("paying:attempt", args=[ref]) + ("?back" if "back" in request.GET else "")

    def ask() -> str:
        if not found.is_live:
            return page
        if asking.ask_soon(found, moment):
            return done(request, _("The gateway is being asked. Look again in a few seconds."), page)
        return done(request, _("The gateway was asked a moment ago. Look again in a few seconds."), page)

    return press(request, ask, page)


@require_POST
def give_up(request: SignedInRequest, ref: str) -> HttpResponse:
    """End a transfer that has not been made, so that the fee can be paid in another way."""
    found, moment = own_attempt(request, ref), recorded_now()
    page = reverse("paying:attempt", args=[ref])

    def end() -> str:
        if not (may_give_up(found) and settling.give_up(found, moment)):
            raise Refused(_("This payment cannot be given up. Wait for its outcome, or check it again."), code="state")
        return done(request, _("The payment has been given up."), page)

    return press(request, end, page)


@require_POST
def no_postman(request: SignedInRequest, ref: str) -> HttpResponse:
    """Take a fee from the postman to whom it was left, before a parcel collects it."""
    dossier = own_dossier(request, ref)
    page = reverse("applicant:dossier", args=[ref])

    def change() -> str:
        with transaction.atomic():
            if not take_from_postman(dossier):
                raise Refused(_("The postman does not collect this fee, or has it with the result."), code="state")
        return done(request, _("You pay the fee to the commune. The postman takes only the postage."), page)

    return press(request, change, page)


@require_safe
def receipt(request: SignedInRequest, ref: str, pk: int) -> HttpResponseBase:
    """Show a receipt for printing; with ``?pdf`` its stored PDF, once it has been made."""
    found = own_receipt(request, ref, pk)
    if "pdf" in request.GET:
        if not found.file:
            raise Http404
        return serve(request, found.file, "application/pdf", f"bien-lai-{found.number:07d}.pdf", sha256=found.sha256)
    with slips.in_vietnamese():
        template, page = receipting.page(found)
        return render(request, template, page | {"back": reverse("applicant:dossier", args=[ref])})
