"""Messages as VNPAY sends them, signed with the key of the tests."""

from typing import Any

from django.conf import settings

from payments.models import Attempt
from payments.providers.vnpay import sign, signed_text

IPN, RETURN = "/pay/vnpay/ipn/", "/pay/vnpay/return/"


def message(attempt: Attempt, response: str = "00", status: str = "00", **other: Any) -> dict[str, str]:
    """Return the signed parameters of a message about an attempt; ``other`` replaces them before they are signed."""
    params = {
        "vnp_TmnCode": settings.VNPAY["terminal"],
        "vnp_Amount": str(attempt.amount_vnd * 100),
        "vnp_BankCode": "NCB",
        "vnp_PayDate": "20260323090312",
        "vnp_OrderInfo": f"Nop_phi_{attempt.ref}",
        "vnp_TransactionNo": "90000001",
        "vnp_ResponseCode": response,
        "vnp_TransactionStatus": status,
        "vnp_TxnRef": attempt.ref,
    } | {f"vnp_{name}": str(value) for name, value in other.items()}
    return {**params, "vnp_SecureHash": sign(settings.VNPAY["secrets_"][0], signed_text(params))}
