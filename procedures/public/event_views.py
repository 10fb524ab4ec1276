"""The page of an occasion in life: what to do in which order, by when, and what of it has been filed."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from common import clock
from common.calendar_file import Event, write
from common.forms.fields import DayField
from common.forms.screen_forms import ScreenForm
from common.templatetags.ui import vi_date
from common.text import page_language
from common.web.page_cache import anonymous_page

from ..finding.cards import Card
from ..guiding.checklists import Checklist, Line, checklist_of, lines
from ..guiding.deadlines import months_later
from ..labels import in_vietnamese

# The reminder comes while there is time to get the papers.
REMINDED_DAYS_BEFORE = 7
# The time of no step is longer; a day further away is a slip of the hand.
YEARS_BACK, YEARS_AHEAD = 10, 1


class DayForm(ScreenForm):
    """The day of an event, asked for in the address and kept nowhere."""

    on = DayField()

    def __init__(self, *args: Any, checklist: Checklist, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["on"].label = capfirst(checklist.day_name)
        self.fields["on"].help_text = _("Only to work out the days below. It is not kept.")

    def clean_on(self) -> date:
        """Refuse a day too far away to mean an event whose steps are still to be done."""
        day: date = self.cleaned_data["on"]
        first, last = months_later(self.today, -12 * YEARS_BACK), months_later(self.today, 12 * YEARS_AHEAD)
        if not first <= day <= last:
            raise ValidationError(
                _("Enter a day from %(first)s to %(last)s.") % {"first": vi_date(first), "last": vi_date(last)}
            )
        return day


@dataclass(frozen=True, slots=True)
class Asked:
    """A checklist as somebody asks for it, the form with the day of the event, and that day once it is known."""

    checklist: Checklist
    form: DayForm | None
    start: date | None
    today: date

    @property
    def query(self) -> str:
        """The day as a query string with its question mark; '' for none."""
        return "?" + urlencode({"on_day": self.start.isoformat()}) if self.start else ""


@login_not_required
@require_safe
def life_event(request: HttpRequest, code: str) -> HttpResponse:
    """Show the checklist of a life event. No query when all is kept, one for whoever is signed in."""
    return anonymous_page(request, lambda: _page(request, code))


def _page(request: HttpRequest, code: str) -> tuple[HttpResponse, str]:
    asked = _asked(request, code)
    address = reverse("procedures:life_event", args=[code])
    user = request.user if isinstance(request.user, User) else None
    context, others = _context(asked, user)
    context |= {
        "form": asked.form,
        "others": mark_safe("".join(card["h3"] for card in others)),  # noqa: S308
        "address": address + asked.query,
    }
    is_faulty = asked.form is not None and bool(asked.form.errors)
    response = render(request, "procedures/life_event.html", context, status=422 if is_faulty else 200)
    # A day is kept nowhere, and days are too many to keep pages of.
    return response, "" if asked.start else address


def _context(asked: Asked, user: User | None) -> tuple[dict[str, Any], list[Card]]:
    shown, others = lines(asked.checklist, asked.start, user, asked.today, reverse("procedures:find"))
    context = {
        "checklist": asked.checklist,
        "lines": shown,
        "query": asked.query,
        "done": sum(line.is_done for line in shown),
        "is_member": user is not None,
        "in_vietnamese": in_vietnamese(),
    }
    return context, others


def _asked(request: HttpRequest, code: str) -> Asked:
    """Read the checklist and the day of the event; raises Http404 for an unknown event."""
    checklist = checklist_of(code, page_language())
    if checklist is None:
        raise Http404
    today = clock.local_day(clock.now())
    if not checklist.takes_day:
        return Asked(checklist, None, None, today)
    has_day = any(name.startswith("on_") for name in request.GET)
    form = DayForm(request.GET if has_day else None, checklist=checklist, today=today)
    start = form.cleaned_data["on"] if form.is_valid() else None
    return Asked(checklist, form, start, today)


@login_not_required
@require_safe
def life_event_print(request: HttpRequest, code: str) -> HttpResponse:
    """Show the checklist for printing. No query when all is kept, one for whoever is signed in."""
    asked = _asked(request, code)
    user = request.user if isinstance(request.user, User) else None
    context, _others = _context(asked, user)
    back = reverse("procedures:life_event", args=[code]) + asked.query
    context |= {"back": back, "start": asked.start, "today": asked.today}
    return render(request, "procedures/life_event_print.html", context)


@login_not_required
@require_safe
def life_event_calendar(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Send the last day of a step as a calendar file. No query when all is kept."""
    asked = _asked(request, code)
    step = asked.checklist.step(pk)
    shown, _others = lines(asked.checklist, asked.start, None, asked.today, reverse("procedures:find"))
    line = next((line for line in shown if line.step is step and line.due), None)
    if line is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{code}-{pk}.ics"'}
    return HttpResponse(_file(asked, line), "text/calendar; charset=utf-8", headers=headers)


def _file(asked: Asked, line: Line) -> bytes:
    assert line.due is not None and asked.start is not None
    name = line.card["name"] if line.card else line.step.name
    about = line.card["url"] if line.card else reverse("procedures:life_event", args=[asked.checklist.code])
    event = Event(
        name=f"step-{line.step.pk}-{asked.start:%Y%m%d}",
        at=line.due.day,
        summary=_("Last day: %(matter)s") % {"matter": name},
        lines=(asked.checklist.name, capfirst(line.step.time)),
        url=settings.SITE_URL + about,
        reminder=_("In a week: %(matter)s") % {"matter": name},
        days_before=REMINDED_DAYS_BEFORE,
    )
    return write(event, clock.now())
