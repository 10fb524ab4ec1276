"""The worker is woken after the commit; a broker that is away costs one try, not one per request."""

import pytest
from celery import current_app
from django.db import transaction

from common import broker


@pytest.fixture
def sent(monkeypatch):
    """Name, id and expiry of what the broker was given."""
    calls = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, *, expires, **options: calls.append((name, *args, expires))
    )
    return calls


@pytest.fixture
def tried(monkeypatch):
    """Names of the tasks that a broker that is down refused."""
    calls = []

    def refuse(name, args, **options):
        calls.append(name)
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)
    return calls


@pytest.mark.django_db(transaction=True)
def test_the_task_is_sent_after_the_commit_and_not_after_a_rollback(sent):
    with transaction.atomic():
        broker.wake("some.task", 1, expires=600)
        assert sent == []
    assert sent == [("some.task", 1, 600)]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        broker.wake("some.task", 2)
        raise ZeroDivisionError
    assert sent == [("some.task", 1, 600)]


def test_a_broker_that_is_away_rests_for_every_task_and_is_then_tried_again(tried, monkeypatch, caplog):
    for pk in range(5):
        broker.nudge("slips", pk)
        broker.nudge("messages", pk)
    assert tried == ["slips"]
    assert caplog.text.count("The broker is down") == 1
    monkeypatch.setattr(broker, "_rests_until", 0.0)
    broker.nudge("messages", 9)
    assert tried == ["slips", "messages"]


def test_a_broker_that_answers_gets_every_task(sent):
    for pk in range(3):
        broker.nudge("some.task", pk)
    assert sent == [("some.task", 0, None), ("some.task", 1, None), ("some.task", 2, None)]


@pytest.mark.parametrize(
    ("name", "queue", "seconds"),
    [
        ("notifications.tasks.deliver", "mail", 600),
        ("dossiers.tasks.render_slip", "pdf", 3600),
        ("dossiers.tasks.render_result", "pdf", 3600),
        ("procedures.tasks.make_blank_form", "celery", None),
        ("procedures.tasks.write_pages", "celery", 600),
    ],
)
def test_a_task_sent_by_name_reaches_its_queue_with_its_expiry(name, queue, seconds, monkeypatch):
    """The names exist; a message is the same as if the task itself had been sent."""
    current_app.loader.import_default_modules()
    assert name in current_app.tasks
    messages = []
    monkeypatch.setattr(
        type(current_app.amqp),
        "send_task_message",
        property(lambda amqp: lambda *args, **options: messages.append((args, options))),
    )
    broker.nudge(name, 7, expires=seconds)
    [((_producer, sent_name, message), options)] = messages
    assert (sent_name, options["queue"].name, options.get("expiration")) == (name, queue, seconds)
    assert message.body[0] == (7,)
    assert (message.headers["expires"] is None) == (seconds is None)
