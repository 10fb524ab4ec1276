"""Ratings in sum: by question, by unit, of whole days; read from the sums of days, never from ratings."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from common.clock import local_day
from common.values.money import grouped
from procedures.labels import share_words

from ..models import DailyRating, Grade, Question, Rating
from ..statistics.figures import By, Flow, Table
from ..statistics.periods import DAY, Period
from ..statistics.withholding import TOTAL, withheld

COLUMNS = tuple(f"{question}_{grade}" for question in Question.values for grade in Grade.values)
# A table of ratings in the columns of a table of dossiers: all that came = how they turned out.
FLOW = {"online": "", "early": "3", "on_time": "2", "late": "1"}
BATCH = 500


@dataclass(frozen=True)
class Answers:
    """How a question was answered; None where the public is not told (counts under 5, and what gives them away)."""

    total: int | None = 0
    very: int | None = 0
    satisfied: int | None = 0
    dissatisfied: int | None = 0

    @property
    def content(self) -> int | None:
        """How many are satisfied or very satisfied; None where that is withheld."""
        return None if self.total is None or self.dissatisfied is None else self.total - self.dissatisfied

    @property
    def share(self) -> str:
        """The share of those who are satisfied or very satisfied in words; '' where it is withheld or nobody rated."""
        if not self.total or self.content is None:
            return ""
        return share_words(self.content, self.total)

    @property
    def cells(self) -> list[tuple[Any, int | None]]:
        """The numbers with their headings."""
        grades = zip((3, 2, 1), (self.very, self.satisfied, self.dissatisfied), strict=True)
        return [(Grade(grade).label, count) for grade, count in grades]


def given(units: Collection[int] | None, first: date, last: date) -> dict[str, Answers]:
    """Return how each question was answered for units (None: all) from a day to another, exactly. One query."""
    rows = DailyRating.objects.filter(day__gte=first, day__lte=last)
    if units is not None:
        rows = rows.filter(unit__in=units)
    sums = rows.aggregate(**{column: Sum(column, default=0) for column in COLUMNS})
    return {question: _answers(question, sums) for question in Question.values}


def given_by_unit(units: Collection[int] | None, period: Period) -> dict[str, dict[int, Answers]]:
    """Return by question and unit how ratings of a period turned out, exactly; units with any. One query."""
    rows = DailyRating.objects.filter(day__gte=period.since, day__lte=period.until)
    if units is not None:
        rows = rows.filter(unit__in=units)
    found: Any = rows.order_by().values("unit").annotate(**{f"{column}__sum": Sum(column) for column in COLUMNS})
    sums = {row["unit"]: {column: row[f"{column}__sum"] for column in COLUMNS} for row in found}
    return {question: {unit: _answers(question, row) for unit, row in sums.items()} for question in Question.values}


def _answers(question: str, sums: Mapping[str, int]) -> Answers:
    very, satisfied, dissatisfied = (sums[f"{question}_{grade}"] for grade in (3, 2, 1))
    return Answers(very + satisfied + dissatisfied, very, satisfied, dissatisfied)


@dataclass(frozen=True)
class Told:
    """What the public is told of a question: by unit, and together."""

    rows: dict[int, Answers]
    total: Answers


def told_until(today: date) -> date:
    """Return the last day of which the public is told, that of the last month.

    Sums that grow with each rating would say, to whoever looks before and after a visit, what that visitor thought.
    """
    return today.replace(day=1) - DAY


def told(period: Period, today: date) -> dict[str, Told]:
    """Return what the public is told of each question in a period: as of dossiers, small counts are withheld.

    Months that have ended count. One query. How many left a question out is nobody's to know, so that no table gives
    away what another withholds.
    """
    ended = Period(period.since, min(period.until, told_until(today)))
    return {question: _told(rows) for question, rows in given_by_unit(None, ended).items()}


def _told(rows: Mapping[int, Answers]) -> Told:
    flows = {
        unit: Flow(online=one.total or 0, early=one.very or 0, on_time=one.satisfied or 0, late=one.dissatisfied or 0)
        for unit, one in rows.items()
    }
    total = Flow(**{name: sum(getattr(flow, name) for flow in flows.values()) for name in FLOW})
    hidden = withheld(Table(By.UNIT, flows, total))

    def shown(key: Any, flow: Flow) -> Answers:
        return Answers(*(None if (key, name) in hidden else getattr(flow, name) for name in FLOW))

    return Told({unit: shown(unit, flow) for unit, flow in flows.items()}, shown(TOTAL, total))


def satisfied_in(period: Period, units: Collection[int] | None, today: date) -> Answers:
    """Return how the public is told that people were satisfied in all with units (None: all); one query.

    Of several units None as soon as one of them is withheld.
    """
    found = told(period, today)[Question.OVERALL]
    if units is None:
        return found.total
    rows = [row for unit, row in found.rows.items() if unit in units]
    columns = ("total", "very", "satisfied", "dissatisfied")
    return Answers(*(_together([getattr(row, name) for row in rows]) for name in columns))


def satisfied_words(answers: Answers) -> str:
    """Say how many of those who rated were satisfied, as a share; '' where that is withheld or nobody did."""
    if not answers.share or answers.total is None:
        return ""
    words = _("%(share)s of %(count)s ratings: satisfied or very satisfied")
    return words % {"share": answers.share, "count": grouped(answers.total)}


def _together(counts: list[int | None]) -> int | None:
    return None if None in counts else sum(count or 0 for count in counts)


def rebuild(today: date, *, is_dry: bool = False) -> Iterator[str]:
    """Yield each day before ``today`` of a unit whose sums differ from its ratings, and unless ``is_dry`` mend it.

    Today's sums are growing. Unit by unit, each in a transaction of its own.
    """
    units = set(Rating.objects.values_list("unit", flat=True)) | set(DailyRating.objects.values_list("unit", flat=True))
    for unit in sorted(units):
        with transaction.atomic():
            stored = {row.day: row for row in DailyRating.objects.filter(unit=unit, day__lt=today)}
            counted = _counted(unit, today)
            for day in sorted(stored.keys() | counted.keys()):
                row, sums = stored.get(day) or DailyRating(unit_id=unit, day=day), counted[day]
                if all(getattr(row, column) == sums[column] for column in COLUMNS):
                    continue
                yield f"{unit}/{day}"
                if not is_dry:
                    for column in COLUMNS:
                        setattr(row, column, sums[column])
                    row.save()


def _counted(unit: int, today: date) -> dict[date, dict[str, int]]:
    days: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COLUMNS, 0))
    rows = Rating.objects.filter(unit=unit).order_by("pk").values_list("given_at", *Question.values)
    for given_at, *grades in rows.iterator(chunk_size=BATCH):
        day = local_day(given_at)
        for question, grade in zip(Question.values, grades, strict=True):
            if grade and day < today:
                days[day][f"{question}_{grade}"] += 1
    return days
