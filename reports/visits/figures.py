"""Visits in figures: today, yesterday, this week, this month, all, and who is there now."""

from datetime import date, datetime, timedelta

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from common.clock import local_day
from common.kept import until_changed
from common.values.money import grouped

from ..models import VisitCount
from .counting import online


def visit_rows(now: datetime) -> list[tuple[str, str]]:
    """Return each figure with what it says, in the active language; one query when visits were written down since."""
    day = local_day(now)
    words = (_("Today"), _("Yesterday"), _("This week"), _("This month"), _("In all"))
    rows = [(word, grouped(count)) for word, count in zip(words, visit_sums(day), strict=True)]
    return [*rows, (_("Online now"), grouped(online()))]


@until_changed(VisitCount, most=4)
def visit_sums(day: date) -> tuple[int, int, int, int, int]:
    """Return the visits of a day, of the one before, of its week from Monday, of its month, and of all days."""
    spans = {
        "today": Q(day=day),
        "yesterday": Q(day=day - timedelta(days=1)),
        "week": Q(day__gte=day - timedelta(days=day.weekday()), day__lte=day),
        "month": Q(day__gte=day.replace(day=1), day__lte=day),
        "all": Q(day__lte=day),
    }
    sums = VisitCount.objects.aggregate(**{name: Sum("count", filter=span, default=0) for name, span in spans.items()})
    today, yesterday, week, month, everything = (int(sums[name]) for name in spans)
    return today, yesterday, week, month, everything
