"""MyVNPost: parcels both ways, the fee collected on delivery (COD).

After the interface of my-uat.vnpost.vn. Which code means what is configuration: clients of the interface differ, and a
code that is not in the map is a discrepancy, never a guess. A webhook signs one record's number and status alone; it
is a hint, and what counts is read back with getOrder.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse

from common.clock import LOCAL

from .base import (
    Answer,
    Line,
    NotGenuine,
    Notice,
    ParcelOrder,
    ProviderState,
    SettlementFile,
    Unreachable,
)
from .carrier import NOTED, Carrier, ParcelEventState, ParcelState
from .http import Refusing, fetch, get_json, post_json

if TYPE_CHECKING:
    from ..models import Attempt, Parcel

COD_SERVICE = "GTG021"
COD_PROPERTY = "PROP0018"
# What the two-tier addresses send where a district stood.
NO_DISTRICT = "VNPOST"
TOKEN_SECONDS = 1500
ITEM_LENGTH = 20
MAX_ITEMS = 200
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

# The codes of the present interface; settings may name others (VNPOST_CODES).
CODES: dict[str, str] = {
    **dict.fromkeys(("1", "3"), "ordered"),
    **dict.fromkeys(("2", "4"), "ordered"),
    **dict.fromkeys(("5", "8"), "ordered"),
    **dict.fromkeys(("6", "7"), "collected"),
    **dict.fromkeys(("10", "11", "13"), "travelling"),
    "12": "out",
    "14": "delivered",
    "15": "not_delivered",
    **dict.fromkeys(("16", "17", "18", "24"), "returning"),
    "19": "returned",
    # The money has been paid out: the parcel stays delivered, the remittance's line books it.
    "21": "delivered",
    **dict.fromkeys(("9", "22"), "cancelled"),
    # Charges between the carrier and its customer.
    **dict.fromkeys(("28", "29"), NOTED),
}


def s10_fits(code: str) -> bool:
    """Tell whether an item number has the check digit of UPU S10; a wrong one is pointed out, never refused."""
    digits = code[2:11]
    if len(code) != 13 or not (code.isascii() and digits.isdigit() and (code[:2] + code[11:]).isalpha()):
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, S10_WEIGHTS, strict=False)) % 11
    return {10: 0, 11: 5}.get(check, check) == int(digits[8])


@dataclass(frozen=True)
class VnPost(Carrier):
    """The postal service for one customer number."""

    base_url: str = ""
    username: str = ""
    password: str = ""
    customer: str = ""
    contract: str = ""
    webhook_key: str = ""
    settlement_key: str = ""
    # The carrier's look-up page, {code} for the item; '' for none.
    tracking: str = ""
    codes: Mapping[str, str] = field(default_factory=lambda: CODES)

    def order(self, parcel: "Parcel", sender: Mapping[str, Any], receiver: Mapping[str, Any]) -> ParcelOrder:
        addons = []
        if parcel.cod_vnd:
            addons.append({"code": COD_SERVICE, "propValue": f"{COD_PROPERTY}:{parcel.cod_vnd}"})
        reply = self._ask(
            "POST",
            "/CreateOrder",
            {
                "orderCreationStatus": 1,
                "type": "GUI",
                "customerCode": self.customer,
                "contractCode": self.contract,
                "informationOrder": {
                    **{f"sender{key[0].upper()}{key[1:]}": value for key, value in sender.items()},
                    **{f"receiver{key[0].upper()}{key[1:]}": value for key, value in receiver.items()},
                    "senderDistrictCode": NO_DISTRICT,
                    "receiverDistrictCode": NO_DISTRICT,
                    "serviceCode": "ETN037",
                    "addonService": addons,
                    "saleOrderCode": parcel.order_code,
                    "weight": "50",
                    "vehicle": "BO",
                    "sendType": "1",
                },
            },
        )
        item_code = str(reply.get("itemCode") or "")
        if not item_code or len(item_code) > ITEM_LENGTH:
            raise Unreachable("no item code")
        return ParcelOrder(item_code)

    def cancel(self, parcel: "Parcel") -> None:
        self._ask("POST", "/orderCancel", {"itemCode": parcel.item_code, "saleOrderCode": parcel.order_code})

    def postage(self, sender: Mapping[str, Any], receiver: Mapping[str, Any], cod_vnd: int) -> int:
        reply = self._ask(
            "POST",
            "/ServicesCharge",
            {
                "customerCode": self.customer,
                "senderProvinceCode": sender.get("provinceCode", ""),
                "receiverProvinceCode": receiver.get("provinceCode", ""),
                "weight": "50",
                "codAmount": cod_vnd,
            },
        )
        return _whole(reply.get("totalFee"))

    def read(self, parcel: "Parcel") -> ParcelState:
        code = quote(parcel.item_code)
        found = self._ask("GET", f"/getOrder?type=1&code={code}")
        history = self._ask("GET", f"/GetStatusHistoryOrder?code={code}")
        if str(found.get("saleOrderCode")) != parcel.order_code:
            raise Unreachable("another parcel")
        try:
            events = tuple(
                ParcelEventState(str(row["status"]), _moment(str(row["time"])), str(row.get("place", "")))
                for row in history.get("events", [])
            )
            status = str(found["status"])
        except (KeyError, TypeError) as error:
            raise Unreachable("not a parcel") from error
        return ParcelState(parcel.order_code, parcel.item_code, status, _whole(found.get("codAmount", 0)), events)

    def meaning(self, code: str) -> str | None:
        return self.codes.get(code)

    def tracking_link(self, item_code: str) -> str:
        return self.tracking.replace("{code}", quote(item_code)) if item_code else ""

    def query(self, attempt: "Attempt", now: datetime) -> ProviderState:
        """Say where the money of a parcel stands."""
        return self.money(attempt.ref, self.read(attempt.parcel))

    def parse_notification(self, params: Mapping[str, str], body: bytes = b"") -> Notice:
        try:
            found = json.loads(body)
            first = found["data"][0]
            text = f"MYVNP{found['sendDate']}{first['itemCode']}{first['status']}"
            signature = base64.b64decode(found["signature"], validate=True)
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise NotGenuine("not a webhook") from error
        try:
            key = serialization.load_der_public_key(base64.b64decode(self.webhook_key))
        except ValueError as error:
            raise NotGenuine("no key to verify with") from error
        if not isinstance(key, rsa.RSAPublicKey):
            raise NotGenuine("no RSA key")
        try:
            key.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise NotGenuine("wrong signature") from None
        # Only the first record is signed; the others are as good a reason to ask.
        items = [str(row.get("itemCode", "")) for row in found["data"][:MAX_ITEMS] if isinstance(row, dict)]
        items = [item for item in items if item and len(item) <= ITEM_LENGTH and item.isascii() and item.isprintable()]
        sent, status = (str(value)[:40] for value in (found["sendDate"], first["status"]))
        return Notice(items[0] if items else "", {"items": items, "sent": sent, "status": status})

    def acknowledge(self, answer: Answer) -> HttpResponse:
        if answer == Answer.NOT_GENUINE:
            return JsonResponse({"success": False}, status=401)
        return JsonResponse({"success": answer != Answer.ERROR}, status=500 if answer == Answer.ERROR else 200)

    def fetch_settlement(self, day: date) -> bytes | None:
        return fetch(f"{self.base_url}/settlements?customer={self.customer}&date={day:%Y%m%d}", self._headers())

    def parse_settlement(self, content: bytes) -> SettlementFile:
        """Read a remittance: JSON with ``lines`` and an HMAC-SHA512 of the rest (``signature``)."""
        try:
            found = json.loads(content)
            given = str(found.pop("signature"))
            text = json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            lines = tuple(
                Line(
                    "cod",
                    str(line["saleOrderCode"]),
                    # What it accounts for: what it paid out and what it says it kept.
                    int(line["codRemitted"]) + int(line["feeWithheld"]),
                    date.fromisoformat(line["deliveredAt"][:10]),
                    str(line["itemCode"]),
                    int(line["feeWithheld"]),
                )
                for line in found["lines"]
            )
            day, total = date.fromisoformat(found["day"]), int(found["total"])
            bank_ref = str(found.get("bankRef", ""))
            result = SettlementFile(str(found["batchId"]), day, total, lines, is_net=True, bank_ref=bank_ref)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError("not a remittance of VNPost") from error
        if not hmac.compare_digest(hmac.new(self.settlement_key.encode(), text.encode(), "sha512").hexdigest(), given):
            raise NotGenuine("wrong signature")
        return result

    def _ask(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask once, and once more with a new token when the old one is no longer taken."""
        for is_last in (False, True):
            try:
                headers = self._headers(is_fresh=is_last)
                url = self.base_url + path
                return post_json(url, data or {}, headers) if method == "POST" else get_json(url, headers)
            except Refusing as error:
                if is_last or error.status not in (401, 403):
                    raise
        raise AssertionError("asked twice")

    def _headers(self, *, is_fresh: bool = False) -> dict[str, str]:
        name = f"vnpost-token-{self.customer}"
        token = None if is_fresh else cache.get(name)
        if token is None:
            login = {"username": self.username, "password": self.password, "customerCode": self.customer}
            token = str(post_json(f"{self.base_url}/GetAccessToken", login).get("token", ""))
            cache.set(name, token, TOKEN_SECONDS)
        return {"token": token}


def _moment(text: str) -> datetime:
    """Return the moment of a local time in ISO form, in UTC. Raises Unreachable for another text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unreachable("a time that cannot be read") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(UTC)


def _whole(value: Any) -> int:
    """Return an amount in whole đồng. Raises Unreachable for what is none."""
    try:
        amount = int(value)
    except (TypeError, ValueError):
        raise Unreachable("no amount") from None
    if amount < 0:
        raise Unreachable("a negative amount")
    return amount
