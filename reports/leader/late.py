"""Which dossiers were late in a time, as it was known on a day: asked again it answers the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from django.db.models import Q, QuerySet
from django.urls import reverse

from common.values.working_time import at
from common.web.paging import Page, keyset_page
from dossiers.models import Assignment
from offices.models import Role

from ..models import Course
from ..statistics.periods import Period
from ..statistics.words import procedure_names
from .guards import Leader

PAGE_SIZE = 50
DAY = timedelta(days=1)


@dataclass(frozen=True)
class LateAsked:
    """Late at some time of a period, as known at the end of a day; the present month, and now, unless asked."""

    period: Period
    as_of: date

    @classmethod
    def read(cls, values: Mapping[str, Any], today: date) -> Self:
        """Read ``since``, ``until`` and ``as_of``, whatever they hold."""
        asked = dict(values.items()) if values.get("since") or values.get("until") else {"since": f"{today:%m/%Y}"}
        period = Period.read(asked, today, by_months=False)
        known = Period.read({"since": values.get("as_of") or f"{today:%d/%m/%Y}"}, today, by_months=False)
        return cls(period, min(known.since, today))

    @property
    def known_until(self) -> datetime:
        """The moment up to which events count."""
        return at(self.as_of + DAY, time.min)

    def fields(self) -> list[tuple[str, str]]:
        """Return what a form says to ask for the same."""
        since, until = self.period.since, self.period.until
        days = (("since", since), ("until", until), ("as_of", self.as_of))
        return [(name, f"{day:%d/%m/%Y}") for name, day in days]


@dataclass(frozen=True)
class LateRow:
    """A dossier that was late; ``url`` and ``handler`` are empty where the leader only sees codes."""

    code: str
    url: str
    unit: str
    procedure: str
    late_since: datetime
    ended_at: datetime | None
    ending: str
    handler: str


def late_courses(leader: Leader, asked: LateAsked) -> QuerySet[Course]:
    """Return the courses that were late in the period, as they were known.

    A dossier is late from the moment on that it missed, whatever came later: what happens after ``as_of`` changes
    nothing here.
    """
    until = min(asked.known_until, at(asked.period.until + DAY, time.min))
    lasted = Q(ended_at=None) | Q(ended_at__gte=at(asked.period.since, time.min))
    return Course.objects.filter(lasted, unit__in=list(leader.units), late_since__lt=until)


def late_page(leader: Leader, asked: LateAsked, *, after: str, before: str) -> Page:
    """Return a page of late dossiers as :class:`LateRow`, the longest late first; three queries."""
    found = late_courses(leader, asked).select_related("dossier")
    order = ("late_since", "dossier")
    page = keyset_page(found, order, after=after, before=before, size=PAGE_SIZE, has_empty=False)
    page.rows[:] = rows_of(leader, asked, page.rows)
    return page


def rows_of(leader: Leader, asked: LateAsked, courses: Sequence[Course]) -> list[LateRow]:
    """Return courses as they are written; two queries."""
    names = procedure_names({course.procedure_id for course in courses})
    handlers = main_handlers([course.pk for course in courses if course.unit_id in leader.own], asked.known_until)
    found = []
    for course in courses:
        assert course.late_since is not None, "only late ones are listed"
        is_own, code = course.unit_id in leader.own, course.dossier.code or ""
        is_over = course.ended_at is not None and course.ended_at < asked.known_until
        found.append(
            LateRow(
                code,
                reverse("desk:dossier", args=[code]) if is_own else "",
                leader.units[course.unit_id].name,
                names.get(course.procedure_id, ""),
                course.late_since,
                course.ended_at if is_over else None,
                str(course.get_ending_display()) if is_over else "",
                handlers.get(course.pk, ""),
            )
        )
    return found


def main_handlers(dossiers: Sequence[int], until: datetime) -> dict[int, str]:
    """Return who mainly handled dossiers by a moment: the last specialist that held each, else the last person.

    One query.
    """
    held = (
        Assignment.objects.filter(dossier__in=dossiers, since__lt=until).exclude(person=None).order_by("dossier", "n")
    )
    found: dict[int, tuple[bool, str]] = {}
    for dossier, role, name in held.values_list("dossier", "role", "person__full_name"):
        is_specialist = role == Role.SPECIALIST
        if is_specialist or not found.get(dossier, (False, ""))[0]:
            found[dossier] = is_specialist, name
    return {dossier: name for dossier, (_is_specialist, name) in found.items()}
