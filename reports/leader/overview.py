"""How the work of a leader's units stands now: what is late, due today or soon, with whom, at which step, of what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from common.clock import local_day
from common.text import in_order
from common.values.working_time import CalendarError, add_working_days, at
from dossiers.timeline.deadlines import SOON_DAYS
from offices.calendar.office_calendar import calendar_of
from offices.models import Role

from ..models import Course, StepFigure
from ..statistics.words import procedure_names
from .guards import Leader

STEP_ROWS = 15


@dataclass
class Load:
    """How many pending dossiers somebody or something has; ``soon`` are due within two working days, not today."""

    name: str
    total: int = 0
    late: int = 0
    today: int = 0
    soon: int = 0

    def add(self, row: dict[str, Any]) -> None:
        """Count a group of dossiers."""
        for name in ("total", "late", "today", "soon"):
            setattr(self, name, getattr(self, name) + row[name])

    @property
    def cells(self) -> list[tuple[Any, int]]:
        """The numbers with their headings."""
        return [
            (_("Overdue"), self.late),
            (_("Due today"), self.today),
            (_("Due soon"), self.soon),
            (_("All"), self.total),
        ]


@dataclass(frozen=True)
class StepRow:
    """How long a step took lately, in working hours; ``over`` of ``count`` took longer than allotted."""

    name: str
    figure: StepFigure


@dataclass
class Overview:
    """What the page shows; each list is in the order of its rows."""

    total: Load
    people: list[Load] = field(default_factory=list)
    steps: list[Load] = field(default_factory=list)
    procedures: list[Load] = field(default_factory=list)
    units: list[Load] = field(default_factory=list)
    times: list[StepRow] = field(default_factory=list)
    slow: list[StepRow] = field(default_factory=list)

    @property
    def tables(self) -> list[tuple[str, Any, list[Load]]]:
        """The lists with an id and a heading each; units only where there are several."""
        found = [
            ("people", _("By officer"), self.people),
            ("steps", _("By step"), self.steps),
            ("procedures", _("By procedure"), self.procedures),
        ]
        return [*found, ("units", _("By unit"), self.units)] if len(self.units) > 1 else found


def overview(leader: Leader) -> Overview:
    """Return how work stands; four queries and those of a calendar that is not kept.

    Officers are named for the units that the leader leads, not for those below.
    """
    rows = _groups(leader)
    times = list(StepFigure.objects.filter(unit__in=leader.own))
    procedures = procedure_names({row["procedure"] for row in rows} | {each.procedure_id or 0 for each in times})
    roles = dict(Role.choices)
    total = Load(_("Together"))
    for row in rows:
        total.add(row)

    def person(row: dict[str, Any]) -> str:
        return row["dossier__holder__full_name"] or _("Nobody yet: %(role)s") % {"role": _role(row, roles)}

    own = [row for row in rows if row["unit"] in leader.own]
    named = [StepRow(str(roles.get(each.role, each.role)), each) for each in times if each.procedure_id is None]
    slow = [
        StepRow(f"{procedures.get(each.procedure_id, '')} – {roles.get(each.role, each.role)}", each)
        for each in sorted(times, key=lambda each: (-each.over, -each.slow_hours))
        if each.procedure_id is not None and each.over
    ]
    return Overview(
        total,
        _by(own, person),
        _by(rows, lambda row: _role(row, roles)),
        _by(rows, lambda row: procedures.get(row["procedure"], "")),
        _by(rows, lambda row: leader.units[row["unit"]].name, [unit.name for unit in leader.units.values()]),
        in_order(named, name=lambda row: row.name),
        slow[:STEP_ROWS],
    )


def _role(row: dict[str, Any], roles: dict[str, Any]) -> str:
    return str(roles.get(row["dossier__holder_role"], row["dossier__holder_role"]))


def _groups(leader: Leader) -> list[dict[str, Any]]:
    """Return the pending dossiers of the units in groups with their numbers; one query."""
    tonight, soon = _limits(leader)
    in_time = Q(late_since=None, turns_late_at__gte=leader.now)
    pending = Course.objects.filter(unit__in=list(leader.units), ended_at=None)
    by = ("unit", "procedure", "dossier__holder_role", "dossier__holder", "dossier__holder__full_name")
    groups: Any = pending.values(*by).annotate(
        total=Count("pk"),
        late=Count("pk", filter=~Q(late_since=None) | Q(turns_late_at__lt=leader.now)),
        today=Count("pk", filter=in_time & Q(turns_late_at__lt=tonight)),
        soon=Count("pk", filter=in_time & Q(turns_late_at__gte=tonight, turns_late_at__lt=soon)),
    )
    return list(groups.order_by())


def _limits(leader: Leader) -> tuple[datetime, datetime]:
    """Return the end of today and of the day until which something is due soon."""
    tonight = at(leader.day + timedelta(days=1), time.min)
    try:
        last = add_working_days(calendar_of(leader.unit, around=leader.now), leader.now, SOON_DAYS)
    except CalendarError:
        last = leader.now + timedelta(days=SOON_DAYS)
    return tonight, max(tonight, at(local_day(last) + timedelta(days=1), time.min))


def _by(
    rows: Iterable[dict[str, Any]], name_of: Callable[[dict[str, Any]], str], names: Iterable[str] = ()
) -> list[Load]:
    """Return the groups added up by name, those with most late ones first; ``names`` stand there with nought too."""
    found = {name: Load(name) for name in names}
    for row in rows:
        name = name_of(row)
        found.setdefault(name, Load(name)).add(row)
    return sorted(in_order(found.values(), name=lambda load: load.name), key=lambda load: (-load.late, -load.total))
