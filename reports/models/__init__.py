"""Tables of figures, and of what people tell a unit, by subject."""

from .feedback import Feedback, FeedbackEvent, FeedbackFile, FeedbackReading, FeedbackStatus, Kind, Topic
from .figures import Counted, Course, DailyFigure, Ending, StepFigure
from .indicators import IndicatorFigure, Measured
from .targets import Measure, Target

__all__ = [
    "Counted",
    "Course",
    "DailyFigure",
    "Ending",
    "Feedback",
    "FeedbackEvent",
    "FeedbackFile",
    "FeedbackReading",
    "FeedbackStatus",
    "IndicatorFigure",
    "Kind",
    "Measure",
    "Measured",
    "StepFigure",
    "Target",
    "Topic",
]
