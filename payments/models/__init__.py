"""What is owed, how it was paid, and the ledger that proves it. Amounts are whole đồng, never below 0."""

from .attempts import (
    LIVE,
    Attempt,
    AttemptLine,
    AttemptStatus,
    EventChannel,
    ProviderEvent,
    TransferProof,
)
from .charges import (
    OWED,
    SETTLED,
    Charge,
    ChargeKind,
    ChargeLine,
    ChargeStatus,
    ExemptionClaim,
)
from .counter import Deposit, Shift
from .ledger import Booking, LedgerEntry, LedgerTransaction
from .post import HandoverRecord, Parcel, ParcelEvent, ParcelStatus, Way
from .receipts import Receipt, ReceiptSeries
from .reconciliation import Discrepancy, DiscrepancyKind, LineKind, SettlementBatch, SettlementLine
from .refunds import ENDED_WITHOUT_MONEY, Refund, RefundLine, RefundStatus

__all__ = [
    "ENDED_WITHOUT_MONEY",
    "LIVE",
    "OWED",
    "SETTLED",
    "Attempt",
    "AttemptLine",
    "AttemptStatus",
    "Booking",
    "Charge",
    "ChargeKind",
    "ChargeLine",
    "ChargeStatus",
    "Deposit",
    "Discrepancy",
    "DiscrepancyKind",
    "EventChannel",
    "ExemptionClaim",
    "HandoverRecord",
    "LedgerEntry",
    "LedgerTransaction",
    "LineKind",
    "Parcel",
    "ParcelEvent",
    "ParcelStatus",
    "ProviderEvent",
    "Receipt",
    "ReceiptSeries",
    "Refund",
    "RefundLine",
    "RefundStatus",
    "SettlementBatch",
    "SettlementLine",
    "Shift",
    "TransferProof",
    "Way",
]
