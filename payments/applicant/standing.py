"""How a payment stands in words, and what its payer may do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.values.money import format_vnd
from dossiers.hooks import Audience
from dossiers.models import Dossier, FeeState, Status

from ..charges import charging
from ..models import LIVE, OPEN, Attempt, AttemptLine, AttemptStatus
from ..providers import VNPOST, providers


@dataclass(frozen=True)
class Standing:
    """How a payment stands; ``other`` is the reference of a payment that took its place and has not ended."""

    tag: str
    state: str
    text: str
    may_check: bool = False
    may_give_up: bool = False
    may_pay_again: bool = False
    other: str = ""


def next_step(dossier: Dossier, audience: Audience) -> str:
    """Return what the applicant does while a payment is looked into for which the dossier waits, '' otherwise.

    One query where a fee is owed.
    """
    if dossier.fee_state != FeeState.OWED or dossier.status not in (Status.AWAITING_PAYMENT, Status.DECIDED):
        return ""
    lines = AttemptLine.objects.filter(charge__dossier=dossier, is_live=True)
    if not lines.filter(attempt__status=AttemptStatus.REVIEW).exists():
        return ""
    return _("Nothing to do now. A payment of the fee is being looked into; do not pay again.")


def may_give_up(attempt: Attempt) -> bool:
    """Tell whether a payer may end a payment: a transfer that nobody but the payer begins, and of which none came."""
    spoken = providers().get(attempt.provider)
    is_transfer = spoken is not None and spoken.capabilities.qr and not spoken.capabilities.query
    return is_transfer and attempt.status in OPEN


def standing_of(attempt: Attempt, lines: Sequence[AttemptLine], now: datetime, *, is_back: bool = False) -> Standing:
    """Return how a payment stands; ``is_back``: the payer comes from the gateway.

    ``lines`` are its own, their charges read along. Two queries for one that has ended, else none.
    """
    spoken = providers().get(attempt.provider)
    is_asked = spoken is not None and spoken.capabilities.query
    if attempt.status == AttemptStatus.SUCCEEDED:
        return _paid(attempt, lines)
    if attempt.status == AttemptStatus.REVIEW:
        return Standing("soon", _("Being looked into"), _review_words(attempt, is_asked=is_asked), may_check=is_asked)
    if attempt.status not in LIVE:
        return _ended(attempt, lines)
    if attempt.provider == VNPOST:
        text = _("You pay the postman who brings the result. Nothing else is to be paid.")
        return Standing("neutral", _("Paid on delivery"), text)
    if may_give_up(attempt):
        text = _(
            "Transfer exactly this sum with exactly this content. The portal sees it in the bank's list of credits."
        )
        return Standing("soon", _("Waiting for your transfer"), text, may_give_up=True)
    if not is_asked:
        return Standing("soon", _("Being checked"), _("The commune checks this payment. Do not pay again."))
    if is_back or (attempt.expires_at is not None and attempt.expires_at <= now):
        text = _("The outcome is not known yet. Do not pay again: the portal asks the gateway until it is known.")
        return Standing("soon", _("Outcome not known yet"), text, may_check=True)
    text = _("If you have paid at the gateway already, do not pay again: press “Check the outcome”.")
    return Standing("neutral", _("Not confirmed yet"), text, may_check=True)


def _paid(attempt: Attempt, lines: Sequence[AttemptLine]) -> Standing:
    """Say that money came; of a transfer that was too small, what is still to be paid."""
    asked = sum(line.amount_vnd for line in lines)
    # What ended before the money came has none.
    has_receipt = any(line.charge.paid_vnd for line in lines)
    if attempt.amount_vnd >= asked:
        text = _("The payment has been confirmed.")
        if has_receipt:
            text = f"{text} " + _("Keep the receipt.")
        if attempt.besides_vnd:
            text += " " + _("%(besides)s that you had transferred before are looked into by the commune.") % {
                "besides": format_vnd(attempt.besides_vnd)
            }
        return Standing("ok", pgettext("payment", "Paid"), text)
    text = _("%(asked)s were to be paid, %(came)s came.") % {
        "asked": format_vnd(asked),
        "came": format_vnd(attempt.amount_vnd),
    }
    if has_receipt:
        text = f"{text} " + _("Keep the receipt.")
    other, may_pay = _what_is_left(lines)
    if may_pay:
        rest = format_vnd(sum(line.charge.owed_vnd for line in lines))
        text = f"{text} " + _("%(rest)s are still to be paid.") % {"rest": rest}
    return Standing("soon", _("Partly paid"), text, may_pay_again=may_pay, other=other)


def _review_words(attempt: Attempt, *, is_asked: bool) -> str:
    if is_asked:
        return _("The gateway is looking into this payment. Do not pay again; the commune tells you the outcome.")
    if attempt.came_vnd:
        sums = {"came": format_vnd(attempt.came_vnd), "asked": format_vnd(attempt.amount_vnd)}
        came = _("%(came)s of %(asked)s have come.") % sums
    else:
        came = _("Money has come, but not as it was asked for.")
    return f"{came} " + _("An officer looks into it. Do not transfer anything more; the commune tells you the outcome.")


def _ended(attempt: Attempt, lines: Sequence[AttemptLine]) -> Standing:
    """Say why a payment did not come about, and what is to be done about its fees now."""
    other, may_pay = _what_is_left(lines)
    if may_pay:
        next_step = _("Nothing has been paid. You can try again.")
    else:
        next_step = _("It took no money.")
        if other:
            next_step += " " + _("Another payment of this fee is on its way.")
        elif any(line.charge.is_owed for line in lines):
            next_step += " " + _("An officer looks at the exemption that you claimed; nothing is to be paid yet.")
        else:
            next_step += " " + _("Nothing of this fee is to be paid any more.")
    text = " ".join(filter(None, (_why(attempt), next_step)))
    return Standing("late", str(attempt.get_status_display()), text, may_pay_again=may_pay, other=other)


def _what_is_left(lines: Sequence[AttemptLine]) -> tuple[str, bool]:
    """Return the reference of a payment of the same fees that has not ended, and whether they are paid now."""
    owed = [line.charge for line in lines if line.charge.is_owed]
    if not owed:
        return "", False
    live = AttemptLine.objects.filter(charge__in=owed, is_live=True).values_list("attempt__ref", flat=True).first()
    return live or "", live is None and not charging.claimed(owed)


def _why(attempt: Attempt) -> str:
    """Say why a payment did not come about, by the gateway's codes; '' when nobody knows."""
    why = {
        "24": _("You cancelled the payment."),
        "11": _("The time for paying had passed."),
        "51": _("The account did not hold enough."),
        "65": _("The limit of payments for the day was reached."),
        "75": _("The bank is under maintenance."),
        "10": _("The card or account could not be verified."),
        "13": _("The one-time password was wrong."),
        "79": _("The password was wrong too often."),
        "12": _("The card or account is locked."),
        "09": _("The card or account is not registered for online payment."),
    }.get(attempt.outcome.partition("/")[0], "")
    if not why and attempt.status == AttemptStatus.CANCELLED:
        why = _("You gave this payment up.")
    return why
