"""The days off: a year in months and as a list, single days, a list taken in, a year marked as entered."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.onetime import once
from common.refusals import Refused, fingerprint
from common.text import digits_in
from common.web.hidden import hidden
from common.web.screens import Screen, answer, done, press, sent, shows_form

from ..calendar import days, year_page
from ..calendar.office_calendar import missing_years
from ..forms.calendar import DayAddForm, DayChangeForm, ImportForm
from ..models import CalendarYear, DayKind, Holiday, OpeningHours, Unit
from .guards import administrator_only
from .scope import Administrator, administrator_of

WORK_WEEK = {0, 1, 2, 3, 4}


def _address(year: int, unit: Unit | None = None) -> str:
    return f"{reverse('manage:calendar')}?year={year}" + (f"&unit={unit.slug}" if unit else "")


def _year_of(text: Any, otherwise: int) -> int:
    year = digits_in(text, 4) or otherwise
    return year if days.FIRST_YEAR <= year <= days.LAST_YEAR else otherwise


@administrator_only
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """Show a year for one unit, or the days that count for all. Five queries beyond the scope's."""
    admin = administrator_of(request)
    shown = _year_of(request.GET.get("year"), admin.day.year)
    unit = next((one for one in admin.units if one.slug == request.GET.get("unit")), None)
    family = [unit.parent_id, unit.pk] if unit else []
    order = [None, *(pk for pk in family if pk is not None)]
    visible = {pk for pk in order if pk is not None} if unit else admin.unit_ids
    rows = list(
        Holiday.objects.filter(Q(unit=None) | Q(unit__in=visible), day__year=shown)
        .select_related("unit")
        .order_by("day", "unit_id")
    )
    entered = set(CalendarYear.objects.filter(year__range=(shown - 1, shown + 1)).values_list("year", flat=True))
    page = {
        "year": shown,
        "years": [one for one in (shown - 1, shown + 1) if days.FIRST_YEAR <= one <= days.LAST_YEAR],
        "unit": unit,
        "units": admin.units,
        "months": year_page.months(shown, year_page.winning(rows, order), _open_weekdays(unit), admin.day),
        "weekdays": year_page.WEEKDAYS,
        "letters": [(year_page.LETTERS[kind], DayKind(kind).label) for kind in DayKind.values],
        "lines": [
            {
                "row": row,
                "receives": _yes(DayKind(row.kind).receives),
                "counts": _yes(DayKind(row.kind).counts),
                "may_change": admin.looks_after_all if row.unit_id is None else row.unit_id in admin.unit_ids,
            }
            for row in rows
        ],
        "is_entered": shown in entered,
        "is_missing": shown in missing_years(admin.day),
        "may_withdraw": admin.looks_after_all and shown in entered and shown > admin.day.year,
        "may_all": admin.looks_after_all,
    }
    return render(request, "manage/installation/calendar.html", page)


def _yes(fact: bool) -> str:
    return _("yes") if fact else _("no")


def _open_weekdays(unit: Unit | None) -> set[int]:
    """Return the weekdays on which a unit opens; Monday to Friday where no unit is chosen."""
    if unit is None:
        return WORK_WEEK
    hours = OpeningHours.objects.filter(unit__in=[pk for pk in (unit.pk, unit.parent_id) if pk is not None])
    found: dict[int, set[int]] = {}
    for row in hours:
        found.setdefault(row.unit_id, set()).add(row.weekday)
    return found.get(unit.pk) or found.get(unit.parent_id or 0) or WORK_WEEK


@administrator_only
@shows_form
def add(request: HttpRequest) -> HttpResponse:
    """Add a day."""
    admin = administrator_of(request)
    shown = _year_of(request.GET.get("year"), admin.day.year)
    form = DayAddForm(sent(request), units=admin.open_units, may_all=admin.looks_after_all)

    def act() -> str:
        typed = form.cleaned_data
        values = typed["unit"], typed["day"], typed["kind"], typed["name"], typed["replaces"]
        once(
            typed["key"], "day", admin.user.pk, str(typed["day"]), admin.now,
            lambda: days.add_day(*values, by=admin.user, now=admin.now),
        )  # fmt: skip
        return done(request, _("The day has been added."), _address(typed["day"].year, typed["unit"]))

    screen = Screen(_("Add a day"), _("Add the day"), _address(shown), _("Working days"), _promise())
    return answer(request, form, screen, act)


