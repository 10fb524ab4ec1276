"""At least once, under one Message-ID, by one worker at a time; failures are seen."""

import threading
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection

from notifications import delivery, tasks
from notifications.backend import OutboxEmailBackend
from notifications.channels import ChannelDown, carrier_for
from notifications.models import Notification, State
from notifications.outbox import Recipient, write
from tests.present import present


def row(to, now, **changes):
    values = {"subject": "Hồ sơ 000.00.16.H19-260323-0001", "body": "Chào bạn.\n.\nđầu dòng\n"} | changes
    return write("trial", to=to, now=now, **values)


def after(moment, seconds):
    return moment + timedelta(seconds=seconds)


@pytest.mark.django_db
def test_a_mail_leaves_as_written_and_is_marked_after_it(smtp, hoa, now):
    made = row(hoa, now)
    assert delivery.deliver(made.pk, now)
    made.refresh_from_db()
    assert (made.state, made.sent_at, made.attempts, made.leased_until) == (State.SENT, now, 1, None)
    (mail,) = smtp.mails
    assert mail["Message-ID"] == made.message_id
    assert mail["Subject"] == made.subject
    assert mail["To"].addresses[0].display_name == "Lê Thị Hoa"
    assert mail["To"].addresses[0].addr_spec == "hoa@example.com"
    assert mail.get_content().replace("\r\n", "\n") == made.body


@pytest.mark.django_db
def test_a_sent_mail_is_not_sent_again(smtp, hoa, now):
    made = row(hoa, now)
    assert [delivery.deliver(made.pk, now) for _n in range(3)] == [True, False, False]
    assert len(smtp.mails) == 1


@pytest.mark.django_db
def test_a_worker_that_died_after_sending_repeats_the_same_message_id(smtp, hoa, now, settings):
    made = row(hoa, now)
    carrier = carrier_for(made.channel)
    carrier.carry(present(delivery.lease(made.pk, now)))
    carrier.close()
    assert delivery.sweep(after(now, 1)) == 0
    assert delivery.sweep(after(now, settings.NOTIFICATION_LEASE_SECONDS)) == 1
    assert [mail["Message-ID"] for mail in smtp.mails] == [made.message_id] * 2


@pytest.mark.django_db
def test_a_lease_is_held_by_one_and_runs_out(hoa, now, settings):
    made = row(hoa, now)
    assert present(delivery.lease(made.pk, now)).attempts == 1
    assert delivery.lease(made.pk, after(now, settings.NOTIFICATION_LEASE_SECONDS - 1)) is None
    assert present(delivery.lease(made.pk, after(now, settings.NOTIFICATION_LEASE_SECONDS))).attempts == 2


@pytest.mark.django_db
def test_mail_server_down_is_retried_ever_later_and_finally_shown_as_failed(settings, hoa, now):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    settings.NOTIFICATION_MAX_ATTEMPTS = 6
    made = row(hoa, now, subject_type="dossier", subject_ref="abc")
    pauses, moment = [], now
    while made.state == State.WAITING:
        assert delivery.sweep(moment) == 1
        assert delivery.sweep(moment) == 0
        made.refresh_from_db()
        pauses.append((made.not_before - moment).total_seconds())
        moment = made.not_before
    assert pauses[:5] == [30, 60, 120, 240, 300]
    assert (made.state, made.attempts, made.leased_until) == (State.FAILED, 6, None)
    assert "ConnectionRefusedError" in made.last_error
    assert list(Notification.objects.undelivered().filter(subject_type="dossier", subject_ref__in=["abc"])) == [made]
    assert delivery.sweep(after(moment, 86400)) == 0


@pytest.mark.django_db
def test_a_mail_leaves_once_the_server_is_back(smtp, settings, hoa, now):
    good, settings.EMAIL_URL = settings.EMAIL_URL, "smtp://127.0.0.1:1"
    made = row(hoa, now)
    delivery.deliver(made.pk, now)
    settings.EMAIL_URL = good
    assert delivery.sweep(after(now, 29)) == 0
    assert delivery.sweep(after(now, 30)) == 1
    made.refresh_from_db()
    assert (made.state, made.last_error, made.attempts) == (State.SENT, "", 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reply", "state"),
    [("550 5.1.1 no such user", State.FAILED), ("451 try later", State.WAITING), ("554 policy", State.WAITING)],
)
def test_only_an_unknown_address_fails_at_once(smtp, hoa, now, reply, state):
    smtp.refuse_recipients = reply
    made = row(hoa, now)
    delivery.deliver(made.pk, now)
    made.refresh_from_db()
    assert made.state == state
    assert reply.split(" ", 1)[1] in made.last_error


