"""What the gateway calls, as it calls it; and the page a payer comes back to."""

import threading
from itertools import product

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils.translation import gettext as _

from common.models import AttemptCounter
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, Charge, LedgerTransaction, ProviderEvent, Receipt
from payments.tests.public.gateway import IPN, RETURN, message
from tests.pages import checks

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(owing, now) -> Attempt:
    return attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)


def call(params, **extra) -> str:
    response = Client(enforce_csrf_checks=True).get(IPN, params, **extra)
    assert response.status_code == 200 and not response.cookies
    return str(response.json()["RspCode"])


def test_a_payment_is_confirmed_and_its_repeat_too(attempt, owing) -> None:
    params = message(attempt)
    assert [call(params) for _n in range(3)] == ["00", "02", "02"]
    owing.refresh_from_db()
    assert owing.paid_vnd == 28_000
    event = ProviderEvent.objects.get()
    assert (event.ref, event.answer, event.repeats) == (attempt.ref, "taken", 2)
    assert "vnp_SecureHash" not in event.payload
    assert Receipt.objects.count() == 1


def test_the_order_of_refusals(attempt) -> None:
    """97 before 01 before 04 before 02 before 00."""
    stranger = message(attempt, TxnRef="X" * 14, Amount=1)
    assert call({**stranger, "vnp_SecureHash": "0" * 128}) == "97"
    assert call(stranger) == "01"
    assert call(message(attempt, Amount=100)) == "04"
    assert call(message(attempt, Amount=2_800_001)) == "04"
    assert call(message(attempt)) == "00"
    assert call(message(attempt, Amount=100)) == "04"
    assert call(message(attempt)) == "02"


@pytest.mark.parametrize(("response", "status"), [("24", "02"), ("51", "02"), ("11", "02")])
def test_an_end_without_money_frees_the_charge(attempt, owing, now, response, status) -> None:
    assert call(message(attempt, response, status)) == "00"
    assert call(message(attempt, response, status)) == "02"
    assert attempts.begin([owing], "vnpay", Payer(), now, is_polled=True).is_live


@pytest.mark.parametrize(
    "change",
    [
        {"vnp_SecureHash": ""},
        {"vnp_SecureHash": "ợ" * 128},
        {"vnp_Amount": "2800001"},
        {"vnp_TmnCode": "OTHER001"},
        {"vnp_OrderInfo": "x" * 1_900},
        {"vnp_TxnRef": ["A", "B"]},
    ],
)
def test_a_changed_message_moves_nothing_and_leaves_no_row(attempt, change, caplog) -> None:
    assert call(message(attempt) | change) == "97"
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.CREATED
    assert not ProviderEvent.objects.exists() and not LedgerTransaction.objects.exists()
    assert [line.getMessage() for line in caplog.records if line.name == "security"] == [
        "payment_forged provider=vnpay today=1"
    ]


def test_a_signed_parameter_given_twice_is_refused_even_when_both_are_alike(attempt) -> None:
    query = "&".join(f"{name}={value}" for name, value in message(attempt).items())
    for twice in ("vnp_Amount=2800000", "vnp_SecureHash=0"):
        assert Client().get(f"{IPN}?{query}&{twice}").json()["RspCode"] == "97"
    assert Client().get(f"{IPN}?{query}&utm_source=a&utm_source=b").json()["RspCode"] == "00"


@pytest.mark.parametrize(
    "query", ["%00", "vnp_TxnRef=%ff%fe", "vnp_TxnRef=a%00b", "vnp_Amount=" + "9" * 5_000, "&=&", ""]
)
def test_what_no_gateway_sends_is_no_fault_of_ours(query) -> None:
    for address in (IPN, RETURN):
        assert Client().get(f"{address}?{query}").status_code < 500


def test_other_methods_are_refused() -> None:
    assert Client().post(IPN, {}).status_code == 405
    assert Client().post(RETURN, {}).status_code == 405


def test_a_database_that_is_away_answers_99(attempt, monkeypatch) -> None:
    def away(*args, **kwargs):
        raise DatabaseError

    monkeypatch.setattr(settling, "apply", away)
    assert call(message(attempt)) == "99"
    monkeypatch.undo()
    assert ProviderEvent.objects.get().handled_at is None
    assert call(message(attempt)) == "00"


