"""Receipts: a number in the transaction that captures the money, the PDF later, never deleted."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import local_day
from common.refusals import Refused
from common.values.divisions import address_text
from offices.models import Unit

from . import ledger
from .models import Attempt, Charge, Receipt, ReceiptSeries

# Receipts of fees without a printed amount (NĐ 123/2020 Điều 33).
TEMPLATE = "01BLP0-001"


def issue(charge: Charge, attempt: Attempt, amount_vnd: int, now: datetime, by: User | None = None) -> Receipt:
    """Write the receipt for what an attempt has just paid of a charge, before or after the charge counts it.

    About five queries, the series' row stays locked until the transaction ends: numbers have no gap.
    """
    applicant = charge.dossier.applicant
    series = _series(charge.unit, now)
    return Receipt.objects.create(
        series=series,
        number=_next(series),
        charge=charge,
        attempt=attempt,
        amount_vnd=amount_vnd,
        lines=_lines(charge, amount_vnd),
        payer_name=charge.payer_name or applicant.name,
        payer_address=charge.payer_address or address_text(applicant.address),
        issued_at=now,
        issued_by=by,
    )


def cancel(receipt: Receipt, *, by: User | None, reason: str, now: datetime) -> None:
    """Mark a receipt as cancelled, once, with its reason; the number stays taken. Refused ('state') the second time."""
    taken = Receipt.objects.filter(pk=receipt.pk, cancelled_at=None).update(
        cancelled_at=now, cancelled_by=by, cancelled_because=reason
    )
    if not taken:
        raise Refused(_("This receipt has been cancelled already."), code="state")


def _series(unit: Unit, now: datetime) -> ReceiptSeries:
    """Return the unit's series of the year, made with its first receipt."""
    year = local_day(now).year
    series, _is_new = ReceiptSeries.objects.get_or_create(
        unit=unit, year=year, defaults={"template": TEMPLATE, "series": f"DV-{year % 100:02d}T"}
    )
    return series


def _next(series: ReceiptSeries) -> int:
    ReceiptSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    return ReceiptSeries.objects.values_list("last", flat=True).get(pk=series.pk)


def _lines(charge: Charge, amount_vnd: int) -> list[list[str | int]]:
    """Return what a payment of so much paid: the charge's lines in their order, as the ledger books them."""
    names = {line.key: (line.name, line.kind) for line in charge.lines.all()}
    sides = ledger.fee_sides(charge, charge.paid_vnd - amount_vnd, amount_vnd)
    return [[*names[side.account.partition(":")[2]], -side.vnd] for side in sides]
