"""The two lists that order the catalogue, fields of administration and occasions in life: named, renamed, removed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from common.refusals import Refused, fingerprint, require_fresh
from common.text import fold
from offices.log import audit
from offices.models import Post

from ..finding.indexing import refresh_sector
from ..models import LifeEvent, Sector
from .changing import Change

Named = LifeEvent | Sector


@dataclass(frozen=True, slots=True)
class NamedList:
    """One list: its rows, the area of its actions in the log, and what is said when a change is refused.

    ``stem`` begins the code of a name without letters. With ``is_ordered`` people
    arrange the rows, else the alphabet does. ``obstacle`` says on a day why a row that
    no procedure has must stay all the same, '' when it need not; ``renamed`` follows a new name.
    """

    model: type[Any]
    area: str
    stem: str
    taken: str | Promise
    in_use: str | Promise
    is_ordered: bool = False
    obstacle: Callable[[Any, date], str] = lambda row, day: ""
    renamed: Callable[[Any, date], object] = lambda row, day: None

    @property
    def longest_name(self) -> int:
        """Return how many characters a name may have."""
        return int(self.model._meta.get_field("name").max_length)

    @property
    def longest_code(self) -> int:
        """Return how many characters a code may have."""
        return int(self.model._meta.get_field("code").max_length)


def _specialists(sector: Sector, day: date) -> str:
    """Say when somebody's post, now or later, is limited to a field. One query."""
    posts = Post.objects.exclude(sectors=[]).exclude(valid_until__lt=day)
    if any(sector.code in codes for codes in posts.values_list("sectors", flat=True)):
        return _("Officers' posts are limited to this field. An administrator changes them first.")
    return ""


def _steps(event: LifeEvent, _day: date) -> str:
    """Say when a life event has a checklist. One query."""
    if event.steps.exists():
        return _("This life event has steps. Remove them first.")
    return ""


LIFE_EVENTS = NamedList(
    LifeEvent,
    "life-event",
    "su-kien",
    gettext_lazy("There is a life event of this name already."),
    gettext_lazy("Procedures still have this life event. Take it from them first."),
    is_ordered=True,
    obstacle=_steps,
)
SECTORS = NamedList(
    Sector,
    "sector",
    "linh-vuc",
    gettext_lazy("There is a field of this name already."),
    gettext_lazy("Procedures still belong to this field. Give them another one first."),
    obstacle=_specialists,
    renamed=refresh_sector,
)


def add(where: NamedList, name: str, name_en: str, by: User, now: datetime) -> Named:
    """Add a row, at the end of an ordered list; raises Refused for a name in use."""
    with transaction.atomic():
        _make_sure_it_is_new(where, name)
        rows = where.model.objects
        more = {"n": (rows.order_by("-n").values_list("n", flat=True).first() or 0) + 1} if where.is_ordered else {}
        row: Named = rows.create(code=_code(where, name), name=name, name_en=name_en, **more)
        changes: list[Change] = [("name", None, name), ("name_en", None, name_en)]
        audit.record(f"{where.area}.new", row, by=by, now=now, ref=row.code, changes=changes)
    return row


def revision_of(row: Named) -> str:
    """Return the fingerprint of the names of a row."""
    return fingerprint(row.name, row.name_en)


def rename(where: NamedList, row: Named, name: str, name_en: str, revision: str, by: User, now: datetime) -> None:
    """Rename a row that still has the names a page was made for; its code stays.

    Nothing is written when nothing differs. Raises Refused for a name in use and
    when somebody else renamed it meanwhile.
    """
    overtaken = partial(audit.overtaken, row, row.code)
    require_fresh(revision, row.name, row.name_en, overtaken=overtaken)
    before = {"name": row.name, "name_en": row.name_en}
    after = {"name": name, "name_en": name_en}
    if before == after:
        return
    with transaction.atomic():
        _make_sure_it_is_new(where, name, row)
        if where.model.objects.filter(pk=row.pk, **before).update(**after) != 1:
            raise overtaken()
        changes: list[Change] = [(column, before[column], after[column]) for column in before]
        row.name, row.name_en = name, name_en
        audit.record(f"{where.area}.edit", row, by=by, now=now, ref=row.code, changes=changes)
        where.renamed(row, clock.local_day(now))


def move(where: NamedList, row: Named, step: int, by: User, now: datetime) -> None:
    """Move a row of an ordered list one place up (-1) or down (1); at the end nothing happens."""
    with transaction.atomic():
        rows = list(where.model.objects.select_for_update().order_by("n", "id"))
        place = rows.index(row)
        if not 0 <= place + step < len(rows):
            return
        rows[place], rows[place + step] = rows[place + step], rows[place]
        for n, one in enumerate(rows, start=1):
            one.n = n
        where.model.objects.bulk_update(rows, ["n"])
        places: list[Change] = [("place", place + 1, place + step + 1)]
        audit.record(f"{where.area}.move", row, by=by, now=now, ref=row.code, changes=places)


def remove(where: NamedList, row: Named, by: User, now: datetime) -> None:
    """Remove a row that nothing has; raises Refused otherwise."""
    with transaction.atomic():
        if row.procedures.exists():
            raise Refused(str(where.in_use))
        if obstacle := where.obstacle(row, clock.local_day(now)):
            raise Refused(obstacle)
        audit.record(f"{where.area}.remove", row, by=by, now=now, ref=row.code, changes=[("name", row.name, None)])
        row.delete()


def _make_sure_it_is_new(where: NamedList, name: str, row: Named | None = None) -> None:
    others = where.model.objects.exclude(pk=row.pk) if row else where.model.objects.all()
    if fold(name) in {fold(other) for other in others.values_list("name", flat=True)}:
        raise Refused(str(where.taken))


def _code(where: NamedList, name: str) -> str:
    base = slugify(fold(name))[: where.longest_code - 6].strip("-") or where.stem
    taken = set(where.model.objects.filter(code__startswith=base).values_list("code", flat=True))
    return base if base not in taken else next(c for n in range(2, len(taken) + 3) if (c := f"{base}-{n}") not in taken)
