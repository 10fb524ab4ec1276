"""The mail page shows everything in a demonstration and nothing anywhere else."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from notifications.outbox import Recipient, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.DEMO = settings.NOTIFICATION_SMS = True


def mail(now, n=0, **changes):
    values: dict[str, Any] = {
        "to": Recipient(name="Lê Thị Hoa", email="hoa@example.com"),
        "subject": f"Mã xác nhận {n}",
        "body": "Mã: 482913\n\nhttps://example.com/x?a=1&b=2\n<script>alert(1)</script>\n",
    }
    return write("account", now=now + timedelta(minutes=n), **(values | changes))


def test_newest_first_with_name_address_and_state(client, demo, now):
    first, second = mail(now), mail(now, 1, to=Recipient(name="Ông Ba", phone="0912000003"))
    page = client.get(reverse("demo_mail")).content.decode()
    assert page.index(second.subject) < page.index(first.subject)
    assert "hoa@example.com" in page
    assert "0912000003" in page
    assert "482913" not in page


def test_a_message_is_readable_and_harmless(client, demo, now):
    page = client.get(reverse("demo_mail_message", args=[mail(now).pk])).content.decode()
    assert "482913" in page
    assert 'href="https://example.com/x?a=1&amp;b=2"' in page
    assert "<script>alert" not in page
    assert "UNDEFINED" not in page


def test_an_empty_page_says_what_to_do(client, demo):
    assert client.get(reverse("demo_mail")).status_code == 200


def test_pages_of_fifty_at_one_query_each(client, demo, now, django_assert_num_queries):
    rows = [mail(now, n) for n in range(55)]
    with django_assert_num_queries(3):
        first = client.get(reverse("demo_mail")).content.decode()
    assert rows[5].subject + "<" in first and rows[4].subject + "<" not in first
    with django_assert_num_queries(2):
        second = client.get(reverse("demo_mail"), {"after": rows[5].pk}).content.decode()
    assert rows[4].subject + "<" in second and rows[5].subject + "<" not in second
    assert 'href="?after=' in first and 'href="?after=' not in second


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "９", "1e9"])
def test_a_strange_page_mark_is_ignored(client, demo, now, before):
    mail(now)
    assert client.get(reverse("demo_mail"), {"after": before}).status_code == 200


def test_unknown_and_huge_numbers_are_404(client, demo):
    assert client.get("/demo/mail/7/").status_code == 404
    assert client.get(f"/demo/mail/{'9' * 30}/").status_code == 404


def test_outside_a_demonstration_there_is_no_mail_page(client, now):
    row = mail(now)
    assert client.get(reverse("demo_mail")).status_code == 404
    assert client.get(reverse("demo_mail_message", args=[row.pk])).status_code == 404


def test_only_reading(client, demo, now):
    row = mail(now)
    assert client.post(reverse("demo_mail")).status_code == 405
    assert client.post(reverse("demo_mail_message", args=[row.pk])).status_code == 405
