"""The worker is woken after the commit; a broker that is away costs one try, not one per request."""

from types import SimpleNamespace

import pytest
from django.db import transaction

from common import broker


class Task(SimpleNamespace):
    """A task that notes its calls and fails as long as its broker is down."""

    name = "some.task"

    def delay(self, pk):
        self.calls.append(pk)
        if self.is_down:
            raise OSError("no broker")


@pytest.mark.django_db(transaction=True)
def test_the_task_is_sent_after_the_commit_and_not_after_a_rollback():
    task = Task(calls=[], is_down=False)
    with transaction.atomic():
        broker.wake(task, 1)
        assert task.calls == []
    assert task.calls == [1]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        broker.wake(task, 2)
        raise ZeroDivisionError
    assert task.calls == [1]


def test_a_broker_that_is_away_rests_for_every_task_and_is_then_tried_again(monkeypatch, caplog):
    slips, messages = Task(calls=[], is_down=True), Task(calls=[], is_down=True)
    for pk in range(5):
        broker.nudge(slips, pk)
        broker.nudge(messages, pk)
    assert slips.calls == [0] and messages.calls == []
    assert caplog.text.count("The broker is down") == 1
    monkeypatch.setattr(broker, "_rests_until", 0.0)
    broker.nudge(messages, 9)
    assert messages.calls == [9]


def test_a_broker_that_answers_gets_every_task():
    task = Task(calls=[], is_down=False)
    for pk in range(3):
        broker.nudge(task, pk)
    assert task.calls == [0, 1, 2]
