"""What payers' pages show, prepared so that templates only write it down; reading only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.models import User
from common.qr import qr_svg
from common.refusals import Refused
from common.values.money import format_vnd
from dossiers.models import Delivery
from offices.units.hours import hours_lines
from procedures import labels

from ..charges import charging, shown
from ..collecting import attempts, paying
from ..collecting.paying import Way
from ..models import OWED, Attempt, AttemptLine, Charge, Receipt
from ..providers import VNPOST, providers
from ..providers.base import QrPayload, Redirect
from .standing import standing_of

# How many fees one person sees on a page, and pays together.
MAX_TOGETHER = 20


def owed_charges(user: User) -> list[Charge]:
    """Return what a person's own dossiers owe, oldest first, with lines, dossier and unit; three queries."""
    charges = Charge.objects.filter(dossier__owner=user, status__in=OWED)
    return list(_with_all(charges)[:MAX_TOGETHER])


def charges_of(user: User, refs: Sequence[str]) -> list[Charge]:
    """Return what is owed by those of the named dossiers that are a person's own; three queries."""
    charges = Charge.objects.filter(dossier__owner=user, dossier__ref__in=refs[:MAX_TOGETHER], status__in=OWED)
    return list(_with_all(charges))


def _with_all(charges: Any) -> Any:
    live = Prefetch("attempt_lines", AttemptLine.objects.filter(is_live=True).select_related("attempt"), to_attr="live")
    rows = charges.select_related("unit", "dossier__version__procedure", "dossier__received_by")
    rows = rows.annotate(is_left=shown.IS_LEFT)
    return rows.prefetch_related("lines", live).order_by("unit_id", "pk")


def live_attempt(charges: Sequence[Charge]) -> Attempt | None:
    """Return a payment of one of the charges that is on its way, as :func:`charges_of` read them; no query."""
    return next((line.attempt for charge in charges for line in charge.live), None)  # type: ignore[attr-defined]


def bill(charge: Charge) -> dict[str, Any]:
    """Return one charge as the pages of paying show it; no query."""
    return {
        "id": f"bill-{charge.pk}",
        "ref": charge.dossier.ref,
        "code": charge.dossier.code,
        "title": labels.name_in(charge.dossier.version)[0],
        "fee": shown.assessment_of_lines(charge.lines.all()),
        "owed": format_vnd(charge.owed_vnd),
        "paid": format_vnd(charge.paid_vnd) if charge.paid_vnd else "",
        "pay_by": charge.dossier.pay_by,
    }


def way_label(way: Way) -> str:
    """Say what a way is, what it costs beside the fee and when the payment is confirmed."""
    cost = format_vnd(way.cost_vnd) if way.cost_vnd else _("no charge besides the fee")
    return _("%(way)s – %(cost)s. Confirmed: %(when)s") % {"way": way.label, "cost": cost, "when": way.confirmed}


def paying_page(charges: Sequence[Charge], ways: Sequence[Way]) -> dict[str, Any]:
    """Return the page on which charges of one unit are paid; one query for the opening hours."""
    unit = charges[0].unit
    total = sum(charge.owed_vnd for charge in charges)
    return {
        "bills": [bill(charge) for charge in charges],
        "total": format_vnd(total),
        "is_posted": any(row.dossier.delivery == Delivery.POST or row.dossier.papers_by_post for row in charges),
        "unit": unit,
        "hours": hours_lines(unit.opening_hours.all()),
        "others": [way for way in ways if not way.is_online],
        "is_online": any(way.is_online for way in ways),
    }


