"""Figures for everybody: what came, what was resolved in time, who meets the targets."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import clock
from common.web.downloads import table_file
from common.web.page_cache import anonymous_page

from ..ratings.figures import satisfied_in, satisfied_words
from ..statistics.asking import Asked
from ..statistics.figures import By
from ..statistics.page import FiguresPage, all_options, figures_page, offered
from ..statistics.periods import usual
from ..statistics.words import BY_WORDS, GROUPS
from ..targets.reaching import reached, year_of
from ..visits.figures import visit_rows


@login_not_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period; seven queries, whatever the number of dossiers.

    One more for names of procedures, one to look whether what is kept changed, one after visits were written down.
    """
    return anonymous_page(request, lambda: _figures(request))


def _figures(request: HttpRequest) -> tuple[HttpResponse, str]:
    """Return the page and the address it is kept under: the year so far, not narrowed to anything."""
    day, base = clock.local_day(clock.now()), reverse("statistics:figures")
    page = _page(request)
    context = {"shown": shown(page), "offered": offered(page.asked, page.options, day)}
    context["satisfied"] = satisfaction(page)
    context["visits"] = visit_rows(clock.now())
    context["export"] = page.asked.url(reverse("statistics:export"))
    plain = Asked.read({"by": page.asked.by}, page.options, day, by_months=True)
    is_plain = plain == page.asked
    kept = "" if not is_plain else base if page.asked.by == By.FIELD else f"{base}?by={page.asked.by}"
    return render(request, "reports/figures.html", context), kept


def satisfaction(page: FiguresPage) -> str:
    """Say how many of those who rated in months that have ended were satisfied; '' where the public is not told.

    Nor where more than a unit is asked for. One query.
    """
    asked = page.asked
    if asked.sector or asked.procedure or asked.level:
        return ""
    units = page.options.below(asked.unit) if asked.unit else None
    return satisfied_words(satisfied_in(asked.period, units, clock.local_day(clock.now())))


def shown(page: FiguresPage) -> dict[str, Any]:
    """Return what the template of figures reads, for the public and for leaders."""
    today = clock.local_day(clock.now())
    return {
        "page": page,
        "asked": page.asked,
        "rows": page.rows(),
        "total": page.total(),
        "chart": page.chart(),
        "groups": GROUPS,
        "by_words": BY_WORDS[page.asked.by],
        "kinds": [(by.value, words) for by, words in BY_WORDS.items()],
        "periods": [(name, page.asked.url(page.base, period=period)) for name, period in usual(today)],
        "months": dict(page.asked.period.fields()),
        "levels": (4, 3, 2, 1),
        "is_filtered": any((page.asked.unit, page.asked.sector, page.asked.procedure, page.asked.level)),
        "plain_url": page.asked.url(page.base, unit=None, sector=None, procedure=None, level=None),
    }


@login_not_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Save the figures of a period as CSV or Excel, with what the page withholds withheld."""
    page = _page(request)
    return figures_file(request.GET.get("format", ""), page)


def figures_file(ending: str, page: FiguresPage) -> HttpResponse:
    """Return figures as a file."""
    period = page.asked.period
    name = f"so-lieu-{period.since:%Y%m%d}-{period.until:%Y%m%d}"
    return table_file(ending, _("Statistics"), name, page.head(), page.lines())


@login_not_required
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """Say how many units meet the targets of a year, and which; four queries."""
    day = clock.local_day(clock.now())
    year = year_of(request.GET.get("year"), day.year)
    page = {"found": reached(year, day), "year": year, "years": (year - 1, year + 1)}
    return render(request, "reports/targets.html", page)


def _page(request: HttpRequest) -> FiguresPage:
    day, options = clock.local_day(clock.now()), all_options()
    asked = Asked.read(request.GET, options, day, by_months=True)
    return figures_page(asked, options, reverse("statistics:figures"), is_public=True)
