"""Discrepancies: read by all readers of money's record, closed by two officers who may."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.forms.screen_forms import ChangeForm
from common.web.hidden import hidden
from common.web.paging import keyset_page
from common.web.screens import Screen, answer, done, sent, shows_form

from ..books import discrepancies
from ..labels import provider_words
from ..models import Discrepancy, DiscrepancyKind, Resolution
from .forms import CloseForm, NoteForm, ProposeForm, SendBackForm
from .guards import Reader, closer_required, reader_required

ORDER = ("-id",)
PAGE_SIZE = 50


@reader_required
@require_safe
def found(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Discrepancies, the newest first: open ones, or all. One query beyond the guard's."""
    state, kind = request.GET.get("state", "open"), request.GET.get("kind", "")
    rows = _of(reader)
    if state == "open":
        rows = rows.filter(closed_at=None)
    elif state == "proposed":
        rows = rows.filter(closed_at=None).exclude(resolution="")
    elif state == "closed":
        rows = rows.exclude(closed_at=None)
    if kind in DiscrepancyKind.values:
        rows = rows.filter(kind=kind)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = keyset_page(rows, ORDER, after=after, before=before, size=PAGE_SIZE, has_empty=False)
    for row in page.rows:
        row.provider_words = provider_words(row.provider)
        row.age = (reader.now - row.found_at).days
    shown = {"page": page, "state": state, "kind": kind, "kinds": DiscrepancyKind.choices}
    return render(request, "payments/audit/discrepancies.html", shown)


@reader_required
@require_safe
def one(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """One discrepancy with what may be done about it. Four queries beyond the guard's."""
    row = _get(reader, pk)
    may = reader.may_settle(row) and row.closed_at is None
    page = {
        "row": row,
        "provider": provider_words(row.provider),
        "age": (reader.now - row.found_at).days,
        "may": may,
        "may_close": may and bool(row.resolution) and row.proposed_by_id != reader.user.pk,
        "line": row.line,
        "shows_words": reader.may_close,
    }
    return render(request, "payments/audit/discrepancy.html", page)


@closer_required
@shows_form
def note(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """Take a discrepancy over, with a note."""
    row = _to_settle(reader, pk)
    form = NoteForm(sent(request), initial={"note": row.note}, revision=row.revision)

    def change() -> None:
        discrepancies.look_after(row, form.cleaned_data["note"], **_given(form, reader))

    return _answer(request, row, form, change, _("I look after it"), _("Save"), _("The note was saved."))


@closer_required
@shows_form
def propose(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """Propose how a discrepancy is closed."""
    row = _to_settle(reader, pk)
    units = [] if row.unit else [unit for unit in reader.units if unit.pk in reader.closing]
    form = ProposeForm(sent(request), options=discrepancies.options(row), units=units, revision=row.revision)

    def change() -> None:
        resolution = Resolution(form.cleaned_data["resolution"])
        reason = form.cleaned_data["reason"]
        discrepancies.propose(row, resolution, reason, booked_in=form.unit(), **_given(form, reader))

    lead = _("Another officer closes it; until then nothing is booked.")
    text = _("Proposed. Another officer has to close it.")
    return _answer(request, row, form, change, _("Propose how to close it"), _("Propose"), text, lead)


@closer_required
@shows_form
def send_back(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """Decline a proposal."""
    row = _to_settle(reader, pk)
    form = SendBackForm(sent(request), revision=row.revision)

    def change() -> None:
        discrepancies.send_back(row, form.cleaned_data["reason"], **_given(form, reader))

    text = _("Declined. The discrepancy is open again.")
    return _answer(request, row, form, change, _("Decline the proposal"), _("Decline"), text)


@closer_required
@shows_form
def close(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """Close a discrepancy as another officer proposed."""
    row = _to_settle(reader, pk)
    form = CloseForm(sent(request), revision=row.revision)

    def change() -> None:
        discrepancies.close(row, **_given(form, reader))

    lead = row.get_resolution_display() if row.resolution else ""
    text = _("The discrepancy is closed.")
    return _answer(request, row, form, change, _("Close the discrepancy"), _("Close it"), text, lead)


def _of(reader: Reader) -> QuerySet[Discrepancy]:
    return reader.discrepancies().select_related("unit", "owner", "proposed_by", "closed_by")


def _get(reader: Reader, pk: int) -> Discrepancy:
    rows = _of(reader).select_related("line__batch", "attempt__unit", "refund", "booked_in")
    row = rows.filter(pk=pk).first()
    if row is None:
        raise hidden(Discrepancy, pk=pk)
    return row


def _to_settle(reader: Reader, pk: int) -> Discrepancy:
    row = _get(reader, pk)
    if not reader.may_settle(row):
        raise hidden(Discrepancy, pk=pk)
    return row


def _given(form: ChangeForm, reader: Reader) -> dict[str, Any]:
    return {"revision": form.shown_revision(), "by": reader.user, "now": reader.now}


def _answer(
    request: HttpRequest,
    row: Discrepancy,
    form: ChangeForm,
    change: Callable[[], None],
    title: str,
    button: str,
    text: str,
    lead: Any = "",
) -> HttpResponse:
    back = reverse("audit:discrepancy", args=[row.pk])

    def changed() -> str:
        change()
        return done(request, text, back)

    def revision() -> int:
        return Discrepancy.objects.values_list("revision", flat=True).get(pk=row.pk)

    def page(_refused: object) -> Mapping[str, Any]:
        return {"row": row}

    screen = Screen(title, button, back, f"{row.get_kind_display()}: {row.reference}", lead=lead)
    template = "payments/audit/discrepancy_screen.html"
    return answer(request, form, screen, changed, revision=revision, template=template, page=page)
