"""The course of dossiers, read from what stands recorded of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from common.clock import local_day
from dossiers.models import Channel, Dossier, DossierEvent, Status
from dossiers.records.terms import EARLY, punctuality

from ..models import Course, Ending
from .lateness import Fact, fact_of, lateness

# What makes two courses the same.
FIELDS = tuple(field.attname for field in Course._meta.concrete_fields)
MEASURES = (
    "came_online",
    "came_counter",
    "came_post",
    "early",
    "on_time",
    "late",
    "refused",
    "stopped",
    "withdrawn",
    "turned_late",
    "late_ended",
)
_CAME = {Channel.ONLINE: "came_online", Channel.COUNTER: "came_counter", Channel.POST: "came_post"}


class Key(NamedTuple):
    """Whose figures of which day."""

    unit_id: int
    procedure_id: int
    level: int
    day: date


def read(pks: Collection[int], now: datetime) -> dict[int, Course]:
    """Return the courses of dossiers at a moment, by primary key. Two queries.

    Drafts have none, nor what was a mistake: a reception on paper that was cancelled, an entry that was crossed out.
    """
    facts: dict[int, list[Fact]] = defaultdict(list)
    levels: dict[int, int] = {}
    events = DossierEvent.objects.filter(dossier__in=pks).order_by("dossier", "n")
    for pk, before, after, at, data in events.values_list("dossier", "from_status", "to_status", "at", "data"):
        facts[pk].append(fact_of(before, after, at, data))
        levels[pk] = data.get("level") or levels.get(pk, 0)
    rows = Dossier.objects.in_figures().filter(pk__in=pks).exclude(status=Status.DRAFT).exclude(submitted_at=None)
    columns = ("pk", "unit_id", "version__procedure_id", "version__level", "channel", "status", "submitted_at")
    found = rows.order_by().values_list(*columns, "due_at", "decided_at", "closed_at", named=True)
    return {row.pk: _course(row, facts[row.pk], levels.get(row.pk, 0), now) for row in found}


def _course(row: Any, facts: list[Fact], level: int, now: datetime) -> Course:
    ending, ended_at = _ending(row, facts)
    found = lateness(facts, row.due_at, now)
    is_in_time = ending == Ending.RESOLVED and found.since is None
    return Course(
        dossier_id=row.pk,
        unit_id=row.unit_id,
        procedure_id=row.version__procedure_id,
        # Events of before say nothing of it.
        level=level or row.version__level,
        channel=row.channel,
        came_at=row.submitted_at,
        late_since=found.since,
        turns_late_at=found.turns_at,
        ended_at=ended_at,
        ending=ending,
        is_early=is_in_time and _is_early(row.due_at, ended_at),
    )


def _ending(row: Any, facts: list[Fact]) -> tuple[str, datetime | None]:
    """Return how and when a dossier ended by its status; a result counts from its decision (status 9, else 10)."""
    if row.status in (Status.DECIDED, Status.RETURNED):
        return Ending.RESOLVED, row.decided_at or row.closed_at
    if row.status == Status.REFUSED:
        return Ending.REFUSED, row.closed_at
    if row.status == Status.STOPPED:
        # What comes after the end, as a link to an account, changes no status.
        before = next((fact.from_status for fact in reversed(facts) if fact.from_status != fact.to_status), None)
        return (Ending.WITHDRAWN if before == Status.WITHDRAWAL_REQUESTED else Ending.STOPPED), row.closed_at
    return Ending.PENDING, None


def _is_early(due_at: datetime | None, ended_at: datetime | None) -> bool:
    """Tell whether a result came on a day before the promised one."""
    return due_at is not None and ended_at is not None and punctuality(ended_at, due_at) == EARLY


def is_same(one: Course | None, other: Course | None) -> bool:
    """Tell whether two courses say the same."""
    if one is None or other is None:
        return one is other
    return all(getattr(one, name) == getattr(other, name) for name in FIELDS)


def counts(course: Course) -> Iterable[tuple[Key, str]]:
    """Yield what a course adds to the figures: the day's key and the measure, each by one."""

    def on(moment: datetime) -> Key:
        return Key(course.unit_id, course.procedure_id, course.level, local_day(moment))

    yield on(course.came_at), _CAME[Channel(course.channel)]
    if course.late_since is not None:
        yield on(course.late_since), "turned_late"
    if course.ended_at is None:
        return
    day = on(course.ended_at)
    if course.ending == Ending.RESOLVED:
        yield day, "late" if course.late_since is not None else "early" if course.is_early else "on_time"
    else:
        yield day, course.ending
    if course.late_since is not None:
        yield day, "late_ended"
