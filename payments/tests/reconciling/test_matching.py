"""What stands in the files of providers and the bank is compared with the ledger; each planted fault is found."""

import hashlib
import hmac
import json
from datetime import date, timedelta

import pytest
from django.test import override_settings

from common.refusals import Refused
from payments.books import discrepancies, ledger
from payments.collecting import attempts, cashier, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import (
    MATCHED,
    Attempt,
    AttemptStatus,
    Discrepancy,
    LedgerTransaction,
    Parcel,
    Resolution,
    SettlementBatch,
    SettlementLine,
)
from payments.providers import provider
from payments.providers.base import NotGenuine, Outcome, ProviderState, RefundOutcome, RefundState, Unreachable
from payments.providers.vnpay import Vnpay
from payments.providers.vnpost import VnPost
from payments.reconciling import matching, settlements

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 23)
SECRET, KEY = "SIM_SECRET_0001", "SIM_SETTLEMENT"


@pytest.fixture(autouse=True)
def configured():
    """Every provider, as the demonstration has them."""
    vnpay = {"base_url": "http://sim", "terminal": "SIMTMN01", "secrets_": (SECRET,)}
    vietqr = {"bank": "970400", "bank_name": "NH", "account": "123", "holder": "UBND", "feed_url": "http://sim/bank"}
    post = {"base_url": "http://sim/post", "username": "u", "password": "p", "customer": "C1", "contract": "K"}
    with override_settings(VNPAY=vnpay, VIETQR=vietqr, VNPOST=post | {"settlement_key": KEY}):
        yield


@pytest.fixture
def attempt(owing, now) -> Attempt:
    """A payment of 28.000 with VNPAY that came."""
    return paid(owing, now)


def paid(charge, now, key: str = "vnpay") -> Attempt:
    attempt = attempts.begin([charge], key, Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "900", is_asked=True), now=now)
    attempt.refresh_from_db()
    return attempt


def line(ref: str, vnd: int = 28_000, *, kind: str = "01", fee: int = 0, day: date = DAY) -> dict:
    return {
        "type": kind,
        "txnRef": ref,
        "transactionNo": "900",
        "amount": vnd * 100,
        "fee": fee * 100,
        "payDate": f"{day:%Y%m%d}090000",
    }


def gateway(*lines: dict, batch: str = "VNPSIM20260323", total: int | None = None, day: date = DAY) -> bytes:
    """A day's file as the gateway signs it."""
    stated = sum(row["amount"] * (1 if row["type"] == "01" else -1) for row in lines) if total is None else total * 100
    text = f"{batch}|{day:%Y-%m-%d}|{stated}|{json.dumps(list(lines), sort_keys=True, separators=(',', ':'))}"
    signature = hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()
    found = {"batchId": batch, "date": f"{day:%Y-%m-%d}", "total": stated, "lines": list(lines), "signature": signature}
    return json.dumps(found).encode()


def bank(*credits_: tuple[str, int, str], day: date = DAY, total: int | None = None) -> bytes:
    """A day's list of credits: (number, amount, words)."""
    stated = sum(row[1] for row in credits_) if total is None else total
    rows = "".join(f"{number},{day}T10:00:00+07:00,{vnd},{words}\n" for number, vnd, words in credits_)
    return f"CR-123-{day:%Y%m%d};{day};{stated}\nid,time,amount,description\n{rows}".encode()


def remittance(*lines: tuple[str, int], batch: str = "VNP-20260331", fault: int = 0, kept: int = 0) -> bytes:
    """A remittance of the post: (order code, amount paid out)."""
    rows = [
        {
            "itemCode": "EF1",
            "saleOrderCode": code,
            "deliveredAt": "2026-03-23T10:00:00",
            "codCollected": vnd + kept,
            "codRemitted": vnd,
            "feeWithheld": kept,
        }
        for code, vnd in lines
    ]
    total = sum(vnd for _code, vnd in lines) + fault
    found = {"batchId": batch, "day": "2026-03-31", "total": total, "lines": rows, "bankRef": "CT20260331"}
    text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found["signature"] = hmac.new(KEY.encode(), text.encode(), "sha512").hexdigest()
    return json.dumps(found).encode()


def taken(key: str, content: bytes, now) -> list[str]:
    """Take a file, compare it, and return what became of its lines."""
    batch, _is_new = settlements.take(key, content, now)
    matching.reconcile(now)
    return list(SettlementLine.objects.filter(batch=batch).values_list("result", flat=True))


