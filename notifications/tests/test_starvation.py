"""Nothing that goes wrong with one message holds up another: bad addresses, slow servers, wrong clocks."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from common.models import Alert, AlertKind
from notifications import delivery, tasks
from notifications.channels import ChannelDown, SmtpCarrier
from notifications.models import Notification, State
from notifications.outbox import Recipient, write

pytestmark = pytest.mark.django_db


def row(now, email="hoa@example.com", **changes):
    """A waiting message; ``changes`` are written past the checks, as an older release left them."""
    made = write("trial", to=Recipient(email=email), subject="Hồ sơ", body="Chào bạn.\n", now=now)
    Notification.objects.filter(pk=made.pk).update(**changes)
    made.refresh_from_db()
    return made


def states(*rows):
    return [Notification.objects.get(pk=made.pk).state for made in rows]


@pytest.mark.parametrize(
    "address", ["an@ví-dụ.vn\u202e", "ân@example.com", "an\u200b@example.com", "an@" + "x" * 64 + ".vn", "an", ""]
)
def test_an_address_that_cannot_be_mailed_settles_its_own_row(smtp, now, address):
    rows = [row(now), row(now, to_address=address), row(now)]
    assert delivery.sweep(now) == 3
    assert states(*rows) == [State.SENT, State.FAILED, State.SENT]
    assert len(smtp.mails) == 2


def test_an_international_domain_written_by_an_older_release_is_mailed(smtp, now):
    made = row(now, to_address="an@ví-dụ.vn")
    assert delivery.deliver(made.pk, now)
    assert [mail["To"].addresses[0].addr_spec for mail in smtp.mails] == ["an@xn--v-d-rma6749a.vn"]


@pytest.mark.parametrize("error", [RuntimeError, LookupError, UnicodeError, AttributeError])
def test_any_exception_of_a_carrier_puts_off_its_own_row_and_names_nobody(smtp, now, monkeypatch, caplog, error):
    rows = [row(now), row(now, to_address="le.thi.hoa@example.com"), row(now)]
    carry = SmtpCarrier.carry

    def fail(self, notification):
        if notification.pk == rows[1].pk:
            raise error(f"cannot mail {notification.to_address}")
        carry(self, notification)

    monkeypatch.setattr(SmtpCarrier, "carry", fail)
    assert delivery.sweep(now) == 3
    assert states(*rows) == [State.SENT, State.WAITING, State.SENT]
    failed = Notification.objects.get(pk=rows[1].pk)
    assert (failed.last_error, failed.attempts, failed.leased_until) == (error.__name__, 1, None)
    assert failed.not_before == now + timedelta(seconds=30)
    assert error.__name__ in caplog.text and "hoa" not in caplog.text


def test_a_text_that_cannot_be_decrypted_settles_its_own_row(smtp, now):
    rows = [row(now), row(now), row(now)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE notifications_notification SET body = 'gAAAA' WHERE id = %s", [rows[1].pk])
    assert delivery.sweep(now) == 3
    assert states(rows[0], rows[2]) == [State.SENT, State.SENT]
    assert Notification.objects.defer("body").get(pk=rows[1].pk).last_error == "InvalidToken"


def test_a_reply_that_no_column_takes_is_kept_as_one_line(smtp, now, monkeypatch):
    def refuse(self, notification):
        raise ChannelDown("451 later\x00\r\nagain")

    monkeypatch.setattr(SmtpCarrier, "carry", refuse)
    made = row(now)
    assert delivery.deliver(made.pk, now)
    assert Notification.objects.get(pk=made.pk).last_error == "451 later   again"


def test_a_row_that_cannot_even_be_settled_does_not_end_the_sweep(smtp, now, monkeypatch):
    rows = [row(now), row(now)]
    settle = delivery._settle

    def fail(made, **changes):
        if made.pk == rows[0].pk:
            raise DatabaseError
        settle(made, **changes)

    monkeypatch.setattr(delivery, "_settle", fail)
    assert delivery.sweep(now) == 2
    assert states(*rows) == [State.WAITING, State.SENT]


def test_new_messages_and_repeated_ones_take_turns(smtp, now, settings):
    settings.NOTIFICATION_SWEEP_BATCH = 4
    repeated = [row(now - timedelta(hours=1), attempts=3) for _n in range(9)]
    new = [row(now) for _n in range(9)]
    assert delivery.sweep(now) == 4
    assert states(*new[:2], *repeated[:2]) == [State.SENT] * 4


def test_a_domain_that_is_slow_to_fail_rests_while_others_are_served(smtp, now, monkeypatch):
    slow = [row(now - timedelta(minutes=1), email=f"an{n}@Slow.example") for n in range(20)]
    quick = [row(now) for _n in range(3)]
    carry, tried = SmtpCarrier.carry, []

    def drag(self, notification):
        if notification.to_address.endswith("@Slow.example"):
            tried.append(notification.pk)
            raise ChannelDown("timed out")
        carry(self, notification)

    monkeypatch.setattr(SmtpCarrier, "carry", drag)
    monkeypatch.setattr(delivery, "SLOW_SECONDS", 0)
    assert delivery.sweep(now) == 4
    assert len(tried) == 1 and states(*quick) == [State.SENT] * 3
    # Neither a nudge nor the next sweep comes back to it before it has rested.
    later = now + timedelta(seconds=60)
    assert not delivery.deliver(slow[5].pk, later)
    assert delivery.sweep(later) == 0
    assert Notification.objects.get(pk=slow[5].pk).attempts == 0
    assert delivery.sweep(now + timedelta(seconds=121)) == 1


def test_a_server_that_is_away_costs_one_try_and_counts_for_one_message(settings, now):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    rows = [row(now) for _n in range(5)]
    assert delivery.sweep(now) == 1
    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    assert not delivery.deliver(rows[4].pk, now + timedelta(seconds=10))
    assert delivery.sweep(now + timedelta(seconds=30)) == 1


def test_a_backlog_leaves_at_once_when_the_server_is_back(smtp, settings, now):
    good, settings.EMAIL_URL = settings.EMAIL_URL, "smtp://127.0.0.1:1"
    for _n in range(50):
        row(now)
    for minute in range(60):
        delivery.sweep(now + timedelta(minutes=minute))
    settings.EMAIL_URL = good
    for minute in range(60, 66):
        delivery.sweep(now + timedelta(minutes=minute))
    assert Notification.objects.filter(state=State.SENT).count() == 50


def test_a_rest_noted_by_a_clock_that_was_ahead_does_not_last(now):
    year = timedelta(days=365)
    delivery._rest("email", "", now + year, delivery.DOWN_REST)
    assert delivery.is_resting("email", "hoa@example.com", now + year)
    assert not delivery.is_resting("email", "hoa@example.com", now)


def test_times_written_by_a_clock_that_was_ahead_are_freed(smtp, now):
    year = timedelta(days=365)
    rows = [row(now, not_before=now + year), row(now, leased_until=now + year)]
    assert delivery.sweep(now) == 0
    delivery.watch(now)
    assert delivery.sweep(now) == 2
    assert states(*rows) == [State.SENT] * 2


@pytest.mark.parametrize(
    ("age", "due", "is_stuck"),
    [
        (timedelta(minutes=1), timedelta(0), False),
        (timedelta(minutes=6), timedelta(minutes=-6), True),
        (timedelta(minutes=14), timedelta(minutes=1), False),
        (timedelta(minutes=16), timedelta(minutes=1), True),
    ],
)
def test_messages_that_do_not_leave_are_an_alert_until_they_do(smtp, now, age, due, is_stuck):
    made = row(now - age, not_before=now + due)
    delivery.watch(now)
    assert Alert.objects.filter(kind=AlertKind.MAIL_STUCK).exists() == is_stuck
    Notification.objects.filter(pk=made.pk).update(state=State.SENT)
    delivery.watch(now)
    assert not Alert.objects.exists()


def test_the_watch_is_a_task(now):
    row(now - timedelta(days=900))
    tasks.watch()
    alert = Alert.objects.get()
    assert alert.kind == AlertKind.MAIL_STUCK and alert.detail.startswith("1 ×") and "@" not in alert.detail
