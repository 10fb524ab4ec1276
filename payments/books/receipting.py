"""Receipts: a number in the transaction that captures the money, the PDF later, never deleted."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from common import broker
from common.clock import LOCAL, local_day
from common.refusals import Refused
from common.values.divisions import address_text
from common.values.words import amount_in_words
from dossiers.records import slips
from offices.models import Unit
from procedures.models import FeeKind

from ..models import Attempt, Charge, Receipt, ReceiptSeries
from . import ledger

# Receipts of fees without a printed amount (NĐ 123/2020 Điều 33).
TEMPLATE = "01BLP0-001"
TITLES: dict[str, str] = {FeeKind.FEE: "Biên lai thu phí", FeeKind.CHARGE: "Biên lai thu lệ phí"}
BOTH = "Biên lai thu phí, lệ phí"
# How it was paid, by the provider's key.
WAYS = {"counter": "Tiền mặt", "vnpost": "Nộp cho bưu tá khi nhận kết quả", "vnpay": "Trực tuyến (VNPAY)"}


def issue(charge: Charge, attempt: Attempt, amount_vnd: int, now: datetime, by: User | None = None) -> Receipt:
    """Write the receipt for what an attempt has just paid of a charge, before or after the charge counts it.

    About five queries, the series' row stays locked until the transaction ends: numbers have no gap.
    """
    applicant = charge.dossier.applicant
    series = _series(charge.unit, now)
    receipt = Receipt.objects.create(
        series=series,
        number=_next(series),
        charge=charge,
        attempt=attempt,
        amount_vnd=amount_vnd,
        lines=_lines(charge, amount_vnd),
        collector=_collector(charge.unit, by),
        subject=f"{charge.dossier.code} – {charge.dossier.version.name}"[:350],
        payer_name=charge.payer_name or applicant.name,
        # Of another payer only what was given.
        payer_address=charge.payer_address or ("" if charge.payer_name else address_text(applicant.address)),
        issued_at=now,
        issued_by=by,
    )
    wake(receipt)
    return receipt


def cancel(receipt: Receipt, *, by: User | None, reason: str, now: datetime) -> None:
    """Mark a receipt as cancelled, once, with its reason; the number stays taken. Refused ('state') the second time."""
    taken = Receipt.objects.filter(pk=receipt.pk, cancelled_at=None).update(
        cancelled_at=now, cancelled_by=by, cancelled_because=reason
    )
    if not taken:
        raise Refused(_("This receipt has been cancelled already."), code="state")


def replace(receipt: Receipt, *, payer_name: str, payer_address: str, by: User, reason: str, now: datetime) -> Receipt:
    """Cancel a receipt and issue another one for the same money, with the payer corrected.

    Refused ('state') for one that was cancelled, ('reason', 'payer_name') for what is missing.
    """
    if not reason.strip():
        raise Refused(_("Enter the reason."), code="reason", field="reason")
    if not payer_name.strip():
        raise Refused(_("Enter who paid."), code="payer_name", field="payer_name")
    with transaction.atomic():
        cancel(receipt, by=by, reason=reason[:300], now=now)
        series = _series(receipt.charge.unit, now)
        fresh = Receipt.objects.create(
            series=series,
            number=_next(series),
            charge=receipt.charge,
            attempt=receipt.attempt,
            amount_vnd=receipt.amount_vnd,
            lines=receipt.lines,
            collector=_collector(receipt.charge.unit, by),
            subject=receipt.subject,
            payer_name=payer_name.strip()[:160],
            payer_address=payer_address.strip(),
            issued_at=now,
            issued_by=by,
        )
        wake(fresh)
    return fresh


def wake(receipt: Receipt) -> None:
    """Have the worker make a receipt's PDF once the transaction commits; a sweep finds what is missed."""
    broker.wake("payments.tasks.render_receipt", receipt.pk, expires=slips.PDF_SECONDS)


def page(receipt: Receipt, layout: str = slips.PRINT_LAYOUT) -> tuple[str, dict[str, Any]]:
    """Return template and context of a receipt in a layout of slips; render it under ``slips.in_vietnamese``.

    The stored PDF is made once, when the receipt stands. Later pages show that it was cancelled, and why.
    """
    kinds = {kind for _name, kind, _vnd in receipt.lines}
    data = {
        "title": TITLES.get(kinds.pop() if len(kinds) == 1 else "", BOTH),
        "sheet": "a5",
        "circular": "",
        "unit": receipt.collector,
        "place": receipt.collector["place"],
        "number": f"{receipt.number:07d}",
        "code": receipt.full_number,
    }
    words = amount_in_words(receipt.amount_vnd)
    return "payments/receipt.html", {
        "receipt": receipt,
        "data": data,
        "words": words,
        "way": WAYS.get(receipt.attempt.provider, "Chuyển khoản"),
        "is_demo": settings.DEMO,
        "issued_at": receipt.issued_at,
        "layout": layout,
    }


@dataclass(frozen=True)
class Reported:
    """What a unit's series says in a month, for the tax office's report of receipts (BC26/BLĐT).

    ``kind`` is 1 for receipts without a printed amount; ``first`` and ``last`` the numbers used that month,
    ``count`` and ``sum_vnd`` those that stand, ``cancelled`` the numbers cancelled at whatever time since.
    """

    kind: int
    template: str
    series: str
    first: int
    last: int
    count: int
    sum_vnd: int
    cancelled: tuple[int, ...]


def reportable(unit: Unit, month: date) -> list[Reported]:
    """Return what a unit reports of the month of a local day, one row a series; one query."""
    begins = month.replace(day=1)
    ends = (begins + timedelta(days=32)).replace(day=1)
    rows = Receipt.objects.filter(
        series__unit=unit, issued_at__gte=_begins(begins), issued_at__lt=_begins(ends)
    ).select_related("series")
    found: list[Reported] = []
    for series, each in groupby(rows.order_by("series_id", "number"), key=lambda row: row.series):
        receipts = list(each)
        standing = [row for row in receipts if row.cancelled_at is None]
        found.append(
            Reported(
                kind=int(series.template[1]),
                template=series.template,
                series=series.series,
                first=receipts[0].number,
                last=receipts[-1].number,
                count=len(standing),
                sum_vnd=sum(row.amount_vnd for row in standing),
                cancelled=tuple(row.number for row in receipts if row.cancelled_at is not None),
            )
        )
    return found


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _collector(unit: Unit, by: User | None) -> dict[str, str]:
    officer = by.get_full_name() if by is not None else ""
    return {**slips.unit_facts(unit), "tax_code": unit.tax_code, "place": slips.place_of(unit), "officer": officer}


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