def owed_page(charges: Sequence[Charge]) -> dict[str, Any]:
    """Return all that a person owes, by office: what can be paid together has boxes to tick; two queries."""
    waiting, online = charging.claimed(charges), paying.payable_online(charges)
    by_dossier: dict[int, list[Charge]] = {}
    for charge in charges:
        by_dossier.setdefault(charge.dossier_id, []).append(charge)
    offices: dict[int, dict[str, Any]] = {}
    for pk, owed in by_dossier.items():
        first, live = owed[0], live_attempt(owed)
        is_claimed, is_at_desk = pk in waiting, first.pk not in online
        is_with_postman = live is not None and live.provider == VNPOST
        row = bill(first) | {
            "owed": format_vnd(sum(charge.owed_vnd for charge in owed)),
            "live": None if is_with_postman else live,
            "is_with_postman": is_with_postman,
            "is_left": first.is_left and live is None,  # type: ignore[attr-defined]
            "is_claimed": is_claimed,
            "is_at_desk": is_at_desk,
            "is_open": live is None and not is_claimed and not is_at_desk,
        }
        office = offices.setdefault(first.unit_id, {"unit": first.unit, "rows": [], "open": 0})
        office["rows"].append(row)
        office["open"] += row["is_open"]
    return {"offices": list(offices.values()), "is_full": len(charges) == MAX_TOGETHER}


def attempt_page(attempt: Attempt, now: datetime, *, came_from: str = "") -> dict[str, Any]:
    """Return the page of one payment; six queries at most, none of them grows with its fees.

    ``came_from``: 'form' when its payer has just begun it, 'gateway' when the payer comes back from there.
    """
    spoken = providers().get(attempt.provider)
    lines = list(attempt.lines.select_related("charge__dossier__version").order_by("charge_id"))
    led = _led(attempt, now)
    receipts = receipts_of(Receipt.objects.filter(attempt=attempt))
    excess = attempt.amount_vnd - sum(receipt["vnd"] for receipt in receipts)
    is_back = came_from == "gateway"
    return {
        "attempt": attempt,
        "standing": standing_of(attempt, lines, now, is_back=is_back),
        "is_back": is_back,
        # Who may have been at the gateway already asks for the outcome first.
        "is_pay_first": came_from == "form" and not attempt.polled and now < attempt.begun_at + attempts.POLLS[0],
        "way": spoken.label if spoken else "",
        "amount": format_vnd(attempt.amount_vnd),
        "lines": [
            {
                "ref": line.charge.dossier.ref,
                "code": line.charge.dossier.code,
                "title": labels.name_in(line.charge.dossier.version)[0],
                "amount": format_vnd(line.amount_vnd),
            }
            for line in lines
        ],
        "receipts": receipts,
        "excess": format_vnd(excess) if excess > 0 and attempt.is_paid else "",
        "go_on": led.url if isinstance(led, Redirect) and not is_back else "",
        "transfer": transfer(attempt, led) if isinstance(led, QrPayload) else None,
    }


def _led(attempt: Attempt, now: datetime) -> Redirect | QrPayload | None:
    try:
        return paying.go_on(attempt, now)
    except Refused:
        return None


def transfer(attempt: Attempt, asked: QrPayload) -> dict[str, Any]:
    """Return what a transfer needs, as a picture and in words, with the simulator's bank where there is one."""
    return {
        "qr": qr_svg(asked.text, title=_("QR code of the transfer")),
        "rows": [
            (_("Bank"), asked.bank, ""),
            (_("Account number"), in_fours(asked.account), asked.account),
            (_("Account holder"), asked.holder, ""),
            (_("Amount"), format_vnd(attempt.amount_vnd), str(attempt.amount_vnd)),
            (_("Content"), in_fours(asked.reference), asked.reference),
        ],
        "simulator": paying.simulated_transfer(attempt, asked),
    }


def in_fours(text: str) -> str:
    """Return words and numbers in groups of four, as people read and type them."""
    return " ".join(word[n : n + 4] for word in text.split() for n in range(0, len(word), 4))


def receipts_of(receipts: Any) -> list[dict[str, Any]]:
    """Return receipts as lists of links show them; one query."""
    rows = receipts.select_related("series", "charge__dossier").order_by("pk")
    return [
        {
            "pk": receipt.pk,
            "ref": receipt.charge.dossier.ref,
            "number": receipt.full_number,
            "vnd": receipt.amount_vnd,
            "amount": format_vnd(receipt.amount_vnd),
            "issued_at": receipt.issued_at,
            "is_cancelled": receipt.cancelled_at is not None,
            "has_file": bool(receipt.file),
        }
        for receipt in rows
    ]
