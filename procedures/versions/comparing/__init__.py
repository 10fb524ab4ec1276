"""What differs between two versions of a procedure, in sentences of the active language."""

from .changes import Change, ChangedSection, pieces
from .whole import compare, compare_procedures

__all__ = ["Change", "ChangedSection", "compare", "compare_procedures", "pieces"]