@pytest.mark.django_db
def test_one_refused_mail_does_not_hold_up_the_batch_and_connections_are_shared(smtp, now, hoa):
    rows = [row(hoa, now) for _n in range(5)]
    bad = row(Recipient(name="X", email="nobody@example.com"), now)
    rows += [row(hoa, now) for _n in range(5)]
    assert delivery.sweep(now) == 11
    assert len(smtp.mails) == 10
    assert smtp.connections <= 2
    bad.refresh_from_db()
    assert bad.state == State.FAILED


@pytest.mark.django_db
def test_a_sweep_takes_one_batch_and_stops_when_its_time_is_up(smtp, hoa, now, settings):
    settings.NOTIFICATION_SWEEP_BATCH = 3
    for _n in range(5):
        row(hoa, now)
    assert delivery.sweep(now) == 3
    settings.NOTIFICATION_SWEEP_BUDGET_SECONDS = -1
    assert delivery.sweep(now) == 0
    settings.NOTIFICATION_SWEEP_BUDGET_SECONDS = 60
    assert delivery.sweep(now) == 2


@pytest.mark.django_db
def test_a_demonstration_without_mail_server_shows_mails_and_sms_on_its_page(settings, now, hoa):
    settings.DEMO = settings.NOTIFICATION_SMS = True
    rows = [row(hoa, now), row(Recipient(name="Ông Ba", phone="0912000003"), now)]
    assert delivery.sweep(now) == 2
    assert {Notification.objects.get(pk=made.pk).state for made in rows} == {State.SENT}


@pytest.mark.django_db
def test_without_mail_server_and_outside_the_demonstration_nothing_counts_as_sent(settings, hoa, now):
    with pytest.raises(ChannelDown):
        carrier_for("email")
    made = row(hoa, now)
    delivery.deliver(made.pk, now)
    made.refresh_from_db()
    assert made.state == State.WAITING
    assert "EMAIL_URL" in made.last_error


@pytest.mark.django_db
def test_the_tasks_read_the_clock_and_survive_an_unknown_id(smtp, hoa, now):
    tasks.deliver(0)
    made = row(hoa, now)
    tasks.deliver(made.pk)
    other = row(hoa, now)
    tasks.sweep()
    assert set(Notification.objects.filter(state=State.SENT)) == {made, other}


def at_once(function, times):
    """Run a function in several threads at the same moment; returns what they returned."""
    gate, results = threading.Barrier(times), []

    def run():
        gate.wait()
        try:
            results.append(function())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_one_mail_once(smtp, hoa, now):
    smtp.delay = 0.1
    made = row(hoa, now)
    assert sorted(at_once(lambda: delivery.deliver(made.pk, now), 8)) == [False] * 7 + [True]
    assert len(smtp.mails) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lease_the_same_workers_send_it_several_times(smtp, hoa, now, monkeypatch):
    """The control: the test above is worth something only because this race exists."""
    smtp.delay = 0.1
    made = row(hoa, now)
    monkeypatch.setattr(delivery, "lease", lambda pk, now: Notification.objects.filter(pk=pk, state="waiting").first())
    at_once(lambda: delivery.deliver(made.pk, now), 8)
    assert len(smtp.mails) > 1


@pytest.mark.django_db
def test_account_mails_become_rows_with_the_text_encrypted(now):
    mails = [
        EmailMessage("Mã xác nhận", "Mã của bạn: 482913", to=["Lê Thị Hoa <hoa@example.com>", "an@example.com"]),
        EmailMessage("Đổi mật khẩu", "Liên kết", to=["an@example.com"]),
    ]
    assert OutboxEmailBackend().send_messages(mails) == 2
    rows = list(Notification.objects.order_by("id"))
    assert [(made.to_name, made.to_address, made.subject) for made in rows] == [
        ("Lê Thị Hoa", "hoa@example.com", "Mã xác nhận"),
        ("", "an@example.com", "Mã xác nhận"),
        ("", "an@example.com", "Đổi mật khẩu"),
    ]
    assert rows[0].body == "Mã của bạn: 482913"
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM notifications_notification")
        assert not any("482913" in body for (body,) in cursor.fetchall())


@pytest.mark.django_db
def test_an_account_mail_cannot_smuggle_a_header():
    with pytest.raises(ValueError):
        OutboxEmailBackend().send_messages([EmailMessage("Mã\nBcc: x@example.com", "x", to=["an@example.com"])])
    assert not Notification.objects.exists()
