"""Who holds a dossier: the columns that say so, and the control sheet behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from common.database.writing import insert, update
from common.text import in_order
from common.values.working_time import CalendarError, add_working_time, working_time_between
from offices.calendar.office_calendar import calendar_of
from offices.models import Post, Role, Unit
from procedures.models import ProcedureVersion

from ..models import RUNNING, Assignment, Dossier, Pause, Status, WorklistRow
from ..workflow import Move
from .terms import step_due


@dataclass(frozen=True)
class Assignee:
    """A place in the chain: a unit's role, or one person in it, at a step."""

    unit: Unit
    role: str
    person: User | None
    step: int

    def columns(self) -> dict[str, Any]:
        """Return the dossier's columns that say so."""
        return {"holder_unit": self.unit, "holder_role": self.role, "holder": self.person, "step": self.step}


NOBODY: dict[str, Any] = {"holder_unit": None, "holder_role": "", "holder": None}


def step_of(version: ProcedureVersion, role: str, after: int) -> int:
    """Return the number of a role's next step after a step, else its last one, else ``after``."""
    numbers = [step.n for step in version.steps.all() if step.role == role]
    return next((n for n in numbers if n > after), numbers[-1] if numbers else after)


def lets_hold(post: Post, role: str, dossier: Dossier) -> bool:
    """Tell whether a present post lets its holder hold a dossier in a role."""
    return (
        post.unit_id == dossier.unit_id
        and post.role == role
        and (role != Role.SPECIALIST or post.covers(dossier.version.procedure.sector.code))
    )


def specialists(unit: int, sector: str, day: date) -> list[Post]:
    """Return the posts of those who may take a sector's dossiers in a unit, by name; each has its person's ``load``.

    That is how many dossiers the person works on. One query.
    """
    working = WorklistRow.objects.filter(holder=OuterRef("user"), status__in=RUNNING, is_held_here=True)
    load = working.values("holder").annotate(count=Count("dossier")).values("count")
    posts = Post.objects.valid_on(day).able().filter(unit=unit, role=Role.SPECIALIST)
    posts = posts.select_related("user").annotate(load=Coalesce(Subquery(load), 0)).order_by("pk")
    first = {post.user_id: post for post in reversed(list(posts)) if post.covers(sector)}
    return in_order(first.values(), name=lambda post: post.user.full_name)


def end(move: Move) -> int:
    """Close the open row of the control sheet, and return its number; one statement."""
    return next(iter(update(Assignment, {"until": move.now}, returning="n", dossier=move.dossier, until=None)), 0)


def give(move: Move) -> Assignment:
    """Close the open row and write the next one as the claimed dossier's columns say; two statements.

    The step's time begins now. A dossier whose holder did not change keeps its row: call this only on a change.
    """
    return _write(move, end(move) + 1, move.now)


def give_again(move: Move, before: Assignment) -> Assignment:
    """Close the open row and let the step of an earlier one go on, with what was left of its time.

    A step that was late then stays so. Five statements at most.
    """
    n = end(move) + 1
    was_late = before.until is not None and before.due_at is not None and before.due_at < before.until
    due_at = before.due_at if was_late else _due(move.dossier, before, move.at)
    return _write(move, n, move.now, due_at, continues=before.n)


def begin(move: Move) -> Assignment:
    """Write the first row of a dossier that nobody held before; one statement.

    Its step has no end before reception: until then the desk owes an answer, which has a rule of its own.
    """
    return _write(move, 1, move.dossier.term_from)


def _write(
    move: Move, n: int, begins: datetime | None, due_at: datetime | None = None, *, continues: int | None = None
) -> Assignment:
    dossier = move.dossier
    unit = cast(Unit, dossier.holder_unit)
    # Nobody is late while the applicant is awaited, or while a result waits to be collected.
    is_resting = dossier.paused_since is not None or dossier.status == Status.DECIDED
    allotted = None if dossier.status == Status.DECIDED else _allotted(dossier)
    return insert(
        Assignment(
            dossier=dossier,
            n=n,
            step=dossier.step,
            unit=unit,
            role=dossier.holder_role,
            person_id=dossier.holder_id,
            given_by=move.by,
            since=move.now,
            allotted=allotted,
            due_at=None if is_resting else due_at or step_due(unit, begins, allotted),
            continues=continues,
        )
    )


def start_step(move: Move) -> None:
    """Let the present step's time begin with the term: at reception, anew once the dossier was completed.

    One statement; one more where another unit than the competent one holds the dossier.
    """
    dossier = move.dossier
    unit = dossier.unit if dossier.holder_unit_id == dossier.unit_id else cast(Unit, dossier.holder_unit)
    due_at = step_due(unit, dossier.term_from, _allotted(dossier))
    update(Assignment, {"due_at": due_at}, dossier=dossier, until=None)


def follow_version(move: Move) -> None:
    """Let the open row follow a dossier into another procedure, its step counted from the term. One statement."""
    dossier = move.dossier
    allotted = _allotted(dossier)
    due_at = step_due(dossier.unit, dossier.term_from, allotted)
    update(
        Assignment,
        {"step": dossier.step, "allotted": allotted, "due_at": due_at},
        dossier=dossier,
        until=None,
    )


def rest(move: Move) -> None:
    """Let the present step's time stand still while the applicant is awaited; a step that is late stays so.

    One statement.
    """
    Assignment.objects.filter(dossier=move.dossier, until=None, due_at__gte=move.at).update(due_at=None)


def go_on(move: Move) -> None:
    """Let the present step's time go on after a pause with what was left of it; two to five statements."""
    row = Assignment.objects.filter(dossier=move.dossier, until=None, due_at=None).select_related("unit").first()
    if row is not None and (due_at := _due(move.dossier, row, move.at)) is not None:
        Assignment.objects.filter(pk=row.pk).update(due_at=due_at)


def pieces(rows: Iterable[Assignment], row: Assignment) -> list[Assignment]:
    """Return, of a dossier's rows, those in which the step of a row was done: itself and what it continues. Pure."""
    by_number = {each.n: each for each in rows}
    found = [row]
    while (before := by_number.get(found[-1].continues or 0)) is not None:
        found.append(before)
    return found


def _due(dossier: Dossier, row: Assignment, at: datetime) -> datetime | None:
    """Return when a row's step ends that goes on at a moment, by the time worked on it since the term began.

    The pauses in it are none. None without a time, before reception and where the calendar does not reach; three
    queries at most.
    """
    begins = dossier.term_from
    if begins is None or not row.allotted:
        return None
    rows = pieces(dossier.assignments.all(), row) if row.continues is not None else [row]
    stood = list(Pause.objects.filter(dossier=dossier, until__gt=begins).values_list("since", "until"))
    try:
        calendar = calendar_of(row.unit, around=at)
        worked = timedelta()
        for piece in rows:
            since, until = max(piece.since, begins), piece.until or at
            worked += working_time_between(calendar, since, until)
            for paused, over in stood:
                worked -= working_time_between(calendar, max(paused, since), min(over or until, until))
        left = timedelta(hours=float(row.allotted)) - worked
        return add_working_time(calendar, at, max(left, timedelta()))
    except CalendarError:
        return None


def _allotted(dossier: Dossier) -> Decimal | None:
    return next((step.allotted for step in dossier.version.steps.all() if step.n == dossier.step), None) or None
