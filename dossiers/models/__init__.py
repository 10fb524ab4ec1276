"""Tables of one request from draft to result, by subject."""

from .dossier import (
    FINAL,
    OPEN,
    Applicant,
    Assignment,
    Channel,
    Delivery,
    Dossier,
    FeeState,
    NumberSeries,
    Pause,
    Status,
)
from .history import AccessRecord, DossierEvent, HistorySeal
from .papers import Paper, PaperKind, SupplementItem, SupplementRequest
from .results import Result, ResultKind, Slip, SlipKind

__all__ = [
    "FINAL",
    "OPEN",
    "Applicant",
    "Channel",
    "NumberSeries",
    "Delivery",
    "Dossier",
    "DossierEvent",
    "FeeState",
    "Assignment",
    "HistorySeal",
    "Paper",
    "PaperKind",
    "Pause",
    "AccessRecord",
    "Result",
    "ResultKind",
    "Slip",
    "SlipKind",
    "Status",
    "SupplementItem",
    "SupplementRequest",
]
