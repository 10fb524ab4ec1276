"""VietQR against known answers."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from payments.providers import vietqr

from .vectors import VECTORS, of

VALID = [pytest.param(row, id=row["id"]) for row in of("vietqr") if row["valid"] and "fields" in row]
INVALID = [pytest.param(row, id=row["id"]) for row in of("vietqr") if not row["valid"] or "vnpay-qr" in row["id"]]


def test_the_checksum_is_ccitt_false() -> None:
    check = VECTORS["vietqr"]["check_value"]
    assert vietqr.checksum(check["input"]) == check["crc"]


@pytest.mark.parametrize("row", VALID)
def test_a_known_code_is_read_and_written(row: Any) -> None:
    fields = row["fields"]
    found = vietqr.parse(row["payload"])
    amount = int(fields["amount"]) if fields["amount"] else None
    assert (found.bank, found.account, found.service) == (fields["bin"], fields["account"], fields["service"])
    assert (found.amount_vnd, found.additional) == (amount, fields.get("additional", {}))
    if set(found.additional) <= {"08"} and (amount is None) == (fields["initiation"] == "11"):
        assert vietqr.payload(found.bank, found.account, amount, found.additional.get("08", "")) == row["payload"]


@pytest.mark.parametrize("row", INVALID)
def test_what_is_no_vietqr_is_refused(row: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        vietqr.parse(row["payload"])


def test_a_small_checksum_is_read_as_well() -> None:
    row = next(row for row in of("vietqr") if row["id"] == "sim-lowercase-crc")
    assert vietqr.parse(row["payload"]).amount_vnd == 20_000


@pytest.mark.parametrize(
    ("words", "reference"),
    [
        ("PHI 7K3M9Q2XABCDEF", "7K3M9Q2XABCDEF"),
        ("MBVCB.123.phi 7k3m9q2xabcdef.CT tu 0011", "7K3M9Q2XABCDEF"),
        ("PHI-7K3M9Q2XABCDEF GD 5512", "7K3M9Q2XABCDEF"),
        ("PHI7K3M9Q2XABCDEF", "7K3M9Q2XABCDEF"),
        ("PHI 7K3M 9Q2X ABCD EF GD 5512", "7K3M9Q2XABCDEF"),
        ("chuyển tiền phí", ""),
        ("PHI 7K3M 9Q2X ABCD EFG", ""),
        ("PHI 7K3M9Q2XABCDEFG", ""),
        ("", ""),
    ],
)
def test_the_reference_is_found_among_a_banks_words(words: str, reference: str) -> None:
    assert vietqr.reference_in(words) == reference


def test_the_banks_list_is_read() -> None:
    content = (
        b"CR-20260105;2026-01-05;28000\nid,time,amount,description\n"
        b'1,2026-01-05T09:00:00,20000,"PHI 7K3M9Q2XABCDEF"\n2,2026-01-05T10:00:00,8000,tien nuoc\n'
    )
    found = vietqr.VietQr("vietqr", "VietQR").parse_settlement(content)
    assert (found.batch_id, found.day, found.total_vnd) == ("CR-20260105", date(2026, 1, 5), 28_000)
    assert [(line.reference, line.amount_vnd) for line in found.lines] == [("7K3M9Q2XABCDEF", 20_000), ("", 8_000)]


def test_a_code_pays_the_attempt() -> None:
    bank = vietqr.VietQr(
        "vietqr", "VietQR", bank="970405", bank_name="Agribank", account="1500201012345", holder="KBNN"
    )
    attempt: Any = SimpleNamespace(ref="7K3M9Q2XABCDEF", amount_vnd=20_000)
    shown = bank.initiate(attempt)
    assert vietqr.parse(shown.text).additional["08"] == shown.reference == "PHI 7K3M9Q2XABCDEF"
