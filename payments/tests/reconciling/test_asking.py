"""When providers are asked, at whose wish, and what an answer that never comes leaves."""

from datetime import timedelta

import pytest

from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, ProviderEvent
from payments.providers import provider
from payments.providers.base import Outcome, ProviderState, Unreachable
from payments.reconciling import asking
from payments.tasks import ask_about_attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(owing, now) -> Attempt:
    return attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)


@pytest.fixture
def woken(monkeypatch) -> list[int]:
    found: list[int] = []
    monkeypatch.setattr(asking.broker, "wake", lambda task, pk, expires: found.append(pk))
    return found


@pytest.fixture
def says(monkeypatch, attempt):
    """Let the gateway give one answer to every question; an exception is raised."""

    def set_answer(answer: Outcome | Exception) -> None:
        def query(self, asked, now):
            if isinstance(answer, Exception):
                raise answer
            amount = None if answer == Outcome.UNKNOWN_THERE else asked.amount_vnd
            return ProviderState(asked.ref, answer, amount, "90000001", "x", is_asked=True)

        monkeypatch.setattr(type(provider("vnpay")), "query", query)

    return set_answer


def test_somebodys_wish_is_heard_once_in_ten_seconds(attempt, now, woken) -> None:
    moments = (0, 9, 10, 15)
    heard = [asking.ask_soon(attempt, now + timedelta(seconds=seconds)) for seconds in moments]
    assert heard == [True, False, True, False]
    assert woken == [attempt.pk] * 2
    attempt.refresh_from_db()
    assert attempt.ask_at == now + timedelta(seconds=10)


def test_nobody_is_asked_who_cannot_answer(owing, now, woken) -> None:
    attempt = attempts.begin([owing], "vietqr", Payer(), now, is_polled=False)
    assert not asking.ask_soon(attempt, now)
    assert woken == []


def test_the_worker_asks_at_a_wish_and_not_twice(attempt, says, now, woken) -> None:
    says(Outcome.SUCCEEDED)
    asking.ask_soon(attempt, now)
    ask_about_attempt(attempt.pk)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.polled, attempt.ask_at) == (AttemptStatus.SUCCEEDED, 1, None)
    ask_about_attempt(attempt.pk)
    attempt.refresh_from_db()
    assert attempt.polled == 1
    assert ProviderEvent.objects.get().channel == "query"


def test_an_attempt_lapses_only_after_a_definite_answer(attempt, says, now) -> None:
    says(Unreachable("down"))
    for days in (1, 5, 7, 30):
        assert asking.ask(attempt, now + timedelta(days=days)).status == AttemptStatus.CREATED
    assert Attempt.objects.get().ask_at == now + timedelta(days=31), "asked about again however late it is"
    says(Outcome.UNKNOWN_THERE)
    assert asking.ask(attempt, now + timedelta(minutes=19)).status == AttemptStatus.CREATED
    assert asking.ask(attempt, now + timedelta(minutes=20)).status == AttemptStatus.EXPIRED


def test_what_is_pending_there_lapses_when_the_schedule_ends(attempt, says, now) -> None:
    says(Outcome.PENDING)
    assert asking.ask(attempt, now + timedelta(days=6)).status == AttemptStatus.PENDING
    ended = asking.ask(attempt, now + timedelta(days=7))
    assert (ended.status, ended.ask_at) == (AttemptStatus.EXPIRED, None)


def test_what_is_looked_into_stays_so_until_somebody_decides(attempt, says, now) -> None:
    says(Outcome.REVIEW)
    found = asking.ask(attempt, now + timedelta(days=7))
    assert (found.status, found.ask_at) == (AttemptStatus.REVIEW, None)
    assert not settling.expire(attempt, now + timedelta(days=8))
