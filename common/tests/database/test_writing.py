"""Rows that several want to write at once: the first wins, nobody is lost, and each costs one statement."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection, transaction

from common.database.writing import add_once, raise_counter
from common.models import AttemptCounter, OneTimeKey

WINDOW = datetime(2026, 3, 23, 2, tzinfo=UTC)
TIMES = 8


def claim(subject: str) -> bool:
    return add_once(OneTimeKey, key="k" * 32, purpose="submit", user_id=None, subject=subject, at=WINDOW)


def count() -> int:
    return raise_counter(AttemptCounter, "count", bucket="b", window=WINDOW)


def at_once(call) -> list:
    """Call from eight threads that start together."""
    barrier = Barrier(TIMES)

    def run(n: int):
        try:
            barrier.wait(timeout=30)
            return call(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(run, range(TIMES)))


@pytest.mark.django_db
def test_the_first_row_stays(django_assert_num_queries):
    with django_assert_num_queries(2):
        assert claim("first")
        assert not claim("second")
    row = OneTimeKey.objects.get()
    assert (row.subject, row.user_id, row.at) == ("first", None, WINDOW)


@pytest.mark.django_db
def test_a_counter_begins_with_one(django_assert_num_queries):
    with django_assert_num_queries(3):
        assert [count(), count(), count()] == [1, 2, 3]
    row = AttemptCounter.objects.get()
    assert (row.bucket, row.window, row.count) == ("b", WINDOW, 3)


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_wins_and_the_others_wait_for_its_commit():
    def claimed(n: int) -> bool:
        with transaction.atomic():
            return claim(str(n))

    assert sorted(at_once(claimed)) == [False] * (TIMES - 1) + [True]
    assert OneTimeKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_is_rolled_back_leaves_the_row_to_the_next():
    def claimed(n: int) -> bool:
        with transaction.atomic():
            won = claim(str(n))
            if won and n % 2:
                transaction.set_rollback(True)
            return won

    won = at_once(claimed)
    # Whoever commits is even, and none of these gives up before one of them has.
    assert sum(won[::2]) == OneTimeKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_counts_at_once_have_no_gap_and_no_double():
    assert sorted(at_once(lambda _n: count())) == list(range(1, TIMES + 1))
