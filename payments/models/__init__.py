"""What is owed, how it was paid, and the ledger that proves it. Amounts are whole đồng, never below 0."""

from .attempts import (
    DECIDED_AT_DESK,
    LIVE,
    OPEN,
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
    CopyOrder,
    ExemptionClaim,
)
from .counter import Deposit, Shift
from .ledger import Booking, LedgerEntry, LedgerTransaction
from .post import MOVING, HandoverRecord, Parcel, ParcelEvent, ParcelStatus, Way
from .receipts import Receipt, ReceiptSeries
from .reconciliation import (
    MATCHED,
    DayReport,
    Discrepancy,
    DiscrepancyKind,
    LineKind,
    Resolution,
    SettlementBatch,
    SettlementLine,
)
from .refunds import ENDED_WITHOUT_MONEY, Refund, RefundLine, RefundStatus

__all__ = [
    "DECIDED_AT_DESK",
    "ENDED_WITHOUT_MONEY",
    "LIVE",
    "MATCHED",
    "MOVING",
    "OPEN",
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
    "CopyOrder",
    "DayReport",
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
    "Resolution",
    "SettlementBatch",
    "SettlementLine",
    "Shift",
    "TransferProof",
    "Way",
]
