"""What others stand in the way of is done once more; nothing else is, and nothing inside a caller's transaction."""

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, transaction

from common.database.contention import is_passing, once_more, patiently


class DriverError(Exception):
    """What the driver raises, with the state that PostgreSQL gave."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.pgcode = state


def deadlock(state: str = "40P01") -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = DriverError(state)
    return error


class Work:
    """Raises what it was given, one after the other, then returns how often it ran."""

    def __init__(self, *errors: Exception) -> None:
        self.errors, self.runs = list(errors), 0

    def __call__(self) -> int:
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        return self.runs


@pytest.mark.parametrize("state", ["40P01", "40001", "55P03"])
def test_passing_states_are_told_from_faults(state):
    assert is_passing(deadlock(state))
    assert not is_passing(deadlock("57014"))
    assert is_passing(OperationalError("database is locked"))
    assert not is_passing(IntegrityError("append-only: x"))
    assert not is_passing(ValueError("database is locked"))


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_repeated_once():
    work = Work(deadlock())
    assert once_more(work) == 2
    with pytest.raises(OperationalError):
        once_more(Work(deadlock(), deadlock()))


@pytest.mark.django_db(transaction=True)
def test_other_errors_are_not_repeated():
    for error in (OperationalError("server closed the connection"), DatabaseError("x"), IntegrityError("y")):
        work = Work(error)
        with pytest.raises(DatabaseError):
            once_more(work)
        assert work.runs == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_repeated_inside_a_callers_transaction():
    work = Work(deadlock())
    with pytest.raises(OperationalError), transaction.atomic():
        once_more(work)
    assert work.runs == 1


def test_patience_ends_after_so_many_tries():
    assert patiently(Work(deadlock(), deadlock()), tries=3, pause=0) == 3
    with pytest.raises(OperationalError):
        patiently(Work(deadlock(), deadlock()), tries=2, pause=0)
    with pytest.raises(IntegrityError):
        patiently(Work(IntegrityError("x")), tries=9, pause=0)
