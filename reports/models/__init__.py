"""Tables of figures, by subject."""

from .figures import Counted, Course, DailyFigure, Ending, StepFigure
from .targets import Measure, Target
from .visits import VisitCount

__all__ = ["Counted", "Course", "DailyFigure", "Ending", "Measure", "StepFigure", "Target", "VisitCount"]
