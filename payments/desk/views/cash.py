"""The cashier's day: find who pays, open and close the shift, the sheet, receipts, cash for the treasury."""

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.onetime import once
from common.refusals import fingerprint, require_fresh
from common.text import clean_text
from common.values.money import format_vnd
from common.web.screens import Screen, answer, done, sent, shows_form
from dossiers.desk.guards import officer_required
from dossiers.desk.officer import Officer, is_code
from dossiers.desk.searching import Search
from dossiers.records import slips
from offices.models import Role, Unit

from ...books import shift_sheets
from ...collecting import cashier
from ...models import Deposit
from .. import cash_pages, scopes
from ..acts import units_of
from ..cash_forms import NOTES, CloseShiftForm, DepositForm, OpenShiftForm

HOME = "money:cash"
# No receipt is older.
FIRST_DAY = date(2025, 7, 1)


@require_safe
@officer_required(Role.CASHIER)
def home(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The open shift, the search box, and what is owed."""
    search = Search.kept(request.session) if request.GET.get("search") else None
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "boxes": cash_pages.boxes(officer),
        "searched": search.shown if search else "",
        "found": cash_pages.found_by(officer, search) if search else None,
        "page": None if search else cash_pages.owing(officer, after=after, before=before),
    }
    return render(request, "payments/desk/cash.html", page)


@require_POST
@officer_required(Role.CASHIER)
def find(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Look for a code (also a scanned receipt), a name or an ID number; nothing of it enters a URL."""
    try:
        typed = clean_text(request.POST.get("q", "")[:1000])
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(HOME)
    if not typed:
        return redirect(HOME)
    wanted = Search.read(typed)
    if wanted.kind == "code" and scopes.dossiers(officer).filter(code=wanted.value).exists():
        return redirect("money:fees", code=wanted.value)
    wanted.keep(request.session)
    return redirect(f"{reverse(HOME)}?search=1")


def unit_of(officer: Officer, slug: str) -> Unit:
    """Return the unit whose box is meant: the only one, or the one named. Raises Http404, PermissionDenied."""
    units = {post.unit.slug: post.unit for post in officer.posts if post.role == Role.CASHIER}
    if not units:
        raise PermissionDenied
    if not slug and len(units) == 1:
        return next(iter(units.values()))
    if slug not in units:
        raise Http404
    return units[slug]


@shows_form
@officer_required(Role.CASHIER)
def open_shift(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Begin a shift with what lies in the box."""
    unit = unit_of(officer, request.GET.get("unit", ""))
    form = OpenShiftForm(sent(request))
    code = request.GET.get("next", "")

    def change() -> str:
        given = form.cleaned_data
        once(
            given["key"],
            "shift",
            officer.user.pk,
            unit.slug,
            officer.now,
            lambda: cashier.open_shift(unit, officer.user, given["opening_vnd"], officer.now),
        )
        to = reverse("money:take_cash", args=[code]) if code and is_code(code) and "/" not in code else HOME
        return done(request, _("Your shift is open."), to)

    words = Screen(_("Open the shift"), _("Open the shift"), reverse(HOME), _("Back to the cashier's page"), unit.name)
    return answer(request, form, words, change, template="payments/desk/screen.html")


@shows_form
@officer_required(Role.CASHIER)
def close_shift(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Count the box and close the shift; a difference is booked and explained."""
    unit = unit_of(officer, request.GET.get("unit", ""))
    shift = cashier.shift_of(officer.user, unit)
    if shift is None:
        messages.info(request, _("Your shift is not open."))
        return redirect(HOME)
    sheet = shift_sheets.sheet_of(shift)
    form = CloseShiftForm(sent(request), revision=fingerprint(sheet.expected_vnd))

    def change() -> str:
        given = form.cleaned_data
        require_fresh(given["revision"], sheet.expected_vnd)
        closed = cashier.close_shift(shift, given["counted_vnd"], given["note"], officer.now)
        return done(request, _("The shift is closed. Print its sheet."), "money:shift", closed.pk)

    words = Screen(_("Close the shift"), _("Close the shift"), reverse(HOME), _("Back to the cashier's page"))
    page: dict[str, Any] = {"sheet": sheet, "names": [f"notes_{value}" for value in NOTES]}
    fresh = partial(fingerprint, sheet.expected_vnd)
    return answer(request, form, words, change, revision=fresh, template="payments/desk/close_shift.html", **page)


@require_safe
@officer_required(Role.CASHIER, Role.LEADER)
def shifts(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Shifts, the newest first."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = cash_pages.shift_page(officer, after=after, before=before)
    return render(request, "payments/desk/shift_list.html", {"page": page})


@require_safe
@officer_required(Role.CASHIER, Role.LEADER)
def shift(request: HttpRequest, officer: Officer, pk: int) -> HttpResponse:
    """The sheet of a shift as a page to print."""
    found = scopes.shift_of(officer, pk)
    with slips.in_vietnamese():
        page = {"sheet": shift_sheets.sheet_of(found), "now": officer.now, "back": reverse("money:shifts")}
        return render(request, "payments/desk/shift_sheet.html", page)


@require_safe
@officer_required(Role.CASHIER, Role.LEADER)
def receipts(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The receipts of a day."""
    try:
        day = min(max(date.fromisoformat(request.GET.get("day", "")), FIRST_DAY), officer.day)
    except ValueError:
        day = officer.day
    rows = cash_pages.receipts_on(officer, day)
    page = {"day": day, "rows": rows, "total": format_vnd(sum(row["vnd"] for row in rows))}
    return render(request, "payments/desk/receipt_list.html", page)


@shows_form
@officer_required(Role.CASHIER)
def deposits(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Enter cash of closed shifts that was brought to the treasury; what was entered before stands below."""
    unit = unit_of(officer, request.GET.get("unit", ""))
    lies = cashier.depositable_vnd(unit)
    form = DepositForm(sent(request), today=officer.day, lies_vnd=lies)

    def change() -> str:
        given = form.cleaned_data
        once(
            given["key"],
            "deposit",
            officer.user.pk,
            unit.slug,
            officer.now,
            lambda: cashier.deposit(
                unit, given["amount_vnd"], given["slip_number"], given["day"], by=officer.user, now=officer.now
            ),
        )
        return done(request, _("The deposit has been entered."), "money:deposits")

    words = Screen(_("Cash for the treasury"), _("Enter the deposit"), reverse(HOME), _("Back to the cashier's page"))
    past = Deposit.objects.filter(unit__in=units_of(officer, Role.CASHIER)).select_related("entered_by").order_by("-pk")
    page: dict[str, Any] = {"lies_vnd": lies, "deposits": past[:50]}
    return answer(request, form, words, change, template="payments/desk/deposits.html", **page)
