"""Where an officer settles things in one visit: the unit, its books, the forms of each, the person served again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.values.money import format_vnd
from offices.models import Role, Unit
from procedures.models import Book, ProcedureVersion

from ...books import entering, kinds, reading
from ...models import BookEntry, Channel, Dossier, SlipKind
from ..dossier_page import note_reading
from ..forms.attest import AttestForm
from ..officer import Officer

# Address, words, whether it is the present one.
Tab = tuple[str, str, bool]
# The access keys of the page, with what they do.
KEYS = [
    ("T", gettext_lazy("Enter in the book")),
    ("K", gettext_lazy("Enter, then this person again")),
    ("N", gettext_lazy("This person again")),
]
# Who keeps the books.
KEEPERS = (Role.CLERK, Role.LEADER)


@dataclass(frozen=True)
class Counter:
    """A unit's desk with one of its books open; ``versions`` are the procedures of that book, none without a book."""

    unit: Unit
    units: tuple[Unit, ...]
    books: tuple[str, ...]
    book: str
    versions: tuple[ProcedureVersion, ...]

    def address(self, **query: str) -> str:
        """Return the address of this desk with this book open."""
        return f"{reverse('desk:attest')}?{urlencode({'unit': self.unit.slug, 'book': self.book, **query})}"

    def unit_tabs(self) -> list[Tab]:
        """Return the units to choose from, nothing where there is one."""
        found = [(_address(unit), unit.name, unit == self.unit) for unit in self.units]
        return found if len(found) > 1 else []

    def book_tabs(self) -> list[Tab]:
        """Return the books to choose from."""
        return [(_address(self.unit, book), str(Book(book).label), book == self.book) for book in self.books]


def _address(unit: Unit, book: str = "") -> str:
    query = {"unit": unit.slug} | ({"book": book} if book else {})
    return f"{reverse('desk:attest')}?{urlencode(query)}"


def counter_of(officer: Officer, query: Mapping[str, str]) -> Counter:
    """Return the desk that an address asks for, else the first one with its first book; one query."""
    units = {post.unit.slug: post.unit for post in officer.posts if post.role == Role.CLERK}
    unit = units.get(query.get("unit", "")) or next(iter(units.values()))
    by_book: dict[str, list[ProcedureVersion]] = {}
    for version in entering.offered(unit, officer.day):
        by_book.setdefault(version.book, []).append(version)
    book = query.get("book", "")
    book = book if book in by_book else next(iter(by_book), "")
    return Counter(unit, tuple(units.values()), tuple(by_book), book, tuple(by_book.get(book, ())))


def form_for(counter: Counter, officer: Officer, data: Any, again: str = "") -> AttestForm:
    """Return the form of the open book, with the person of the dossier ``again``; at most six queries."""
    return AttestForm(
        data,
        versions=counter.versions,
        signers=entering.signers_for(counter.unit, counter.versions, officer.day),
        last=entering.last_of(counter.unit, counter.book, officer.user),
        unit=counter.unit,
        officer=officer,
        has_till=entering.till_is_open(counter.unit, officer.user, officer.now),
        initial=known_of(officer, again),
    )


def known_of(officer: Officer, code: str) -> dict[str, Any]:
    """Return what is known of the person of an entry that the officer may open, and note that it was read.

    Nothing for other dossiers.
    """
    if not code:
        return {}
    found = officer.dossiers().filter(code=code[:40], channel=Channel.COUNTER, owner=None, book_entry__isnull=False)
    dossier = found.select_related("applicant").first()
    if dossier is None:
        return {}
    note_reading(dossier, officer.user, "person", officer.now)
    person = dossier.applicant
    return {"name": person.name, "id_number": person.id_number, "phone": person.phone}


def kept_units(officer: Officer) -> dict[str, Unit]:
    """Return the units whose books an officer keeps, by their slugs."""
    return {post.unit.slug: post.unit for post in officer.posts if post.role in KEEPERS}


def entry_of(dossier: Dossier, officer: Officer) -> dict[str, Any] | None:
    """Return the entry of a dossier that was settled in one visit, with its number in words, None for others.

    One query where a version is entered in a book.
    """
    if not dossier.version.book or dossier.channel != Channel.COUNTER:
        return None
    entry = BookEntry.objects.filter(dossier=dossier).select_related("unit").first()
    if entry is None:
        return None
    address = reverse("desk:book", args=[entry.unit.slug, entry.book, entry.year])
    return {
        "row": entry,
        "url": address if entry.unit.slug in kept_units(officer) else "",
        "label": Book(entry.book).label,
        "number": kinds.full_number(entry.book, entry.year, entry.number),
        "signed_by": reading.signed_by(entry),
        "remark": reading.remark(entry),
    }


def fee_words(entry: BookEntry, is_taken: bool) -> str:
    """Say what an entry costs, and where that is paid."""
    if entry.fee_vnd is None:
        return _("Fee: by the amount of the province.")
    if not entry.fee_vnd:
        return _("Free")
    words = _("Taken in cash: %(amount)s.") if is_taken else _("To be paid at the cash desk: %(amount)s.")
    return words % {"amount": format_vnd(entry.fee_vnd)}


def prints(dossier: Dossier, receipts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return what there is to print, as (address, words): receipts of the fee, the receipt that was asked for."""
    found = [(url, _("Print the receipt %(number)s") % {"number": number}) for url, number in receipts]
    if dossier.slips.exists():
        address = reverse("desk:print", args=[SlipKind.RECEIPT, dossier.code])
        found.append((address, _("Print the receipt of the dossier")))
    return found
