"""Settings of payments: which ways there are, and their merchants' numbers and keys.

Without them a fee is paid at the counter alone. `make run` names the simulator, which production refuses.
"""

import base64
from typing import Any
from urllib.parse import urlsplit

from .environment import env

# The simulator's address; empty without one.
SIMULATOR_URL = env("SIMULATOR_URL", default="")
PROVIDER_TIMEOUT = env.float("PROVIDER_TIMEOUT", default=10)
# {the carrier's code: what it means here} where it differs from providers.vnpost.CODES.
VNPOST_CODES: dict[str, str] = env.json("VNPOST_CODES", default={})

# What each way needs, and what the simulator knows it by. The bank's number is nobody's, and its holder a warning.
SIMULATED: dict[str, dict[str, str]] = {
    "VNPAY": {
        "VNPAY_URL": SIMULATOR_URL,
        "VNPAY_TERMINAL": "SIMTMN01",
        "VNPAY_SECRETS": "SIM_SECRET_0001",
    },
    "VIETQR": {
        "BANK_BIN": "970000",
        "BANK_NAME": "Ngân hàng mô phỏng",
        "BANK_ACCOUNT": "0000000000000",
        "BANK_HOLDER": "KHÔNG CHUYỂN TIỀN",
        "BANK_FEED_URL": f"{SIMULATOR_URL}/bank",
    },
    "VNPOST": {
        "VNPOST_URL": f"{SIMULATOR_URL}/post",
        "VNPOST_USERNAME": "mo-phong",
        "VNPOST_PASSWORD": "SIM_PASSWORD",
        "VNPOST_CUSTOMER": "SIM",
        "VNPOST_CONTRACT": "SIM",
        "VNPOST_WEBHOOK_KEY": "",
        "VNPOST_SETTLEMENT_KEY": "SIM_SETTLEMENT",
    },
}
TRACKING_SIMULATED = f"{SIMULATOR_URL}/post/track?code={{code}}" if SIMULATOR_URL else ""
MEANINGS = {
    "VNPAY_URL": "the gateway's address, https://…",
    "VNPAY_TERMINAL": "the terminal's code (TmnCode), 8 letters and digits",
    "VNPAY_SECRETS": "the merchant's secret; while it changes the new one, a comma and the former one",
    "BANK_BIN": "the bank's number, 6 digits",
    "BANK_NAME": "the bank's name",
    "BANK_ACCOUNT": "the account's number, at most 19 letters and digits",
    "BANK_HOLDER": "whose account it is",
    "BANK_FEED_URL": "where the bank lists what was credited, https://…",
    "VNPOST_URL": "the carrier's address, https://…",
    "VNPOST_USERNAME": "the account's name at the carrier",
    "VNPOST_PASSWORD": "the account's password at the carrier",
    "VNPOST_CUSTOMER": "the customer's number",
    "VNPOST_CONTRACT": "the contract's number",
    "VNPOST_WEBHOOK_KEY": "the carrier's public key, DER in base64",
    "VNPOST_SETTLEMENT_KEY": "the key that signs remittances",
}


def vnpay(value: Any) -> dict[str, Any]:
    """Return the gateway's settings; ``value`` gives a variable's text."""
    return {
        "base_url": value("VNPAY_URL"),
        # Where the gateway has its pay page and its interface on other hosts.
        "pay_url": env("VNPAY_PAY_URL", default=""),
        "api_url": env("VNPAY_API_URL", default=""),
        "terminal": value("VNPAY_TERMINAL"),
        # The present key first, then the former one while it changes.
        "secrets_": tuple(key.strip() for key in value("VNPAY_SECRETS").split(",") if key.strip()),
        "own_address": env("VNPAY_OWN_ADDRESS", default="") or "127.0.0.1",
    }


def vietqr(value: Any) -> dict[str, Any]:
    """Return the bank account's settings."""
    return {
        "bank": value("BANK_BIN"),
        "bank_name": value("BANK_NAME"),
        "account": value("BANK_ACCOUNT"),
        "holder": value("BANK_HOLDER"),
        "feed_url": value("BANK_FEED_URL"),
    }


def vnpost(value: Any) -> dict[str, Any]:
    """Return the carrier's settings."""
    return {
        "base_url": value("VNPOST_URL"),
        "username": value("VNPOST_USERNAME"),
        "password": value("VNPOST_PASSWORD"),
        "customer": value("VNPOST_CUSTOMER"),
        "contract": value("VNPOST_CONTRACT"),
        # The carrier's public key, DER in base64.
        "webhook_key": value("VNPOST_WEBHOOK_KEY"),
        "settlement_key": value("VNPOST_SETTLEMENT_KEY"),
        # The carrier's look-up page with {code} for the item; without it people see the number alone.
        "tracking": env("VNPOST_TRACKING_URL", default="") or TRACKING_SIMULATED,
    }


def given(name: str) -> str:
    """Return a variable's text, '' without it."""
    return str(env(name, default=""))


def given_or_simulated(name: str) -> str:
    """Return a variable's text, or what the simulator is known by."""
    known = {key: value for group in SIMULATED.values() for key, value in group.items()} if SIMULATOR_URL else {}
    return str(env(name, default="") or known.get(name, ""))


def simulated(name: str) -> str:
    """Return what the simulator is known by; a real account is never shown by a trial."""
    return SIMULATED["VIETQR"][name] if SIMULATOR_URL else ""


def payment_faults() -> list[str]:
    """Return why money would go astray in a real installation, one sentence each."""
    found = []
    if SIMULATOR_URL:
        found.append("SIMULATOR_URL is set: it takes no real money, and production must not know it.")
    for way, known in SIMULATED.items():
        values = {name: given(name) for name in known}
        if not any(values.values()):
            continue
        found += [
            f"{name} is not set, so {way} is only half configured: give {MEANINGS[name]}, or leave out all of {way}."
            for name, value in values.items()
            if not value
        ]
        found += [
            f"{name} is the simulator's: give {MEANINGS[name]}."
            for name, value in values.items()
            if value and value == known[name]
        ]
        found += [
            f"{name} cannot be right: give {MEANINGS[name]}."
            for name, value in values.items()
            if value and value != known[name] and not _is_fit(name, value)
        ]
    return found


def _is_fit(name: str, value: str) -> bool:
    if name.endswith("_URL"):
        return urlsplit(value).scheme == "https" and bool(urlsplit(value).hostname)
    if name == "VNPAY_TERMINAL":
        return len(value) == 8 and value.isascii() and value.isalnum()
    if name == "VNPAY_SECRETS":
        return all(len(key.strip()) >= 16 for key in value.split(","))
    if name == "BANK_BIN":
        return len(value) == 6 and value.isascii() and value.isdigit()
    if name == "BANK_ACCOUNT":
        return len(value) <= 19 and value.isascii() and value.isalnum()
    if name == "VNPOST_WEBHOOK_KEY":
        try:
            return len(base64.b64decode(value, validate=True)) > 100
        except ValueError:
            return False
    return True


VNPAY: dict[str, Any] = vnpay(given_or_simulated)
VIETQR: dict[str, Any] = vietqr(simulated)
VNPOST: dict[str, Any] = vnpost(given_or_simulated)
# Whether a fee can be paid from afar at all.
PAYS_ONLINE = bool(VNPAY["base_url"] or VIETQR["account"])
# A parcel that the post has and has said nothing about for so many days is shown to the desk.
PARCEL_SILENT_DAYS = env.int("PARCEL_SILENT_DAYS", default=10)
