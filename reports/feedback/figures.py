"""How units answered feedback in a time: indicator 8 of Quyết định 766/QĐ-TTg wants all of it answered in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.db.models import Count, F, Q

from common.values.working_time import DAY, at

from ..models import Feedback
from ..models.feedback import UNANSWERED


@dataclass(frozen=True)
class Answered:
    """Feedback of some units in a time: received, answered on time and late; and what is open now."""

    received: int
    on_time: int
    late: int
    open: int

    @property
    def answered(self) -> int:
        """How many were answered in the time."""
        return self.on_time + self.late

    @property
    def percent(self) -> int | None:
        """The share answered in time, rounded down; None where nothing was answered."""
        return 100 * self.on_time // self.answered if self.answered else None


def answered(unit_ids: Iterable[int], first: date, last: date) -> Answered:
    """Count the feedback of units from a local day up to and including another. One query.

    It counts for the unit that has it now, received when that unit got it; what was refused or passed on was received
    and not answered.
    """
    since, until = at(first, time.min), at(last + DAY, time.min)
    within = Q(answered_at__gte=since, answered_at__lt=until)
    return Answered(
        **Feedback.objects.filter(unit__in=list(unit_ids)).aggregate(
            received=Count("pk", filter=Q(unit_since__gte=since, unit_since__lt=until)),
            on_time=Count("pk", filter=within & Q(answered_at__lte=F("answer_due_at"))),
            late=Count("pk", filter=within & Q(answered_at__gt=F("answer_due_at"))),
            open=Count("pk", filter=Q(status__in=UNANSWERED)),
        )
    )
