"""Days off entered, changed and taken in from a list; every change leaves a line in the log.

Due times that were promised stay as they are: only what is counted from now
on follows the calendar.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused, fingerprint, require_fresh, stale
from common.text import clean_text, fold
from common.values import partial_date

from ..log import audit
from ..models import CalendarYear, DayKind, Holiday, Unit
from .holidays import read_holidays

FIRST_YEAR, LAST_YEAR = 2000, 2099
MAX_LINES = 400
# A make-up day and the day that it replaces, folded.
_REPLACES = re.compile(r"^lam bu (?:cho )?(?:ngay )?(\d[\d/.-]+)$")
_MIDNIGHT = re.compile(r"[ T]0?0:00(?::00)?$")
# What people write for a kind, folded.
_KINDS = {
    "": DayKind.OFF,
    "nghi": DayKind.OFF,
    "nghi ca ngay": DayKind.OFF,
    "nghi le": DayKind.OFF,
    "off": DayKind.OFF,
    "nghi sang": DayKind.MORNING_OFF,
    "nghi buoi sang": DayKind.MORNING_OFF,
    "morning_off": DayKind.MORNING_OFF,
    "nghi chieu": DayKind.AFTERNOON_OFF,
    "nghi buoi chieu": DayKind.AFTERNOON_OFF,
    "afternoon_off": DayKind.AFTERNOON_OFF,
    "lam bu": DayKind.WORKING,
    "lam viec": DayKind.WORKING,
    "working": DayKind.WORKING,
    "chi tiep nhan": DayKind.RECEIVING,
    "tiep nhan khong tinh": DayKind.RECEIVING,
    "receiving": DayKind.RECEIVING,
    "chi tinh han": DayKind.COUNTING,
    "counting": DayKind.COUNTING,
}
_WORDS = {
    DayKind.OFF: "nghỉ",
    DayKind.MORNING_OFF: "nghỉ sáng",
    DayKind.AFTERNOON_OFF: "nghỉ chiều",
    DayKind.WORKING: "làm bù",
    DayKind.RECEIVING: "chỉ tiếp nhận",
    DayKind.COUNTING: "chỉ tính hạn",
}
# Days off that fall on the same date every year; those of the lunar calendar are decided each year.
_FIXED = (
    (1, 1, "Tết Dương lịch"),
    (4, 30, "Ngày Chiến thắng"),
    (5, 1, "Quốc tế Lao động"),
    (9, 2, "Quốc khánh"),
    (11, 24, "Ngày Văn hóa Việt Nam"),
)


def day_values(holiday: Holiday) -> tuple[Any, ...]:
    """Return what a page about a day was made for."""
    return (holiday.day, holiday.kind, holiday.name, holiday.replaces)


def add_day(
    unit: Unit | None, day: date, kind: str, name: str, replaces: date | None = None, *, by: User, now: datetime
) -> Holiday:
    """Add a day for one unit, or for all of them; a make-up day says which day it ``replaces``."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                holiday = Holiday.objects.create(unit=unit, day=day, kind=kind, name=name, replaces=replaces)
        except IntegrityError as error:
            raise _twice() from error
        changes = [("day", "", day), ("kind", "", kind), ("name", "", name)]
        _log("calendar.add", holiday, by, now, [*changes, ("replaces", "", replaces)] if replaces else changes)
    return holiday


def change_day(
    holiday: Holiday,
    day: date,
    kind: str,
    name: str,
    replaces: date | None = None,
    *,
    revision: str,
    by: User,
    now: datetime,
) -> None:
    """Change a day; whose day it is stays."""
    with transaction.atomic():
        held = _locked(holiday, revision)
        changes: list[tuple[str, Any, Any]] = [
            ("day", held.day, day),
            ("kind", held.kind, kind),
            ("name", held.name, name),
            ("replaces", held.replaces or "", replaces or ""),
        ]
        try:
            with transaction.atomic():
                Holiday.objects.filter(pk=held.pk).update(day=day, kind=kind, name=name, replaces=replaces)
        except IntegrityError as error:
            raise _twice() from error
        if any(before != after for _field, before, after in changes):
            _log("calendar.change", held, by, now, changes)


def remove_day(holiday: Holiday, *, revision: str, by: User, now: datetime) -> None:
    """Remove a day: it is again what its weekday is."""
    with transaction.atomic():
        held = _locked(holiday, revision)
        Holiday.objects.filter(pk=held.pk).delete()
        _log("calendar.remove", held, by, now, [("kind", held.kind, ""), ("name", held.name, "")])


