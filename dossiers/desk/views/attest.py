"""One page for what is settled while the person waits: entered, numbered, done; then the next."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.forms.card import ACCEPT, boxes_of, unchecked, wants_card, with_card
from common.forms.warnings import point_out
from common.web.screens import answer, sent, shows_form
from dossiers.books import entering, kinds
from dossiers.books.entering import Entered
from offices.models import Role

from ..counter.attesting import Counter, counter_of, fee_words, form_for, prints
from ..forms.attest import OF_CARD, AttestForm
from ..guards import officer_required
from ..officer import Officer

WHO = "applicant"
PRINT_KEY = mark_safe(' accesskey="I"')


@shows_form
@officer_required(Role.CLERK)
def attest(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Enter what was attested, with the next number of its book, and stay for the next person or the same one."""
    counter = counter_of(officer, request.GET)
    page: dict[str, Any] = {"unit": counter.unit, "units": counter.unit_tabs()}
    if not counter.versions:
        return render(request, "desk/attest.html", page)
    take_scan(request)
    form = form_for(counter, officer, sent(request), request.GET.get("again", ""))
    page |= {"tabs": counter.book_tabs(), "card": boxes_of(WHO), "accept": ACCEPT}
    page["book_url"] = reverse("desk:book", args=[counter.unit.slug, counter.book, officer.day.year])
    if wants_card(request, WHO):
        filled = with_card(request, WHO, form, OF_CARD, officer.now)
        page["form"] = with_focus(unchecked(form_for(counter, officer, filled)))
        return render(request, "desk/attest.html", page)

    def change() -> str:
        done = entering.attest(form.given(), by=officer.user, key=form.cleaned_data["key"], now=officer.now)
        announce(request, counter, done)
        point_out(request, form)
        return counter.address(**({"again": str(done.dossier.code)} if request.POST.get("again") else {}))

    def shown(_refused: object) -> dict[str, Any]:
        return {"form": with_focus(form), "fee": form.fee() if form.asks_more else None}

    return answer(request, form, None, change, template="desk/attest.html", page=shown, **page)


def take_scan(request: HttpRequest) -> None:
    """Take the text of a card's code for what it is when a scanner has typed it into the box of the name."""
    if "|" in request.POST.get("name", ""):
        values: Any = request.POST.copy()
        values[boxes_of(WHO)[1]], values["name"] = values["name"], ""
        request.POST = values


def with_focus(form: AttestForm) -> AttestForm:
    """Let typing go on in the first box that lacks something, where nothing has to be mended."""
    if not form.errors:
        name = next((name for name in ("name", "document") if not form[name].value()), "copies")
        form.fields[name].widget.attrs["autofocus"] = True
    return form


def announce(request: HttpRequest, counter: Counter, done: Entered) -> None:
    """Say which number was given and what it costs, with the ways on: what to print, the same person again."""
    entry, dossier = done.entry, done.dossier
    number = kinds.full_number(entry.book, entry.year, entry.number)
    rows = enumerate(prints(dossier, done.receipts))
    ways = ((url, "" if n else PRINT_KEY, label) for n, (url, label) in rows)
    text = format_html(
        '<strong>{}</strong> – {}, <a href="{}">{}</a>. {}{} '
        '<a href="{}" accesskey="N">{} <kbd aria-hidden="true">N</kbd></a>',
        _("Entered: %(number)s") % {"number": number},
        entry.person,
        reverse("desk:dossier", args=[dossier.code]),
        dossier.code,
        fee_words(entry, bool(done.receipts)),
        format_html_join("", ' <a href="{}"{}>{}</a>', ways),
        counter.address(again=str(dossier.code)),
        _("This person again"),
    )
    messages.success(request, text)
