"""The money of one dossier: what was owed and paid, and what officers decide about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common.forms.screen_forms import ScreenForm
from common.onetime import once
from common.refusals import Refused, fingerprint, require_fresh
from common.values.money import format_vnd
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.actions.payment import UNSETTLED
from dossiers.desk.dossier_page import file_of
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer
from dossiers.models import Dossier, Status
from dossiers.querysets import DESK_ROLES
from offices.models import Role

from ...charges import charging, claiming, copies
from ...collecting import correcting
from ...models import Charge
from .. import scopes
from ..acts import MONEY_ROLES, Act, may, require
from ..fee_lines import charge_lines, in_words
from ..fees_page import Money, copies_page, money_of
from ..forms import AddForm, ClaimForm, CopiesForm, FollowForm, PayerForm, ReasonForm, ReassessForm, state_of


@dataclass(frozen=True)
class MoneyScreen(Screen):
    """A form page about a dossier's money; ``key`` is the access key of its button."""

    key: str = ""


def fees_url(dossier: Dossier) -> str:
    """Return the page of a dossier's money."""
    return reverse("money:fees", args=[dossier.code])


def screen(dossier: Dossier, title: Any, button: Any, lead: Any = "", **more: Any) -> MoneyScreen:
    """Return the words of a form page that leads back to the dossier's money."""
    return MoneyScreen(title, button, fees_url(dossier), _("Back to the fees"), lead, **more)


def ask(
    request: HttpRequest, dossier: Dossier, form: ScreenForm, words: Screen, change: Callable[[], str], **more: Any
) -> HttpResponse:
    """Show the form of an act on a dossier's money, or do it."""
    return answer(request, form, words, change, template="payments/desk/screen.html", dossier=dossier, **more)


def may_add(officer: Officer, dossier: Dossier) -> bool:
    """Tell whether an officer may charge more for a dossier: its procedure has fees, it did not end for nothing."""
    has_ended = dossier.status in (Status.REFUSED, Status.STOPPED)
    return not has_ended and may(officer, Act.REASSESS, dossier.unit_id) and bool(scopes.tariff_of(dossier))


def lines_of(charge: Charge) -> dict[str, Any]:
    """Return the lines and the sum of a charge, as the page of an act shows them."""
    return {"lines": charge_lines(charge), "total_vnd": charge.amount_vnd}


def outcome_of(anew: correcting.Anew) -> str:
    """Say what becomes of a fee that follows its answers."""
    if anew.back_vnd:
        words = _("%(amount)s were paid too much. A repayment is proposed; a leader approves it.")
        return words % {"amount": format_vnd(anew.back_vnd)}
    if not anew.kept_vnd:
        return _("The fee is assessed anew; the former assessment stays to be read.")
    if not anew.rest_vnd:
        return _("What was paid is the whole fee; nothing more is asked for.")
    words = _("What was paid stays; the rest of %(amount)s is charged besides.")
    return words % {"amount": format_vnd(anew.rest_vnd)}


def page_of(officer: Officer, dossier: Dossier) -> dict[str, Any]:
    """Return what the fees page shows; ``dossier_url`` is '' for who may not open the dossier."""
    at_desk = any(post.role in DESK_ROLES for post in officer.posts)
    is_open = at_desk and officer.dossiers().filter(pk=dossier.pk).exists()
    money = money_of(dossier, officer) or Money([], [], [], 0, "")
    return {
        "dossier": dossier,
        "money": money,
        "owed": format_vnd(money.owed_vnd),
        "past": [card for card in money.charges if card.is_past],
        "add_url": reverse("money:add", args=[dossier.code]) if may_add(officer, dossier) else "",
        "dossier_url": reverse("desk:dossier", args=[dossier.code]) if is_open else "",
    }