def enter_year(year: int, *, by: User, now: datetime) -> None:
    """Mark a year as entered: from now on terms may reach into it."""
    with transaction.atomic():
        if not Holiday.objects.filter(unit=None, day__year=year).exists():
            raise Refused(_("Enter the days off of %(year)s first.") % {"year": year})
        row, is_new = CalendarYear.objects.get_or_create(year=year, defaults={"entered_at": now})
        if not is_new:
            raise Refused(_("%(year)s is marked as entered already.") % {"year": year})
        audit.record("calendar.enter", row, by=by, now=now, ref=str(year), name=str(year))


def withdraw_year(year: int, *, by: User, now: datetime, today: date) -> None:
    """Take the mark of a year to come back, as long as it has not begun."""
    if year <= today.year:
        raise Refused(_("Terms are being counted in %(year)s already.") % {"year": year})
    with transaction.atomic():
        row = CalendarYear.objects.filter(year=year).first()
        if row is None or CalendarYear.objects.filter(pk=row.pk).delete()[0] != 1:
            raise Refused(_("%(year)s is not marked as entered.") % {"year": year})
        audit.record("calendar.withdraw", CalendarYear(year=year), by=by, now=now, ref=str(year), name=str(year))


# Taking in a list


@dataclass(frozen=True)
class PlanLine:
    """What one line of a list would do: 'add', 'change', 'same', or 'fault' with the reason."""

    n: int
    text: str
    state: str
    day: date | None = None
    kind: str = ""
    name: str = ""
    before: str = ""
    message: str = ""
    replaces: date | None = None

    @property
    def kind_words(self) -> str:
        """The kind as people read it."""
        return _kind_words(self.kind, self.replaces) if self.kind else ""


@dataclass(frozen=True)
class Plan:
    """A list read line by line; nothing is written unless every line can be."""

    lines: list[PlanLine]

    @property
    def faults(self) -> list[PlanLine]:
        """The lines that cannot be read."""
        return [line for line in self.lines if line.state == "fault"]

    @property
    def count(self) -> int:
        """How many days would change."""
        return sum(line.state in ("add", "change") for line in self.lines)

    @property
    def years(self) -> list[int]:
        """The years that the list reaches into."""
        return sorted({line.day.year for line in self.lines if line.day is not None})

    @property
    def revision(self) -> str:
        """What the confirmation carries: another plan has another one."""
        return fingerprint(
            [(line.state, line.day, line.kind, line.replaces, line.name, line.before) for line in self.lines]
        )


def plan_of(text: str, unit: Unit | None) -> Plan:
    """Read a list of 'dd/mm/yyyy; kind; name' and compare it with the days entered for a unit. One query."""
    rows = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(rows) > MAX_LINES:
        message = _("Import up to %(count)d lines at a time.") % {"count": MAX_LINES}
        return Plan([PlanLine(rows[MAX_LINES][0], "", "fault", message=message)])
    read = [_read(n, line) for n, line in rows if not fold(line).startswith(("ngay;", "ngay,", "day,", "day;"))]
    days = [line.day for line in read if line.day is not None]
    known = {row.day: row for row in Holiday.objects.filter(unit=unit, day__in=days)}
    seen: set[date] = set()
    lines = []
    for line in read:
        if line.day is not None and line.day in seen:
            line = PlanLine(line.n, line.text, "fault", line.day, message=_("This day is in the list twice."))
        elif line.day is not None and line.state != "fault":
            line = _compared(line, known.get(line.day))
        if line.day is not None:
            seen.add(line.day)
        lines.append(line)
    return Plan(lines)


def import_days(text: str, unit: Unit | None, revision: str, *, by: User, now: datetime) -> int:
    """Write a list that was shown line by line, all or nothing; returns how many days changed.

    Raises :class:`Refused` when a line is faulty or the days changed since the list was shown.
    """
    with transaction.atomic():
        # Waits for another list on PostgreSQL; SQLite owns the write lock already.
        list(CalendarYear.objects.select_for_update().order_by("year"))
        plan = plan_of(text, unit)
        if plan.faults:
            raise Refused(_("Some lines cannot be read. Correct them and check the list again."))
        if plan.revision != revision:
            raise stale()
        for line in plan.lines:
            if line.day is not None and line.state in ("add", "change"):
                values = {"kind": line.kind, "name": line.name, "replaces": line.replaces}
                Holiday.objects.update_or_create(unit=unit, day=line.day, defaults=values)
        if plan.count:
            changes: list[tuple[str, Any, Any]] = [("days", "", plan.count)]
            changes += [
                (f"{line.day:%d/%m/%Y}", line.before, f"{line.kind_words}: {line.name}")
                for line in plan.lines
                if line.state in ("add", "change")
            ]
            audit.record(
                "calendar.import",
                Holiday(),
                by=by,
                now=now,
                ref=",".join(map(str, plan.years)),
                unit=unit,
                name=", ".join(map(str, plan.years)),
                changes=changes,
            )
    return plan.count


