"""The yearly books: which there are, their pages, as PDF and Excel, and where a book on paper is gone on with."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.pdf import PdfFailed, render_pdf
from common.values.money import grouped
from common.values.span import Span
from common.web.downloads import PDF, file_answer, table_file
from common.web.hidden import hidden
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.books import entering, kinds, reading
from dossiers.models import BookEntry
from dossiers.records import slips
from offices.log import audit
from offices.models import Unit
from procedures.models import Book

from ..attesting import KEEPERS, kept_units
from ..forms.attest import BeginForm
from ..guards import officer_required
from ..officer import Officer

PAGE_SIZE = 50
# More is asked for by a shorter time: what a PDF holds is laid out while somebody waits.
MOST_ROWS, MOST_PRINTED = 20_000, 300


@require_safe
@officer_required(*KEEPERS)
def books(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The books of the officer's units, year by year."""
    return render(request, "desk/books.html", {"volumes": reading.volumes(kept_units(officer).values(), officer.day)})


def unit_of(officer: Officer, slug: str, book: str) -> Unit:
    """Return the unit of a book's address. Raises Http404 for one of others, and for what is no book."""
    if not book or book not in Book.values:
        raise Http404
    unit = kept_units(officer).get(slug)
    if unit is None:
        raise hidden(Unit, slug=slug)
    return unit


@require_safe
@officer_required(*KEEPERS)
def book(request: HttpRequest, officer: Officer, slug: str, book: str, year: int) -> HttpResponse:
    """One book of a year, the newest entry first, between two days where they are given; numbers of papers masked."""
    unit, span = unit_of(officer, slug, book), Span.read(request.GET)
    rows = reading.entries(unit, book, year, span).select_related("dossier")
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset_page([rows], ("-number",), after=after, before=before, size=PAGE_SIZE)
    page.rows[:] = [shown(row) for row in page.rows]
    context = {
        "page": page,
        "unit": unit,
        "book": book,
        "year": year,
        "title": Book(book).label,
        "volume": kinds.volume(book, year),
        "span": span,
        "fields": span.fields(),
    }
    return render(request, "desk/book.html", context)


def shown(row: BookEntry) -> dict[str, Any]:
    """Return an entry as its page shows it."""
    return {
        "entry": row,
        "url": reverse("desk:dossier", args=[row.dossier.code]),
        "cancel_url": "" if row.is_cancelled else reverse("desk:act", args=[row.dossier.code, "cancel-entry"]),
        "fee": "–" if row.fee_vnd is None else grouped(row.fee_vnd),
        "signed_by": reading.signed_by(row),
        "remark": reading.remark(row),
    }


@require_POST
@officer_required(*KEEPERS)
def export(request: HttpRequest, officer: Officer, slug: str, book: str, year: int) -> HttpResponse:
    """A book with the whole numbers of identity papers, to be printed (PDF) or kept (Excel); written into the log."""
    unit, span = unit_of(officer, slug, book), Span.read(request.POST)
    kind = request.POST.get("format", "")
    most = MOST_PRINTED if kind == "pdf" else MOST_ROWS
    back = f"{reverse('desk:book', args=[slug, book, year])}?{urlencode(span.fields())}"
    rows = list(reading.entries(unit, book, year, span).order_by("number")[: most + 1])
    if len(rows) > most:
        return refuse(request, too_many(most), back)
    facts = [("format", "", kind), ("lines", "", len(rows)), *((name, "", day) for name, day in span.fields())]
    label = f"{Book(book).label} {year}"
    said: dict[str, Any] = {"ref": unit.slug, "unit": unit, "name": label, "changes": facts}
    audit.record("book.export", unit, by=officer.user, now=officer.now, **said)
    file = f"so-{book}-{unit.slug}-{year}"
    if kind != "pdf":
        return table_file("xlsx", label, file, reading.head(), reading.lines(rows))
    try:
        return file_answer(render_pdf("desk/book_pdf.html", printed(unit, book, year, span, rows)), PDF, f"{file}.pdf")
    except PdfFailed:
        return refuse(request, _("The PDF could not be made now. Ask for fewer days, or try again."), back)


def printed(unit: Unit, book: str, year: int, span: Span, rows: list[BookEntry]) -> dict[str, Any]:
    """Return what the book on paper shows; always Vietnamese."""
    with slips.in_vietnamese():
        lines = [
            {
                "entry": row,
                "signed_by": reading.signed_by(row),
                "remark": reading.remark(row),
                "fee": "" if row.fee_vnd is None else grouped(row.fee_vnd),
            }
            for row in rows
        ]
    return {
        "title": f"{kinds.KINDS[book].title}, năm {year}",
        "unit": slips.unit_facts(unit),
        "volume": kinds.volume(book, year),
        "span": span,
        "rows": lines,
    }


def too_many(most: int) -> str:
    """Say that a file would be too long."""
    return _("A file holds at most %(count)s entries. Choose fewer days.") % {"count": grouped(most)}


def refuse(request: HttpRequest, words: str, back: str) -> HttpResponse:
    """Lead back to the book with a sentence on why there is no file."""
    messages.error(request, words)
    return redirect(back)


@shows_form
@officer_required(*KEEPERS)
def begin(request: HttpRequest, officer: Officer, slug: str, book: str) -> HttpResponse:
    """Say with which number a book of this year goes on that was begun on paper."""
    unit = unit_of(officer, slug, book)
    form = BeginForm(sent(request))

    def change() -> str:
        number = form.cleaned_data["number"]
        entering.begin_at(unit, book, number, by=officer.user, now=officer.now)
        return done(
            request, _("The next entry gets the number %(number)s.") % {"number": grouped(number)}, "desk:books"
        )

    screen = Screen(
        _("Go on with a book on paper"),
        _("Save"),
        reverse("desk:books"),
        _("Books"),
        f"{Book(book).label} {officer.day.year}, {unit.name}",
    )
    return answer(request, form, screen, change, template="desk/book_begin.html")
