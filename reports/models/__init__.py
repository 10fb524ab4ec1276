"""Tables of figures, by subject."""

from .figures import Counted, Course, DailyFigure, Ending, StepFigure
from .indicators import IndicatorFigure, Measured
from .targets import Measure, Target

__all__ = [
    "Counted",
    "Course",
    "DailyFigure",
    "Ending",
    "IndicatorFigure",
    "Measure",
    "Measured",
    "StepFigure",
    "Target",
]