def proposal(year: int) -> str:
    """Return a year's days off as lines to be checked: those that come with the portal, else the fixed ones."""
    rows = [row for row in read_holidays() if row.day.year == year]
    if not rows:
        rows = [Holiday(day=date(year, month, day), name=name) for month, day, name in _FIXED]
    return "\n".join(f"{row.day:%d/%m/%Y}; {_typed(row)}; {row.name}" for row in rows)


def _typed(row: Holiday) -> str:
    replaced = f" cho {row.replaces:%d/%m/%Y}" if row.replaces else ""
    return f"{_WORDS[DayKind(row.kind)]}{replaced}"


def _kind_words(kind: str, replaces: date | None) -> str:
    label = str(DayKind(kind).label)
    return f"{label} ({replaces:%d/%m/%Y})" if replaces else label


def comes_with_the_portal(year: int) -> bool:
    """Tell whether all days off of a year come with the portal."""
    return any(row.day.year == year for row in read_holidays())


def _read(n: int, line: str) -> PlanLine:
    """Read one line; a fault says what is wrong with it."""
    try:
        typed = clean_text(line.replace("\t", ";"))
        delimiter = ";" if ";" in typed else ","
        cells = [cell.strip() for cell in next(csv.reader([typed], delimiter=delimiter))]
    except (ValidationError, csv.Error, StopIteration):
        return PlanLine(n, "", "fault", message=_("This line cannot be read."))
    shown = typed[:120]
    if len(cells) == 2:
        cells.insert(1, "")
    # A name may hold the separator: “Quốc khánh (ngày liền kề; dự kiến)”.
    cells[2:] = [f"{delimiter} ".join(cells[2:])] if len(cells) > 2 else []
    if len(cells) != 3:
        return PlanLine(n, shown, "fault", message=_("Write day; kind; name."))
    day = _date(cells[0])
    swapped = _REPLACES.match(fold(cells[1]))
    replaces = _date(swapped[1]) if swapped else None
    kind = DayKind.WORKING if replaces else _KINDS.get(fold(cells[1]))
    name = cells[2]
    if day is None:
        return PlanLine(n, shown, "fault", message=_("There is no such day. Write it as 30/04/2026."))
    if kind is None:
        words = _("The kind is one of: nghỉ, nghỉ sáng, nghỉ chiều, làm bù, chỉ tiếp nhận, chỉ tính hạn.")
        return PlanLine(n, shown, "fault", day, message=words)
    if not 0 < len(name) <= 120:
        return PlanLine(n, shown, "fault", day, message=_("Write a name of at most 120 characters."))
    return PlanLine(n, shown, "add", day, str(kind.value), name, replaces=replaces)


def _compared(line: PlanLine, row: Holiday | None) -> PlanLine:
    if row is None:
        return line
    is_same = (row.kind, row.name, row.replaces) == (line.kind, line.name, line.replaces)
    before = f"{_kind_words(row.kind, row.replaces)}: {row.name}"
    return replace(line, state="same" if is_same else "change", before=before)


def _date(text: str) -> date | None:
    # Spreadsheets write the time of day behind it.
    text = _MIDNIGHT.sub("", text)
    try:
        day = date.fromisoformat(partial_date.parse(text))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _twice() -> Refused:
    return Refused(_("This day has been entered already. Change that line instead."), field="day")


def _locked(holiday: Holiday, revision: str) -> Holiday:
    held = Holiday.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=holiday.pk).first()
    if held is None:
        raise Refused(_("This day has been removed meanwhile."))
    require_fresh(revision, *day_values(held), overtaken=partial(audit.overtaken, held, held.day.isoformat()))
    return held


def _log(action: str, holiday: Holiday, by: User, now: datetime, changes: Iterable[tuple[str, Any, Any]]) -> None:
    name = f"{holiday.day:%d/%m/%Y} {holiday.name}"
    ref = holiday.day.isoformat()
    audit.record(action, holiday, by=by, now=now, ref=ref, unit=holiday.unit, name=name, changes=changes)
