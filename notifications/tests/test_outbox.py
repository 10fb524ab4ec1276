"""Messages are rows of the change that causes them; the broker only gets a nudge."""

import socket
import time

import pytest
from celery import current_app
from django.db import transaction

from common import broker
from notifications.models import Channel, Notification, State
from notifications.outbox import Recipient, queue, write
from portal.settings.base import REDIS_TRANSPORT_OPTIONS

TEXT = "Subject: Hồ sơ {{ code }}\n\nChào {{ name }}, xem {{ site_url }}/my/ & <đọc>.\n"


@pytest.fixture
def trial(templates):
    """The message kind 'trial'."""
    templates("trial", TEXT)


def row(to, now, **changes):
    values = {"subject": "Hồ sơ", "body": "Chào bạn.\n", "to": to, "now": now} | changes
    return write("trial", **values)


@pytest.mark.django_db
def test_queue_renders_plain_text_with_its_subject_on_the_first_line(trial, hoa, now):
    made = queue("trial", to=hoa, context={"code": "C-1"}, subject_type="dossier", subject_ref="abc", now=now)
    made.refresh_from_db()
    assert made.subject == "Hồ sơ C-1"
    assert made.body == "Chào Lê Thị Hoa, xem http://testserver/my/ & <đọc>.\n"
    assert (made.channel, made.to_address, made.state) == (Channel.EMAIL, "hoa@example.com", State.WAITING)
    assert (made.subject_type, made.subject_ref) == ("dossier", "abc")
    assert (made.created_at, made.not_before) == (now, now)


@pytest.mark.django_db
def test_what_people_are_called_stands_in_the_text_as_it_is(trial, now):
    made = queue("trial", to=Recipient(name="An & <Bình>"), context={"code": "A&B"}, now=now)
    assert made.subject == "Hồ sơ A&B"
    assert made.body.startswith("Chào An & <Bình>,")


@pytest.mark.django_db
def test_a_row_keeps_to_whom_what_and_in_which_language(now, citizen):
    to = Recipient(user=citizen, name="Nguyễn Văn An", email="an@example.com", language="en")
    made = Notification.objects.get(pk=row(to, now).pk)
    assert (made.recipient, made.to_name, made.kind, made.language) == (citizen, "Nguyễn Văn An", "trial", "en")


@pytest.mark.django_db
def test_an_address_that_cannot_be_used_is_told_in_the_log_without_it(now, caplog):
    row(Recipient(phone="0912000001"), now)
    assert not caplog.records
    row(Recipient(email="an@a..vn"), now)
    assert len(caplog.records) == 1
    assert "a..vn" not in caplog.text


@pytest.mark.django_db
def test_queue_speaks_the_recipients_language(templates, now, settings):
    templates("trial", "{% load i18n %}\n\nSubject: {% get_current_language as code %}{{ code }}\n\nx\n")
    settings.LANGUAGE_CODE = "vi"
    made = [
        queue("trial", to=Recipient(email="a@example.com", language=code), context={}, now=now) for code in ("vi", "en")
    ]
    assert [message.subject for message in made] == ["vi", "en"]


@pytest.mark.django_db
def test_the_text_rests_encrypted(hoa, now):
    made = row(hoa, now, body="Mã xác nhận: 123456\n")
    resting = Notification.objects.filter(pk=made.pk).extra(select={"raw": "body"}).values_list("raw", flat=True)[0]  # noqa: S610
    assert "123456" not in resting
    made.refresh_from_db()
    assert "123456" in made.body


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\x0b", "\u2028"])
def test_line_breaks_are_refused_in_subjects(trial, now, hoa, end):
    with pytest.raises(ValueError):
        queue("trial", to=hoa, context={"code": f"C{end}Bcc: a@example.com"}, now=now)
    with pytest.raises(ValueError):
        row(hoa, now, subject=f"Hồ sơ{end}Bcc: a@example.com")
    with pytest.raises(ValueError):
        row(hoa, now, subject=f"Hồ sơ{end}")
    assert not Notification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["a@example.com\r\nBcc: x@example.com", "an", "ân@example.com", "an@a..vn", "a b@x.vn", "a@x.vn,b@x.vn"]
)
def test_an_address_that_no_mail_server_takes_leads_to_a_call(now, email):
    made = row(Recipient(email=email, phone="0912000001"), now)
    assert (made.state, made.channel, made.to_address) == (State.TO_CALL, Channel.NONE, "0912000001")


@pytest.mark.django_db
def test_an_international_domain_is_written_as_mail_servers_know_it(now):
    assert row(Recipient(email="an@ví-dụ.vn"), now).to_address == "an@xn--v-d-rma6749a.vn"


