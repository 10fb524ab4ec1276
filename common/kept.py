"""What is the same for everybody and changes only when somebody publishes or edits: kept in each process.

    @until_changed(Sector)
    def sectors() -> ...

keeps what the function returns for each set of arguments until rows of the named tables change, whoever changes them.
Each process reads the tables' stamps (``database/stamps.py``) before it answers from what it keeps: in a request once,
at the first use, so that a page shows one state; and not again within ``settings.KEPT_SECONDS``, after which a change
shows everywhere. Where a decision hangs on it, the transaction calls :func:`look` itself.

Who may be kept: values that hold nothing of a person and depend on nothing but their arguments and the named tables;
language and day are arguments. They are immutable: dataclasses, tuples, texts, or rows frozen with
``values.frozen``. The shared cache (:mod:`django.core.cache`) holds rendered text only. Whoever changes one of these
tables reads the table in that transaction, not what is kept.
"""

import threading
import time
import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, models
from django.http import HttpRequest

from .database import stamps
from .logs import current_request

P = ParamSpec("P")
V = TypeVar("V")

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

    def __init__(self, make: Callable[P, V], tables: tuple[str, ...], most: int) -> None:
        wraps(make)(self)
        self.make, self.tables, self.most = make, tables, most
        self._values: dict[Any, tuple[Any, V]] = {}
        self._lock = threading.Lock()
        _everything.append(self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> V:
        """Return the value, made now unless it is kept. What raises is not kept."""
        key = (args, tuple(kwargs.items()))
        stamp = self.stamp()
        with self._lock:
            found = self._values.pop(key, None)
            if found is not None and found[0] == stamp:
                # Last in the row again.
                self._values[key] = found
                return found[1]
        # Made of rows that are at least as new as the stamp: at worst it is made once too often.
        value = self.make(*args, **kwargs)
        with self._lock:
            self._values[key] = stamp, value
            while len(self._values) > self.most:
                del self._values[next(iter(self._values))]
        return value

    def stamp(self) -> tuple[frozenset[str] | None, ...]:
        """Return the stamps of its tables. One query when it is time to look."""
        seen = _current()
        return tuple(seen.get(table) for table in self.tables)

    def forget(self) -> None:
        """Drop every value."""
        with self._lock:
            self._values.clear()


def until_changed(*tables: type[models.Model], most: int = MOST) -> Callable[[Callable[P, V]], Kept[P, V]]:
    """Keep what a function returns until rows of these tables change; at most so many values.

    A module that keeps something is imported in ``AppConfig.ready()``, so that its tables get their triggers.
    """
    names = stamps.watch(*tables)
    return lambda make: Kept(make, names, most)


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
