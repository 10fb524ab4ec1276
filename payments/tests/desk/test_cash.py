"""The cashier's day in the browser: search, shift, sheet, receipts, deposits."""

from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.tests.steps import copies
from payments.books import ledger
from payments.collecting import cashier
from payments.models import Charge, Deposit, Shift

from .conftest import code, fill, see, text

pytestmark = pytest.mark.django_db


def test_the_home_shows_what_is_owed_and_the_box(owing, commune, shift) -> None:
    page = text(see(commune.cashier, "cash"))
    assert code(owing) in page and "28.000 đồng" in page and "100.000 đồng" in page
    assert see(commune.clerk, "cash").status_code == 403


def test_the_state_of_a_fee_is_said_in_the_language_of_the_page(owing, commune) -> None:
    said = {}
    for language in ("vi", "en"):
        browser = Client(headers={"accept-language": language})
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        browser.force_login(commune.cashier)
        said[language] = browser.get(reverse("money:cash")).context["page"].rows[0].state
    assert said == {"vi": "Chưa nộp phí", "en": "Fee not paid"}


def test_who_pays_is_found_by_code_name_and_number(owing, commune, other_commune, citizen) -> None:
    browser: Any = Client()
    browser.force_login(commune.cashier)
    assert browser.post(reverse("money:find"), {"q": code(owing)}).url == reverse("money:fees", args=[code(owing)])
    for typed in ("nguyen van an", citizen.personal_number, code(owing)[-4:]):
        answer = browser.post(reverse("money:find"), {"q": typed})
        assert typed not in answer.url
        assert code(owing) in browser.get(answer.url).content.decode()
    stranger = Client()
    stranger.force_login(other_commune.cashier)
    for typed in ("nguyen van an", code(owing), "ba" * 900):
        answer = stranger.post(reverse("money:find"), {"q": typed}, follow=True)
        assert answer.status_code == 200 and code(owing) not in answer.content.decode().replace(typed, "")


def test_the_home_costs_the_same_for_one_and_many(owing, road, commune, shift) -> None:
    browser = Client()
    browser.force_login(commune.cashier)
    browser.get(reverse("money:cash"))
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("money:cash"))
    copies(road, 60)
    others = type(owing.dossier).objects.exclude(pk=owing.dossier_id).filter(code__isnull=False)
    for dossier in others:
        Charge.objects.create(dossier=dossier, unit=commune.unit, n=1, amount_vnd=1000, assessed_at=road.now)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(reverse("money:cash")).content.decode()
    assert len(many) == len(few)
    assert 'rel="next"' in page


def test_a_shift_from_opening_to_the_treasury(owing, commune) -> None:
    assert fill(commune.cashier, "open_shift", opening_vnd="100.000").url == reverse("money:cash")
    assert fill(commune.cashier, "open_shift", opening_vnd="1").status_code == 409
    shift = Shift.objects.get()
    fill(commune.cashier, "take_cash", code(owing))
    assert fill(commune.cashier, "deposits", amount_vnd="28.000", slip_number="GNT-1").status_code == 422
    assert fill(commune.cashier, "close_shift").status_code == 422
    assert fill(commune.cashier, "close_shift", counted_vnd="127.000").status_code == 422
    assert fill(commune.cashier, "close_shift", counted_vnd="127.000", notes_1000="128").status_code == 422
    notes = {"notes_100000": "1", "notes_20000": "1", "notes_5000": "1", "notes_2000": "1"}
    answer = fill(commune.cashier, "close_shift", note="Thối nhầm", **notes)
    assert answer.url == reverse("money:shift", args=[shift.pk])
    shift.refresh_from_db()
    assert (shift.expected_vnd, shift.counted_vnd) == (128_000, 127_000)
    assert ledger.balance(account=ledger.CASH_DIFFERENCE) == 1_000
    sheet = text(see(commune.cashier, "shift", shift.pk))
    for expected in ("128.000 đồng", "127.000 đồng", "Thối nhầm", "0000001", code(owing), commune.cashier.full_name):
        assert expected in sheet
    assert fill(commune.cashier, "deposits", amount_vnd="28.000", slip_number="").status_code == 422
    assert fill(commune.cashier, "deposits", amount_vnd="28.000", slip_number="G", day="24/03/2026").status_code == 422
    assert fill(commune.cashier, "deposits", amount_vnd="27.000", slip_number="GNT-1").status_code == 302
    assert fill(commune.cashier, "deposits", amount_vnd="1", slip_number="GNT-1").status_code == 422
    assert Deposit.objects.get().amount_vnd == 27_000
    assert cashier.depositable_vnd(commune.unit) == 0
    assert "GNT-1" in text(see(commune.cashier, "deposits"))
    assert sum(ledger.trial_balance().values()) == 0


def test_a_shift_is_the_cashiers_and_the_leaders_to_see(shift, commune, other_commune) -> None:
    assert see(commune.cashier, "shift", shift.pk).status_code == 200
    assert see(commune.leader, "shift", shift.pk).status_code == 200
    assert see(other_commune.leader, "shift", shift.pk).status_code == 404
    assert see(commune.clerk, "shift", shift.pk).status_code == 403
    assert commune.cashier.full_name in text(see(commune.leader, "shifts"))


@pytest.mark.parametrize("day", ["2026-03-23", "", "0001-01-01", "9999-12-31", "x"])
def test_receipts_of_a_day(owing, commune, shift, day) -> None:
    fill(commune.cashier, "take_cash", code(owing))
    page = see(commune.cashier, "receipts", day=day)
    assert page.status_code == 200
    assert ("0000001" in text(page)) == (day != "0001-01-01")
