"""Tables of the catalogue, by subject."""

from .catalogue import (
    Book,
    LifeEvent,
    PreparedForm,
    Procedure,
    ProcedureFigures,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
    TimeUnit,
    TitleWord,
    VersionStatus,
    WaitingImport,
)
from .fees import FeeChannel, FeeExemption, FeeKind, FeeLine, FeeUnit
from .guiding import ChecklistStep, Signpost, SpanUnit
from .marks import Confidence, Mark
from .offerings import Offering, OfferingFee
from .proposals import Proposal

__all__ = [
    "Book",
    "ChecklistStep",
    "Confidence",
    "FeeChannel",
    "FeeExemption",
    "FeeKind",
    "FeeLine",
    "FeeUnit",
    "LifeEvent",
    "Mark",
    "Offering",
    "OfferingFee",
    "PreparedForm",
    "Procedure",
    "ProcedureFigures",
    "ProcedureStep",
    "ProcedureVersion",
    "Proposal",
    "RequiredPaper",
    "Sector",
    "Signpost",
    "SpanUnit",
    "TimeUnit",
    "TitleWord",
    "VersionStatus",
    "WaitingImport",
]
