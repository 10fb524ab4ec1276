"""What is measured each night by unit and month: how far back, and how it is written."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from common.clock import local_day
from common.values.working_time import at

from ..models import IndicatorFigure, Measured

# Before this nothing was filed here.
ALWAYS = date(2000, 1, 1)
# Unit, first day of the month.
Place = tuple[int, date]
# Points, and of how many.
Tally = tuple[int, int]


def first_month(now: datetime) -> date:
    """Return the first month that a night measures anew: that of a year ago.

    What was filed then may have become late, or been paid, since.
    """
    return (local_day(now) - timedelta(days=365)).replace(day=1)


def month_of(moment: datetime) -> date:
    """Return the first day of a moment's local month."""
    return local_day(moment).replace(day=1)


def begin(month: date) -> datetime:
    """Return the moment at which a month begins."""
    return at(month, time.min)


def write(
    measures: Collection[Measured],
    since: date,
    found: Mapping[Measured, Mapping[Place, Tally]],
    units: Iterable[int] | None = None,
) -> None:
    """Let what was measured from a month on take the place of what stood there, of these units or of all.

    Two that measure at the same time leave one row a month.
    """
    rows = [
        IndicatorFigure(unit_id=unit, month=month, measure=measure, points=points, count=count)
        for measure, tallies in found.items()
        for (unit, month), (points, count) in sorted(tallies.items())
    ]
    with transaction.atomic():
        old = IndicatorFigure.objects.filter(measure__in=measures, month__gte=since)
        (old if units is None else old.filter(unit__in=units)).delete()
        IndicatorFigure.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["unit", "measure", "month"],
            update_fields=["points", "count"],
        )
