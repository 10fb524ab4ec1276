"""What the lists of money's record are narrowed to; read from a query string, whatever it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from common.values.span import Span

from ..labels import CASH
from ..models import Booking, LedgerEntry, LedgerTransaction, Receipt


@dataclass(frozen=True)
class JournalFilter:
    """Which transactions of the ledger: in a span, of a kind, that touch an account; 'cash:' for every box."""

    span: Span
    kind: str = ""
    account: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        kind, account = str(values.get("kind", "")), str(values.get("account", ""))
        fits = len(account) <= 60 and account.isprintable()
        return cls(Span.read(values), kind if kind in Booking.values else "", account if fits else "")

    @property
    def is_filtered(self) -> bool:
        return self != JournalFilter(Span())

    def fields(self) -> list[tuple[str, str]]:
        """Return what a form sends to ask for the same."""
        return [*self.span.fields(), ("kind", self.kind), ("account", self.account)]

    def of(self, found: QuerySet[LedgerTransaction]) -> QuerySet[LedgerTransaction]:
        """Return what is left of some transactions."""
        if self.span != Span():
            start, end = self.span.moments()
            found = found.filter(at__gte=start, at__lt=end)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.account:
            lookup = "account__startswith" if self.account == CASH else "account"
            entries = LedgerEntry.objects.filter(transaction=OuterRef("pk"), **{lookup: self.account})
            found = found.filter(Exists(entries))
        return found


@dataclass(frozen=True)
class ReceiptFilter:
    """Which receipts: issued in a span, by number, standing or cancelled."""

    span: Span
    number: str = ""
    state: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        number, state = str(values.get("number", "")).strip(), str(values.get("state", ""))
        is_number = number.isascii() and number.isdigit() and len(number) <= 7
        return cls(Span.read(values), number if is_number else "", state if state in ("stands", "cancelled") else "")

    @property
    def is_filtered(self) -> bool:
        return self != ReceiptFilter(Span())

    def of(self, found: QuerySet[Receipt]) -> QuerySet[Receipt]:
        """Return what is left of some receipts."""
        if self.span != Span():
            start, end = self.span.moments()
            found = found.filter(issued_at__gte=start, issued_at__lt=end)
        if self.number:
            found = found.filter(number=int(self.number))
        if self.state:
            found = found.filter(cancelled_at__isnull=self.state == "stands")
        return found
