"""What is the same for everybody and changes only when somebody publishes or edits: kept in each process.

    @until_changed(Sector)
    def sectors() -> ...

keeps what the function returns for each set of arguments until rows of the named tables change, whoever changes them.
Each process reads the tables' stamps (``database/stamps.py``) before it answers from what it keeps: in a request once,
at the first use, so that a page shows one state; and not again within ``settings.KEPT_SECONDS``, after which a change
shows everywhere. Where a decision hangs on it, the transaction calls :func:`look` itself.

Who may be kept: values that hold nothing of a person and depend on nothing but their arguments and the named tables;
language and day are arguments. They are immutable: dataclasses, tuples, texts, or rows frozen with
``values.frozen``. Rendered text alone may be ``is_shared``: then it also rests in the shared cache, under a name that
holds the stamps, so that one process renders it for all. Whoever changes one of these tables reads the table in that
transaction, not what is kept.
"""

import hashlib
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import connection, models
from django.http import HttpRequest

from .database import stamps
from .logs import current_request

P = ParamSpec("P")
V = TypeVar("V")

# As long as a day's page may be asked for.
SHARED_SECONDS = 24 * 3600
# Of each function; those that were not asked for the longest go first.
MOST = 256


class _View(threading.local):
    """The stamps as a thread last saw them: when, in which request, and whether in a transaction."""

    seen: stamps.Stamps | None = None
    at = 0.0
    request: weakref.ref[HttpRequest] | None = None
    was_inside = False


_view = _View()
_everything: list["Kept[Any, Any]"] = []


class Kept(Generic[P, V]):
    """A function whose values are kept until one of its tables changes."""

    def __init__(self, make: Callable[P, V], tables: tuple[str, ...], most: int, is_shared: bool) -> None:
        wraps(make)(self)
        self.make, self.tables, self.most, self.is_shared = make, tables, most, is_shared
        self._values: dict[Any, tuple[Any, V]] = {}
        self._lock = threading.Lock()
        _everything.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> V:
        """Return the value, made now unless it is kept. What raises is not kept."""
        make = self._from_all if self.is_shared else self.make
        value: V = self._each([(args, tuple(kwargs.items()))], lambda _missing: [make(*args, **kwargs)])[0]
        return value

    def each(self, items: Iterable[Any], *more: Any) -> list[Any]:
        """Return the values of a function that makes one for each item of its first argument; each is kept by itself.

        Those that are not kept are made by one call.
        """
        make: Callable[..., Any] = self.make
        return self._each([(item, *more) for item in items], lambda missing: make([key[0] for key in missing], *more))

    def _each(self, keys: Sequence[Any], make: Callable[[list[Any]], Sequence[Any]]) -> list[Any]:
        stamp, found = self.stamp(), {}
        with self._lock:
            for key in keys:
                entry = self._values.pop(key, None)
                if entry is not None and entry[0] == stamp:
                    # Last in the row again.
                    self._values[key] = entry
                    found[key] = entry[1]
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            # Made of rows that are at least as new as the stamp: at worst they are made once too often.
            made = dict(zip(missing, make(missing), strict=True))
            found |= made
            with self._lock:
                self._values |= {key: (stamp, value) for key, value in made.items()}
                while len(self._values) > self.most:
                    del self._values[next(iter(self._values))]
        return [found[key] for key in keys]

    def _from_all(self, *args: P.args, **kwargs: P.kwargs) -> V:
        """Return the texts from the shared cache, else make them and leave them there."""
        what = (self.make.__module__, self.make.__qualname__, args, kwargs, [sorted(one or ()) for one in self.stamp()])
        name = "kept:" + hashlib.sha256(f"{_release()}{what!r}".encode()).hexdigest()
        value: V | None = cache.get(name)
        if value is None:
            value = self.make(*args, **kwargs)
            cache.set(name, value, SHARED_SECONDS)
        return value

    def stamp(self) -> tuple[frozenset[str] | None, ...]:
        """Return the stamps of its tables. One query when it is time to look."""
        if unwatched := set(self.tables).difference(stamps.watched()):
            raise RuntimeError(f"Nobody tells when these change: {', '.join(sorted(unwatched))}")
        seen = _current()
        return tuple(seen.get(table) for table in self.tables)

    def forget(self) -> None:
        """Drop every value."""
        with self._lock:
            self._values.clear()


def until_changed(
    *tables: type[models.Model], most: int = MOST, is_shared: bool = False
) -> Callable[[Callable[P, V]], Kept[P, V]]:
    """Keep what a function returns until rows of these tables change; at most so many values.

    ``is_shared``: what it returns is a tuple of rendered texts, made by one process for all.

    The tables are named to ``stamps.watch`` in ``AppConfig.ready()``, so that they have their triggers.
    """
    names = tuple(model._meta.db_table for model in tables)
    return lambda make: Kept(make, names, most, is_shared)


def look() -> None:
    """Read the stamps now: inside the transaction whose decision depends on what is kept. One query."""
    _view.seen = stamps.read()
    _view.at = time.monotonic()
    _view.was_inside = connection.in_atomic_block


def forget() -> None:
    """Drop every value of this process, and what this thread saw."""
    _view.__dict__.clear()
    for kept in _everything:
        kept.forget()


@lru_cache(maxsize=1)
def _release() -> str:
    """Return what tells this release's texts from another's: its templates, words and program, and its settings."""
    digest = hashlib.sha256(f"{settings.SITE_URL}|{settings.LEVEL_NAMES}".encode())
    for pattern in ("templates/**/*.html", "locale/**/*.po", *(f"{app}/**/*.py" for app in settings.INSTALLED_APPS)):
        for path in sorted(Path(settings.BASE_DIR).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _current() -> stamps.Stamps:
    # What a transaction saw of itself may have been rolled back since.
    is_over = _view.was_inside and not connection.in_atomic_block
    request = current_request.get()
    is_same_page = request is not None and _view.request is not None and _view.request() is request
    is_fresh = 0 <= time.monotonic() - _view.at < settings.KEPT_SECONDS
    if _view.seen is None or is_over or not (is_same_page or is_fresh):
        look()
    if request is not None and not is_same_page:
        _view.request = weakref.ref(request)
    assert _view.seen is not None
    return _view.seen
