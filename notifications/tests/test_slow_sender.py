"""A sender so slow that its lease ran out changes nothing of what a second one has settled meanwhile."""

from datetime import datetime, timedelta

import pytest

from notifications import delivery
from notifications.channels import ChannelDown, ServerDown, Undeliverable
from notifications.models import Notification, State
from notifications.outbox import write

pytestmark = pytest.mark.django_db
COLUMNS = ("state", "sent_at", "not_before", "attempts", "last_error", "leased_until")


class Slow:
    """A carrier during whose sending the lease runs out and a second worker sends the message; then it ends."""

    def __init__(self, end: Exception | None, later: datetime) -> None:
        self.end, self.later, self.sends = end, later, 0
        self.settled: tuple = ()

    def carry(self, row: Notification) -> None:
        """Send; the first time, let another worker send in between."""
        self.sends += 1
        if self.sends == 1:
            assert delivery.deliver(row.pk, self.later)
            self.settled = columns(row)
            if self.end is not None:
                raise self.end

    def close(self) -> None:
        """Nothing is open."""


def columns(row: Notification) -> tuple:
    return Notification.objects.values_list(*COLUMNS).get(pk=row.pk)


@pytest.mark.parametrize(
    "end",
    [None, ChannelDown("451"), ServerDown("away"), Undeliverable("550"), OSError("x")],
    ids=["sends too", "refused for now", "server away", "refused for good", "breaks"],
)
@pytest.mark.parametrize("is_last", [False, True], ids=["tries left", "last try"])
def test_a_sent_message_stays_as_the_second_sender_left_it(hoa, now, settings, monkeypatch, end, is_last):
    settings.NOTIFICATION_MAX_ATTEMPTS = 1 if is_last else 9
    later = now + timedelta(seconds=settings.NOTIFICATION_LEASE_SECONDS)
    carrier = Slow(end, later)
    monkeypatch.setattr(delivery, "carrier_for", lambda channel: carrier)
    row = write("trial", to=hoa, subject="Hồ sơ", body="Chào bạn.\n", now=now)
    assert delivery.deliver(row.pk, now)
    assert carrier.sends == 2
    assert columns(row) == carrier.settled
    assert carrier.settled[:2] == (State.SENT, later)
    assert not delivery.deliver(row.pk, later + timedelta(days=1))
