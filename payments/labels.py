"""Accounts, ways of paying and what the log says of money, in words for people who keep accounts in a commune."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.models import FeeLine

from .books import ledger
from .models import Resolution

ACCOUNTS: dict[str, Any] = {
    "clearing:vnpay": gettext_lazy("With VNPAY, not paid out yet"),
    "clearing:vietqr": gettext_lazy("Transfers by QR, not on the bank's statement yet"),
    "clearing:transfer": gettext_lazy("Transfers seen at the desk, not on the bank's statement yet"),
    "clearing:vnpost": gettext_lazy("With the post, collected on delivery, not paid out yet"),
    ledger.TREASURY: gettext_lazy("Account at the treasury"),
    ledger.UNAPPLIED: gettext_lazy("Money not assigned to any fee"),
    ledger.REFUNDS: gettext_lazy("To be paid back"),
    ledger.GATEWAY_COST: gettext_lazy("Kept by providers for their service"),
    ledger.CASH_DIFFERENCE: gettext_lazy("Differences when cash was counted"),
    ledger.SETTLEMENT_DIFFERENCE: gettext_lazy("Differences with providers and the bank"),
}
# Each fee and each cashier's shift has an account of its own.
CASH, REVENUE = "cash:", "revenue:"
PROVIDERS: dict[str, Any] = {
    "counter": gettext_lazy("Cash at the desk"),
    "transfer": gettext_lazy("Transfer seen at the desk"),
    "vnpay": "VNPAY",
    "vietqr": "VietQR",
    "vnpost": gettext_lazy("Post (collected on delivery)"),
}
# What a transaction's source begins with.
SOURCES: dict[str, Any] = {
    "attempt": gettext_lazy("Payment"),
    "refund": gettext_lazy("Repayment"),
    "shift": gettext_lazy("Cashier's shift"),
    "deposit": gettext_lazy("Deposit"),
    "discrepancy": gettext_lazy("Discrepancy"),
}
# What the nightly look at the books may find (``checking.Finding.kind``).
FAULTS: dict[str, Any] = {
    "unbalanced": gettext_lazy("Debit and credit differ"),
    "charge": gettext_lazy("A fee shows another sum than the ledger"),
    "receipt": gettext_lazy("Money came without a receipt"),
    "not_booked": gettext_lazy("A payment is not in the ledger"),
    "unapplied": gettext_lazy("Money has been without a fee for more than 3 days"),
    "open_box": gettext_lazy("A cashier's shift has been open for more than a day"),
    "unanswered": gettext_lazy("A payment or repayment has been unclear for more than 3 days"),
    "half_settled": gettext_lazy("Something paid out is still counted as with the provider"),
}
# Of the log of changes.
AREAS = {"discrepancy": gettext_lazy("Money: discrepancies"), "money": gettext_lazy("Money: files")}
ACTIONS = {
    "discrepancy.note": gettext_lazy("Discrepancy taken over, with a note"),
    "discrepancy.propose": gettext_lazy("Closing of a discrepancy proposed"),
    "discrepancy.send_back": gettext_lazy("Closing of a discrepancy declined"),
    "discrepancy.close": gettext_lazy("Discrepancy closed"),
    "money.bring": gettext_lazy("Statement or file brought"),
    "money.export": gettext_lazy("Figures of money saved as a file"),
}
FIELDS = {
    "discrepancy_note": gettext_lazy("Note"),
    "reason": gettext_lazy("Reason"),
    "resolution": gettext_lazy("How it is closed"),
    "report": gettext_lazy("Report"),
}
VALUES: dict[str, Mapping[str, Any]] = {"resolution": dict(Resolution.choices)}


def account_words(account: str, fee_names: Mapping[str, str] | None = None) -> str:
    """Return what an account is; one without words as it is written. ``fee_names`` are those of :func:`fee_names`."""
    if account.startswith(REVENUE):
        key = account.removeprefix(REVENUE)
        return _("Fee: %(name)s") % {"name": (fee_names or {}).get(key, key)}
    if account.startswith(CASH):
        return _("Cash box of shift %(number)s") % {"number": account.removeprefix(CASH)}
    return str(ACCOUNTS.get(account, account))


def provider_words(key: str) -> str:
    """Return the name of a way of paying; one without words as it is written."""
    return str(PROVIDERS.get(key, key))


def source_words(source: str) -> str:
    """Return what caused a transaction: 'Payment 7KQ…'."""
    kind, _colon, ref = source.partition(":")
    return f"{SOURCES.get(kind, kind)} {ref[:14]}"


def fee_names(accounts: Iterable[str]) -> dict[str, str]:
    """Return the names of the fees that have an account, by key; a key of several fees has none. One query."""
    keys = {account.removeprefix(REVENUE) for account in accounts if account.startswith(REVENUE)}
    names: dict[str, set[str]] = {}
    for key, name in FeeLine.objects.filter(key__in=keys).order_by().values_list("key", "name").distinct():
        names.setdefault(key, set()).add(name)
    return {key: next(iter(found)) for key, found in names.items() if len(found) == 1}
