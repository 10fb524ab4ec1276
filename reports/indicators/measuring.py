"""What indicators need and days do not say: counted each night from the courses, by unit and month."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from common.clock import LOCAL

from ..counting import monthly
from ..models import Course, IndicatorFigure
from .counts import COUNTS, NIGHTLY


def measure(now: datetime, since: date | None = None) -> int:
    """Write the points of every unit by month, from a first day of a month; returns how many units have a course.

    Unit by unit, one query for each measure and two to write: no statement runs long. ``since`` is what
    :func:`monthly.first_month` says unless given. A unit whose dossiers all went elsewhere keeps no figures.
    """
    since = since or monthly.first_month(now)
    units = list(Course.objects.order_by("unit").values_list("unit", flat=True).distinct())
    emptied = IndicatorFigure.objects.filter(measure__in=NIGHTLY, month__gte=since).exclude(unit__in=units)
    emptied.delete()
    for unit in units:
        found = {name: dict(_by_month(unit, name, since)) for name in NIGHTLY}
        monthly.write(NIGHTLY, since, found, [unit])
    return len(units)


def _by_month(unit: int, name: str, since: date) -> Iterable[tuple[monthly.Place, monthly.Tally]]:
    """Yield the months of a unit with points and number of dossiers; one query."""
    count = COUNTS[name]
    courses = Course.objects.filter(count.among, unit=unit, **{f"{count.moment}__gte": monthly.begin(since)})
    groups: Any = courses.annotate(points=count.points, month=TruncMonth(count.moment, tzinfo=LOCAL)).values("month")
    for row in groups.annotate(sum=Sum("points"), count=Count("pk")).order_by():
        yield (unit, row["month"].date()), (row["sum"], row["count"])
