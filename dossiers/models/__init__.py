"""Tables of one request from draft to result, by subject."""

from .dossier import (
    FINAL,
    HELD,
    OPEN,
    RUNNING,
    Applicant,
    Assignment,
    Channel,
    Delivery,
    Dossier,
    NumberSeries,
    Pause,
    Status,
)
from .history import AccessRecord, DossierEvent, HistorySeal
from .papers import Paper, PaperKind, SupplementItem, SupplementRequest
from .results import Result, ResultKind, Slip, SlipKind
from .worklist import WorklistRow

__all__ = [
    "FINAL",
    "HELD",
    "OPEN",
    "RUNNING",
    "Applicant",
    "Channel",
    "NumberSeries",
    "Delivery",
    "Dossier",
    "DossierEvent",
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
    "WorklistRow",
]