def kinds() -> list[str]:
    return sorted(Discrepancy.objects.values_list("kind", flat=True))


def everything() -> tuple:
    """What a rerun must leave as it is."""
    return (
        list(SettlementLine.objects.order_by("pk").values_list("pk", "result")),
        list(Discrepancy.objects.order_by("pk").values()),
        list(LedgerTransaction.objects.order_by("pk").values()),
    )


def balanced() -> bool:
    return sum(ledger.trial_balance().values()) == 0


# Files


def test_a_file_is_kept_once(attempt, now) -> None:
    content = gateway(line(attempt.ref))
    batch, is_new = settlements.take("vnpay", content, now)
    assert (is_new, batch.total_vnd, batch.is_genuine) == (True, 28_000, True)
    batch.refresh_from_db()
    with batch.file.open("rb") as stored:
        assert stored.read() == content
    assert settlements.take("vnpay", content, now)[1] is False
    assert SettlementLine.objects.count() == 1


def test_a_changed_file_under_the_same_name_is_told(attempt, now) -> None:
    settlements.take("vnpay", gateway(line(attempt.ref)), now)
    batch, is_new = settlements.take("vnpay", gateway(line(attempt.ref, 27_000)), now)
    assert (is_new, batch.total_vnd, kinds()) == (False, 28_000, ["changed_file"])


def test_a_forged_file_is_not_taken(attempt, now) -> None:
    content = gateway(line(attempt.ref)).replace(b"2800000", b"2900000")
    with pytest.raises(NotGenuine):
        settlements.take("vnpay", content, now)
    assert (kinds(), SettlementBatch.objects.count()) == (["not_genuine"], 0)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b"x;y\n1", b"a;2026-03-23;1\nid,time\n1,2"])
def test_what_is_no_file_is_refused(content, now) -> None:
    for key in ("vnpay", "vietqr", "vnpost", "transfer"):
        with pytest.raises(ValueError):
            provider(key).parse_settlement(content)


def test_a_wrong_total_is_told(attempt, now) -> None:
    assert taken("vnpay", gateway(line(attempt.ref), total=29_000), now) == [MATCHED]
    found = Discrepancy.objects.get()
    assert (found.kind, found.ours_vnd, found.theirs_vnd) == ("wrong_total", 28_000, 29_000)


def test_missing_days_are_fetched_and_late_ones_told(attempt, now, monkeypatch) -> None:
    asked = []

    def fetch(self, day):
        asked.append(day)
        return gateway(line(attempt.ref), day=day) if day == DAY else None

    monkeypatch.setattr(Vnpay, "fetch_settlement", fetch)
    later = now + timedelta(days=5)
    assert [batch.day for batch in settlements.fetch(later)] == [DAY]
    assert asked == [DAY + timedelta(days=n) for n in range(5)]
    assert list(Discrepancy.objects.values_list("kind", "reference").order_by("reference")) == [
        ("missing_file", "20260324"),
        ("missing_file", "20260325"),
    ]
    asked.clear()
    settlements.fetch(later)
    assert DAY not in asked and Discrepancy.objects.count() == 2


def test_a_provider_that_is_down_changes_nothing(attempt, now, monkeypatch) -> None:
    def fetch(self, day):
        raise Unreachable("down")

    monkeypatch.setattr(Vnpay, "fetch_settlement", fetch)
    assert settlements.fetch(now + timedelta(days=9)) == []
    assert kinds() == []


def test_the_file_of_today_is_not_asked_for(attempt, now) -> None:
    assert settlements.missing_days("vnpay", DAY) == []
    assert settlements.missing_days("vietqr", DAY + timedelta(days=9)) == []


# The gateway


def test_what_agrees_is_booked_as_paid_out(attempt, now) -> None:
    assert taken("vnpay", gateway(line(attempt.ref, fee=300)), now) == [MATCHED]
    assert ledger.balance(account="clearing:vnpay") == 0
    assert ledger.balance(account=ledger.TREASURY) == 27_700
    assert ledger.balance(account=ledger.GATEWAY_COST) == 300
    assert kinds() == [] and balanced()


