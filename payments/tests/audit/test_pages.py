"""The pages of money's record: what stands on them, for whom, what is saved."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from offices.models import AuditEntry, Post, Role
from payments.books import discrepancies
from payments.charges import charging
from payments.collecting import cashier, refunding
from payments.models import (
    Charge,
    DayReport,
    Discrepancy,
    DiscrepancyKind,
    LedgerTransaction,
    Receipt,
    Resolution,
    SettlementBatch,
    SettlementLine,
)
from payments.providers.base import RefundOutcome, RefundState
from payments.reconciling import matching, reporting
from payments.reconciling.periods import period
from tests import factories
from tests.pages.checks import faults

pytestmark = pytest.mark.django_db
LISTS = ["home", "journal", "receipts", "monthly", "discrepancies", "files", "days", "period"]


@pytest.fixture
def wrong(paid, now) -> Discrepancy:
    """A payment that no file names."""
    matching.reconcile(now + timedelta(days=3))
    return Discrepancy.objects.get()


@pytest.fixture
def batch(paid, now) -> SettlementBatch:
    """A file with a line that nobody knows."""
    batch = SettlementBatch.objects.create(
        provider="vietqr", batch_id="CR-1", day=date(2026, 3, 23), total_vnd=5_000, is_genuine=True, fetched_at=now,
        sha256="a" * 64,
    )  # fmt: skip
    SettlementLine.objects.create(
        batch=batch,
        n=1,
        kind="credit",
        provider_ref="77",
        text="NGUYEN VAN AN NOP PHI",
        amount_vnd=5_000,
        day=batch.day,
    )
    matching.reconcile(now)
    return batch


def text(client: Client, name: str, *args: object, **query: str) -> str:
    response = client.get(reverse(f"audit:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def saved(client: Client, name: str, **values: str) -> list[list[str]]:
    """Return what a saved CSV file holds."""
    response = client.post(reverse(f"audit:{name}"), values)
    assert response["Content-Type"].startswith("text/csv")
    return [line.split(",") for line in response.content.decode("utf-8-sig").splitlines()]


@pytest.mark.parametrize("who", ["auditor", "leader", "cashier"])
def test_readers_see_every_page(commune, wrong, batch, now, browser, who) -> None:
    client = browser(getattr(commune, who))
    report = reporting.make(now.date(), now)
    pages: list[tuple[Any, ...]] = [(name,) for name in LISTS]
    pages += [("discrepancy", wrong.pk), ("file", batch.pk), ("day", report.pk)]
    for name, *args in pages:
        html = text(client, name, *args)
        assert not faults(html), name
        assert "Nguyễn Văn An" not in html, name


def test_the_overview_says_how_money_stands(commune, wrong, browser) -> None:
    html = text(browser(commune.auditor), "home")
    for said in ("Tài khoản", "28.000 đồng", "VNPAY"):
        assert said in html


def test_the_ledger_is_narrowed(commune, paid, browser) -> None:
    client = browser(commune.auditor)
    assert paid.ref[:14] in text(client, "journal")
    assert paid.ref[:14] in text(client, "journal", account="clearing:vnpay", kind="capture", since="23/03/2026")
    for query in ({"account": "cash:"}, {"kind": "deposit"}, {"until": "22/03/2026"}):
        assert paid.ref[:14] not in text(client, "journal", **query)
    for query in (
        {"since": "99/99/9999"},
        {"kind": "x"},
        {"after": "x~y"},
        {"account": "x" * 900},
    ):
        text(client, "journal", **query)


def test_receipts_show_initials(commune, paid, browser) -> None:
    html = text(browser(commune.auditor), "receipts", number="1", state="stands")
    assert "N. V. A." in html and "0000001" in html
    assert "0000001" not in text(browser(commune.auditor), "receipts", state="cancelled")


def test_another_units_money_is_not_shown(other_commune, commune, wrong, batch, paid, now, browser) -> None:
    report = reporting.make(now.date(), now)
    client = browser(other_commune.auditor)
    assert "28.000" not in text(client, "home")
    assert paid.ref not in text(client, "journal")
    assert "0000001" not in text(client, "receipts")
    assert wrong.reference not in text(client, "discrepancies")
    assert client.get(reverse("audit:discrepancy", args=[wrong.pk])).status_code == 404
    assert "28.000" not in text(client, "day", report.pk)
    assert "20.000" not in text(client, "period", since="01/03/2026", until="31/03/2026")


def test_an_auditor_above_reads_the_money_below(commune, other_commune, paid, browser) -> None:
    commune.unit.parent = other_commune.unit
    commune.unit.save()
    assert paid.ref[:14] in text(browser(other_commune.auditor), "journal")
    assert paid.ref[:14] in text(browser(commune.auditor), "journal")


def test_who_reads_only_below_does_not_see_what_belongs_to_the_installation(
    commune, other_commune, batch, browser
) -> None:
    unknown = Discrepancy.objects.get(unit=None)
    assert text(browser(other_commune.auditor), "discrepancy", unknown.pk)
    other_commune.unit.parent = commune.unit
    other_commune.unit.save()
    client = browser(other_commune.auditor)
    assert client.get(reverse("audit:discrepancy", args=[unknown.pk])).status_code == 404
    assert client.get(reverse("audit:file", args=[batch.pk])).status_code == 404


def test_the_words_of_a_transfer_are_for_who_closes(commune, batch, browser) -> None:
    found = Discrepancy.objects.get(unit=None)
    for name, args in (("file", [batch.pk]), ("discrepancy", [found.pk])):
        assert "NGUYEN VAN AN" in text(browser(commune.cashier), name, *args)
        assert "NGUYEN VAN AN" not in text(browser(commune.auditor), name, *args)


def test_an_auditor_changes_nothing(commune, wrong, browser) -> None:
    client = browser(commune.auditor)
    assert reverse("audit:propose", args=[wrong.pk]) not in text(client, "discrepancy", wrong.pk)
    for name in ("note", "propose", "send_back", "close"):
        assert client.post(reverse(f"audit:{name}", args=[wrong.pk])).status_code == 403
    assert client.get(reverse("audit:bring")).status_code == 403


def test_two_officers_close_a_discrepancy_on_the_pages(commune, wrong, browser) -> None:
    first, second = browser(commune.cashier), browser(commune.leader)

    def send(client: Client, name: str, revision: int, **values: str):
        return client.post(reverse(f"audit:{name}", args=[wrong.pk]), {"revision": revision, **values})

    assert send(first, "propose", 0, resolution="difference").status_code == 422
    assert send(first, "propose", 0, resolution="difference", reason="Không có").status_code == 302
    stale = send(second, "note", 0, note="Đang hỏi")
    assert stale.status_code == 409 and "Đang hỏi" in stale.content.decode()
    assert send(first, "close", 1).status_code == 403
    assert send(second, "close", 1).status_code == 302
    assert send(second, "close", 2).status_code == 409
    wrong.refresh_from_db()
    assert (wrong.proposed_by, wrong.closed_by) == (commune.cashier, commune.leader)
    assert LedgerTransaction.objects.filter(source=f"attempt:{wrong.reference}", kind="settlement").count() == 1
    assert list(
        AuditEntry.objects.filter(subject_type="discrepancy").order_by("id").values_list("action", flat=True)
    ) == [
        "discrepancy.propose",
        "discrepancy.close",
    ]
    assert "Đỗ" not in text(first, "discrepancy", wrong.pk)


def test_a_unit_is_chosen_for_what_belongs_to_none(commune, batch, browser) -> None:
    found = Discrepancy.objects.get(unit=None)
    client = browser(commune.cashier)
    address = reverse("audit:propose", args=[found.pk])
    values = {"revision": 0, "resolution": "unapplied", "reason": "Chưa rõ"}
    assert client.post(address, values).status_code == 422
    assert client.post(address, values | {"booked_in": commune.unit.slug}).status_code == 302
    browser(commune.leader).post(reverse("audit:close", args=[found.pk]), {"revision": 1})
    assert LedgerTransaction.objects.get(source=f"discrepancy:{found.pk}").unit == commune.unit


def test_a_statement_is_brought_once(commune, paid, browser) -> None:
    client = browser(commune.cashier)

    def bring(content: bytes, provider: str = "vietqr"):
        file = io.BytesIO(content)
        file.name = "sao-ke.csv"
        return client.post(reverse("audit:bring"), {"provider": provider, "file": file})

    good = b"id,time,amount,description\n1,2026-03-20T10:00:00,5000,PHI\n"
    assert bring(good).status_code == 302
    assert bring(good).status_code == 302
    assert SettlementBatch.objects.get().brought_by == commune.cashier
    for bad in (b"", b"x", b"\x00\xff", b"a,b\n1,2\n", b"id,time,amount,description\n1,x,y,z\n"):
        assert bring(bad).status_code == 422
    assert client.post(reverse("audit:bring"), {"provider": "vietqr"}).status_code == 422
    assert bring(good, "counter").status_code == 422
    assert SettlementBatch.objects.count() == 1


# Figures


def test_a_period_by_fee_and_channel(commune, owing, now) -> None:
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, now)
    attempt = cashier.take_cash([owing], shift, now)
    refund = refunding.request(attempt, {owing.pk: 8_000}, by=commune.clerk, reason="Thừa", now=now)
    refunding.decide(refund, approved=True, by=commune.leader, now=now)
    refunding.submitting(refund, now)
    refunding.apply(refund, RefundState(RefundOutcome.SUCCEEDED), now)
    day = now.date()
    found = period([commune.unit], day, day)
    assert [(row.kind, row.key, row.total.vnd) for row in found.rows] == [
        ("le_phi", "le-phi", 20_000),
        ("phi", "ban-sao", 8_000),
    ]
    assert {key: (cell.count, cell.vnd) for key, cell in found.by_channel.items()} == {"counter": (2, 28_000)}
    assert (found.total.vnd, found.refunded.vnd, found.refunded.count) == (28_000, 8_000, 1)
    empty = period([commune.unit], day - timedelta(days=9), day - timedelta(days=1))
    assert (empty.rows, empty.total.vnd, empty.refunded.vnd) == ([], 0, 0)


def test_a_waiver_counts_on_the_day_on_which_it_was_made(commune, owing, now) -> None:
    later = now + timedelta(days=40)
    charging.waive(owing, by=commune.leader, reason="Thiên tai", now=later)
    days = [(moment.date(), period([commune.unit], moment.date(), moment.date()).waived) for moment in (now, later)]
    assert [(cell.count, cell.vnd) for _day, cell in days] == [(0, 0), (1, 28_000)]


def test_figures_are_saved_and_that_is_logged(commune, paid, browser) -> None:
    client = browser(commune.auditor)
    rows = saved(client, "period_export", since="01/03/2026", until="31/03/2026", format="csv")
    # Two fees, then their sum.
    assert rows[3][1:] == ["", "", "2", "28000"]
    saved(client, "journal_export")
    assert len(saved(client, "monthly_export", month="03/2026")) == 2
    assert AuditEntry.objects.filter(action="money.export", by=commune.auditor).count() == 3


def test_excel_holds_numbers_and_no_formula(commune, paid, browser) -> None:
    Charge.objects.update(payer_name="=cmd()")
    response = browser(commune.auditor).post(
        reverse("audit:period_export"), {"since": "01/03/2026", "until": "31/03/2026", "format": "xlsx"}
    )
    sheet = load_workbook(io.BytesIO(response.content)).active
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert 28_000 in [value for row in values for value in row]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_tax_offices_columns(commune, paid, browser) -> None:
    rows = saved(browser(commune.auditor), "monthly_export", month="03/2026")
    assert rows[0] == ["TLoai", "KHMCTu", "KHCTu", "SLuong", "TgTien"]
    assert (rows[1][0], rows[1][3:]) == ("1", ["1", "28000"])


# Daily reports


def test_a_report_is_sealed_and_made_once(commune, paid, wrong, now) -> None:
    day = now.date()
    report = reporting.make(day, now)
    assert report.content["units"][commune.unit.slug]["captured"] == {"clearing:vnpay": [1, 28_000]}
    assert report.content["open"] == [[commune.unit.slug, "missing_there", 1]]
    assert reporting.make(day, now + timedelta(hours=1)).pk == report.pk
    report.refresh_from_db()
    assert reporting.is_intact(report)
    report.content["units"][commune.unit.slug]["captured"]["clearing:vnpay"] = [1, 1]
    assert not reporting.is_intact(report)
    discrepancies.propose(wrong, Resolution.NOTHING, "Xong", revision=0, by=commune.cashier, now=now)
    discrepancies.close(wrong, revision=1, by=commune.leader, now=now)
    assert reporting.make(day, now + timedelta(days=1)).n == 2
    assert DayReport.objects.count() == 2


# Cost


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_the_same_however_much_there_is(
    name, commune, paid, now, browser, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client = browser(commune.auditor)
    client.get(reverse(f"audit:{name}"))
    with django_assert_max_num_queries(30) as few:
        client.get(reverse(f"audit:{name}"))
    for n in range(3):
        Discrepancy.objects.create(
            kind=DiscrepancyKind.MISSING_FILE, provider="vnpay", reference=str(n), found_at=now, owner=commune.cashier
        )
        batch = SettlementBatch.objects.create(
            provider="vnpay", batch_id=str(n), day=now.date(), total_vnd=0, is_genuine=True, fetched_at=now
        )
        SettlementLine.objects.create(batch=batch, n=1, kind="payment", amount_vnd=1, day=now.date())
        cashier.open_shift(commune.unit, factories.user(full_name=f"Thu ngân {n}", email=f"t{n}@example.com"), 0, now)
    reporting.make(now.date(), now)
    reporting.make(now.date() - timedelta(days=1), now)
    with django_assert_num_queries(len(few.captured_queries)):
        client.get(reverse(f"audit:{name}"))


def test_posts_decide_today(commune, paid, browser) -> None:
    client = browser(commune.auditor)
    Post.objects.filter(user=commune.auditor, role=Role.AUDITOR).update(valid_until=date(2025, 12, 31))
    assert client.get(reverse("audit:home")).status_code == 403
    assert Receipt.objects.exists()
