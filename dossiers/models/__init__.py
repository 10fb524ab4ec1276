"""Tables of one request from draft to result, by subject."""

from .dossier import FINAL, OPEN, Applicant, Channel, DayCounter, Delivery, Dossier, Handover, Pause, Status
from .history import DossierEvent, HistorySeal, Reading
from .papers import Paper, PaperKind, ScanState, SupplementItem, SupplementRequest
from .results import Result, ResultKind, Slip, SlipKind

__all__ = [
    "FINAL",
    "OPEN",
    "Applicant",
    "Channel",
    "DayCounter",
    "Delivery",
    "Dossier",
    "DossierEvent",
    "Handover",
    "HistorySeal",
    "Paper",
    "PaperKind",
    "Pause",
    "Reading",
    "Result",
    "ResultKind",
    "ScanState",
    "Slip",
    "SlipKind",
    "Status",
    "SupplementItem",
    "SupplementRequest",
]