def test_a_rerun_changes_nothing(attempt, now) -> None:
    content = gateway(line(attempt.ref), line("X" * 14), line(attempt.ref), total=1)
    taken("vnpay", content, now)
    before = everything()
    for later in (now, now + timedelta(hours=1), now + timedelta(days=1)):
        settlements.take("vnpay", content, later)
        matching.reconcile(later)
        assert everything() == before


@pytest.mark.parametrize(("vnd", "option"), [(27_000, Resolution.DIFFERENCE), (29_000, Resolution.UNAPPLIED)])
def test_another_amount(attempt, now, commune, vnd, option) -> None:
    assert taken("vnpay", gateway(line(attempt.ref, vnd)), now) == ["amount"]
    found = Discrepancy.objects.get()
    assert (found.ours_vnd, found.theirs_vnd, found.unit) == (28_000, vnd, commune.unit)
    assert ledger.balance(account="clearing:vnpay") == 28_000
    assert option in discrepancies.options(found)
    closed(found, option, commune, now)
    assert ledger.balance(account="clearing:vnpay") == 0
    assert ledger.balance(account=ledger.TREASURY) == vnd
    assert balanced()


def test_a_line_twice(attempt, now, commune) -> None:
    assert taken("vnpay", gateway(line(attempt.ref), line(attempt.ref)), now) == [MATCHED, "duplicate"]
    closed(Discrepancy.objects.get(), Resolution.UNAPPLIED, commune, now)
    assert ledger.balance(account=ledger.UNAPPLIED) == -28_000 and balanced()


def test_a_replayed_file(attempt, now) -> None:
    taken("vnpay", gateway(line(attempt.ref)), now)
    assert taken("vnpay", gateway(line(attempt.ref), batch="VNPSIM20260324"), now) == ["duplicate"]


def test_a_line_that_nobody_knows(attempt, now, commune) -> None:
    assert taken("vnpay", gateway(line("X" * 14, 5_000)), now) == ["unknown_ref"]
    found = Discrepancy.objects.get()
    assert (found.unit, discrepancies.options(found)) == (None, [Resolution.UNAPPLIED, Resolution.NOTHING])
    with pytest.raises(Refused) as refusal:
        discrepancies.propose(found, Resolution.UNAPPLIED, "Chưa rõ", revision=0, by=commune.cashier, now=now)
    assert refusal.value.code == "unit"


def test_another_day_is_booked_and_told(attempt, now) -> None:
    assert taken("vnpay", gateway(line(attempt.ref, day=date(2026, 3, 20))), now) == ["wrong_date"]
    assert ledger.balance(account="clearing:vnpay") == 0
    assert discrepancies.options(Discrepancy.objects.get()) == [Resolution.NOTHING]


def test_what_is_missing_here_is_asked_about_and_found(owing, now, monkeypatch) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    state = ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "900", is_asked=True)
    monkeypatch.setattr(Vnpay, "query", lambda self, attempt, now: state)
    assert taken("vnpay", gateway(line(attempt.ref)), now) == [MATCHED]
    owing.refresh_from_db()
    assert owing.paid_vnd == 28_000 and owing.receipts.count() == 1


def test_what_stays_missing_here_is_told_and_settled_later(owing, now, monkeypatch, commune) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    state = ProviderState(attempt.ref, Outcome.PENDING, 28_000, is_asked=True)
    monkeypatch.setattr(Vnpay, "query", lambda self, attempt, now: state)
    assert taken("vnpay", gateway(line(attempt.ref)), now) == ["missing_here"]
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "900", is_asked=True), now=now)
    closed(Discrepancy.objects.get(), Resolution.SETTLED, commune, now)
    assert ledger.balance(account="clearing:vnpay") == 0
    assert ledger.balance(account=ledger.TREASURY) == 28_000 and balanced()


def test_a_line_waits_while_the_gateway_is_down(owing, now, monkeypatch) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)

    def query(self, attempt, now):
        raise Unreachable("down")

    monkeypatch.setattr(Vnpay, "query", query)
    assert taken("vnpay", gateway(line(attempt.ref)), now) == [""]
    assert kinds() == []


def test_states_differ(owing, now, monkeypatch) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), now, is_polled=True)
    failed = ProviderState(attempt.ref, Outcome.FAILED, 28_000, is_asked=True)
    settling.apply(failed, now=now)
    monkeypatch.setattr(Vnpay, "query", lambda self, attempt, now: failed)
    assert taken("vnpay", gateway(line(attempt.ref)), now) == ["status"]
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.FAILED


