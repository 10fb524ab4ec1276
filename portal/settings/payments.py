"""Settings of payments: which ways there are, and their merchants' numbers and keys.

Without them a fee is paid at the counter alone. `make run` names the simulator, which production refuses.
"""

from typing import Any

from .environment import env

# The simulator's address; empty without one.
SIMULATOR_URL = env("SIMULATOR_URL", default="")
PROVIDER_TIMEOUT = env.float("PROVIDER_TIMEOUT", default=10)
_SIM: dict[str, str] = (
    {
        "VNPAY_URL": SIMULATOR_URL,
        "VNPAY_TERMINAL": "SIMTMN01",
        "VNPAY_SECRETS": "SIM_SECRET_0001",
        "BANK_BIN": "970405",
        "BANK_NAME": "Ngân hàng mô phỏng",
        "BANK_ACCOUNT": "0000000000000",
        "BANK_HOLDER": "KHÔNG CHUYỂN TIỀN",
        "BANK_FEED_URL": f"{SIMULATOR_URL}/bank",
        "VNPOST_URL": f"{SIMULATOR_URL}/post",
        "VNPOST_USERNAME": "mo-phong",
        "VNPOST_PASSWORD": "SIM_PASSWORD",
        "VNPOST_CUSTOMER": "SIM",
        "VNPOST_CONTRACT": "SIM",
        "VNPOST_SETTLEMENT_KEY": "SIM_SETTLEMENT",
    }
    if SIMULATOR_URL
    else {}
)


def _value(name: str) -> str:
    return str(env(name, default=_SIM.get(name, "")))


VNPAY: dict[str, Any] = {
    "base_url": _value("VNPAY_URL"),
    "terminal": _value("VNPAY_TERMINAL"),
    # The present key first, then the former one while it changes.
    "secrets_": tuple(key for key in _value("VNPAY_SECRETS").split(",") if key),
    "own_address": env("VNPAY_OWN_ADDRESS", default="127.0.0.1"),
}
VIETQR: dict[str, Any] = {
    "bank": _value("BANK_BIN"),
    "bank_name": _value("BANK_NAME"),
    "account": _value("BANK_ACCOUNT"),
    "holder": _value("BANK_HOLDER"),
    "feed_url": _value("BANK_FEED_URL"),
}
VNPOST: dict[str, Any] = {
    "base_url": _value("VNPOST_URL"),
    "username": _value("VNPOST_USERNAME"),
    "password": _value("VNPOST_PASSWORD"),
    "customer": _value("VNPOST_CUSTOMER"),
    "contract": _value("VNPOST_CONTRACT"),
    # The carrier's public key, DER in base64.
    "webhook_key": _value("VNPOST_WEBHOOK_KEY"),
    "settlement_key": _value("VNPOST_SETTLEMENT_KEY"),
}
# {the carrier's code: what it means here} where it differs from providers.vnpost.CODES.
VNPOST_CODES: dict[str, str] = env.json("VNPOST_CODES", default={})
