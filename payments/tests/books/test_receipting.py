"""Receipts: numbered without a gap, frozen as printed, replaced and cancelled, reported to the tax office."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from common.refusals import Refused
from dossiers.records import slips
from notifications.models import Notification
from offices.models import Unit
from payments import tasks
from payments.books import receipting
from payments.charges import charging
from payments.models import Receipt, ReceiptSeries
from payments.tests.test_road import pay
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(owing, now) -> Receipt:
    Unit.objects.filter(pk=owing.unit_id).update(tax_code="0100109106")
    owing.unit.refresh_from_db()
    pay(owing, now)
    return Receipt.objects.get()


def shown(receipt: Receipt, layout: str = slips.PRINT_LAYOUT) -> str:
    with slips.in_vietnamese():
        return render_to_string(*receipting.page(receipt, layout))


def another(road, now) -> Receipt:
    """Walk a further dossier to its receipt."""
    road.dossier = factories.draft(road.citizen, road.commune.unit, road.version)
    road.submitted()
    attempt = pay(road.dossier.charges.get(), now)
    return attempt.receipts.get()


def test_a_receipt_says_who_paid_what_to_whom(receipt, owing) -> None:
    page = shown(receipt)
    for text in (
        "Biên lai thu phí, lệ phí",
        "01BLP0-001",
        "DV-26T",
        "0000001",
        "Mã số thuế",
        "0100109106",
        "Nguyễn Văn An",
        owing.dossier.code,
        "28.000 đồng",
        "Hai mươi tám nghìn đồng",
        "Trực tuyến (VNPAY)",
        "chưa ký số",
        "ngày 23 tháng 03 năm 2026",
    ):
        assert text in page, text
    assert "075199000011" not in page
    assert "KHÔNG CÓ GIÁ TRỊ" not in page


def test_a_receipt_of_one_kind_is_called_by_it(road, now) -> None:
    factories.fee(road.version)
    road.submitted()
    pay(road.dossier.charges.get(), now)
    assert "Biên lai thu lệ phí" in shown(Receipt.objects.get())


def test_in_a_demonstration_it_is_worth_nothing(receipt, settings) -> None:
    settings.DEMO = True
    assert "KHÔNG CÓ GIÁ TRỊ" in shown(receipt)


def test_what_is_printed_is_frozen(receipt, owing) -> None:
    before = shown(receipt)
    Unit.objects.filter(pk=owing.unit_id).update(name="Tên khác", tax_code="", address="Nơi khác")
    owing.dossier.applicant.name = "Người khác"
    owing.dossier.applicant.save(update_fields=["name"])
    assert shown(Receipt.objects.get()) == before


def test_numbers_count_on_by_unit_and_year(receipt, road, now) -> None:
    assert [another(road, now).number for _dossier in range(2)] == [2, 3]
    next_year = another(road, now + timedelta(days=300))
    assert (next_year.number, next_year.series.series, next_year.series.year) == (1, "DV-27T", 2027)


def test_another_payer_stands_on_the_receipt(owing, now) -> None:
    charging.name_payer([owing], " Trần Thị Bà ", "12 Lê Lợi")
    pay(owing, now)
    receipt = Receipt.objects.get()
    assert (receipt.payer_name, receipt.payer_address) == ("Trần Thị Bà", "12 Lê Lợi")
    with pytest.raises(Refused) as refusal:
        charging.name_payer([owing], "Ai đó", "")
    assert refusal.value.code == "state"


def test_of_another_payer_the_applicants_address_is_not_told(owing, now) -> None:
    charging.name_payer([owing], "Trần Thị Bà", "")
    pay(owing, now)
    assert Receipt.objects.get().payer_address == ""


def test_a_wrong_payer_gets_another_receipt(receipt, commune, now) -> None:
    given = {"payer_address": "", "by": commune.clerk, "now": now}
    for reason, name, code in (("", "Bà", "reason"), ("Sai tên", " ", "payer_name")):
        with pytest.raises(Refused) as refusal:
            receipting.replace(receipt, payer_name=name, reason=reason, **given)
        assert refusal.value.code == code
    fresh = receipting.replace(receipt, payer_name="Trần Thị Bà", reason="Sai tên", **given)
    receipt.refresh_from_db()
    assert (fresh.number, fresh.amount_vnd, fresh.lines) == (2, receipt.amount_vnd, receipt.lines)
    assert receipt.cancelled_because == "Sai tên"
    page = shown(receipt)
    assert "ĐÃ HỦY" in page and "Sai tên" in page
    with pytest.raises(Refused) as refusal:
        receipting.replace(receipt, payer_name="Ai", reason="Nữa", **given)
    assert refusal.value.code == "state"


def test_a_receipt_is_never_deleted_nor_changed(receipt) -> None:
    for change in ({"amount_vnd": 1}, {"number": 9}, {"payer_name": "x"}, {"issued_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Receipt.objects.update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Receipt.objects.all()._raw_delete("default")


def test_the_pdf_is_made_once_and_stays(receipt, commune, now) -> None:
    tasks.render_waiting_receipts()
    made = Receipt.objects.get()
    assert made.file and len(made.sha256) == 64
    with made.file.open("rb") as stored:
        assert stored.read(5) == b"%PDF-"
    tasks.render_receipt(receipt.pk)
    receipting.cancel(made, by=commune.clerk, reason="Thử", now=now)
    tasks.render_waiting_receipts()
    after = Receipt.objects.get()
    assert (after.file.name, after.sha256) == (made.file.name, made.sha256)


def test_a_month_for_the_tax_office(receipt, road, commune, now) -> None:
    second = another(road, now)
    third = another(road, now + timedelta(days=31))
    receipting.cancel(second, by=commune.clerk, reason="Thử", now=now)
    march, april = (
        receipting.reportable(commune.unit, date(2026, 3, 31)),
        receipting.reportable(commune.unit, date(2026, 4, 1)),
    )
    assert march == [receipting.Reported(1, "01BLP0-001", "DV-26T", 1, 2, 1, 28_000, (2,))]
    assert [(row.first, row.last, row.count) for row in april] == [(third.number, third.number, 1)]
    assert receipting.reportable(factories.commune("xa-khac", "Xã Khác", "000.00.18.H19").unit, now.date()) == []


def test_the_month_ends_at_midnight_in_vietnam(owing, now) -> None:
    pay(owing, now.replace(day=31, hour=23, minute=59))
    assert receipting.reportable(owing.unit, date(2026, 3, 1))
    assert not receipting.reportable(owing.unit, date(2026, 4, 1))


def test_a_payment_is_told_with_its_receipt(receipt, owing) -> None:
    message = Notification.objects.get(kind="fee_paid")
    assert "DV-26T 0000001" in message.body and "28.000 đồng" in message.body
    assert message.subject_ref == owing.dossier.ref
    assert "075199000011" not in message.body + message.subject


def test_nobody_is_called_to_be_told_of_a_payment(owing, now) -> None:
    owing.dossier.applicant.email = owing.dossier.applicant.phone = ""
    owing.dossier.applicant.save(update_fields=["email", "phone"])
    pay(owing, now)
    assert not Notification.objects.filter(kind="fee_paid").exists()


def test_a_full_series_refuses_rather_than_repeats(receipt, road, now) -> None:
    ReceiptSeries.objects.update(last=9_999_999)
    with pytest.raises(IntegrityError), transaction.atomic():
        another(road, now)