def test_missing_there_after_some_days_and_found_late(attempt, now, commune) -> None:
    matching.reconcile(now + timedelta(days=1))
    assert kinds() == []
    later = now + timedelta(days=3)
    matching.reconcile(later)
    found = Discrepancy.objects.get()
    assert (found.kind, found.ours_vnd, found.theirs_vnd) == ("missing_there", 28_000, 0)
    assert discrepancies.options(found) == [Resolution.DIFFERENCE, Resolution.NOTHING]
    assert taken("vnpay", gateway(line(attempt.ref)), later) == [MATCHED]
    assert discrepancies.options(found) == [Resolution.NOTHING]


def test_a_written_off_payment_that_comes_after_all_is_a_duplicate(attempt, now, commune) -> None:
    later = now + timedelta(days=3)
    matching.reconcile(later)
    closed(Discrepancy.objects.get(), Resolution.DIFFERENCE, commune, later)
    assert ledger.balance(account=ledger.SETTLEMENT_DIFFERENCE) == 28_000
    assert taken("vnpay", gateway(line(attempt.ref)), later) == ["duplicate"]
    closed(Discrepancy.objects.get(kind="duplicate"), Resolution.UNAPPLIED, commune, later)
    assert ledger.balance(account="clearing:vnpay") == 0 and balanced()


# Repayments


@pytest.fixture
def refund(attempt, commune, now):
    """A repayment of 8.000 that the gateway has made."""
    made = refunding.request(attempt, {attempt.lines.get().charge_id: 8_000}, by=commune.clerk, reason="Thừa", now=now)
    refunding.decide(made, approved=True, by=commune.leader, now=now)
    refunding.submitting(made, now)
    refunding.apply(made, RefundState(RefundOutcome.SUCCEEDED), now)
    return made


def test_a_repayment_is_matched_by_its_amount(attempt, refund, now) -> None:
    content = gateway(line(attempt.ref), line(attempt.ref, 8_000, kind="03"))
    assert taken("vnpay", content, now) == [MATCHED, MATCHED]
    assert ledger.balance(account="clearing:vnpay") == 0
    assert ledger.balance(account=ledger.TREASURY) == 20_000 and balanced()


@pytest.mark.parametrize(("vnd", "result"), [(7_000, "amount"), (28_000, "amount")])
def test_a_repayment_of_another_amount(attempt, refund, now, commune, vnd, result) -> None:
    content = gateway(line(attempt.ref), line(attempt.ref, vnd, kind="03"))
    assert taken("vnpay", content, now) == [MATCHED, result]
    closed(Discrepancy.objects.get(), Resolution.DIFFERENCE, commune, now)
    assert ledger.balance(account="clearing:vnpay") == 0
    assert ledger.balance(account=ledger.TREASURY) == 28_000 - vnd and balanced()


def test_repayments_twice_unknown_and_never_asked_for(attempt, refund, now) -> None:
    back = line(attempt.ref, 8_000, kind="03")
    assert taken("vnpay", gateway(back, back, line("X" * 14, 1, kind="02")), now) == [
        MATCHED,
        "duplicate",
        "unknown_ref",
    ]


def test_a_repayment_that_nobody_asked_for(attempt, now, commune) -> None:
    assert taken("vnpay", gateway(line(attempt.ref, 8_000, kind="03")), now) == ["missing_here"]
    closed(Discrepancy.objects.get(), Resolution.DIFFERENCE, commune, now)
    assert ledger.balance(account=ledger.TREASURY) == -8_000 and balanced()


# The bank


def test_a_transfer_by_qr_is_known_from_the_list(owing, now) -> None:
    attempt = attempts.begin([owing], "vietqr", Payer(), now, is_polled=False)
    assert taken("vietqr", bank(("1", 28_000, f"MBVCB.PHI {attempt.ref}.CT")), now) == [MATCHED]
    owing.refresh_from_db()
    assert owing.paid_vnd == 28_000 and ledger.balance(account=ledger.TREASURY) == 28_000


def test_transfers_by_qr_that_do_not_fit(owing, now) -> None:
    attempt = attempts.begin([owing], "vietqr", Payer(), now, is_polled=False)
    rows = (("1", 27_000, f"PHI {attempt.ref}"), ("2", 28_000, "CHUYEN TIEN"), ("3", 1, f"PHI {attempt.ref[:-1]}"))
    assert taken("vietqr", bank(*rows), now) == ["amount", "unknown_ref", "unknown_ref"]
    assert not LedgerTransaction.objects.exists()


