"""Tables of figures and of feedback, by subject."""

from .feedback import Feedback, FeedbackEvent, FeedbackFile, FeedbackReading, FeedbackStatus, Kind, Topic
from .figures import Counted, Course, DailyFigure, Ending, StepFigure
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
    "Kind",
    "Measure",
    "StepFigure",
    "Target",
    "Topic",
]
