"""Taking what a dossier owes at the counter, and payments whose end is not known."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.files.uploads import serve
from common.onetime import once
from common.refusals import Refused, fingerprint, require_fresh
from common.values.money import format_vnd
from common.web.screens import done, press, sent, shows_form
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer
from dossiers.models import Dossier
from offices.models import Role

from ...collecting import cashier, proofs, settling
from ...locks import require_not_own
from ...models import Attempt, Charge, Receipt, TransferProof
from ...reconciling import asking
from .. import scopes
from ..acts import MONEY_ROLES, Act, require, units_of
from ..fees_page import came_words, can_ask, charge_lines
from ..forms import CashForm, ResolveForm, TakeForm, TransferForm
from .fees import ask as ask_form
from .fees import fees_url, screen

PRINT_KEY = mark_safe(' accesskey="I"')


def owed_to(officer: Officer, dossier: Dossier) -> tuple[list[Charge], list[Charge]]:
    """Return what a dossier owes a cashier's unit, and what its applicant owes it for other dossiers.

    Raises PermissionDenied for who takes no money there.
    """
    owed = scopes.open_charges(dossier)
    require(officer, Act.TAKE, owed[0].unit_id if owed else dossier.received_by_id)
    units = units_of(officer, Role.CASHIER)
    mine = [charge for charge in owed if charge.unit_id in units]
    return mine, scopes.also_owed(dossier, {charge.unit_id for charge in mine})


def nothing_owed(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Lead back from a page that asks for money when nothing is owed (any more)."""
    messages.info(request, _("Nothing is owed for this dossier now."))
    return redirect(fees_url(dossier))