def test_a_transfer_seen_at_the_desk_is_found_by_the_banks_number(owing, commune, now) -> None:
    cashier.take_transfer([owing], "FT26082", by=commune.clerk, now=now)
    assert taken("vietqr", bank(("FT26082", 28_000, "Nguyen Van An nop phi"), day=DAY - timedelta(days=1)), now) == [
        MATCHED
    ]
    assert ledger.balance(account="clearing:transfer") == 0


def test_a_statement_brought_by_hand(owing, commune, now) -> None:
    cashier.take_transfer([owing], "FT26082", by=commune.clerk, now=now)
    content = f"id,time,amount,description\nFT26082,{DAY}T10:00:00,28000,=cmd()\n".encode()
    batch, _is_new = settlements.take("transfer", content, now, brought_by=commune.cashier)
    matching.reconcile(now)
    assert (batch.is_genuine, batch.brought_by, batch.day) == (False, commune.cashier, DAY)
    assert ledger.balance(account="clearing:transfer") == 0


def test_what_providers_and_cashiers_bring_to_the_bank_is_known(attempt, commune, now) -> None:
    taken("vnpay", gateway(line(attempt.ref, fee=300)), now)
    rows = (("1", 27_700, "VNPAY TT VNPSIM-20260323"), ("2", 5_000, "Nop tien GNT 0001"))
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, now)
    cashier.close_shift(shift, 5_000, "Tiền lẻ", now)
    cashier.deposit(commune.unit, 5_000, "GNT-0001", DAY, by=commune.cashier, now=now)
    assert taken("vietqr", bank(*rows), now) == [MATCHED, MATCHED]
    assert balanced()


def test_a_sum_that_the_bank_shows_differently_or_not_at_all(attempt, commune, now) -> None:
    taken("vnpay", gateway(line(attempt.ref)), now)
    assert taken("vietqr", bank(("1", 27_000, "VNPAY VNPSIM20260323")), now) == ["amount"]
    closed(Discrepancy.objects.get(), Resolution.DIFFERENCE, commune, now, unit=commune.unit)
    assert ledger.balance(account=ledger.TREASURY) == 27_000 and balanced()


def test_a_sum_that_never_reaches_the_bank(attempt, now) -> None:
    taken("vnpay", gateway(line(attempt.ref)), now)
    settlements.take("vietqr", bank(day=DAY), now)
    settlements.take("vietqr", bank(day=DAY + timedelta(days=5)), now + timedelta(days=6))
    for _again in range(2):
        matching.reconcile(now + timedelta(days=6))
        assert kinds() == ["not_paid_out"]


# The post


@pytest.fixture
def parcel(owing, now) -> Parcel:
    """A delivered parcel whose fee the postman collected."""
    attempt = attempts.begin([owing], "vnpost", Payer(), now, is_polled=False)
    parcel = Parcel.objects.create(
        dossier=owing.dossier, unit=owing.unit, carrier="vnpost", way="bring", order_code="PX1", item_code="EF1",
        address={}, attempt=attempt, cod_vnd=28_000, ordered_at=now, moved_at=now,
    )  # fmt: skip
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "EF1", "14", is_asked=True), now=now)
    return parcel


@pytest.mark.parametrize(
    ("lines", "fault", "results", "found"),
    [
        ([("PX1", 28_000)], 0, [MATCHED], []),
        ([("PX1", 27_000)], 0, ["amount"], ["amount"]),
        ([("PX1", 28_000), ("PXKHONGCO", 28_000)], 0, [MATCHED, "unknown_ref"], ["unknown_ref"]),
        ([("PX1", 28_000), ("PX1", 28_000)], 0, [MATCHED, "duplicate"], ["duplicate"]),
        ([("PX1", 28_000)], 1, [MATCHED], ["wrong_total"]),
    ],
)
def test_remittances_of_the_post(parcel, now, lines, fault, results, found) -> None:
    assert taken("vnpost", remittance(*lines, fault=fault), now) == results
    assert kinds() == found and balanced()


def test_what_the_post_keeps_is_a_cost(parcel, now) -> None:
    assert taken("vnpost", remittance(("PX1", 26_000), kept=2_000), now) == [MATCHED]
    assert (ledger.balance(account=ledger.TREASURY), ledger.balance(account=ledger.GATEWAY_COST)) == (26_000, 2_000)


