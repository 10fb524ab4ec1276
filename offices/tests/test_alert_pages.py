"""Administrators see what is red, and take it on once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common.alerts import raise_alert
from common.models import Alert, AlertKind
from offices.models import AuditEntry
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_banner_and_list_say_what_to_do(admin: Client) -> None:
    raise_alert(AlertKind.MAIL_STUCK, now=NOW, detail="12 tin")
    assert reverse("manage:alerts") in admin.get(reverse("manage:people")).content.decode()
    page = admin.get(reverse("manage:alerts")).content.decode()
    assert "EMAIL_URL" in page and "12 tin" in page
    # The page itself needs no banner that leads to it.
    assert "banner-error" not in page


def test_acknowledging_is_logged_once_and_ends_the_banner(admin: Client) -> None:
    raise_alert(AlertKind.MASS_DELETION, "expire_drafts", now=NOW - timedelta(hours=1))
    address = reverse("manage:alert_acknowledge", args=[Alert.objects.get().pk])
    assert admin.post(address).status_code == 302
    assert admin.post(address).status_code == 302
    assert AuditEntry.objects.filter(action="alert.acknowledge").count() == 1
    assert "banner-error" not in admin.get(reverse("manage:units")).content.decode()


def test_banner_is_for_administrators_only(commune, client: Client) -> None:
    raise_alert(AlertKind.MAIL_STUCK, now=NOW)
    client.force_login(commune.clerk)
    assert reverse("manage:alerts") not in client.get(reverse("desk:home")).content.decode()