@pytest.mark.django_db
def test_a_name_over_several_lines_becomes_one(now):
    assert row(Recipient(name="Hoa\r\nBcc: x", email="a@example.com"), now).to_name == "Hoa Bcc: x"


@pytest.mark.django_db
def test_what_is_too_long_for_its_column_is_cut(hoa, now):
    made = row(Recipient(name="đ" * 161, email="a@example.com"), now, subject="đ" * 201)
    assert made.to_name == "đ" * 160
    assert made.subject == "đ" * 199 + "…"
    assert row(hoa, now, subject="đ" * 200).subject == "đ" * 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sms", "email", "phone", "channel", "address", "state"),
    [
        (True, "a@example.com", "0912000001", Channel.EMAIL, "a@example.com", State.WAITING),
        (True, "", "0912000001", Channel.SMS, "0912000001", State.WAITING),
        (False, "", "0912000001", Channel.NONE, "0912000001", State.TO_CALL),
        (True, "", "", Channel.NONE, "", State.TO_CALL),
    ],
)
def test_the_channel_follows_what_is_known_of_the_person(settings, now, sms, email, phone, channel, address, state):
    settings.NOTIFICATION_SMS = sms
    made = row(Recipient(email=email, phone=phone), now)
    assert (made.channel, made.to_address, made.state) == (channel, address, state)


@pytest.mark.django_db
def test_message_ids_differ_and_name_the_site(hoa, now):
    ids = {row(hoa, now).message_id for _n in range(5)}
    assert len(ids) == 5
    assert all(message_id.startswith("<") and message_id.endswith("@testserver>") for message_id in ids)


@pytest.mark.django_db
def test_writing_costs_one_query(hoa, now, django_assert_num_queries):
    with django_assert_num_queries(1):
        row(hoa, now)


@pytest.fixture
def nudges(monkeypatch):
    """Ids the worker was told about."""
    told: list[int] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: told.extend(args))
    return told


@pytest.mark.django_db(transaction=True)
def test_the_worker_hears_of_a_row_after_the_commit_only(hoa, now, nudges):
    with transaction.atomic():
        made = row(hoa, now)
        assert nudges == []
    assert nudges == [made.pk]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_row_and_no_nudge(hoa, now, nudges):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        row(hoa, now)
        raise ZeroDivisionError
    assert not Notification.objects.exists()
    assert nudges == []


@pytest.mark.django_db(transaction=True)
def test_a_person_to_call_wakes_nobody(now, nudges):
    row(Recipient(name="Ông Ba"), now)
    assert nudges == []


def broken_filesystem(tmp_path):
    """A queue folder below a plain file: nobody, not even root, can write there."""
    (tmp_path / "file").write_text("")
    folder = str(tmp_path / "file" / "queue")
    return "filesystem://localhost/", {
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": folder,
    }


def closed_redis(tmp_path):
    """A port where nothing listens."""
    return "redis://127.0.0.1:1/0", REDIS_TRANSPORT_OPTIONS


def mute_redis(tmp_path):
    """A server that takes the connection and never says a word."""
    mute = socket.create_server(("127.0.0.1", 0))
    MUTE_SERVERS.append(mute)
    return f"redis://127.0.0.1:{mute.getsockname()[1]}/0", REDIS_TRANSPORT_OPTIONS


MUTE_SERVERS: list[socket.socket] = []


@pytest.fixture(params=[broken_filesystem, closed_redis, mute_redis])
def broken_broker(request, tmp_path):
    """Celery pointed at a broker that does not work."""
    url, options = request.param(tmp_path)
    conf = current_app.conf
    changed = {"broker_url": url, "broker_write_url": url, "broker_transport_options": options}
    before = {name: getattr(conf, name) for name in changed}
    conf.update(changed)
    forget_connections()
    yield
    conf.update(before)
    forget_connections()
    while MUTE_SERVERS:
        MUTE_SERVERS.pop().close()


def forget_connections():
    current_app.amqp._producer_pool = None
    current_app._pool = None


@pytest.mark.django_db(transaction=True)
def test_filing_is_quick_while_the_broker_is_down(broken_broker, hoa, now):
    started = time.monotonic()
    for _n in range(20):
        with transaction.atomic():
            row(hoa, now)
    assert time.monotonic() - started < 6
    assert Notification.objects.filter(state=State.WAITING).count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_broken_broker_is_left_alone_for_a_while_and_then_tried_again(hoa, now, monkeypatch, settings):
    calls = []

    def fail(name, args, **options):
        calls.append(name)
        raise OSError("broker down")

    monkeypatch.setattr(current_app, "send_task", fail)
    row(hoa, now)
    row(hoa, now)
    assert len(calls) == 1
    monkeypatch.setattr(broker, "_rests_until", time.monotonic() - 1)
    row(hoa, now)
    assert len(calls) == 2
