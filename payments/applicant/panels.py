"""What the owner's page of a dossier shows of money: the card of the fee, and the button that leads to paying."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from common.templatetags.ui import vi_date
from common.text import translated
from common.values.money import format_vnd
from dossiers.hooks import Button, Panel
from dossiers.models import Dossier, FeeState, Status

from ..charges import shown
from ..models import (
    LIVE,
    Attempt,
    Charge,
    ChargeStatus,
    ExemptionClaim,
    Receipt,
    Refund,
    RefundStatus,
)
from ..providers import VIETQR, VNPAY
from .pages import receipts_of

# Begun by payers on the portal; the others are told elsewhere.
ONLINE = (VNPAY, VIETQR)
STATE_TAGS = {
    ChargeStatus.OPEN: "soon",
    ChargeStatus.PARTLY_PAID: "soon",
    ChargeStatus.PAID: "ok",
}


def fee_card(dossier: Dossier, reader: User) -> Panel | None:
    """Return the card of a dossier's fee; None where there is none to speak of. At most eight queries."""
    if not dossier.version.fees.all():
        return None
    charges = shown.standing(dossier)
    fee = shown.fee_by(dossier, charges)
    claims = list(ExemptionClaim.objects.filter(dossier=dossier).select_related("exemption"))
    if not charges and not claims and not fee.due:
        return None
    context = {
        "fee": fee,
        "charges": [charge_row(charge) for charge in charges],
        "is_claimed": dossier.fee_state == FeeState.CLAIMED,
        "pay_by": dossier.pay_by if dossier.is_awaiting_payment else None,
        # Not once the work waits for it.
        "is_on_delivery": dossier.pays_on_delivery
        and not dossier.is_awaiting_payment
        and dossier.fee_state in (FeeState.OWED, FeeState.ON_DELIVERY),
        "ref": dossier.ref,
        "may_pay_instead": dossier.fee_state == FeeState.OWED,
        "claims": [claim_row(claim) for claim in claims],
        "live": [],
        "receipts": [],
        "refunds": [],
    }
    if charges:
        attempts = Attempt.objects.filter(lines__charge__dossier=dossier, status__in=LIVE, provider__in=ONLINE)
        refunds = Refund.objects.filter(lines__charge__dossier=dossier).exclude(status=RefundStatus.DECLINED)
        context |= {
            "live": list(attempts.distinct()),
            "receipts": receipts_of(Receipt.objects.filter(charge__dossier=dossier)),
            "refunds": [refund_row(refund) for refund in refunds.distinct().order_by("pk")],
        }
    return "payments/applicant/_fee_card.html", context


def charge_row(charge: Charge) -> dict[str, Any]:
    """Return a charge as the card says it: the sum, how it stands, what is still owed of a part."""
    return {
        "amount": format_vnd(charge.amount_vnd),
        "state": charge.get_status_display(),
        "tag": STATE_TAGS.get(ChargeStatus(charge.status), "neutral"),
        "rest": format_vnd(charge.owed_vnd) if charge.paid_vnd and charge.is_owed else "",
    }


def claim_row(claim: ExemptionClaim) -> dict[str, Any]:
    """Return a claimed exemption as the card says it."""
    state, tag = (
        (_("Waiting for an officer"), "soon")
        if claim.granted is None
        else (pgettext("exemption", "Granted"), "ok")
        if claim.granted
        else (pgettext("exemption", "Declined"), "late")
    )
    return {
        "who": translated(claim.exemption, "who"),
        "state": state,
        "tag": tag,
        "reason": "" if claim.granted else claim.reason,
    }


def refund_row(refund: Refund) -> dict[str, str]:
    """Return a repayment as the card says it."""
    if refund.status == RefundStatus.SUCCEEDED:
        words = _("Paid back on %(date)s") % {"date": vi_date(refund.ended_at)}
    elif refund.status == RefundStatus.FAILED:
        words = _("Could not be paid back yet; the commune tells you how you get the money")
    else:
        words = _("Is being paid back")
    return {"amount": format_vnd(refund.amount_vnd), "state": words}


def pay_button(dossier: Dossier, reader: User) -> Button | None:
    """Return the way to paying while something is owed; first where the dossier waits for it.

    None while a withdrawal is asked for: once it is accepted nothing is owed. One query where a fee is owed.
    """
    if dossier.fee_state != FeeState.OWED or dossier.status == Status.WITHDRAWAL_REQUESTED:
        return None
    owed = shown.owed_by([dossier.pk]).get(dossier.pk)
    if owed is None:
        return None
    is_first = dossier.is_awaiting_payment or dossier.is_decided
    return Button(owed.url, owed.label, is_primary=is_first)
