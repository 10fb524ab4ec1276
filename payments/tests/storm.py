"""A gateway that knows the truth and tells it badly, for many payments at once; a seed decides everything."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from django.conf import settings

from payments.models import Attempt
from payments.providers.base import Unreachable
from payments.providers.vnpay import QUERY_REPLY, joined, local_text, sign, signed_text

PAID, CANCELLED, FAILED, OPEN = ("00", "00"), ("24", "02"), ("51", "02"), ("", "01")


class Killed(BaseException):
    """The process that worked is gone: what it had not committed never was."""


class Gateway:
    """What really happened to each payment, and how it is told."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.truth: dict[str, tuple[str, str]] = {}
        self.amounts: dict[str, int] = {}
        self.numbers: dict[str, str] = {}
        self.is_down = False
        self.moment = datetime(2026, 3, 23, tzinfo=UTC)
        self.lock = Lock()

    def begin(self, attempt: Attempt, end: tuple[str, str]) -> None:
        """Take a payer in, whose payment ends so."""
        self.truth[attempt.ref], self.amounts[attempt.ref] = end, attempt.amount_vnd
        self.numbers[attempt.ref] = str(90_000_000 + len(self.numbers))

    def message(self, ref: str, end: tuple[str, str] | None = None, amount_vnd: int | None = None) -> dict[str, str]:
        """Return a signed notification: the truth, unless another end or amount is given."""
        response, status = end or self.truth[ref]
        params = {
            "vnp_TmnCode": settings.VNPAY["terminal"],
            "vnp_Amount": str((self.amounts[ref] if amount_vnd is None else amount_vnd) * 100),
            "vnp_PayDate": "20260323091000",
            "vnp_OrderInfo": f"Nop_phi_{ref}",
            "vnp_TransactionNo": self.numbers[ref],
            "vnp_ResponseCode": response,
            "vnp_TransactionStatus": status,
            "vnp_TxnRef": ref,
        }
        return {**params, "vnp_SecureHash": sign(settings.VNPAY["secrets_"][0], signed_text(params))}

    def forged(self, ref: str) -> dict[str, str]:
        """Return a notification of success that somebody else has signed, or nobody."""
        params = self.message(ref, PAID)
        value = self.random.choice(["", "0" * 128, sign("a stranger's key", signed_text(params))])
        return {**params, "vnp_SecureHash": value}

    def answer(self, url: str, asked: dict[str, str]) -> dict[str, Any]:
        """Answer a question. Raises Unreachable while it is down."""
        if self.is_down:
            raise Unreachable("down")
        ref = asked["vnp_TxnRef"]
        reply: dict[str, Any] = {
            "vnp_ResponseId": "x",
            "vnp_Command": "querydr",
            "vnp_ResponseCode": "00" if ref in self.truth else "91",
            "vnp_Message": "x",
            "vnp_TmnCode": asked["vnp_TmnCode"],
            "vnp_TxnRef": ref,
            "vnp_OrderInfo": asked["vnp_OrderInfo"],
        }
        if ref in self.truth:
            reply |= {
                "vnp_Amount": str(self.amounts[ref] * 100),
                "vnp_PayDate": "20260323091000",
                "vnp_TransactionNo": self.numbers[ref],
                "vnp_TransactionType": "01",
                "vnp_TransactionStatus": self.truth[ref][1],
            }
        reply["vnp_SecureHash"] = sign(settings.VNPAY["secrets_"][0], joined(reply, QUERY_REPLY))
        return reply

    def paid(self) -> set[str]:
        """Return the references that money came for."""
        return {ref for ref, end in self.truth.items() if end == PAID}

    def file(self, moment: datetime) -> bytes:
        """Return the file of the day: every payment once, signed."""
        lines = [
            {
                "type": "01",
                "txnRef": ref,
                "transactionNo": self.numbers[ref],
                "amount": self.amounts[ref] * 100,
                "fee": 0,
                "payDate": local_text(moment),
            }
            for ref in sorted(self.paid())
        ]
        day, total = local_text(moment)[:8], sum(self.amounts[ref] * 100 for ref in self.paid())
        text = f"B|{day}|{total}|{json.dumps(lines, sort_keys=True, separators=(',', ':'))}"
        signature = sign(settings.VNPAY["secrets_"][0], text)
        return json.dumps(
            {"batchId": "B", "date": day, "total": total, "lines": lines, "signature": signature}
        ).encode()

    def deadly(self, work: Callable[..., Any], share: float) -> Callable[..., Any]:
        """Return a function that now and then does its work and is killed before anything of it is committed."""

        def run(*args: Any, **named: Any) -> Any:
            result = work(*args, **named)
            with self.lock:
                is_over = self.random.random() < share
            if is_over:
                raise Killed
            return result

        return run