def test_a_flood_of_forgeries_is_counted_and_not_kept(attempt, settings, caplog) -> None:
    settings.LIMITS = settings.LIMITS | {"forged_ip": (3, 3600)}
    for n in range(10):
        assert call(message(attempt) | {"vnp_Amount": str(n)}) == "97"
    assert len([line for line in caplog.records if line.name == "security"]) == 3
    assert AttemptCounter.objects.count() == 2
    assert not ProviderEvent.objects.exists()


def test_an_installation_without_the_gateway_has_no_such_address(settings, attempt) -> None:
    params = message(attempt)
    settings.VNPAY = settings.VNPAY | {"base_url": ""}
    assert Client().get(IPN, params).status_code == 404
    assert Client().get(RETURN, params).status_code == 404


def test_no_signature_stands_in_the_log(attempt, caplog) -> None:
    params = message(attempt)
    call(params)
    call(params | {"vnp_Amount": "1"})
    Client().get(RETURN, params)
    assert params["vnp_SecureHash"] not in caplog.text


class TestReturn:
    def test_coming_back_moves_nothing(self, attempt) -> None:
        page = Client().get(RETURN, message(attempt))
        assert page.status_code == 200 and not page.cookies
        assert _("The result is not known yet") in page.text
        attempt.refresh_from_db()
        assert attempt.status == AttemptStatus.CREATED
        assert not ProviderEvent.objects.exists()

    def test_it_says_what_the_portal_knows_and_nothing_of_the_payer(self, attempt, owing) -> None:
        call(message(attempt))
        # The address says that it was cancelled: the ledger knows better.
        page = Client().get(RETURN, message(attempt, "24", "02")).content.decode()
        assert _("Payment received") in page and "28.000" in page
        dossier = Charge.objects.get().dossier
        for personal in (dossier.applicant.name, dossier.code, dossier.ref):
            assert personal and personal not in page

    @pytest.mark.parametrize(("response", "status"), [("24", "02"), ("51", "02")])
    def test_a_cancelled_payment_is_told_as_such(self, attempt, response, status) -> None:
        call(message(attempt, response, status))
        assert _("Nothing was paid") in Client().get(RETURN, message(attempt, response, status)).text

    def test_who_is_still_signed_in_is_led_to_the_payments_own_page(self, owing, now, client, citizen) -> None:
        attempt = attempts.begin([owing], "vnpay", Payer(citizen), now, is_polled=True)
        client.force_login(citizen)
        page = client.get(RETURN, message(attempt), follow=True)
        assert page.redirect_chain == [(f"/my/payments/{attempt.ref}/?back", 302)]
        assert page.status_code == 200

    def test_another_person_is_not_led_into_somebodys_dossier(self, attempt, client, other_citizen) -> None:
        client.force_login(other_citizen)
        assert client.get(RETURN, message(attempt)).status_code == 200

    def test_every_state_is_told_on_a_sound_page(self, attempt) -> None:
        pages = {}
        for status in AttemptStatus:
            Attempt.objects.update(status=status)
            for response, language in product(("00", "24"), ("vi", "en")):
                browser = Client()
                browser.cookies["django_language"] = language
                page = browser.get(RETURN, message(attempt, response, "00" if response == "00" else "02"))
                pages[status, response, language] = checks.faults(page.content.decode())
        assert {page: found for page, found in pages.items() if found} == {}
        assert checks.faults(Client().get(RETURN).content.decode()) == []

    def test_a_changed_address_says_nothing(self, attempt) -> None:
        assert Client().get(RETURN, message(attempt) | {"vnp_ResponseCode": "24"}).status_code == 400
        assert Client().get(RETURN, message(attempt, TxnRef="X" * 14)).status_code == 404
        assert Client().get(RETURN).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_the_same_message_ten_times_at_once_pays_once(attempt, owing) -> None:
    params, answers = message(attempt), []

    def send() -> None:
        try:
            answers.append(call(params))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # On SQLite a busy file may turn one away: it comes again.
    assert answers.count("00") == 1 and set(answers) <= {"00", "02", "99"}
    owing.refresh_from_db()
    assert owing.paid_vnd == 28_000
    assert LedgerTransaction.objects.count() == Receipt.objects.count() == 1
