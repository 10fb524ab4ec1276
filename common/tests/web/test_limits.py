"""Counting tries: atomic, by the right address, kept when the business rolls back."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from common.models import AttemptCounter
from common.web import limits


@pytest.mark.django_db
def test_exceeded_after_the_limit_and_free_in_the_next_window(now):
    outcomes = [limits.hit("x", "a", 3, 60, now).exceeded for _n in range(4)]
    assert outcomes == [False, False, False, True]
    late = limits.hit("x", "a", 3, 60, now)
    assert 0 < late.retry_after <= 60
    assert not limits.hit("x", "b", 3, 60, now).exceeded
    assert not limits.hit("x", "a", 3, 60, now + timedelta(seconds=60)).exceeded


@pytest.mark.django_db
def test_forgive_takes_one_back(now):
    limits.hit("x", "a", 3, 60, now)
    limits.forgive("x", "a", 60, now)
    limits.forgive("x", "a", 60, now)
    assert limits.count_of("x", "a", 60, now) == 0


@pytest.mark.django_db
def test_no_subject_rests_in_the_table(now):
    limits.hit("x", "075199000011", 3, 60, now)
    assert "075199000011" not in AttemptCounter.objects.get().bucket


@pytest.mark.django_db
def test_delay_lets_one_through_in_half_a_minute(now):
    for _n in range(3):
        assert not limits.delay("x", "a", 3, 900, now).exceeded
    assert not limits.delay("x", "a", 3, 900, now).exceeded
    refused = limits.delay("x", "a", 3, 900, now)
    assert refused.exceeded and refused.retry_after <= 30
    assert not limits.delay("x", "a", 3, 900, now + timedelta(seconds=refused.retry_after)).exceeded


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.1.1.1", "9.9.9.9"),
        (1, "", "9.9.9.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (1, "rác", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_address_is_counted_from_the_right(settings, proxies, forwarded, expected):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get(
        "/", REMOTE_ADDR="9.9.9.9", headers={"x-forwarded-for": forwarded} if forwarded else {}
    )
    assert limits.client_ip(request) == expected


def together(work, count: int = 8) -> list:
    """Run ``work`` in threads that start at the same moment; return what each answered."""
    gate, answers = threading.Barrier(count), []

    def run() -> None:
        gate.wait()
        try:
            answers.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_are_all_counted(now):
    answers = together(lambda: limits.hit("x", "a", 3, 3600, now).exceeded)
    assert sorted(answers) == [False] * 3 + [True] * 5


@pytest.mark.django_db(transaction=True)
def test_control_counting_by_reading_and_writing_lets_tries_slip_past(now):
    gate = threading.Barrier(8, timeout=5)

    def careless() -> bool:
        row = AttemptCounter.objects.get_or_create(bucket="x", window=now)[0]
        gate.wait()
        AttemptCounter.objects.filter(pk=row.pk).update(count=row.count + 1)
        return row.count + 1 > 3

    assert True not in together(careless)


@pytest.mark.django_db(transaction=True)
def test_a_count_outlives_the_business_that_fails(now):
    limits.hit("x", "a", 3, 3600, now)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert limits.count_of("x", "a", 3600, now) == 1