def test_a_remittance_that_never_comes_and_one_that_is_replayed(parcel, now) -> None:
    matching.reconcile(now + timedelta(days=34))
    assert kinds() == []
    matching.reconcile(now + timedelta(days=36))
    assert kinds() == ["missing_there"]
    assert taken("vnpost", remittance(("PX1", 28_000)), now + timedelta(days=36)) == [MATCHED]
    again = remittance(("PX1", 28_000), batch="VNP-20260401")
    assert taken("vnpost", again, now + timedelta(days=36)) == ["duplicate"]


def test_a_parcel_that_the_portal_thinks_is_on_its_way(owing, now, monkeypatch) -> None:
    attempt = attempts.begin([owing], "vnpost", Payer(), now, is_polled=False)
    Parcel.objects.create(
        dossier=owing.dossier, unit=owing.unit, carrier="vnpost", way="bring", order_code="PX1", address={},
        attempt=attempt, cod_vnd=28_000, ordered_at=now, moved_at=now,
    )  # fmt: skip
    state = ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, "EF1", "14", is_asked=True)
    monkeypatch.setattr(VnPost, "query", lambda self, attempt, now: state)
    assert taken("vnpost", remittance(("PX1", 28_000)), now) == [MATCHED]
    owing.refresh_from_db()
    assert owing.paid_vnd == 28_000


# Closing


def closed(found, option, commune, now, unit=None) -> None:
    """Close a discrepancy by two officers."""
    found.refresh_from_db()
    at = found.revision
    discrepancies.propose(found, option, "Đã đối chiếu", revision=at, by=commune.cashier, now=now, booked_in=unit)
    discrepancies.close(found, revision=at + 1, by=commune.leader, now=now)
    found.refresh_from_db()
    assert found.closed_by == commune.leader


def test_two_close_a_discrepancy(attempt, now, commune) -> None:
    taken("vnpay", gateway(line(attempt.ref, 27_000)), now)
    found = Discrepancy.objects.get()
    given = {"by": commune.cashier, "now": now}
    discrepancies.look_after(found, "Đã gọi VNPAY", revision=0, **given)
    with pytest.raises(Refused) as refusal:
        discrepancies.propose(found, Resolution.DIFFERENCE, "Phí", revision=0, **given)
    assert refusal.value.code == "stale"
    with pytest.raises(Refused) as refusal:
        discrepancies.propose(found, Resolution.DIFFERENCE, " ", revision=1, **given)
    assert refusal.value.code == "reason"
    with pytest.raises(Refused) as refusal:
        discrepancies.propose(found, Resolution.UNAPPLIED, "Phí", revision=1, **given)
    assert refusal.value.code == "resolution"
    discrepancies.propose(found, Resolution.DIFFERENCE, "Phí", revision=1, **given)
    with pytest.raises(Refused) as refusal:
        discrepancies.close(found, revision=2, **given)
    assert refusal.value.code == "own"
    assert ledger.balance(account=ledger.TREASURY) == 0
    found.refresh_from_db()
    discrepancies.send_back(found, "Xem lại", revision=2, by=commune.leader, now=now)
    with pytest.raises(Refused) as refusal:
        discrepancies.close(found, revision=3, by=commune.leader, now=now)
    assert refusal.value.code == "state"
    closed(found, Resolution.DIFFERENCE, commune, now)
    with pytest.raises(Refused) as refusal:
        discrepancies.close(found, revision=5, by=commune.leader, now=now)
    assert refusal.value.code == "state"
    assert ledger.balance(account=ledger.SETTLEMENT_DIFFERENCE) == 1_000


def test_a_proposal_that_money_has_overtaken_books_nothing(attempt, now, commune) -> None:
    later = now + timedelta(days=3)
    matching.reconcile(later)
    found = Discrepancy.objects.get()
    discrepancies.propose(found, Resolution.DIFFERENCE, "Mất", revision=0, by=commune.cashier, now=later)
    taken("vnpay", gateway(line(attempt.ref)), later)
    with pytest.raises(Refused) as refusal:
        discrepancies.close(found, revision=1, by=commune.leader, now=later)
    assert refusal.value.code == "state"
    assert ledger.balance(account=ledger.SETTLEMENT_DIFFERENCE) == 0
