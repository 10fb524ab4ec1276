"""Tables of one request from draft to result, by subject."""

from .assignments import Assignment, Pause
from .books import BookEntry
from .corrections import CorrectionRequest
from .dossier import (
    FINAL,
    HELD,
    OPEN,
    RUNNING,
    Acting,
    Applicant,
    Channel,
    Delivery,
    Dossier,
    FeeState,
    Status,
    System,
)
from .history import AccessRecord, DossierEvent, HistorySeal
from .linking import LinkCode
from .numbers import NumberSeries
from .papers import Paper, PaperKind, Preview, SupplementItem, SupplementRequest
from .reasons import ReadyReasons
from .results import Result, ResultKind, Slip, SlipKind
from .talk import CALLED, TOLD, DayPart, Side, TalkEntry, TalkFile, TalkKind
from .worklist import WorklistRow

__all__ = [
    "CALLED",
    "FINAL",
    "HELD",
    "OPEN",
    "RUNNING",
    "TOLD",
    "Acting",
    "Applicant",
    "BookEntry",
    "Channel",
    "DayPart",
    "CorrectionRequest",
    "NumberSeries",
    "Delivery",
    "Dossier",
    "DossierEvent",
    "FeeState",
    "Assignment",
    "HistorySeal",
    "LinkCode",
    "Paper",
    "PaperKind",
    "Preview",
    "Pause",
    "AccessRecord",
    "ReadyReasons",
    "Result",
    "ResultKind",
    "Side",
    "Slip",
    "SlipKind",
    "Status",
    "SupplementItem",
    "SupplementRequest",
    "System",
    "TalkEntry",
    "TalkFile",
    "TalkKind",
    "WorklistRow",
]
