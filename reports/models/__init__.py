"""Tables of figures, and of what people tell a unit, by subject."""

from .feedback import Feedback, FeedbackEvent, FeedbackFile, FeedbackReading, FeedbackStatus, Kind, Topic
from .figures import Counted, Course, DailyFigure, Ending, StepFigure
from .indicators import IndicatorFigure, Measured
from .ratings import CommentState, DailyRating, Grade, Question, Rating
from .targets import Measure, Target
from .visits import VisitCount

__all__ = [
    "CommentState",
    "Counted",
    "Course",
    "DailyFigure",
    "DailyRating",
    "Ending",
    "Feedback",
    "FeedbackEvent",
    "FeedbackFile",
    "FeedbackReading",
    "FeedbackStatus",
    "Grade",
    "IndicatorFigure",
    "Kind",
    "Measure",
    "Measured",
    "Question",
    "Rating",
    "StepFigure",
    "Target",
    "Topic",
    "VisitCount",
]
