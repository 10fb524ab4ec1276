"""Repayments and other receipts: one asks, another decides, the cashier pays out."""

import pytest
from django.urls import reverse

from payments.books import ledger
from payments.collecting import cashier
from payments.models import Attempt, ChargeStatus, Receipt, Refund, RefundStatus

from .conftest import code, fill, press, see, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(owing, commune, shift) -> Attempt:
    fill(commune.cashier, "take_cash", code(owing))
    return Attempt.objects.get()


def ask(owing, paid, commune, **typed) -> Refund:
    typed = {f"amount_{owing.pk}": "28.000", "reason": "Nộp nhầm"} | typed
    assert fill(commune.clerk, "ask_refund", code(owing), paid.ref, **typed).status_code == 302
    return Refund.objects.get()


def test_a_repayment_is_asked_approved_and_handed_out_by_three(owing, paid, commune, shift) -> None:
    refund = ask(owing, paid, commune)
    assert "Nộp nhầm" in text(see(commune.leader, "refunds"))
    page = text(see(commune.leader, "refund", refund.pk))
    assert reverse("money:refund_decide", args=[refund.pk]) in page
    assert press(commune.cashier, "refund_hand_out", refund.pk).context["messages"]
    refund.refresh_from_db()
    assert refund.status == RefundStatus.REQUESTED
    assert fill(commune.clerk, "refund_decide", refund.pk, approved="1").status_code == 403
    assert fill(commune.leader, "refund_decide", refund.pk).status_code == 422
    assert fill(commune.leader, "refund_decide", refund.pk, approved="1").status_code == 302
    assert fill(commune.leader, "refund_decide", refund.pk, approved="0").status_code == 409
    assert "28.000" in text(see(commune.cashier, "refunds", view="approved"))
    press(commune.cashier, "refund_hand_out", refund.pk)
    press(commune.cashier, "refund_hand_out", refund.pk)
    owing.refresh_from_db()
    assert owing.status == ChargeStatus.REFUNDED
    assert cashier.taken_vnd(shift) == 0
    assert set(ledger.trial_balance().values()) == {0}
    assert Receipt.objects.get().cancelled_at is not None
    sheet = text(see(commune.cashier, "shift", shift.pk))
    assert sheet.count("28.000") >= 4
    assert see(commune.cashier, "refunds", view="ended").status_code == 200


def test_nobody_approves_what_he_asked_for(owing, paid, commune) -> None:
    typed = {f"amount_{owing.pk}": "8.000", "reason": "Thừa"}
    fill(commune.leader, "ask_refund", code(owing), paid.ref, **typed)
    refund = Refund.objects.get()
    assert reverse("money:refund_decide", args=[refund.pk]) not in text(see(commune.leader, "refund", refund.pk))
    assert fill(commune.leader, "refund_decide", refund.pk, approved="1").status_code == 403


def test_not_more_is_asked_for_than_was_paid(owing, paid, commune) -> None:
    for amount in ("28.001", "-1", "x"):
        typed = {f"amount_{owing.pk}": amount, "reason": "Thừa"}
        assert fill(commune.clerk, "ask_refund", code(owing), paid.ref, **typed).status_code == 422
    ask(owing, paid, commune, **{f"amount_{owing.pk}": "20.000"})
    form = see(commune.clerk, "ask_refund", code(owing), paid.ref).context["form"]
    assert form[f"amount_{owing.pk}"].value() == "8.000"


def test_a_repayment_may_be_transferred_instead(owing, paid, commune, shift) -> None:
    refund = ask(owing, paid, commune)
    fill(commune.leader, "refund_decide", refund.pk, approved="1")
    assert fill(commune.cashier, "refund_transferred", refund.pk).status_code == 422
    assert fill(commune.cashier, "refund_transferred", refund.pk, bank_ref="FT99").status_code == 302
    assert fill(commune.cashier, "refund_transferred", refund.pk, bank_ref="FT99").status_code == 409
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert cashier.taken_vnd(shift) == 28_000


def test_repayments_of_another_unit_are_not_found(owing, paid, commune, other_commune) -> None:
    refund = ask(owing, paid, commune)
    for name in ("refund", "refund_decide"):
        assert see(other_commune.leader, name, refund.pk).status_code == 404
    assert "Nộp nhầm" not in text(see(other_commune.leader, "refunds"))


def test_a_wrong_receipt_is_replaced_by_the_leader(owing, paid, commune) -> None:
    receipt = Receipt.objects.get()
    typed = {"payer_name": "Công ty Mây Tre", "reason": "Sai tên"}
    assert fill(commune.cashier, "receipt_replace", receipt.pk, **typed).status_code == 403
    answer = fill(commune.leader, "receipt_replace", receipt.pk, **typed)
    fresh = Receipt.objects.get(cancelled_at=None)
    assert answer.url == reverse("money:receipt", args=[fresh.pk])
    assert (fresh.number, fresh.amount_vnd, fresh.payer_name) == (2, 28_000, "Công ty Mây Tre")
    receipt.refresh_from_db()
    assert receipt.cancelled_because == "Sai tên"
    assert fill(commune.leader, "receipt_replace", receipt.pk, **typed).status_code == 409
    page = text(see(commune.clerk, "receipt", fresh.pk))
    assert "Công ty Mây Tre" in page
    # What may be paid back is counted once.
    form = see(commune.clerk, "ask_refund", code(owing), paid.ref).context["form"]
    assert list(form.names.values()) == [owing.pk]
