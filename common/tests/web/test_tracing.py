"""Requests have a name in the log, and refusals are written to the security log."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from common.tests.test_logs import log

pytestmark = pytest.mark.django_db
GIVEN = "0123456789abcdef0123456789abcdef"


def test_the_proxy_names_the_request_and_a_visitor_does_not(settings):
    settings.TRUSTED_PROXY_COUNT = 0
    made = Client().get("/healthz", headers={"X-Request-ID": GIVEN})["X-Request-ID"]
    assert len(made) == 32 and made != GIVEN
    settings.TRUSTED_PROXY_COUNT = 1
    assert Client().get("/healthz", headers={"X-Request-ID": GIVEN})["X-Request-ID"] == GIVEN
    for bad in ("x" * 32, GIVEN * 3, "a b", ""):
        assert Client().get("/healthz", headers={"X-Request-ID": bad})["X-Request-ID"] != bad


def test_every_line_of_a_request_bears_its_name(settings):
    settings.TRUSTED_PROXY_COUNT = 1
    with log() as text:
        Client().get("/nothing/", headers={"X-Request-ID": GIVEN})
        logging.getLogger("x").warning("outside")
    first, last = text.getvalue().splitlines()[0], text.getvalue().splitlines()[-1]
    assert f" {GIVEN} Not Found" in first and " - outside" in last


def test_a_refusal_is_written_down_with_who_and_where(client, citizen, caplog):
    client.force_login(citizen)
    assert client.get("/desk/", REMOTE_ADDR="10.6.6.6").status_code == 403
    found = [record.getMessage() for record in caplog.records if record.name == "security"]
    assert found == [f"refused status=403 method=GET path=/desk/ user={citizen.pk} address=10.6.6.6"]


def test_limits_and_wrong_passwords_are_written_down(client, citizen, caplog):
    for n in range(7):
        client.post(reverse("account_login"), {"login": citizen.email, "password": f"sai-{n}"})
    client.post(reverse("account_login"), {"login": "khong-co@example.com", "password": "sai"})
    found = [record.getMessage() for record in caplog.records if record.name == "security"]
    assert found[0] == f"sign_in_failed account={citizen.pk} address=127.0.0.1"
    assert "refused status=429 method=POST path=/accounts/login/ user=- address=127.0.0.1" in found
    assert found[-1].startswith("sign_in_failed account=unknown")
    assert citizen.email not in str(found)
