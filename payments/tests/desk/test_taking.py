"""Taking money at the counter: cash into a shift, a transfer with its picture."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dossiers import actions
from dossiers.models import Dossier, FeeState
from dossiers.workflow import perform
from payments.books import ledger
from payments.books.checking import invariants
from payments.collecting import attempts, cashier, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, Charge, ChargeStatus, Receipt, TransferProof
from payments.providers.base import Outcome, ProviderState
from payments.reconciling import periods
from tests import factories
from tests.pages import checks
from tests.papers import image_bytes

from .conftest import code, fill, press, see, text

pytestmark = pytest.mark.django_db


def picture(name: str = "chuyen-khoan.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, image_bytes("PNG"), content_type="image/png")


def test_cash_goes_into_the_shift_and_gives_a_receipt(owing, commune, shift) -> None:
    answer = fill(commune.cashier, "take_cash", code(owing), given_vnd="50.000")
    assert answer.status_code == 302
    owing.refresh_from_db()
    assert owing.status == ChargeStatus.PAID
    assert cashier.taken_vnd(shift) == 28_000
    page = text(see(commune.cashier, "fees", code(owing)))
    assert "0000001" in page and "28.000 đồng" in page


def test_too_little_is_not_taken(owing, commune, shift) -> None:
    answer = fill(commune.cashier, "take_cash", code(owing), given_vnd="20.000")
    assert answer.status_code == 422
    assert not Attempt.objects.exists()


def test_without_a_shift_the_way_leads_to_opening_one(owing, commune) -> None:
    answer = fill(commune.cashier, "take_cash", code(owing))
    assert answer.url == f"{reverse('money:open_shift')}?next={code(owing)}"
    answer = fill(commune.cashier, "open_shift", query=f"?next={code(owing)}", opening_vnd="0")
    assert answer.url == reverse("money:take_cash", args=[code(owing)])


def test_the_same_form_twice_takes_once(owing, commune, shift) -> None:
    browser = Client()
    browser.force_login(commune.cashier)
    address = reverse("money:take_cash", args=[code(owing)])
    form = browser.get(address).context["form"]
    sent = {"key": form["key"].value(), "revision": form["revision"].value(), "charges": [owing.pk]}
    assert [browser.post(address, sent).status_code for _again in range(2)] == [302, 302]
    assert Receipt.objects.count() == 1


def test_a_page_made_before_the_fee_changed_takes_nothing(owing, commune, shift, now) -> None:
    browser = Client()
    browser.force_login(commune.cashier)
    address = reverse("money:take_cash", args=[code(owing)])
    form = browser.get(address).context["form"]
    sent = {"key": form["key"].value(), "revision": form["revision"].value(), "charges": [owing.pk]}
    Charge.objects.filter(pk=owing.pk).update(amount_vnd=30_000)
    answer = browser.post(address, sent)
    assert answer.status_code == 409
    assert not Attempt.objects.exists()
    # The page shows the present sum and may be sent again.
    form = answer.context["form"]
    assert "30.000" in text(answer)
    assert form["revision"].value() == form.present()


def test_fees_of_two_dossiers_of_one_person_are_paid_together(owing, road, commune, citizen, shift) -> None:
    other = factories.draft(citizen, commune.unit, road.version)
    perform(actions.Submit(), other, by=citizen, now=road.now)
    second = Charge.objects.get(dossier=other)
    form = see(commune.cashier, "take_cash", code(owing)).context["form"]
    assert [row.pk for row in form.offered] == [owing.pk, second.pk]
    assert form["charges"].value() == [str(owing.pk)]
    fill(commune.cashier, "take_cash", code(owing), charges=[owing.pk, second.pk])
    assert Attempt.objects.get().amount_vnd == 56_000
    assert set(Charge.objects.values_list("status", flat=True)) == {ChargeStatus.PAID}


def test_what_cannot_be_paid_now_is_not_offered_beside(owing, road, commune, citizen, shift, now) -> None:
    other = factories.draft(citizen, commune.unit, road.version)
    perform(actions.Submit(), other, by=citizen, now=road.now)
    second = Charge.objects.get(dossier=other)
    Dossier.objects.filter(pk=other.pk).update(fee_state=FeeState.CLAIMED)
    assert see(commune.cashier, "take_cash", code(owing)).context["form"].offered == [owing]
    Dossier.objects.filter(pk=other.pk).update(fee_state=FeeState.OWED)
    attempts.begin([second], "vnpay", Payer(), now, is_polled=True)
    assert see(commune.cashier, "take_cash", code(owing)).context["form"].offered == [owing]


def test_a_transfer_keeps_its_picture(owing, commune, now) -> None:
    answer = fill(commune.cashier, "take_transfer", code(owing), reference="FT26082", upload=picture())
    assert answer.status_code == 302, text(answer)
    attempt = Attempt.objects.get()
    assert (attempt.provider_ref, attempt.status) == ("FT26082", AttemptStatus.SUCCEEDED)
    proof = see(commune.clerk, "proof", code(owing), attempt.ref)
    assert proof.status_code == 200 and b"".join(proof.streaming_content)
    assert TransferProof.objects.get().attempt == attempt
    assert ledger.balance(account="clearing:transfer") == 28_000


@pytest.mark.parametrize("typed", [{"reference": "FT1"}, {"reference": "", "upload": True}])
def test_a_transfer_wants_reference_and_picture(owing, commune, typed) -> None:
    if "upload" in typed:
        typed = typed | {"upload": picture()}
    assert fill(commune.cashier, "take_transfer", code(owing), **typed).status_code == 422
    assert not Attempt.objects.exists()


def test_a_transfer_is_recorded_once(owing, road, commune, citizen, now) -> None:
    fill(commune.cashier, "take_transfer", code(owing), reference="FT26082", upload=picture())
    other = factories.draft(citizen, commune.unit, road.version)
    perform(actions.Submit(), other, by=citizen, now=road.now)
    answer = fill(commune.cashier, "take_transfer", other.code, reference="FT26082", upload=picture())
    assert answer.status_code == 422
    assert TransferProof.objects.count() == 1


def test_what_is_no_picture_is_refused(owing, commune) -> None:
    evil = SimpleUploadedFile("anh.png", b"<script>", content_type="image/png")
    assert fill(commune.cashier, "take_transfer", code(owing), reference="FT1", upload=evil).status_code == 422


def test_nothing_is_taken_while_an_online_payment_is_on_its_way(owing, commune, shift, now) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    page = text(see(commune.cashier, "fees", code(owing)))
    assert reverse("money:take_cash", args=[code(owing)]) not in page
    answer = fill(commune.cashier, "take_cash", code(owing))
    assert answer.status_code == 422
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "1", is_asked=True), now=now)
    assert fill(commune.cashier, "take_cash", code(owing)).status_code == 302
    assert Receipt.objects.count() == 1


def test_only_the_cashier_of_the_unit_takes_money(owing, commune, other_commune, shift) -> None:
    for person, expected in ((commune.clerk, 403), (commune.leader, 403), (other_commune.cashier, 404)):
        for name in ("take_cash", "take_transfer"):
            assert fill(person, name, code(owing)).status_code == expected


def test_the_leader_ends_what_the_provider_looks_into(owing, commune, now) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.REVIEW, 28_000, "1", "07"), now=now)
    assert fill(commune.clerk, "resolve", code(owing), attempt.ref).status_code == 403
    answer = fill(commune.leader, "resolve", code(owing), attempt.ref, ended="paid", reason="Công văn CV-12")
    assert answer.status_code == 302, text(answer)
    owing.refresh_from_db()
    assert owing.status == ChargeStatus.PAID
    assert fill(commune.leader, "resolve", code(owing), attempt.ref, ended="failed", reason="x").status_code == 409


def test_of_a_transfer_that_is_too_small_the_officer_sees_and_books_what_came(owing, commune, now) -> None:
    attempt = attempts.begin([owing], "vietqr", Payer(), now, is_polled=False)
    settling.apply(ProviderState(attempt.ref, Outcome.REVIEW, 28_000, is_asked=True, short_vnd=18_000), now=now)
    sums = "28.000 đồng", "18.000 đồng", "10.000 đồng"
    assert all(words in text(see(commune.leader, "fees", code(owing))) for words in sums)
    assert all(words in text(see(commune.leader, "resolve", code(owing), attempt.ref)) for words in sums)
    fill(commune.leader, "resolve", code(owing), attempt.ref, ended="paid", reason="Sao kê ngày 23")
    owing.refresh_from_db()
    assert (owing.status, owing.paid_vnd) == (ChargeStatus.PARTLY_PAID, 18_000)
    assert Receipt.objects.get().amount_vnd == 18_000
    # The result need not wait for so little.
    assert fill(commune.leader, "waive", code(owing), owing.n, reason="Thiếu không đáng kể").status_code == 302
    owing.refresh_from_db()
    assert (owing.status, owing.paid_vnd, owing.owed_vnd) == (ChargeStatus.WAIVED, 18_000, 0)
    assert periods.period([owing.unit], now.date(), now.date()).waived.vnd == 10_000
    assert not [found for found in invariants(now) if found.kind == "charge"]


def test_a_payment_is_asked_about_again(owing, commune, now) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    assert press(commune.clerk, "ask", code(owing), attempt.ref).status_code == 200
    attempt.refresh_from_db()
    assert attempt.wished_at is not None and attempt.ask_at == attempt.wished_at


def test_the_result_waits_for_the_fee_and_the_page_leads_to_it(road, owing, commune, client) -> None:
    road.do(actions.Receive(), commune.clerk).do(actions.Forward(commune.specialist), commune.clerk)
    road.do(actions.Propose(is_granted=True), commune.specialist).do(actions.Approve(), commune.leader)
    assert road.dossier.fee_state == FeeState.OWED
    client.force_login(commune.clerk)
    page = client.get(reverse("desk:dossier", args=[road.dossier.code])).content.decode()
    assert reverse("money:fees", args=[road.dossier.code]) in page
    assert "return-result" not in page


def test_a_day_to_pay_that_has_passed_proposes_to_stop(road, owing, commune, client, now) -> None:
    road.do(actions.Receive(), commune.clerk).do(actions.Forward(commune.specialist), commune.clerk)
    road.do(actions.RequirePayment(date(2026, 3, 25)), commune.specialist)
    client.force_login(commune.specialist)
    address = reverse("desk:dossier", args=[road.dossier.code])
    before = client.get(address)
    assert "25/03/2026" in before.content.decode()
    assert not before.context["buttons"].is_unpaid
    with time_machine.travel(now.replace(day=26), tick=False):
        client.force_login(commune.specialist)
        after = client.get(address)
    assert after.context["buttons"].is_unpaid
    assert after.context["buttons"].primary.url.split("?")[0].endswith("/propose-stop/")
    assert checks.faults(after.content.decode()) == []
