"""A nudge tries one message at once: not while its own server rests, and whatever else rests."""

from datetime import timedelta

import pytest

from notifications import delivery
from notifications.channels import ChannelDown, ServerDown
from notifications.models import Notification, State
from notifications.tests.carriers import message

pytestmark = pytest.mark.django_db


def attempts(pk: int) -> int:
    return Notification.objects.values_list("attempts", flat=True).get(pk=pk)


def test_a_nudge_closes_what_it_opened(carrier, now):
    assert delivery.deliver(message(now, "an@example.com"), now)
    assert (carrier.sent, carrier.closed) == (["an@example.com"], 1)
    carrier.fails["example.com"] = ChannelDown("451")
    assert delivery.deliver(message(now, "an@example.com"), now)
    assert carrier.closed == 2


def test_a_domain_that_rests_holds_up_its_own_messages_only(carrier, now, monkeypatch):
    monkeypatch.setattr(delivery, "SLOW_SECONDS", 0)
    carrier.fails["slow.example"] = ChannelDown("451")
    assert delivery.deliver(message(now, "an@slow.example"), now)
    waiting, other = message(now, "binh@slow.example"), message(now, "an@example.com")
    assert not delivery.deliver(waiting, now)
    assert attempts(waiting) == 0
    assert delivery.deliver(other, now)
    assert carrier.sent == ["an@example.com"]
    assert not delivery.deliver(other + 1000, now)
    assert delivery.deliver(waiting, now + delivery.SLOW_REST)
    assert attempts(waiting) == 1


def test_a_server_that_is_away_holds_up_its_channel_until_its_rest_is_over(carrier, now):
    carrier.fails["example.com"] = ServerDown("away")
    assert delivery.deliver(message(now, "an@example.com"), now)
    waiting = message(now, "an@other.example")
    assert not delivery.deliver(waiting, now + delivery.DOWN_REST - timedelta(seconds=1))
    assert delivery.deliver(waiting, now + delivery.DOWN_REST)
    assert Notification.objects.get(pk=waiting).state == State.SENT


def test_a_nudge_costs_three_queries_and_one_more_while_something_rests(carrier, now, django_assert_num_queries):
    first = message(now, "an@example.com")
    with django_assert_num_queries(3):
        delivery.deliver(first, now)
    carrier.fails["away.example"] = ServerDown("away")
    delivery.deliver(message(now, "an@away.example"), now)
    resting = message(now, "an@example.com")
    with django_assert_num_queries(1):
        delivery.deliver(resting, now)
