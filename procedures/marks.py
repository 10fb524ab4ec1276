"""What of a version nobody has checked against its source yet, and who has checked it in the end.

Marks stand beside the wording, never in it: citizens do not see them, and clearing one changes no version.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from eforms.builder.raw import fields_of, name_of, sections_of

from .models import Mark, ProcedureVersion
from .versions.changing import record

# The kinds of parts, and the section of a version in which each stands; the last three may name one by its key.
SECTIONS = {
    "code": "info",
    "info": "info",
    "audience": "info",
    "time": "info",
    "legal": "info",
    "form": "form",
    "paper": "papers",
    "fee": "fees",
}
COLUMNS = ("part", "confidence", "source", "note")
Plain = dict[str, Any]


def is_part(text: str) -> bool:
    """Tell whether a text names a part of a version: 'legal', 'form', 'form:<question>', 'paper:<key>', 'fee:<key>'."""
    kind, colon, key = text.partition(":")
    return kind in SECTIONS and bool(key) == bool(colon) and (kind in ("form", "paper", "fee") if key else True)


def plain_marks(version: ProcedureVersion) -> list[Plain]:
    """Return the marks that nobody has cleared, as the exchange carries them; one query unless prefetched."""
    return [{name: getattr(mark, name) for name in COLUMNS} for mark in version.marks.all() if not mark.cleared_at]


def write_marks(version: ProcedureVersion, rows: Iterable[Mapping[str, Any]]) -> None:
    """Give a new version or a draft these marks in place of those still open; what was cleared stays so.

    A mark that somebody has cleared in another version of the procedure does not come back. Three queries.
    """
    known = Mark.objects.filter(version__procedure=version.procedure_id, cleared_at__isnull=False)
    cleared = set(known.values_list("part", "source", "note"))
    version.marks.filter(cleared_at=None).delete()
    made = new_marks(version, rows)
    Mark.objects.bulk_create(mark for mark in made if (mark.part, mark.source, mark.note) not in cleared)


def new_marks(version: ProcedureVersion, rows: Iterable[Mapping[str, Any]]) -> list[Mark]:
    """Return unsaved marks of a version from what the exchange carries."""
    return [Mark(version=version, **{name: row.get(name, "") for name in COLUMNS}) for row in rows]


def clear(version: ProcedureVersion, marks: Iterable[Mark], by: User, now: datetime) -> int:
    """Say that a person has checked parts of a version; the same marks of its other versions go too.

    Returns how many parts; raises Refused when somebody else was first. Logged.
    """
    parts = []
    with transaction.atomic():
        for mark in marks:
            same = Mark.objects.filter(
                version__procedure=version.procedure_id, part=mark.part, source=mark.source, note=mark.note
            )
            if not same.filter(cleared_at=None).update(cleared_by=by, cleared_at=now):
                raise Refused(_("Somebody else has checked this already."), code="stale")
            parts.append(mark.part)
        if parts:
            changes = [("mark", _called(version, part), None) for part in parts]
            record(version.procedure, "version.mark-clear", by=by, now=now, version=version, changes=changes)
    return len(parts)


def _called(version: ProcedureVersion, part: str) -> str:
    """Return how the log names a part: a question, paper or fee by its name, the others by their kind."""
    kind, _colon, key = part.partition(":")
    if kind in ("paper", "fee"):
        rows = version.papers if kind == "paper" else version.fees
        return rows.filter(key=key).values_list("name", flat=True).first() or part
    questions = (field for section in sections_of(version.form or {}) for field in fields_of(section))
    table, _dot, _column = key.partition(".")
    return next((name_of(field) for field in questions if key and field.get("key") == table), part)


def counts(versions: Iterable[int]) -> dict[int, int]:
    """Return how many parts of versions (primary keys) wait for a check; one query."""
    waiting = Mark.objects.filter(version__in=list(versions), cleared_at=None)
    return dict(waiting.order_by().values_list("version_id").annotate(Count("pk")))
