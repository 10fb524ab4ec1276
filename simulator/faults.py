"""The faults that a scenario may name, each with its values."""

from typing import Any

# Of a payment.
OUTCOME = "outcome"  # what the payer chooses without a page: paid, cancelled, failed, fraud, reversed
IPN = "ipn"  # lost, duplicate, concurrent, late, before_return, twice_different
RETURN = "return"  # lost: the payer's browser never comes back
AMOUNT = "amount"  # what the messages say, in hundredths of a đồng
SIGNATURE = "signature"  # bad, missing, old, sha256
TERMINAL = "terminal"  # another merchant's code
QUERY = "query"  # timeout, error, unknown (91), repeated (94), unsigned
REFUND = "refund"  # timeout_done, repeated (94), failed (95), rejected (09), stuck (05)
# Of a parcel.
PARCEL = "parcel"  # pickup_failed, refused, returned, lost, partial, delivered_then_returned
WEBHOOK = "webhook"  # out_of_order, unsigned, tampered, lost
REMITTANCE = "remittance"  # never, short, extra, duplicated, wrong_total, replayed, late
# Of the gateway's file of a day: never, short, extra, duplicated, wrong_total, replayed (the day before again), late.
SETTLEMENT = "settlement"
# Of the bank.
CREDIT = "credit"  # under, over, no_reference, mistyped, twice

NAMES = {
    OUTCOME,
    IPN,
    RETURN,
    AMOUNT,
    SIGNATURE,
    TERMINAL,
    QUERY,
    REFUND,
    PARCEL,
    WEBHOOK,
    REMITTANCE,
    SETTLEMENT,
    CREDIT,
}


def unknown(faults: dict[str, Any]) -> set[str]:
    """Return the names that mean nothing."""
    return set(faults) - NAMES
