"""The figures of days: kept from events every few minutes, and made anew from nothing to the same.

One row of :class:`~reports.models.Counted` is locked while figures are written: two counts never add the same twice.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from dossiers.models import Dossier, DossierEvent, Status

from ..models import Counted, Course, DailyFigure
from . import courses
from .courses import MEASURES, Key

BATCH = 500
# So many are looked at within the time of a task.
MOST_EVENTS = 20_000
# More events than transactions that are open at a time.
LOOK_BACK = 200
Figures = dict[Key, Counter[str]]


@dataclass(frozen=True)
class Difference:
    """A row that is not as the dossiers say: ``what`` is course or figure, ``name`` the dossier's key or the day's."""

    what: str
    name: str


def counted() -> Counted:
    """Return how far counting has come; an empty row before the first count. One query."""
    return Counted.objects.order_by("pk").first() or Counted()


def count(now: datetime) -> int:
    """Bring the figures up to a moment: what has had an event since, and what has become late by itself.

    Returns how many dossiers were looked at; of a long backlog only the oldest MOST_EVENTS events are. Five queries,
    and six for each batch of 500 dossiers. Safe to repeat.
    """
    state = counted()
    events = DossierEvent.objects.filter(pk__gt=state.last_event).order_by("pk").values_list("pk", "dossier")
    changed = list(events[:MOST_EVENTS])
    newest, is_all = changed[-1][0] if changed else state.seen_event, len(changed) < MOST_EVENTS
    pks = {dossier for _event, dossier in changed}
    pks.update(Course.objects.filter(turns_late_at__lt=now).values_list("pk", flat=True))
    for batch in _batches(sorted(pks)):
        with transaction.atomic():
            _lock()
            _replace(batch, now)
    with transaction.atomic():
        state = _lock()
        state.last_event, state.seen_event = (state.seen_event if is_all else newest), newest
        state.at = now if is_all else state.at
        state.save(update_fields=["last_event", "seen_event", "at"])
    return len(pks)


def rebuild(now: datetime, *, is_dry: bool = False) -> Iterator[Difference]:
    """Yield every course and every figure that the dossiers contradict, and unless ``is_dry`` write them anew.

    Unit by unit, each in a transaction of its own: pages always read whole units. Figures of a unit are made in
    memory from all its dossiers, whatever stood there before.
    """
    newest = DossierEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    units = set(Dossier.objects.exclude(status=Status.DRAFT).values_list("unit", flat=True).distinct().order_by())
    units |= set(DailyFigure.objects.values_list("unit", flat=True).distinct().order_by())
    for unit in sorted(units):
        with transaction.atomic():
            _lock()
            found = list(_mend(unit, now, is_dry))
        yield from found
    if not is_dry:
        with transaction.atomic():
            state = _lock()
            # A transaction that is still open may yet add an event below the newest one.
            state.last_event, state.seen_event, state.at = max(newest - LOOK_BACK, 0), newest, now
            state.save(update_fields=["last_event", "seen_event", "at"])


def _lock() -> Counted:
    """Return the one row, locked until the transaction ends."""
    Counted.objects.get_or_create(pk=1)
    return Counted.objects.select_for_update().get(pk=1)


def _batches(pks: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]


def _replace(pks: list[int], now: datetime) -> None:
    """Write the courses of dossiers and let the figures follow: the old ones out, the new ones in."""
    old = Course.objects.in_bulk(pks)
    new = courses.read(pks, now)
    changed = [pk for pk in pks if not courses.is_same(old.get(pk), new.get(pk))]
    figures: Figures = defaultdict(Counter)
    for found, sign in ((old, -1), (new, 1)):
        for pk in changed:
            if pk in found:
                for key, measure in courses.counts(found[pk]):
                    figures[key][measure] += sign
    _write_courses([new[pk] for pk in changed if pk in new])
    Course.objects.filter(pk__in=[pk for pk in changed if pk not in new]).delete()
    keys = [key for key, each in figures.items() if any(each.values())]
    stored = _stored(keys)
    _write({key: _together(stored.get(key), figures[key]) for key in keys})


def _mend(unit: int, now: datetime, is_dry: bool) -> Iterator[Difference]:
    of_unit = Dossier.objects.filter(unit=unit).exclude(status=Status.DRAFT)
    figures: Figures = defaultdict(Counter)
    seen: set[int] = set()
    last = 0
    while pks := list(of_unit.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        new, old = courses.read(pks, now), Course.objects.in_bulk(pks)
        for course in new.values():
            for key, measure in courses.counts(course):
                figures[key][measure] += 1
        changed = [pk for pk in pks if not courses.is_same(old.get(pk), new.get(pk))]
        yield from (Difference("course", str(pk)) for pk in changed)
        if not is_dry:
            _write_courses([new[pk] for pk in changed if pk in new])
        seen.update(new)
        last = pks[-1]
    surplus = set(Course.objects.filter(unit=unit).values_list("pk", flat=True)) - seen
    yield from (Difference("course", str(pk)) for pk in sorted(surplus))
    rows = {_key(row): _counter(row) for row in DailyFigure.objects.filter(unit=unit)}
    differing = {key: figures[key] for key in rows.keys() | figures.keys() if rows.get(key) != figures.get(key)}
    yield from (Difference("figure", "/".join(map(str, key))) for key in sorted(differing))
    if not is_dry:
        Course.objects.filter(pk__in=surplus).delete()
        _write(differing)


def _write_courses(rows: list[Course]) -> None:
    names = [name for name in courses.FIELDS if name != "dossier_id"]
    Course.objects.bulk_create(
        rows, batch_size=BATCH, update_conflicts=True, unique_fields=["dossier"], update_fields=names
    )


def _stored(keys: Iterable[Key]) -> dict[Key, Counter[str]]:
    wanted = set(keys)
    if not wanted:
        return {}
    among = Q(day__in={key.day for key in wanted}, unit__in={key.unit_id for key in wanted})
    rows = DailyFigure.objects.filter(among, procedure__in={key.procedure_id for key in wanted})
    return {_key(row): _counter(row) for row in rows if _key(row) in wanted}


def _together(one: Counter[str] | None, other: Counter[str]) -> Counter[str]:
    found = Counter(one or {})
    found.update(other)
    return found


def _write(figures: Mapping[Key, Counter[str]]) -> None:
    """Write figures as they now are; a day on which nothing happened after all has no row."""
    rows = [DailyFigure(**key._asdict(), **each) for key, each in figures.items() if any(each.values())]
    DailyFigure.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["unit", "procedure", "level", "day"],
        update_fields=list(MEASURES),
    )
    for key in (key for key, each in figures.items() if not any(each.values())):
        DailyFigure.objects.filter(**key._asdict()).delete()


def _key(row: DailyFigure) -> Key:
    return Key(row.unit_id, row.procedure_id, row.level, row.day)


def _counter(row: DailyFigure) -> Counter[str]:
    """Return the measures of a row that are not nought."""
    return Counter({name: value for name in MEASURES if (value := getattr(row, name))})
