"""Neither logs nor what is kept of messages hold a key, a signature or anybody's number."""

import json
import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from common.logs import MaskedFormatter
from payments.collecting import attempts, paying
from payments.collecting.attempts import Payer
from payments.models import ProviderEvent
from payments.providers import http, vnpay
from payments.providers.base import Redirect
from payments.reconciling import asking
from payments.tests.public.gateway import IPN, RETURN, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(caplog, monkeypatch):
    """Everything that the portal's logs would hold from now on, as they would write it."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.WARNING)
    formatter = MaskedFormatter("%(name)s %(message)s")
    return lambda: "\n".join(formatter.format(record) for record in caplog.records)


def secrets() -> list[str]:
    """Return the keys of every provider."""
    found = [*settings.VNPAY["secrets_"], settings.VNPOST["password"], settings.VNPOST["settlement_key"]]
    return [secret for secret in found if secret]


def test_a_payment_leaves_no_secret_behind(owing, now, citizen, commune, written, monkeypatch) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(citizen), now, is_polled=True)
    params, forged = message(attempt), message(attempt) | {"vnp_SecureHash": "f" * 128}
    led = paying.go_on(attempt, now)
    assert isinstance(led, Redirect)
    # Over the real client, which logs addresses by itself, to a port where nobody listens.
    settings_of = settings.VNPAY | {"base_url": "http://127.0.0.1:9"}
    monkeypatch.setattr(settings, "VNPAY", settings_of)
    with pytest.raises(http.Unreachable):
        http.fetch(f"http://127.0.0.1:9/?vnp_SecureHash={params['vnp_SecureHash']}")
    asking.ask(attempt, now)
    for query in (params, forged, params):
        Client().get(IPN, query)
        Client().get(RETURN, query)
    for person in (citizen, *User.objects.filter(posts__isnull=False)):
        browser = Client()
        browser.force_login(person)
        browser.get(reverse("paying:attempt", args=[attempt.ref]))
        browser.get(RETURN, params)
    kept = json.dumps([*ProviderEvent.objects.values_list("payload", flat=True), attempt.sent], ensure_ascii=False)
    applicant = owing.dossier.applicant
    hidden = [*secrets(), params["vnp_SecureHash"], forged["vnp_SecureHash"], led.url.rpartition("=")[2]]
    for secret in [*hidden, applicant.id_number, applicant.name, applicant.phone]:
        assert secret and secret not in written()
        assert secret not in kept


def test_the_client_of_providers_writes_no_address_into_the_log() -> None:
    for name in ("httpx", "httpcore"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_what_an_address_is_signed_with_is_masked_wherever_it_is_logged() -> None:
    record = logging.LogRecord(
        "x", logging.WARNING, "", 0, "GET %s", ("/pay/vnpay/ipn/?vnp_TxnRef=A&vnp_SecureHash=abc",), None
    )
    assert "abc" not in MaskedFormatter("%(message)s").format(record)
    assert vnpay.UNSIGNED[0] == "vnp_SecureHash"