@require_safe
@officer_required(*MONEY_ROLES)
def fees(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Every charge, claim, payment, receipt and repayment of a dossier."""
    return render(request, "payments/desk/fees.html", page_of(officer, scopes.dossier_of(officer, code)))


@shows_form
@officer_required(*DESK_ROLES)
def claim(request: HttpRequest, officer: Officer, code: str, pk: int) -> HttpResponse:
    """Grant or decline a claimed exemption, by its proof."""
    dossier = scopes.dossier_of(officer, code)
    found = scopes.claim_of(dossier, pk)
    require(officer, Act.DECIDE_CLAIM, dossier.unit_id)
    form = ClaimForm(sent(request), revision=str(found.granted))

    def change() -> str:
        granted = form.cleaned_data["granted"] == "1"
        with transaction.atomic():
            for one in scopes.same_claims(found):
                charging.decide_claim(
                    one, granted=granted, by=officer.user, reason=form.cleaned_data["reason"], now=officer.now
                )
        text = _("The exemption has been granted.") if granted else _("The exemption has been declined.")
        return done(request, text, fees_url(dossier))

    words = screen(dossier, _("Decide the exemption"), _("Decide"), key="X")
    proofs = [file_of(dossier, paper) for paper in claiming.proofs_of(dossier)]
    return ask(request, dossier, form, words, change, claim=found.exemption, proofs=proofs)


@shows_form
@officer_required(*DESK_ROLES)
def reassess(request: HttpRequest, officer: Officer, code: str, n: int) -> HttpResponse:
    """Count the lines of a charge anew; the former charge stays to be read."""
    dossier = scopes.dossier_of(officer, code)
    charge = scopes.charge_of(dossier, n)
    require(officer, Act.REASSESS, charge.unit_id)
    exemptions = scopes.grantable(dossier)
    form = ReassessForm(sent(request), charge=charge, lines=scopes.tariff_of(dossier), exemptions=exemptions)

    def change() -> str:
        form.require_fresh(charge)
        reason = form.cleaned_data["reason"]
        given = {"quantities": form.quantities(), "exemptions": form.granted(), "by": officer.user, "reason": reason}
        charging.reassess(charge, now=officer.now, **given)
        return done(request, _("The fee has been assessed anew."), fees_url(dossier))

    lead = _("Amounts come from the tariff in force when the dossier was filed; you enter how many.")
    words = screen(dossier, _("Assess the fee anew"), _("Assess anew"), lead)
    return ask(request, dossier, form, words, change, revision=lambda: state_of(charge), **lines_of(charge))


@shows_form
@officer_required(*DESK_ROLES)
def add(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Charge what is due besides: a line that the filing did not know about."""
    dossier = scopes.dossier_of(officer, code)
    require(officer, Act.REASSESS, dossier.unit_id)
    form = AddForm(sent(request), lines=scopes.tariff_of(dossier))

    def change() -> str:
        given = {"quantities": form.quantities(), "by": officer.user, "reason": form.cleaned_data["reason"]}
        once(form.cleaned_data["key"], "charge", officer.user.pk, code, officer.now, lambda: added(dossier, **given))
        return done(request, _("The fee has been added."), fees_url(dossier))

    def added(dossier: Dossier, **given: Any) -> None:
        if charging.add(dossier, now=officer.now, **given) is None:
            raise Refused(_("These lines cost nothing. Enter how many of a line that is due."), code="nothing")

    words = screen(dossier, _("Add a fee"), _("Add"), _("For what is due besides what is charged already."))
    return ask(request, dossier, form, words, change)


@shows_form
@officer_required(*DESK_ROLES)
def follow(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Let the fee follow answers that were corrected; what it becomes is shown before."""
    dossier = scopes.dossier_of(officer, code)
    require(officer, Act.REASSESS, dossier.unit_id)
    anew = correcting.look(dossier)
    form = FollowForm(sent(request), revision=anew.revision if anew else "")

    def change() -> str:
        facts = {"reason": form.cleaned_data["reason"], "revision": form.cleaned_data["revision"]}
        correcting.follow(dossier, by=officer.user, now=officer.now, **facts)
        return done(request, _("The fee follows the answers now."), fees_url(dossier))

    words = screen(dossier, _("Let the fee follow the answers"), _("Confirm the fee"))
    shown: dict[str, Any] = {"anew": anew, "is_empty": anew is None, "outcome": outcome_of(anew) if anew else ""}
    if anew is not None:
        shown |= {"lines": in_words(anew.found.lines), "total": anew.found.total_vnd}
    template = "payments/desk/follow.html"
    shown |= {"template": template, "dossier": dossier, "revision": lambda: form.initial["revision"]}
    return answer(request, form, words, change, **shown)


@shows_form
@officer_required(*DESK_ROLES)
def waive(request: HttpRequest, officer: Officer, code: str, n: int) -> HttpResponse:
    """Ask for no more of a charge; a leader's decision, with its reason."""
    dossier = scopes.dossier_of(officer, code)
    charge = scopes.charge_of(dossier, n)
    require(officer, Act.WAIVE, charge.unit_id)
    form = ReasonForm(sent(request), charge=charge)

    def change() -> str:
        form.require_fresh(charge)
        charging.waive(charge, by=officer.user, reason=form.cleaned_data["reason"], now=officer.now)
        return done(request, _("The fee has been waived."), fees_url(dossier))

    lead = _("Nobody will be asked for this fee any more. The waiver stands in the reports with your name.")
    words = screen(dossier, _("Waive the fee"), _("Waive"), lead, is_danger=True)
    return ask(request, dossier, form, words, change, revision=lambda: state_of(charge), **lines_of(charge))


@shows_form
@officer_required(Role.CLERK)
def copies_out(request: HttpRequest, officer: Officer, code: str) -> HttpResponse:
    """Hand over the paper copies that were ordered with an online result."""
    dossier = scopes.dossier_of(officer, code)
    count = copies.waiting(dossier)
    form = CopiesForm(sent(request), revision=fingerprint(count), initial={"receiver": dossier.applicant.name})

    def change() -> str:
        require_fresh(form.cleaned_data["revision"], count)
        if dossier.fee_state in UNSETTLED:
            raise Refused(_("The fee has not been paid. Take it or waive it first."), code="fee")
        if not copies.hand_over(dossier, by=officer.user, now=officer.now, to=form.cleaned_data["receiver"]):
            raise Refused(_("No paper copies wait to be handed over."), code="state")
        return done(request, _("The copies have been handed over."), fees_url(dossier))

    lead = ngettext("%(count)d paper copy was ordered.", "%(count)d paper copies were ordered.", count)
    words = screen(dossier, _("Hand over paper copies"), _("Hand over the copies"), lead % {"count": count}, key="T")
    return ask(request, dossier, form, words, change, revision=lambda: fingerprint(count))


@require_safe
@officer_required(Role.CLERK)
def copies_waiting(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Paper copies that were ordered with results taken online and wait at the desk."""
    page = copies_page(officer, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return render(request, "payments/desk/copies.html", {"page": page})


@shows_form
@officer_required(*MONEY_ROLES)
def payer(request: HttpRequest, officer: Officer, code: str, n: int) -> HttpResponse:
    """Name who pays instead of the applicant, before anything is paid."""
    dossier = scopes.dossier_of(officer, code)
    charge = scopes.charge_of(dossier, n)
    require(officer, Act.NAME_PAYER, charge.unit_id)
    form = PayerForm(sent(request), charge=charge)

    def change() -> str:
        form.require_fresh(charge)
        if not charge.is_owed:
            raise Refused(_("This fee is no longer open."), code="state")
        charging.name_payer([charge], form.cleaned_data["payer_name"], form.cleaned_data["payer_address"])
        return done(request, _("The payer has been noted."), fees_url(dossier))

    words = screen(dossier, _("Name another payer"), _("Save"))
    return ask(request, dossier, form, words, change, revision=lambda: state_of(charge))
