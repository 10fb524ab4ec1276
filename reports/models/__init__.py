"""Tables of figures, by subject."""

from .figures import Counted, Course, DailyFigure, Ending, StepFigure
from .ratings import CommentState, DailyRating, Grade, Question, Rating
from .targets import Measure, Target

__all__ = [
    "CommentState",
    "Counted",
    "Course",
    "DailyFigure",
    "DailyRating",
    "Ending",
    "Grade",
    "Measure",
    "Question",
    "Rating",
    "StepFigure",
    "Target",
]
