"""VNPAY 2.1.0: redirect, IPN, return page, querydr, refund.

After the pages sandbox.vnpayment.vn/apis/docs/thanh-toan-pay and …/truy-van-hoan-tien. Amounts are đồng × 100, dates
local time of Vietnam. What the official samples encode in different ways is never sent: order texts and references
hold letters, digits, '.', '_' and '-' alone.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from django.http import HttpResponse, JsonResponse

from common.clock import LOCAL

from .base import (
    Answer,
    Line,
    NotGenuine,
    Notice,
    Outcome,
    Provider,
    ProviderState,
    Redirect,
    RefundOutcome,
    RefundState,
    SettlementFile,
    Unreachable,
)
from .http import fetch, post_json

if TYPE_CHECKING:
    from ..models import Attempt, Refund

VERSION = "2.1.0"
PAY_PATH = "/paymentv2/vpcpay.html"
API_PATH = "/merchant_webapi/api/transaction"
SETTLEMENT_PATH = "/merchant_webapi/api/settlement"
UNSIGNED = ("vnp_SecureHash", "vnp_SecureHashType")
# At most 12 digits of hundredths.
MAXIMUM_VND = 9_999_999_999

# Orders of the values that are signed, joined by '|'.
QUERY_REQUEST = "RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr OrderInfo".split()
QUERY_REPLY = (
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType "
    "TransactionStatus OrderInfo PromotionCode PromotionAmount"
).split()
REFUND_REQUEST = (
    "RequestId Version Command TmnCode TransactionType TxnRef Amount TransactionNo TransactionDate CreateBy CreateDate "
    "IpAddr OrderInfo"
).split()
REFUND_REPLY = (
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType "
    "TransactionStatus OrderInfo"
).split()

ANSWERS = {
    Answer.TAKEN: ("00", "Confirm Success"),
    Answer.NOT_FOUND: ("01", "Order not found"),
    Answer.ALREADY: ("02", "Order already confirmed"),
    Answer.WRONG_AMOUNT: ("04", "Invalid amount"),
    Answer.NOT_GENUINE: ("97", "Invalid signature"),
    Answer.ERROR: ("99", "Unknown error"),
}
OK = "00"
SUSPECTED = "07"
# The payer's bank has debited, VNPAY has not received: nothing is paid here.
REVERSED = "04"
CANCELLED_BY_PAYER = "24"
# TransactionStatus of a repayment on its way, and of one that was rejected.
REFUND_ON_ITS_WAY = ("05", "06")
REFUND_REJECTED = "09"
# Codes of the answer to a question: no such transaction; the original failed; asked for twice.
NOT_FOUND, ORIGINAL_FAILED, ASKED_TWICE = "91", "95", "94"


def local_text(moment: datetime) -> str:
    """Return a moment as VNPAY writes it: yyyyMMddHHmmss in Vietnam."""
    return moment.astimezone(LOCAL).strftime("%Y%m%d%H%M%S")


def moment_of(text: str) -> datetime | None:
    """Return the moment of such a text in UTC; None for what is none."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=LOCAL).astimezone(UTC)
    except ValueError:
        return None


def signed_text(params: Mapping[str, str], encode: Any = quote_plus) -> str:
    """Return what is signed of a query: its vnp_ parameters by name, without empty ones and the signature."""
    fields = sorted(key for key in params if key.startswith("vnp_") and key not in UNSIGNED and params[key])
    return "&".join(f"{encode(key, safe='')}={encode(params[key], safe='')}" for key in fields)


