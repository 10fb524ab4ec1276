"""What money tells the applicant: one message row for each event, in the transaction that moves the money."""

from datetime import datetime
from typing import Any

from common.values.money import format_vnd
from dossiers.models import Dossier, FeeState
from dossiers.records.notices import recipient_of
from notifications.models import Channel

from .models import ExemptionClaim, Receipt, Refund
from .telling import tell


def paid(receipt: Receipt, *, was_awaited: bool, now: datetime) -> None:
    """Tell that a fee or a part of it was paid, with the number of its receipt; ``was_awaited``: the work goes on now.

    Who can only be called is not called for this.
    """
    dossier = receipt.charge.dossier
    _tell(
        dossier,
        "paid",
        now,
        is_call=False,
        amount=format_vnd(receipt.amount_vnd),
        rest=format_vnd(receipt.charge.owed_vnd) if receipt.charge.is_owed else "",
        receipt=str(receipt),
        was_awaited=was_awaited,
    )


def claim_decided(claim: ExemptionClaim, owed_vnd: int, now: datetime) -> None:
    """Tell that a claimed exemption was granted or declined, and what is owed now; call who can only be called."""
    _tell(
        claim.dossier,
        "claim_decided",
        now,
        is_granted=claim.granted,
        who=claim.exemption.who,
        reason=claim.reason,
        owed=format_vnd(owed_vnd) if owed_vnd else "",
    )


def changed(dossier: Dossier, before_vnd: int, after_vnd: int, reason: str, now: datetime) -> None:
    """Tell what the fee was and what it is after answers were corrected; a repayment has its own message.

    While a claimed exemption waits for an officer nothing is asked for.
    """
    is_claimed = dossier.fee_state == FeeState.CLAIMED
    owed = 0 if is_claimed else sum(charge.owed_vnd for charge in dossier.charges.all())
    before, after = format_vnd(before_vnd), format_vnd(after_vnd)
    _tell(dossier, "changed", now, reason=reason, before=before, after=after, owed=format_vnd(owed) if owed else "")


def refund(kind: str, row: Refund, now: datetime, way: str = "") -> None:
    """Tell each dossier of a repayment that it is asked for, declined or done: 'refund_asked', …; a query or two.

    Money beyond what was owed is told to the first dossier of the attempt. ``way`` is cash, transfer or ''.
    """
    amounts: dict[int, int] = {}
    dossiers: dict[int, Dossier] = {}
    attempt_lines = row.attempt.lines.select_related("charge__dossier__applicant", "charge__dossier__owner")
    first: Dossier | None = None
    by_charge = {}
    for line in attempt_lines:
        dossier = line.charge.dossier
        first = first or dossier
        by_charge[line.charge_id] = dossier
    for part in row.lines.all():
        to = first if part.charge_id is None else by_charge[part.charge_id]
        if to is not None:
            dossiers[to.pk] = to
            amounts[to.pk] = amounts.get(to.pk, 0) + part.amount_vnd
    for pk, amount in amounts.items():
        _tell(dossiers[pk], kind, now, is_call=kind != "refund_asked", amount=format_vnd(amount), way=way)


def _tell(dossier: Dossier, kind: str, now: datetime, *, is_call: bool = True, **context: Any) -> None:
    """Write the message ``fee_<kind>``; unless it ``is_call``, nobody has to be called for it."""
    applicant = dossier.applicant
    if is_call or recipient_of(dossier, applicant).route()[0] != Channel.NONE:
        tell(dossier, f"fee_{kind}", now, has_account=dossier.owner_id is not None, **context)
