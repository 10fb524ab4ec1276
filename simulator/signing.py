"""VNPAY's signatures as its documentation states them; written for the simulator alone."""

import hashlib
import hmac
from urllib.parse import urlencode

QUERY_FIELDS = (
    "vnp_RequestId|vnp_Version|vnp_Command|vnp_TmnCode|vnp_TxnRef|vnp_TransactionDate|vnp_CreateDate|vnp_IpAddr"
    "|vnp_OrderInfo"
)
ANSWER_FIELDS = (
    "vnp_ResponseId|vnp_Command|vnp_ResponseCode|vnp_Message|vnp_TmnCode|vnp_TxnRef|vnp_Amount|vnp_BankCode"
    "|vnp_PayDate|vnp_TransactionNo|vnp_TransactionType|vnp_TransactionStatus|vnp_OrderInfo"
)
PROMOTION_FIELDS = "|vnp_PromotionCode|vnp_PromotionAmount"
REFUND_FIELDS = (
    "vnp_RequestId|vnp_Version|vnp_Command|vnp_TmnCode|vnp_TransactionType|vnp_TxnRef|vnp_Amount|vnp_TransactionNo"
    "|vnp_TransactionDate|vnp_CreateBy|vnp_CreateDate|vnp_IpAddr|vnp_OrderInfo"
)


def query_text(params: dict[str, str]) -> str:
    """Return the parameters in alphabetical order as a query, spaces as '+'."""
    kept = {k: v for k, v in params.items() if k[:4] == "vnp_" and k[:14] != "vnp_SecureHash" and v != ""}
    return urlencode(sorted(kept.items()))


def bar_text(params: dict[str, object], fields: str) -> str:
    """Return the values of fields between bars."""
    return "|".join("" if params.get(name) is None else str(params[name]) for name in fields.split("|"))


def mac(key: str, text: str, name: str = "sha512") -> str:
    """Return the keyed hash of a text."""
    return hmac.HMAC(key.encode("utf-8"), text.encode("utf-8"), getattr(hashlib, name)).hexdigest()


def fits(key: str, text: str, given: str) -> bool:
    """Tell whether a hash is the one of a text."""
    return hmac.compare_digest(mac(key, text), given)
