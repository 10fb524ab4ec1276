"""What a cashier's shift took and paid out, entry by entry, as its printed sheet shows it (bảng kê ca thu)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.values.money import grouped

from ..models import Booking, LedgerEntry, Receipt, Refund, Shift
from . import ledger


@dataclass(frozen=True)
class Entry:
    """One movement of a cash box: ``number`` of its receipts, codes of the dossiers, who paid, đồng in or out."""

    at: datetime
    kind: str
    number: str
    codes: str
    name: str
    in_vnd: int
    out_vnd: int

    @property
    def paid_in(self) -> str:
        """What came in, with dots; '' for nothing."""
        return grouped(self.in_vnd) if self.in_vnd else ""

    @property
    def paid_out(self) -> str:
        """What went out, with dots; '' for nothing."""
        return grouped(self.out_vnd) if self.out_vnd else ""


@dataclass(frozen=True)
class Sheet:
    """A shift in figures: what was taken and paid out, what should lie in the box when it was counted."""

    shift: Shift
    entries: list[Entry]
    taken_vnd: int
    paid_out_vnd: int
    difference_vnd: int | None

    @property
    def expected_vnd(self) -> int:
        """What should lie in the box: the opening sum, what was taken, less what was paid out."""
        return self.shift.opening_vnd + self.taken_vnd - self.paid_out_vnd


# What happens at the counter; a difference and a deposit come after the count.
_AT_COUNTER = (Booking.CAPTURE, Booking.REFUND_DONE, Booking.CORRECTION)


def sheet_of(shift: Shift) -> Sheet:
    """Return a shift's sheet by the ledger; three queries."""
    account = LedgerEntry.objects.filter(unit=shift.unit_id, account=ledger.cash(shift.pk))
    found = list(account.filter(transaction__kind__in=_AT_COUNTER).select_related("transaction").order_by("pk"))
    sources = [entry.transaction.source.partition(":")[2] for entry in found]
    receipts: dict[str, list[Receipt]] = {}
    issued = Receipt.objects.filter(attempt__ref__in=sources).select_related("series", "charge__dossier", "attempt")
    for receipt in issued.order_by("pk"):
        receipts.setdefault(receipt.attempt.ref, []).append(receipt)
    paid_out = Refund.objects.filter(request_id__in=sources).prefetch_related("lines__charge__dossier__applicant")
    refunds = {refund.request_id: refund for refund in paid_out}
    entries = [_entry(entry, source, receipts, refunds) for entry, source in zip(found, sources, strict=True)]
    counted, expected = shift.counted_vnd, shift.expected_vnd
    return Sheet(
        shift,
        entries,
        taken_vnd=sum(entry.in_vnd for entry in entries),
        paid_out_vnd=sum(entry.out_vnd for entry in entries),
        difference_vnd=None if counted is None or expected is None else counted - expected,
    )


def _entry(entry: LedgerEntry, source: str, receipts: dict[str, list[Receipt]], refunds: dict[str, Refund]) -> Entry:
    issued, refund = receipts.get(source, []), refunds.get(source)
    charges: list[Any] = [receipt.charge for receipt in issued]
    number, name = ", ".join(f"{row.number:07d}" for row in issued), issued[0].payer_name if issued else ""
    if refund is not None:
        charges = [line.charge for line in refund.lines.all() if line.charge]
        name = charges[0].payer_name or charges[0].dossier.applicant.name if charges else ""
    return Entry(
        at=entry.transaction.at,
        kind=entry.transaction.get_kind_display(),
        number=number,
        codes=", ".join(dict.fromkeys(charge.dossier.code or "" for charge in charges)),
        name=name,
        in_vnd=entry.debit_vnd,
        out_vnd=entry.credit_vnd,
    )