def sign(secret: str, text: str) -> str:
    """Return the HMAC-SHA512 of a text in lower-case hex."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def joined(params: Mapping[str, Any], order: Iterable[str]) -> str:
    """Return what is signed of a message of the interface: values in a fixed order, '' for what is missing."""
    return "|".join(str(params.get(f"vnp_{name}", "") or "") for name in order)


@dataclass(frozen=True)
class Vnpay(Provider):
    """The gateway for one merchant (``terminal``); ``secrets_`` are the present key and, while it changes, the former.

    ``pay_url`` and ``api_url`` are whole addresses where they do not stand at their usual place below ``base_url``;
    ``own_address`` is the address of the portal's server that requests name.
    """

    base_url: str = ""
    pay_url: str = ""
    api_url: str = ""
    terminal: str = ""
    secrets_: tuple[str, ...] = ()
    return_url: str = ""
    own_address: str = "127.0.0.1"

    def takes(self, amount_vnd: int) -> bool:
        return 0 < amount_vnd <= MAXIMUM_VND

    def prepare(self, attempt: "Attempt", payer_address: str, language: str) -> dict[str, str]:
        """Return the parameters of the pay address, both dates made of one reading of the clock."""
        if attempt.expires_at is None:
            raise ValueError("an attempt with VNPAY has an end")
        return {
            "vnp_Version": VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self.terminal,
            "vnp_Amount": str(attempt.amount_vnd * 100),
            "vnp_CreateDate": local_text(attempt.begun_at),
            "vnp_CurrCode": "VND",
            "vnp_ExpireDate": local_text(attempt.expires_at),
            "vnp_IpAddr": payer_address,
            "vnp_Locale": "en" if language == "en" else "vn",
            "vnp_OrderInfo": f"Nop_phi_{attempt.ref}",
            "vnp_OrderType": "other",
            "vnp_ReturnUrl": self.return_url,
            "vnp_TxnRef": attempt.ref,
        }

    def initiate(self, attempt: "Attempt") -> Redirect:
        text = signed_text(attempt.sent)
        return Redirect(
            f"{self.pay_url or self.base_url + PAY_PATH}?{text}&vnp_SecureHash={sign(self.secrets_[0], text)}"
        )

    def parse_notification(self, params: Mapping[str, str], body: bytes = b"") -> Notice:
        given = params.get("vnp_SecureHash", "")
        # Spaces are '+' in the documentation; a test call of the gateway's own page signs '%20'.
        forms = [signed_text(params), signed_text(params, quote)]
        self._require_genuine(given, *forms)
        if params.get("vnp_TmnCode") != self.terminal:
            raise NotGenuine("another merchant's message")
        payload = {key: value for key, value in params.items() if key.startswith("vnp_") and key not in UNSIGNED}
        ref = payload.get("vnp_TxnRef", "")
        codes = payload.get("vnp_ResponseCode", ""), payload.get("vnp_TransactionStatus", "")
        return Notice(ref, payload, self._state(payload, _outcome(*codes), "/".join(codes)))

    def acknowledge(self, answer: Answer) -> HttpResponse:
        code, message = ANSWERS[answer]
        return JsonResponse({"RspCode": code, "Message": message})

    def query(self, attempt: "Attempt", now: datetime) -> ProviderState:
        request = {
            "vnp_RequestId": secrets.token_hex(16),
            "vnp_Version": VERSION,
            "vnp_Command": "querydr",
            "vnp_TmnCode": self.terminal,
            "vnp_TxnRef": attempt.ref,
            # Must be the date that was sent with the attempt.
            "vnp_TransactionDate": attempt.sent["vnp_CreateDate"],
            "vnp_CreateDate": local_text(now),
            "vnp_IpAddr": self.own_address,
            "vnp_OrderInfo": f"Truy_van_{attempt.ref}",
        }
        reply = self._ask(request, QUERY_REQUEST, QUERY_REPLY)
        code = reply.get("vnp_ResponseCode", "")
        if code == NOT_FOUND:
            return ProviderState(attempt.ref, Outcome.UNKNOWN_THERE, code=code, is_asked=True)
        if code != OK or reply.get("vnp_TxnRef") != attempt.ref or reply.get("vnp_TmnCode") != self.terminal:
            raise Unreachable(f"querydr answers {code or 'nothing'}")
        status = reply.get("vnp_TransactionStatus", "")
        return self._state(reply, _outcome(OK, status), status, is_asked=True)

    def refund(self, refund: "Refund", now: datetime) -> RefundState:
        attempt = refund.attempt
        request = {
            "vnp_RequestId": refund.request_id,
            "vnp_Version": VERSION,
            "vnp_Command": "refund",
            "vnp_TmnCode": self.terminal,
            "vnp_TransactionType": "02" if refund.amount_vnd == attempt.amount_vnd else "03",
            "vnp_TxnRef": attempt.ref,
            "vnp_Amount": str(refund.amount_vnd * 100),
            "vnp_TransactionNo": attempt.provider_ref or "0",
            "vnp_TransactionDate": attempt.sent["vnp_CreateDate"],
            # The gateway wants a name; an officer's own stays here.
            "vnp_CreateBy": f"cb{refund.decided_by_id or 0}",
            "vnp_CreateDate": local_text(now),
            "vnp_IpAddr": self.own_address,
            "vnp_OrderInfo": f"Hoan_phi_{attempt.ref}",
        }
        reply = self._ask(request, REFUND_REQUEST, REFUND_REPLY)
        code, status = reply.get("vnp_ResponseCode", ""), reply.get("vnp_TransactionStatus", "")
        if code == OK:
            return RefundState(_refund_outcome(status), status)
        if code == ASKED_TWICE:
            return RefundState(RefundOutcome.UNKNOWN, code)
        if code == "99":
            raise Unreachable("refund answers 99")
        return RefundState(RefundOutcome.FAILED, code)

    def query_refund(self, refund: "Refund", now: datetime) -> RefundState:
        """Ask about the attempt: VNPAY answers with the state of its repayment."""
        attempt = refund.attempt
        request = {
            "vnp_RequestId": secrets.token_hex(16),
            "vnp_Version": VERSION,
            "vnp_Command": "querydr",
            "vnp_TmnCode": self.terminal,
            "vnp_TxnRef": attempt.ref,
            "vnp_TransactionDate": attempt.sent["vnp_CreateDate"],
            "vnp_CreateDate": local_text(now),
            "vnp_IpAddr": self.own_address,
            "vnp_OrderInfo": f"Truy_van_hoan_{refund.request_id[:16]}",
        }
        reply = self._ask(request, QUERY_REQUEST, QUERY_REPLY)
        if reply.get("vnp_ResponseCode") != OK:
            raise Unreachable(f"querydr answers {reply.get('vnp_ResponseCode')}")
        if reply.get("vnp_TransactionType") not in ("02", "03"):
            # It knows of no repayment: what was sent was not heard.
            return RefundState(RefundOutcome.UNKNOWN, "no_refund")
        status = reply.get("vnp_TransactionStatus", "")
        return RefundState(_refund_outcome(status), status)

    def fetch_settlement(self, day: date) -> bytes | None:
        return fetch(f"{self.base_url}{SETTLEMENT_PATH}?tmnCode={self.terminal}&date={day:%Y%m%d}")

    def parse_settlement(self, content: bytes) -> SettlementFile:
        """Read a day's file: JSON with ``lines``, ``total`` and, over the canonical lines, ``signature``."""
        try:
            found = json.loads(content)
            text = json.dumps(found["lines"], sort_keys=True, separators=(",", ":"))
            lines = tuple(_line(line) for line in found["lines"])
            batch, day, total = found["batchId"], found["date"], int(found["total"])
            given = found["signature"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError("not a settlement file of VNPAY") from error
        self._require_genuine(given, f"{batch}|{day}|{total}|{text}")
        return SettlementFile(batch, date.fromisoformat(day), total // 100, lines)

    def _state(
        self, fields: Mapping[str, str], outcome: Outcome, code: str, *, is_asked: bool = False
    ) -> ProviderState:
        amount = fields.get("vnp_Amount", "")
        # A part of a đồng is no amount that anybody asked for.
        vnd = int(amount) // 100 if amount.isascii() and amount.isdigit() and int(amount) % 100 == 0 else None
        return ProviderState(
            fields.get("vnp_TxnRef", ""),
            outcome,
            vnd,
            fields.get("vnp_TransactionNo", ""),
            code,
            moment_of(fields.get("vnp_PayDate", "")),
            is_asked,
            is_disputed=fields.get("vnp_TransactionStatus") == REVERSED,
        )

    def _ask(self, request: dict[str, str], order: list[str], reply_order: list[str]) -> dict[str, str]:
        request["vnp_SecureHash"] = sign(self.secrets_[0], joined(request, order))
        reply = post_json(self.api_url or self.base_url + API_PATH, request)
        self._require_genuine(str(reply.get("vnp_SecureHash") or ""), joined(reply, reply_order))
        return {key: str(value) for key, value in reply.items() if value is not None}

    def _require_genuine(self, given: str, *texts: str) -> None:
        """Raise NotGenuine unless one of the keys signs one of the texts so; a missing signature is none."""
        if not given.isascii() or not any(
            hmac.compare_digest(sign(secret, text), given.lower()) for secret in self.secrets_ for text in texts
        ):
            raise NotGenuine("wrong signature")


def _outcome(response: str, status: str) -> Outcome:
    """Return what both codes mean together: paid only when both say so."""
    if response == OK and status in (OK, *REFUND_ON_ITS_WAY, REFUND_REJECTED):
        # What is being paid back was paid.
        return Outcome.SUCCEEDED
    if SUSPECTED in (response, status):
        return Outcome.REVIEW
    if response == CANCELLED_BY_PAYER:
        return Outcome.CANCELLED
    if status == "01":
        return Outcome.PENDING
    return Outcome.FAILED


def _refund_outcome(status: str) -> RefundOutcome:
    if status in REFUND_ON_ITS_WAY:
        return RefundOutcome.PROCESSING
    if status == OK:
        return RefundOutcome.SUCCEEDED
    return RefundOutcome.FAILED if status == REFUND_REJECTED else RefundOutcome.UNKNOWN


def _line(line: Mapping[str, Any]) -> Line:
    return Line(
        kind={"01": "payment", "02": "refund", "03": "refund"}[line["type"]],
        reference=line["txnRef"],
        amount_vnd=int(line["amount"]) // 100,
        day=date.fromisoformat(line["payDate"][:8]),
        provider_ref=line.get("transactionNo", ""),
        withheld_vnd=int(line.get("fee", 0)) // 100,
    )
