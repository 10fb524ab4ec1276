"""VietQR: a bank transfer whose amount and reference the payer's app reads from a picture.

EMVCo merchant-presented mode with NAPAS's template 38. There is no message back: what came is known from the
bank's list of credits alone, by reference and amount.
"""

import binascii
import csv
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from common.text import clean_text, fold

from .base import Line, Provider, QrPayload, SettlementFile
from .http import fetch

if TYPE_CHECKING:
    from ..models import Attempt

GUID = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
SERVICES = (TO_ACCOUNT, "QRIBFTTC")
CURRENCY = "704"
# Written before the reference, so that a clerk of the treasury reads it in a statement.
PURPOSE = "PHI"
REFERENCE = re.compile(rf"(?<![A-Z0-9]){PURPOSE}[ ._-]*([2-9A-HJKMNP-Z](?: ?[2-9A-HJKMNP-Z]){{13}})(?![A-Z0-9])")


def tlv(tag: str, value: str) -> str:
    """Return one field: tag, length of two digits, value. Raises ValueError when it is too long or not ASCII."""
    if not value.isascii() or len(value) > 99:
        raise ValueError(f"field {tag} cannot be written")
    return f"{tag}{len(value):02d}{value}"


def fields_of(text: str) -> dict[str, str]:
    """Return the fields of one level. Raises ValueError when lengths do not add up or a tag comes twice."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if len(length) != 2 or not (tag + length).isdigit():
            raise ValueError("no field")
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) != int(length) or tag in found:
            raise ValueError("lengths do not add up")
        found[tag] = value
        at += 4 + int(length)
    return found


def checksum(text: str) -> str:
    """Return CRC-16/CCITT-FALSE of a text's bytes as four capitals."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def payload(bank: str, account: str, amount_vnd: int | None = None, purpose: str = "") -> str:
    """Return what the picture holds: bank (BIN of six digits), account, amount, and what it is for in ASCII."""
    beneficiary = tlv("00", bank) + tlv("01", account)
    fields = [
        tlv("00", "01"),
        tlv("01", "11" if amount_vnd is None else "12"),
        tlv("38", tlv("00", GUID) + tlv("01", beneficiary) + tlv("02", TO_ACCOUNT)),
        tlv("53", CURRENCY),
        tlv("54", str(amount_vnd)) if amount_vnd is not None else "",
        tlv("58", "VN"),
        tlv("62", tlv("08", purpose)) if purpose else "",
        "6304",
    ]
    text = "".join(fields)
    return text + checksum(text)


@dataclass(frozen=True)
class Transfer:
    """What a VietQR asks for; ``amount_vnd`` None where the payer types it."""

    bank: str
    account: str
    service: str
    amount_vnd: int | None
    additional: dict[str, str]


def parse(text: str) -> Transfer:
    """Read a VietQR. Raises ValueError for what is none: checksum, lengths, another network's code."""
    if not text.isascii() or text[-8:-4] != "6304" or checksum(text[:-4]) != text[-4:].upper():
        raise ValueError("checksum")
    fields = fields_of(text)
    account = fields_of(fields.get("38", ""))
    if fields.get("00") != "01" or account.get("00") != GUID or account.get("02") not in SERVICES:
        raise ValueError("not a VietQR")
    beneficiary = fields_of(account.get("01", ""))
    amount = fields.get("54")
    if fields.get("53") != CURRENCY or len(beneficiary.get("00", "")) != 6 or not beneficiary.get("01"):
        raise ValueError("not a transfer in đồng to an account")
    if amount is not None and not amount.isdigit():
        raise ValueError("amount")
    return Transfer(
        beneficiary["00"],
        beneficiary["01"],
        account["02"],
        None if amount is None else int(amount),
        fields_of(fields.get("62", "")),
    )


def reference_in(text: str) -> str:
    """Return the attempt named in the words of a transfer, '' for none; banks add words and drop marks around it.

    Who types it may type it in the groups that the page shows.
    """
    found = REFERENCE.search(fold(text).upper())
    return found[1].replace(" ", "") if found else ""


def credits_of(content: bytes) -> SettlementFile:
    """Read a bank's list of credits: CSV with ``id, time, amount, description`` below a line 'batch;day;sum'.

    A list without that line, as somebody saves it at the bank, is named by its hash and has the day of its last
    credit. A credit whose words name no attempt has the reference ''. Raises ValueError.
    """
    try:
        text = content.decode("utf-8-sig")
        head, _newline, rows = text.partition("\n")
        named = head.strip().split(";") if head.count(";") == 2 and "," not in head else None
        lines = tuple(map(_credit, csv.DictReader(io.StringIO(rows if named else text))))
        if named:
            return SettlementFile(named[0], date.fromisoformat(named[1]), int(named[2]), lines)
        day, total = max(line.day for line in lines), sum(line.amount_vnd for line in lines)
    except (KeyError, TypeError, ValueError, ValidationError, csv.Error) as error:
        raise ValueError("not a list of credits") from error
    return SettlementFile(f"CSV-{hashlib.sha256(content).hexdigest()[:16]}", day, total, lines)


def _credit(row: dict[str, str]) -> Line:
    amount = int(row["amount"])
    if not 0 < amount < 10**15:
        raise ValueError("amount")
    words = clean_text(row["description"])
    day = datetime.fromisoformat(row["time"]).date()
    return Line("credit", reference_in(words), amount, day, clean_text(row["id"])[:60], text=words[:200])


@dataclass(frozen=True)
class VietQr(Provider):
    """Transfers to the unit's account at one bank; ``holder`` is the account's name."""

    bank: str = ""
    bank_name: str = ""
    account: str = ""
    holder: str = ""
    feed_url: str = ""

    def initiate(self, attempt: "Attempt") -> QrPayload:
        reference = f"{PURPOSE} {attempt.ref}"
        text = payload(self.bank, self.account, attempt.amount_vnd, reference)
        return QrPayload(text, self.bank_name, self.account, self.holder, reference)

    def fetch_settlement(self, day: date) -> bytes | None:
        return fetch(f"{self.feed_url}/credits?account={self.account}&date={day:%Y%m%d}")

    def parse_settlement(self, content: bytes) -> SettlementFile:
        return credits_of(content)
