"""The box of a condition over the answers of a version's form, on the pages of its papers and fees."""

from typing import Any

from eforms.builder.conditions import ConditionField
from eforms.builder.raw import fields_of, sections_of
from procedures.models import ProcedureVersion


def condition_field(version: ProcedureVersion, stored: Any, **words: Any) -> ConditionField | None:
    """Return the box; None where there is neither a question to read nor a condition to show."""
    questions = [field for section in sections_of(version.form or {}) for field in fields_of(section)]
    if not questions and stored is None:
        return None
    return ConditionField(fields=questions, stored=stored, **words)
