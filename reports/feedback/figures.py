"""How units answered feedback in a time: indicator 8 of Quyết định 766/QĐ-TTg wants all of it answered in time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from django.db.models import Count, F, Q

from common.values.working_time import DAY, at

from ..models import Feedback
from ..models.feedback import UNANSWERED


@dataclass(frozen=True)
class Answered:
    """Feedback of some units in a time: received, answered on time or late, overdue; and what is open now."""

    received: int
    on_time: int
    late: int
    overdue: int
    open: int

    @property
    def whole(self) -> int:
        """How many were answered in the time, or should have been."""
        return self.on_time + self.late + self.overdue

    @property
    def percent(self) -> int | None:
        """The share of the whole that was answered on time, rounded down; None where there is none."""
        return 100 * self.on_time // self.whole if self.whole else None


def answered(units: Collection[int] | None, first: date, last: date, day: date) -> Answered:
    """Count the feedback of units (None: of all) from a local day up to and including another, as of a day. One query.

    It counts for the unit that has it now, received when that unit got it; what was refused or passed on was received
    and not answered. Overdue is what was due in the time, before ``day``.
    """
    since, until, today = at(first, time.min), at(last + DAY, time.min), at(day, time.min)
    within = Q(answered_at__gte=since, answered_at__lt=until)
    due = Q(answer_due_at__gte=since, answer_due_at__lt=min(until, today))
    rows = Feedback.objects.all() if units is None else Feedback.objects.filter(unit__in=units)
    return Answered(
        **rows.aggregate(
            received=Count("pk", filter=Q(unit_since__gte=since, unit_since__lt=until)),
            on_time=Count("pk", filter=within & Q(answered_at__lte=F("answer_due_at"))),
            late=Count("pk", filter=within & Q(answered_at__gt=F("answer_due_at"))),
            overdue=Count("pk", filter=due & Q(status__in=UNANSWERED)),
            open=Count("pk", filter=Q(status__in=UNANSWERED)),
        )
    )
