"""What the database refuses only because others were at work: deadlocks, lock timeouts, a busy SQLite file."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)
T = TypeVar("T")

LOCK_TIMEOUT = "500ms"
# serialization_failure, deadlock_detected, lock_not_available; 'tuple concurrently updated' has no code of its own.
PASSING_STATES = frozenset({"40001", "40P01", "55P03"})
PASSING_WORDS = ("database is locked", "database table is locked", "tuple concurrently updated")


def is_passing(error: BaseException) -> bool:
    """Tell whether the same transaction may well succeed when it is tried again."""
    if not isinstance(error, DatabaseError):
        return False
    state = getattr(error.__cause__, "pgcode", None) or getattr(error.__cause__, "sqlstate", None)
    return state in PASSING_STATES or any(words in str(error) for words in PASSING_WORDS)


def once_more(work: Callable[[], T], using: str = DEFAULT_DB_ALIAS) -> T:
    """Run a function that makes one whole transaction, a second time when others stood in its way.

    Inside a caller's transaction it runs once: what came before in that
    transaction is lost with it, so only its owner can repeat. Whatever the
    function does beside the database has to bear happening twice.
    """
    try:
        return work()
    except OperationalError as error:
        if connections[using].in_atomic_block or not is_passing(error):
            raise
        logger.warning("A transaction is repeated: %s", str(error).partition("\n")[0])
    return work()


def wait_briefly(cursor: Any, connection: BaseDatabaseWrapper) -> None:
    """Have the transaction give up soon when others hold what it needs, so that nobody queues behind it."""
    if connection.vendor == "postgresql":
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")


def patiently(work: Callable[[], T], *, tries: int, pause: float) -> T:
    """Run a function until others let it through, at most ``tries`` times, ``pause`` seconds apart."""
    for attempt in range(1, tries + 1):
        try:
            return work()
        except DatabaseError as error:
            if attempt == tries or not is_passing(error):
                raise
            logger.info("Others hold what is needed, try %d of %d: %s", attempt, tries, str(error).partition("\n")[0])
        time.sleep(pause)
    raise ValueError("tries must be at least 1")
