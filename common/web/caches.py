"""Cache backends that fail silently: while the cache is away nothing is kept and every page is made anew.

A cache is never the only place of anything; what must last rests in the database.
"""

import functools
import logging
import pickle
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.filebased import FileBasedCache as DjangoFileBasedCache
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# A server that is away or refuses, a folder that is full or not ours.
AWAY = (RedisError, OSError)
# An entry that was cut short, or written by a release that kept other things: as good as none.
UNREADABLE = (pickle.PickleError, zlib.error, EOFError, AttributeError, ImportError, IndexError)


def _forgiving(name: str, nothing: Callable[..., Any]) -> Any:
    """Return a method of a cache that answers ``nothing`` while the cache is away."""

    @functools.wraps(getattr(BaseCache, name))
    def method(self: "Forgiving", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= Forgiving.rests_until:
            try:
                return getattr(super(Forgiving, self), name)(*args, **kwargs)
            except AWAY as error:
                self.rest(error)
            except UNREADABLE as error:
                logger.warning("An entry of the cache cannot be read: %s", type(error).__name__)
        return nothing(*args, **kwargs)

    return method


def _absent(key: str, *args: Any, **kwargs: Any) -> int:
    raise ValueError(f"Key {key!r} not found.")


class Forgiving(BaseCache):
    """A cache that keeps nothing for ``BROKER_REST_SECONDS`` after a failure, instead of raising or waiting again.

    It then answers as Django's dummy cache does: nothing is found, and whatever is added was not there. Stands before
    a backend among the bases of a class.
    """

    # In every thread of a process: the caches of an installation lie in one place.
    rests_until = 0.0

    def rest(self, error: Exception) -> None:
        """Leave the cache alone for a while."""
        Forgiving.rests_until = time.monotonic() + settings.BROKER_REST_SECONDS
        logger.warning("The cache is away, pages are made anew meanwhile: %s", type(error).__name__)

    add = _forgiving("add", lambda *args, **kwargs: True)
    get = _forgiving("get", lambda key, default=None, version=None: default)
    set = _forgiving("set", lambda *args, **kwargs: None)
    touch = _forgiving("touch", lambda *args, **kwargs: False)
    delete = _forgiving("delete", lambda *args, **kwargs: False)
    has_key = _forgiving("has_key", lambda *args, **kwargs: False)
    incr = _forgiving("incr", _absent)
    get_many = _forgiving("get_many", lambda *args, **kwargs: {})
    set_many = _forgiving("set_many", lambda data, *args, **kwargs: list(data))
    delete_many = _forgiving("delete_many", lambda *args, **kwargs: None)
    clear = _forgiving("clear", lambda *args, **kwargs: None)


class RedisCache(Forgiving, DjangoRedisCache):
    """Redis, asked once more when a connection broke and given up within two seconds."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        patience = {"socket_connect_timeout": 0.5, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}
        super().__init__(server, params | {"OPTIONS": patience | params.get("OPTIONS", {})})


class FileBasedCache(Forgiving, DjangoFileBasedCache):
    """Files in a folder, which may be full or not ours to write."""

    def _createdir(self) -> None:
        # Asked for when the cache is made, before anything forgives: writing fails later, and is forgiven.
        with suppress(OSError):
            super()._createdir()  # type: ignore[misc]  # the stubs leave it out
