"""The dossiers behind an indicator, for the leaders of their unit and of those above it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from common.web.paging import Page, keyset_page
from offices.models import Unit

from ..counting import monthly
from ..leader.guards import Leader
from ..models import Course
from ..statistics.periods import Period
from ..statistics.words import procedure_names
from .counts import COUNTS
from .rules import Rule

PAGE_SIZE = 50


@dataclass(frozen=True)
class Row:
    """A dossier that counts, with its points; ``url`` is empty where the leader only sees codes."""

    code: str
    url: str
    unit: str
    procedure: str
    came_at: datetime
    ended_at: datetime | None
    points: int


def courses_behind(
    leader: Leader, rule: Rule, period: Period, unit: Unit | None, *, is_short: bool
) -> QuerySet[Course]:
    """Return the courses that an indicator counts in a period, with ``points``; ``is_short``: that lack a point."""
    count = COUNTS[rule.behind]
    units = leader.options.below(unit) if unit else set(leader.units)
    since, until = monthly.begin(period.since), monthly.begin(period.until + timedelta(days=1))
    within: dict[str, Any] = {f"{count.moment}__gte": since, f"{count.moment}__lt": until}
    found = Course.objects.filter(count.among, unit__in=units, **within).annotate(points=count.points)
    return found.filter(points__lt=count.best) if is_short else found


def page_behind(leader: Leader, rule: Rule, found: QuerySet[Course], *, after: str, before: str) -> Page:
    """Return a page of the dossiers behind an indicator as :class:`Row`, the oldest first; two queries."""
    order = (COUNTS[rule.behind].moment, "dossier")
    page = keyset_page(
        found.select_related("dossier"), order, after=after, before=before, size=PAGE_SIZE, has_empty=False
    )
    names = procedure_names({course.procedure_id for course in page.rows})
    page.rows[:] = [_row(leader, course, names) for course in page.rows]
    return page


def _row(leader: Leader, course: Any, names: dict[int, str]) -> Row:
    code = course.dossier.code or ""
    return Row(
        code,
        reverse("desk:dossier", args=[code]) if course.unit_id in leader.own else "",
        leader.units[course.unit_id].name,
        names.get(course.procedure_id, ""),
        course.came_at,
        course.ended_at,
        course.points,
    )
