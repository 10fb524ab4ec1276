"""The books as they are read: which there are, their pages, and their rows for paper and spreadsheets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.values.span import Span
from offices.models import Unit
from procedures.models import Book

from ..models import BookEntry, NumberSeries
from ..records.numbering import book_series, year_of
from .entering import offered


@dataclass(frozen=True)
class Volume:
    """One book of a unit in a year: how many entries, the last number, how many of them are cancelled.

    ``may_begin``: nothing has been entered this year, so it may go on from a book on paper.
    """

    unit: Unit
    book: str
    year: int
    count: int = 0
    last: int = 0
    cancelled: int = 0
    may_begin: bool = False

    @property
    def label(self) -> str:
        """The book's name in the language of the page."""
        return str(Book(self.book).label)


def volumes(units: Iterable[Unit], day: date) -> list[Volume]:
    """Return the books of units, the newest year first, with those of the year that are still empty; two queries and
    two for each unit."""
    by_pk = {unit.pk: unit for unit in units}
    counted = BookEntry.objects.filter(unit__in=by_pk).order_by().values("unit", "book", "year")
    found = {
        (row["unit"], row["book"], row["year"]): Volume(
            by_pk[row["unit"]], row["book"], row["year"], row["count"], row["last"], row["cancelled"]
        )
        for row in counted.annotate(count=Count("pk"), last=Max("number"), cancelled=Count("cancelled_at"))
    }
    series = NumberSeries.objects.filter(unit__in=by_pk, period=year_of(day)).values_list("unit", "purpose", "last")
    begun = {(unit, purpose): last for unit, purpose, last in series}
    for unit in by_pk.values():
        for book in dict.fromkeys(version.book for version in offered(unit, day)):
            last = begun.get((unit.pk, book_series(book)))
            found.setdefault(
                (unit.pk, book, day.year),
                Volume(unit, book, day.year, last=last or 0, may_begin=last is None),
            )
    order = {book: n for n, book in enumerate(Book.values)}
    return sorted(found.values(), key=lambda one: (-one.year, one.unit.name, order[one.book]))


def entries(unit: Unit, book: str, year: int, span: Span) -> QuerySet[BookEntry]:
    """Return the entries of a book between two days."""
    rows = BookEntry.objects.filter(unit=unit, book=book, year=year)
    if span.since:
        rows = rows.filter(day__gte=span.since)
    if span.until:
        rows = rows.filter(day__lte=span.until)
    return rows


def head() -> list[str]:
    """Return the columns of a book."""
    return [
        pgettext("book", "Number"),
        _("Date"),
        pgettext("book", "Person"),
        _("Identity paper"),
        pgettext("attested", "Document"),
        pgettext("book", "Copies"),
        pgettext("book", "Pages"),
        _("Fee in đồng"),
        _("Signed by"),
        _("Note"),
    ]


def lines(rows: Iterable[BookEntry]) -> Iterator[list[Any]]:
    """Yield entries as cells in the order of :func:`head`, with whole numbers of identity papers."""
    for row in rows:
        yield [
            row.number,
            f"{row.day:%d/%m/%Y}",
            row.person,
            row.id_paper,
            row.document,
            row.copies,
            row.pages,
            "" if row.fee_vnd is None else row.fee_vnd,
            signed_by(row),
            remark(row),
        ]


def signed_by(row: BookEntry) -> str:
    """Return name and title of who signed."""
    return f"{row.signer_name}, {row.signer_title}" if row.signer_title else row.signer_name


def remark(row: BookEntry) -> str:
    """Return an entry's note: that it is cancelled and why, who was exempt, what was noted."""
    words = []
    if row.is_cancelled:
        words.append(_("Cancelled: %(reason)s") % {"reason": row.cancelled_because})
    if row.exempt_as:
        words.append(_("Exempt: %(who)s") % {"who": row.exempt_as})
    return "; ".join([*words, *([row.note] if row.note else [])])
