"""Pages of the indicators: for everybody, and for leaders with exact numbers and the dossiers behind them."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from common import clock
from common.web.page_cache import anonymous_page
from offices.access import current_posts
from offices.models import Role

from ..leader.guards import Leader, leader_required
from ..statistics.asking import Asked, Options
from ..statistics.figures import By
from ..statistics.page import all_options, figures_page
from ..statistics.periods import usual
from .behind import courses_behind, page_behind
from .counts import COUNTS
from .rules import RULES
from .values import Indicators


@login_not_required
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """Show the indicators of a period of whole months; eleven queries, whatever the number of dossiers."""

    def make() -> tuple[HttpResponse, str]:
        day, options = clock.local_day(clock.now()), all_options()
        asked, base = _asked(request, options), reverse("statistics:indicators")
        is_plain = asked == _read({}, options, day)
        page = _page(asked, options, base, is_public=True)
        if request.user.is_authenticated and any(post.role == Role.LEADER for post in current_posts(request.user, day)):
            page["exact_url"] = asked.url(reverse("leader:indicators"))
        return render(request, "reports/indicators.html", page), base if is_plain else ""

    return anonymous_page(request, make)


@leader_required
@require_safe
def exact(request: HttpRequest, leader: Leader) -> HttpResponse:
    """Show the indicators of the leader's units and those below, exactly. Eight queries beyond the guard's."""
    asked = _asked(request, leader.options)
    page = _page(asked, leader.options, reverse("leader:indicators"), is_public=False)
    return render(request, "leader/indicators.html", page | {"leader": leader})


@leader_required
@require_safe
def behind(request: HttpRequest, leader: Leader, key: str) -> HttpResponse:
    """List the dossiers behind an indicator, all or those that lack a point. Two queries beyond the guard's."""
    rule = RULES.get(key)
    if rule is None or not rule.behind:
        raise Http404
    asked, is_short = _asked(request, leader.options), request.GET.get("only") == "short"
    found = courses_behind(leader, rule, asked.period, asked.unit, is_short=is_short)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    page = {
        "leader": leader,
        "rule": rule,
        "asked": asked,
        "page": page_behind(leader, rule, found, after=after, before=before),
        "query": request.GET,
        "is_short": is_short,
        "best": COUNTS[rule.behind].best,
        "has_many": len(leader.units) > 1,
        "back": asked.url(reverse("leader:indicators")),
        "here": asked.url(reverse("leader:indicator", args=[key])),
    }
    return render(request, "leader/indicator.html", page)


def _asked(request: HttpRequest, options: Options) -> Asked:
    return _read(request.GET, options, clock.local_day(clock.now()))


def _read(values: Any, options: Options, day: Any) -> Asked:
    """Read units and months: indicators are kept for no others."""
    asked = Asked.read(values, options, day, by_months=True)
    return replace(asked, by=By.FIELD, sector=None, procedure=None, level=None)


def _page(asked: Asked, options: Options, base: str, *, is_public: bool) -> dict[str, Any]:
    """Return what the templates of indicators read."""
    day = clock.local_day(clock.now())
    figures = figures_page(asked, options, base, is_public=is_public)
    units = asked.selection(options, is_all=is_public).units
    found = Indicators(figures, units, day, is_exact=not is_public)
    shown = {
        "base": base,
        "unit": asked.unit,
        "units": options.units,
        "months": dict(asked.period.fields()),
        "periods": [(name, asked.url(base, period=period)) for name, period in usual(day)],
        "query": urlencode(asked.fields()),
        "groups": found.groups(),
        "indices": found.indices(),
        "counted_at": figures.counted_at,
    }
    return {"asked": asked, "shown": shown}
