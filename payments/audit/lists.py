"""The lists of money's record, page by page: the ledger, receipts, files with their lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.values.identity import masked_name
from common.web.paging import Page, keyset_page
from offices.models import Unit

from ..labels import account_words, fee_names, provider_words, source_words
from ..models import (
    MATCHED,
    Attempt,
    DiscrepancyKind,
    LedgerEntry,
    LedgerTransaction,
    Parcel,
    Receipt,
    SettlementBatch,
)
from .filters import JournalFilter, ReceiptFilter
from .guards import Reader

ORDER = ("-id",)
RESULTS: dict[str, Any] = {"": _("Not compared yet"), MATCHED: _("Agrees"), **dict(DiscrepancyKind.choices)}
PAGE_SIZE = 50


@dataclass(frozen=True)
class EntryRow:
    """One side of a transaction in words; ``dossier`` is a code or ''."""

    words: str
    debit_vnd: int
    credit_vnd: int
    dossier: str


@dataclass(frozen=True)
class TransactionRow:
    """One transaction of the ledger in words; ``by`` is the officer who caused it, '' for the system."""

    pk: int
    at: datetime
    kind: str
    source: str
    unit: str
    by: str
    entries: list[EntryRow]


@dataclass(frozen=True)
class ReceiptRow:
    """One receipt; the payer's name as initials."""

    template: str
    series: str
    number: str
    issued_at: datetime
    payer: str
    dossier: str
    amount_vnd: int
    way: str
    cancelled_at: datetime | None
    because: str


def transactions(units: list[Unit], wanted: JournalFilter) -> QuerySet[LedgerTransaction]:
    """Return the transactions of some units that a filter leaves, with their entries: two queries when read."""
    entries = LedgerEntry.objects.annotate(code=F("charge__dossier__code")).order_by("id")
    found = LedgerTransaction.objects.filter(unit__in=units).select_related("unit", "by")
    return wanted.of(found).prefetch_related(Prefetch("entries", queryset=entries))


def journal_page(units: list[Unit], wanted: JournalFilter, *, after: str, before: str) -> Page:
    """Return a page of :class:`TransactionRow`, newest first; three queries."""
    found = transactions(units, wanted)
    page = keyset_page(found, ORDER, after=after, before=before, size=PAGE_SIZE, has_empty=False)
    page.rows[:] = journal_rows(page.rows)
    return page


def journal_rows(found: list[LedgerTransaction]) -> list[TransactionRow]:
    """Return transactions in words; one query."""
    # With the dossier's code beside, which is no column of theirs.
    entries: dict[int, list[Any]] = {row.pk: list(row.entries.all()) for row in found}
    names = fee_names(entry.account for each in entries.values() for entry in each)
    return [
        TransactionRow(
            pk=row.pk,
            at=row.at,
            kind=row.get_kind_display(),
            source=source_words(row.source),
            unit=row.unit.name,
            by=row.by.full_name if row.by else "",
            entries=[
                EntryRow(account_words(entry.account, names), entry.debit_vnd, entry.credit_vnd, entry.code or "")
                for entry in entries[row.pk]
            ],
        )
        for row in found
    ]


def receipt_page(units: list[Unit], wanted: ReceiptFilter, *, after: str, before: str) -> Page:
    """Return a page of :class:`ReceiptRow`, newest first; one query."""
    found = wanted.of(Receipt.objects.filter(series__unit__in=units)).select_related("series", "attempt")
    found = found.annotate(code=F("charge__dossier__code")).defer("payer_address", "lines")
    page = keyset_page(found, ORDER, after=after, before=before, size=PAGE_SIZE, has_empty=False)
    page.rows[:] = [
        ReceiptRow(
            template=row.series.template,
            series=row.series.series,
            number=f"{row.number:07d}",
            issued_at=row.issued_at,
            payer=masked_name(row.payer_name),
            dossier=row.code or "",
            amount_vnd=row.amount_vnd,
            way=provider_words(row.attempt.provider),
            cancelled_at=row.cancelled_at,
            because=row.cancelled_because,
        )
        for row in page.rows
    ]
    return page


def file_page(reader: Reader, *, after: str, before: str) -> Page:
    """Return a page of files with how many lines they have, agree and wait (``lines_count``, ``agree``, ``wait``).

    One query. Files are of the whole installation: none for who reads only units below another.
    """
    found = SettlementBatch.objects.annotate(
        lines_count=Count("lines"),
        agree=Count("lines", filter=Q(lines__result=MATCHED)),
        wait=Count("lines", filter=Q(lines__result="")),
    )
    if not reader.is_on_top:
        found = found.none()
    page = keyset_page(found, ORDER, after=after, before=before, size=PAGE_SIZE, has_empty=False)
    for row in page.rows:
        row.provider_words = provider_words(row.provider)
    return page


def line_page(batch: SettlementBatch, reader: Reader, *, after: str, before: str) -> Page:
    """Return a page of a file's lines without those of other units' payments; two queries.

    The words of a transfer may name somebody: only who closes discrepancies reads them.
    """
    payments = Attempt.objects.filter(ref=OuterRef("reference")).exclude(unit__in=reader.units)
    parcels = Parcel.objects.filter(order_code=OuterRef("reference")).exclude(unit__in=reader.units)
    found = batch.lines.filter(~Exists(payments), ~Exists(parcels)).prefetch_related("discrepancies")
    page = keyset_page(found, ("n", "id"), after=after, before=before, size=PAGE_SIZE, has_empty=False)
    for row in page.rows:
        row.result_words = RESULTS.get(row.result, row.result)
        if not reader.may_close:
            row.text = ""
    return page
