"""The desk's screens of the post: hand over results, follow parcels, print records and labels."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.web.hidden import hidden
from common.web.screens import answer, done, press, sent, shows_form
from dossiers.desk.dossier_page import note_reading
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer, is_code
from dossiers.records import slips
from offices.models import Role

from ..models import HandoverRecord, Parcel, Way
from . import handing_over, pages, papers, parcels
from .forms import FindForm, HandOverForm

clerk_required = officer_required(Role.CLERK)


@shows_form
@clerk_required
def waiting(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Results to hand over to the postman: tick, hand over, print the record."""
    found = Parcel.objects.for_posts(officer.posts).waiting()
    cursors = cursors_of(request)
    scanned = pages.codes_in(request.GET.get("scanned", ""))
    form = HandOverForm(sent(request), units=pages.units_of(officer), initial={"parcels": scanned})

    def change() -> str:
        data = form.cleaned_data
        record = handing_over.hand_over(
            form.chosen_unit,
            data["parcels"],
            postman=data["postman"],
            key=data["key"],
            by=officer.user,
            now=officer.now,
        )
        text = _("Handed over. Print record %(number)s and have it signed.") % {"number": record.number}
        return done(request, text, "post:record", record.pk)

    def page(_refused: Any) -> dict[str, Any]:
        shown = pages.page_of(found, officer, ("id",), **cursors, ticked=form.ticked, first=scanned)
        tabs = pages.tabs(officer, "waiting")
        return {"page": shown, "tabs": tabs, "is_waiting": True, "scanned": pages.joined_codes(scanned)}

    return answer(request, form, None, change, template="payments/post/waiting.html", page=page)


@require_safe
@clerk_required
def parcel_list(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Parcels that have left, came back or arrived."""
    view = request.GET.get("view", "")
    view = view if view in pages.VIEWS else "moving"
    cursors = cursors_of(request)
    page = {
        "page": pages.page_of(pages.of_view(officer, view), officer, **cursors),
        "tabs": pages.tabs(officer, view),
        "label": pages.VIEWS[view],
    }
    return render(request, "payments/post/parcels.html", page)


@require_safe
@clerk_required
def records(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The records of what was handed over."""
    cursors = cursors_of(request)
    page = {"page": pages.records_page(officer, **cursors), "tabs": pages.tabs(officer, "records")}
    return render(request, "payments/post/records.html", page)


@require_safe
@clerk_required
def record(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """A handover record as a page to print."""
    related = HandoverRecord.objects.for_posts(officer.posts).select_related("unit__parent", "by")
    found = related.filter(pk=pk).first()
    if found is None:
        raise hidden(HandoverRecord, pk=pk)
    with slips.in_vietnamese():
        return render(
            request, "payments/post/record.html", papers.record_page(found) | {"back": reverse("post:records")}
        )


@require_POST
@clerk_required
def find(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Find a parcel by what was scanned: item number, order code or dossier code; in the list to hand over, tick it."""
    form = FindForm(request.POST)
    typed = form.cleaned_data["q"] if form.is_valid() else ""
    found = pages.scanned(officer, typed)
    if found is None:
        messages.error(request, _("No parcel has this number. Scan the item number, or type the dossier code."))
        return redirect(pages.with_scanned(request.POST.get("scanned", "")))
    if "ticks" in request.POST and found.is_waiting and not pages.why_not(found):
        return redirect(pages.with_scanned(request.POST.get("scanned", ""), found.order_code))
    return redirect("post:parcel", found.order_code)


@require_safe
@clerk_required
def parcel(request: HttpRequest, officer: Officer, order_code: str) -> HttpResponse:
    """One parcel: where it is, whom it reaches, what may be done with it."""
    found = own_parcel(officer, order_code)
    note_reading(found.dossier, officer.user, "parcel", officer.now)
    facts = pages.facts(found)
    page = facts | {
        "facts": facts,
        "may_cancel": found.is_waiting,
        "is_lost": parcels.is_lost(found, officer.now),
        "may_send_again": pages.may_send_again(found),
        "may_settle": found.way == Way.FETCH and found.has_ended and not found.is_settled,
        "is_odd": pages.has_odd_number(found),
    }
    return render(request, "payments/post/parcel.html", page)


@require_safe
@clerk_required
def label(request: HttpRequest, officer: Officer, order_code: str) -> HttpResponse:
    """The label of a parcel as a page to print."""
    found = own_parcel(officer, order_code)
    note_reading(found.dossier, officer.user, "parcel", officer.now)
    back = reverse("post:parcel", args=[found.order_code])
    with slips.in_vietnamese():
        return render(request, "payments/post/label.html", papers.label_page(found) | {"back": back})


@require_POST
@clerk_required
def cancel(request: HttpRequest, officer: Officer, order_code: str) -> HttpResponse:
    """Give up a parcel that is still at the desk, or that is lost."""
    found = own_parcel(officer, order_code)
    words = (
        _("The parcel counts as lost. What its postman was to collect is owed again.")
        if parcels.is_lost(found, officer.now)
        else _("The parcel has been cancelled. The result stays at the desk.")
    )

    def change() -> str:
        parcels.cancel(found, officer.now, by=officer.user)
        return done(request, words, back)

    back = reverse("post:parcel", args=[found.order_code])
    return press(request, change, back)


@require_POST
@clerk_required
def again(request: HttpRequest, officer: Officer, order_code: str) -> HttpResponse:
    """Send a result once more."""
    found = own_parcel(officer, order_code)

    def change() -> str:
        made = parcels.again(found, officer.now, by=officer.user)
        return done(request, _("A new parcel has been ordered."), "post:parcel", made.order_code)

    return press(request, change, reverse("post:parcel", args=[found.order_code]))


@require_POST
@clerk_required
def settle(request: HttpRequest, officer: Officer, order_code: str) -> HttpResponse:
    """Note that somebody has looked at papers that arrived, or has called about papers that were not fetched."""
    found = own_parcel(officer, order_code)

    def change() -> str:
        parcels.settle(found)
        return done(request, _("Noted."), f"{reverse('post:parcels')}?view=arrived")

    return press(request, change, reverse("post:parcel", args=[found.order_code]))


def cursors_of(request: HttpRequest) -> dict[str, Any]:
    """Return where a page of a list begins, as its address says."""
    return {name: request.GET.get(name, "") for name in ("after", "before")}


def own_parcel(officer: Officer, order_code: str) -> Parcel:
    """Return a parcel of the officer's desks; raises Http404."""
    if not is_code(order_code):
        raise Http404
    related = ("dossier__version", "dossier__received_by", "dossier__applicant", "unit__parent", "record", "attempt")
    found = Parcel.objects.for_posts(officer.posts).select_related(*related).filter(order_code=order_code).first()
    if found is None:
        raise hidden(Parcel, order_code=order_code)
    return found
