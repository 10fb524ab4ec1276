"""A sweep takes the oldest first, leaves out what rests before it counts, and closes what it opened."""

import time
from datetime import timedelta

import pytest

from notifications import delivery
from notifications.channels import ChannelDown
from notifications.models import Channel, Notification, State
from notifications.tests.carriers import Carrier, message
from tests.present import present

pytestmark = pytest.mark.django_db


def test_the_oldest_leave_first(carrier, now, settings):
    settings.NOTIFICATION_SWEEP_BATCH = 2
    for minutes in (1, 3, 2):
        message(now - timedelta(minutes=minutes), f"{minutes}@example.com")
    assert (delivery.sweep(now), carrier.sent) == (2, ["3@example.com", "2@example.com"])
    assert (delivery.sweep(now), carrier.sent[2:]) == (1, ["1@example.com"])


def test_a_sweep_closes_its_connections_also_when_one_cannot_be_closed(carrier, now, monkeypatch):
    message(now, "an@example.com")
    delivery.sweep(now)
    assert carrier.closed == 1

    class Stuck(Carrier):
        def close(self) -> None:
            super().close()
            raise OSError("reset")

    stuck, sound = Stuck(), Carrier()
    delivery.close_all({"email": stuck, "sms": sound})
    assert (stuck.closed, sound.closed) == (1, 1)


@pytest.fixture
def resting(carrier, now):
    """The domain slow.example rests, and only that."""
    delivery._rest(Channel.EMAIL, "slow.example", now, delivery.SLOW_REST)


def test_what_rests_takes_no_place_in_a_batch(resting, carrier, now, settings):
    settings.NOTIFICATION_SWEEP_BATCH = 2
    for n in range(5):
        message(now - timedelta(minutes=5), f"{n}@slow.example")
    other = message(now, "an@example.com")
    assert list(delivery.batch(now)) == [(other, "email", "an@example.com")]
    assert (delivery.sweep(now), carrier.sent) == (1, ["an@example.com"])
    assert delivery.sweep(now + delivery.SLOW_REST) == 2


@pytest.mark.parametrize("address", ["an@very-slow.example", "an@slow.example.com", "slow.example@example.com"])
def test_a_domain_that_only_looks_like_it_does_not_rest(resting, carrier, now, address):
    message(now, address)
    assert (delivery.sweep(now), carrier.sent) == (1, [address])


def test_another_channel_does_not_rest(carrier, now):
    delivery._rest(Channel.SMS, "", now, delivery.DOWN_REST)
    mail, call = message(now, "an@example.com"), message(now, "binh@example.com")
    Notification.objects.filter(pk=call).update(channel=Channel.SMS, to_address="0912000001")
    assert (delivery.sweep(now), carrier.sent) == (1, ["an@example.com"])
    assert Notification.objects.get(pk=mail).state == State.SENT
    assert delivery.sweep(now + delivery.DOWN_REST) == 1


def test_a_rest_that_is_over_is_forgotten(resting, now):
    assert delivery.is_resting(Channel.EMAIL, "an@slow.example", now)
    assert not delivery.is_resting(Channel.EMAIL, "an@slow.example", now + delivery.SLOW_REST)
    assert not delivery._rests


@pytest.mark.parametrize(
    ("address", "domain"), [("an@Example.COM", "example.com"), ("0912000001", ""), ("", ""), ("a@b@c.vn", "c.vn")]
)
def test_a_domain_stands_after_the_last_at_sign(address, domain):
    assert delivery.domain_of(address) == domain


def test_a_long_sweep_records_when_each_message_left(carrier, now, monkeypatch):
    seconds = iter(range(0, 1000, 7))
    monkeypatch.setattr(time, "monotonic", lambda: next(seconds))
    pks = [message(now, f"{n}@example.com") for n in range(2)]
    assert delivery.sweep(now) == 2
    first, second = (present(Notification.objects.get(pk=pk).sent_at) for pk in pks)
    assert now < first < second < now + timedelta(minutes=2)


def test_what_is_postponed_as_long_as_it_may_be_stays_postponed(carrier, now, settings):
    longest = timedelta(seconds=settings.NOTIFICATION_RETRY_SECONDS_MAX)
    lease = timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)
    put_off, held = message(now, "an@example.com"), message(now, "binh@example.com")
    Notification.objects.filter(pk=put_off).update(not_before=now + longest)
    Notification.objects.filter(pk=held).update(leased_until=now + lease)
    delivery.watch(now)
    assert Notification.objects.get(pk=put_off).not_before == now + longest
    assert Notification.objects.get(pk=held).leased_until == now + lease
    assert delivery.sweep(now) == 0


@pytest.mark.parametrize(("attempts", "pause"), [(1, 30), (2, 60), (4, 240), (5, 300), (49, 300)])
def test_pauses_double_up_to_the_longest(carrier, now, attempts, pause):
    carrier.fails["example.com"] = ChannelDown("451")
    pk = message(now, "an@example.com")
    Notification.objects.filter(pk=pk).update(attempts=attempts - 1)
    assert delivery.deliver(pk, now)
    assert Notification.objects.get(pk=pk).not_before == now + timedelta(seconds=pause)


def test_undelivered_messages_are_found_by_what_they_are_about(now):
    wanted = message(now, "an@example.com")
    for ref, kind, state in (("b", "dossier", "failed"), ("a", "account", "failed"), ("a", "dossier", "sent")):
        other = message(now, "an@example.com")
        Notification.objects.filter(pk=other).update(subject_ref=ref, subject_type=kind, state=state)
    Notification.objects.filter(pk=wanted).update(subject_ref="a", subject_type="dossier", state="to_call")
    assert [
        row.pk for row in Notification.objects.undelivered().filter(subject_type="dossier", subject_ref__in=["a", "c"])
    ] == [wanted]
