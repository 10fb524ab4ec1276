"""The log of changes as administrators read it: which lines, in which words, and as a file."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.clock import LOCAL
from common.text import digits_in, fold, readable
from common.values import partial_date
from common.values.sheets import csv_parts
from common.web.paging import Page, keyset_page

from ..models import AuditEntry, Unit
from . import labels

ORDER = ("-id",)
PAGE_SIZE = 50
ABOUT_SHOWN = 10
# More lines than this are not put into one file; a shorter range is asked for.
MAX_LINES = 20_000


@dataclass(frozen=True)
class LogFilter:
    """What the log is narrowed to; made from a query string, whatever it holds."""

    who: str = ""
    area: str = ""
    unit: str = ""
    ref: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any], units: Iterable[Unit]) -> "LogFilter":
        """Read the filters; what cannot be read counts as none."""
        who = readable(values.get("who", ""), 160)
        area, unit, ref = (str(values.get(name, "")) for name in ("area", "unit", "ref"))
        return cls(
            who,
            area if area in labels.areas() else "",
            unit if unit in {one.slug for one in units} else "",
            ref if digits_in(ref) is not None else "",
            _day(values.get("since")),
            _day(values.get("until")),
        )

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything is narrowed."""
        return bool(self.who or self.area or self.unit or self.ref or self.since or self.until)


@dataclass(frozen=True)
class LogLine:
    """One line of the log in words; ``changes`` are (what, before, after), texts that may be empty."""

    at: datetime
    by: str
    unit: str
    action: str
    subject: str
    changes: list[tuple[str, str, str]]


def entries(units: list[Unit], wanted: LogFilter) -> QuerySet[AuditEntry]:
    """Return the lines about these units and about the whole installation that a filter leaves. One query at most."""
    if wanted.unit:
        found = AuditEntry.objects.filter(unit__in=[unit.pk for unit in units if unit.slug == wanted.unit])
    else:
        found = AuditEntry.objects.filter(Q(unit=None) | Q(unit__in=[unit.pk for unit in units]))
    if wanted.area:
        found = found.filter(action__startswith=f"{wanted.area}.")
    if wanted.ref:
        found = found.filter(subject_type="user", subject_ref=wanted.ref)
    if wanted.who:
        found = found.filter(by__in=_people(found, wanted.who))
    if wanted.since is not None:
        found = found.filter(at__gte=datetime.combine(wanted.since, time(), LOCAL))
    if wanted.until is not None:
        found = found.filter(at__lt=datetime.combine(wanted.until + timedelta(days=1), time(), LOCAL))
    return found


def log_page(units: list[Unit], wanted: LogFilter, *, after: str = "", before: str = "") -> Page:
    """Return one page of :class:`LogLine`, newest first. Two queries."""
    found = entries(units, wanted).select_related("unit")
    page = keyset_page(found, ORDER, after=after, before=before, size=PAGE_SIZE, has_empty=False)
    page.rows[:] = lines_of(page.rows)
    return page


def entries_about(user: User, unit_ids: Iterable[int]) -> list[AuditEntry]:
    """Return the last lines about an officer in these units. One query."""
    found = AuditEntry.objects.filter(subject_type="user", subject_ref=str(user.pk), unit__in=list(unit_ids))
    return list(found.select_related("unit").order_by("-id")[:ABOUT_SHOWN])


def lines_of(rows: Iterable[AuditEntry]) -> list[LogLine]:
    """Return entries in words; no query when their units are read."""
    return [
        LogLine(
            at=entry.at,
            by=entry.by_name or _("The system"),
            unit=entry.unit.name if entry.unit else _("The whole installation"),
            action=labels.action_words(entry.action),
            subject=entry.subject_name,
            changes=[
                (
                    labels.field_words(change["field"]),
                    labels.value_words(change["field"], change["before"]),
                    labels.value_words(change["field"], change["after"]),
                )
                for change in entry.changes
            ],
        )
        for entry in rows
    ]


def csv_rows(rows: Iterable[AuditEntry]) -> Iterator[str]:
    """Yield the lines as a CSV file, part by part."""
    head = [_("Time"), _("Who"), _("Unit"), _("What was done"), _("To what"), _("Changes")]
    return csv_parts(head, (_cells(lines_of([row])[0]) for row in rows))


def _cells(line: LogLine) -> list[str]:
    changes = "; ".join(f"{what}: {before or '–'} → {after or '–'}" for what, before, after in line.changes)
    moment = line.at.astimezone(LOCAL)
    return [f"{moment:%d/%m/%Y %H:%M:%S}", line.by, line.unit, line.action, line.subject, changes]


def _people(found: QuerySet[AuditEntry], typed: str) -> list[int]:
    """Return who of those in the log has a name that holds the words, accents left out."""
    names = found.exclude(by=None).order_by().values_list("by", "by_name").distinct()
    return [pk for pk, name in names if fold(typed) in fold(name)][:500]


def _day(text: Any) -> date | None:
    try:
        day = date.fromisoformat(partial_date.parse(str(text or "")[:40]))
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2099 else None