@shows_form
@officer_required(Role.CASHIER)
def cash(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Take what is owed in cash, into the cashier's open shift; its receipts are there at once."""
    dossier = scopes.dossier_of(officer, code)
    owed, also = owed_to(officer, dossier)
    if not owed:
        return nothing_owed(request, dossier)
    shift = cashier.shift_of(officer.user, owed[0].unit)
    if shift is None:
        messages.warning(request, _("Open your shift first: cash is counted by shifts."))
        return redirect(f"{reverse('money:open_shift')}?next={dossier.code}")
    form = CashForm(sent(request), owed=owed, also=also)

    def change() -> str:
        chosen = form.chosen()
        back = form.change(sum(charge.owed_vnd for charge in chosen))
        take_once(form, officer, lambda: cashier.take_cash(chosen, shift, officer.now))
        said = _("Give back: %(amount)s.") % {"amount": format_vnd(back)} if back else ""
        return taken(request, dossier, chosen, said)

    words = screen(dossier, _("Take the fee in cash"), _("Take cash and issue the receipt"), key="T")
    return ask_form(request, dossier, form, words, change, **shown(form, owed, also))


@shows_form
@officer_required(Role.CASHIER)
def transfer(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Record a transfer that the cashier has seen on the unit's account, with its picture."""
    dossier = scopes.dossier_of(officer, code)
    owed, also = owed_to(officer, dossier)
    if not owed:
        return nothing_owed(request, dossier)
    form = TransferForm(sent(request), request.FILES or None, owed=owed, also=also, now=officer.now)

    def change() -> str:
        chosen, given = form.chosen(), form.cleaned_data
        take_once(
            form,
            officer,
            lambda: proofs.take_transfer(chosen, given["reference"], given["upload"], by=officer.user, now=officer.now),
        )
        return taken(request, dossier, chosen)

    lead = _("Only once the money is on the unit's account: the receipt is issued at once.")
    words = screen(dossier, _("Record a transfer"), _("Record and issue the receipt"), lead, key="K")
    return ask_form(request, dossier, form, words, change, **shown(form, owed, also))


def shown(form: TakeForm, owed: list[Charge], also: list[Charge]) -> dict[str, Any]:
    """Return what the page of a taking shows besides its form."""
    total = sum(charge.owed_vnd for charge in owed)
    lines = [line for charge in owed for line in charge_lines(charge)]
    return {"revision": form.present, "lines": lines, "total_vnd": total, "also": also}


def take_once(form: TakeForm, officer: Officer, take: Callable[[], Attempt]) -> None:
    """Take money once for each key: the form sent again takes nothing."""
    once(form.cleaned_data["key"], "take", officer.user.pk, "", officer.now, take)


def taken(request: HttpRequest, dossier: Dossier, charges: list[Charge], said: str = "") -> str:
    """Say what has been taken, with the way to print each receipt; returns where to go on."""
    text = _("%(amount)s have been taken.") % {"amount": format_vnd(sum(row.owed_vnd for row in charges))}
    receipts = Receipt.objects.filter(charge__in=charges, cancelled_at=None).select_related("series").order_by("pk")
    newest = list({receipt.charge_id: receipt for receipt in receipts}.values())
    links = format_html_join(
        ", ",
        '<a href="{}"{}>{}</a>',
        (
            (reverse("money:receipt", args=[row.pk]), PRINT_KEY if row is newest[0] else "", row.full_number)
            for row in newest
        ),
    )
    label = _("Print the receipt:")
    return done(
        request,
        format_html('{} {} {} {} <kbd aria-hidden="true">I</kbd>', text, said, label, links),
        fees_url(dossier),
    )


@require_POST
@officer_required(*MONEY_ROLES)
def ask(request: HttpRequest, officer: Officer, code: str, ref: str) -> HttpResponse:
    """Have the provider asked where a payment stands; the page then shows what is known."""
    dossier = scopes.dossier_of(officer, code)
    attempt = scopes.attempt_of(dossier, ref)

    def change() -> str:
        if not can_ask(attempt):
            raise Refused(_("This way of paying cannot be asked, or has told how it ended."), code="way")
        if asking.ask_soon(attempt, officer.now):
            return done(request, _("The gateway is being asked. Look again in a few seconds."), fees_url(dossier))
        return done(request, _("The gateway was asked a moment ago. Look again in a few seconds."), fees_url(dossier))

    return press(request, change, fees_url(dossier))


@shows_form
@officer_required(Role.LEADER)
def resolve(request: HttpRequest, officer: Officer, code: str, ref: str) -> HttpResponse:
    """End an attempt that the provider looks into, by its letter."""
    dossier = scopes.dossier_of(officer, code)
    attempt = scopes.attempt_of(dossier, ref)
    require(officer, Act.RESOLVE, attempt.unit_id)
    form = ResolveForm(sent(request), attempt=attempt)

    def change() -> str:
        require_not_own(officer.user, dossier)
        require_fresh(form.cleaned_data["revision"], attempt.status, attempt.came_vnd)
        given = {"by": officer.user, "reason": form.cleaned_data["reason"], "now": officer.now}
        settling.decide_review(attempt, is_paid=form.cleaned_data["ended"] == "paid", **given)
        return done(request, _("The end of the payment has been noted."), fees_url(dossier))

    lead = came_words(attempt) or _("By what the provider has told in writing.")
    words = screen(dossier, _("Say how the payment ended"), _("Save"), lead)
    revision = fingerprint(attempt.status, attempt.came_vnd)
    return ask_form(request, dossier, form, words, change, revision=lambda: revision)


@require_safe
@officer_required(*MONEY_ROLES)
def proof(request: HttpRequest, officer: Officer, code: str, ref: str) -> HttpResponseBase:
    """The picture of a transfer."""
    attempt = scopes.attempt_of(scopes.dossier_of(officer, code), ref)
    found = TransferProof.objects.filter(attempt=attempt).exclude(file="").first()
    if found is None:
        raise Http404
    kind = proofs.media_type(found)
    return serve(request, found.file, kind, f"{attempt.ref}.{kind.rpartition('/')[2]}", sha256=found.sha256)