@administrator_only
@shows_form
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change or remove a day."""
    admin = administrator_of(request)
    holiday = _day(admin, pk)
    form = DayChangeForm(sent(request), holiday=holiday, revision=_revision(holiday))

    def act() -> str:
        typed = form.cleaned_data
        days.change_day(
            holiday,
            typed["day"],
            typed["kind"],
            typed["name"],
            typed["replaces"],
            revision=typed["revision"],
            by=admin.user,
            now=admin.now,
        )
        return done(request, _("The day has been changed."), _address(typed["day"].year, holiday.unit))

    title = f"{holiday.day:%d/%m/%Y} {holiday.name}"
    back = _address(holiday.day.year, holiday.unit)
    screen = Screen(title, _("Save the changes"), back, _("Working days"), _promise(), is_name=True)
    return answer(
        request,
        form,
        screen,
        act,
        revision=lambda: _revision(_day(admin, pk)),
        template="manage/installation/day.html",
        holiday=holiday,
        removal_revision=_revision(holiday),
    )


@administrator_only
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a day."""
    admin = administrator_of(request)
    holiday = _day(admin, pk)

    def act() -> str:
        days.remove_day(holiday, revision=request.POST.get("revision", ""), by=admin.user, now=admin.now)
        return done(request, _("The day has been removed."), _address(holiday.day.year, holiday.unit))

    return press(request, act, reverse("manage:day", args=[pk]))


@administrator_only
@shows_form
def import_days(request: HttpRequest) -> HttpResponse:
    """Import a list of days: checked line by line first, then written all or nothing."""
    admin = administrator_of(request)
    proposed = _year_of(request.GET.get("propose"), 0)
    shown = proposed or admin.day.year
    scope: dict[str, Any] = {"units": admin.open_units, "may_all": admin.looks_after_all}
    if request.method == "POST":
        form = ImportForm(request.POST, request.FILES, **scope)
    else:
        form = ImportForm(initial={"lines": days.proposal(proposed) if proposed else ""}, **scope)
    plan, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            text, unit = form.cleaned_data["text"], form.cleaned_data["unit"]
            plan, status = days.plan_of(text, unit), 200
            if request.POST.get("revision") and not plan.faults:
                try:
                    count = days.import_days(text, unit, request.POST["revision"], by=admin.user, now=admin.now)
                except Refused as refused:
                    form.refuse(refused)
                    plan, status = days.plan_of(text, unit), 409
                else:
                    words = ngettext("%(count)d day has been imported.", "%(count)d days have been imported.", count)
                    messages.success(request, words % {"count": count})
                    return redirect(_address(plan.years[0] if plan.years else shown, unit))
    page = {
        "form": form,
        "plan": plan,
        "text": form.cleaned_data.get("text", "") if plan else "",
        "unit": form.cleaned_data.get("unit") if plan else None,
        "proposed": proposed,
        "is_complete": proposed and days.comes_with_the_portal(proposed),
        "back": _address(shown),
        "promise": _promise(),
    }
    return render(request, "manage/installation/calendar_import.html", page, status=status)


@administrator_only
@require_POST
def enter(request: HttpRequest, number: int) -> HttpResponse:
    """Mark a year as entered."""
    admin = _for_all(request)
    return _marked(request, number, lambda: days.enter_year(number, by=admin.user, now=admin.now))


@administrator_only
@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take the mark of a year back."""
    admin = _for_all(request)
    return _marked(request, number, lambda: days.withdraw_year(number, by=admin.user, now=admin.now, today=admin.day))


def _marked(request: HttpRequest, number: int, mark: Any) -> HttpResponse:
    if not days.FIRST_YEAR <= number <= days.LAST_YEAR:
        raise Http404

    def act() -> str:
        mark()
        return done(request, _("The calendar of %(year)s has been changed.") % {"year": number}, _address(number))

    return press(request, act, _address(number))


def _for_all(request: HttpRequest) -> Administrator:
    """Return an administrator who may change what counts for every unit; others get 403."""
    admin = administrator_of(request)
    if not admin.looks_after_all:
        raise PermissionDenied
    return admin


def _day(admin: Administrator, pk: int) -> Holiday:
    """Return a day that the administrator may change. Raises Http404."""
    found = Holiday.objects.select_related("unit").filter(pk=pk).first()
    may = found is not None and (
        found.unit_id in admin.unit_ids if found.unit_id is not None else admin.looks_after_all
    )
    if found is None or not may:
        raise hidden(Holiday, pk=pk)
    return found


def _revision(holiday: Holiday) -> str:
    return fingerprint(*days.day_values(holiday))


def _promise() -> str:
    return _("Due times already promised stay as they are, also when they lie beyond this day; new terms follow it.")
