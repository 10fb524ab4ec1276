"""The log of changes: one line for every change that an officer makes to the installation itself.

What happens to dossiers has its own history (``dossiers/timeline/history.py``).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from common.refusals import Refused, stale

from ..models import AuditEntry, Unit

MAX_TEXT = 500


def record(
    action: str,
    subject: Any,
    *,
    by: Any,
    now: datetime,
    ref: str,
    unit: Unit | None = None,
    name: str = "",
    changes: Iterable[tuple[str, Any, Any]] = (),
) -> AuditEntry:
    """Write a line inside the caller's transaction.

    ``subject`` is a model instance (its model's name is kept), ``ref`` finds it
    again, ``name`` is what it was called. ``changes`` are (field, before,
    after); values are kept as text of at most 500 characters.
    """
    return AuditEntry.objects.create(
        at=now,
        by=by,
        by_name=by.get_full_name() if by is not None else "",
        unit=unit,
        action=action,
        subject_type=subject._meta.model_name,
        subject_ref=ref[:60],
        subject_name=(name or str(subject))[:300],
        changes=[
            {"field": field, "before": _text(before), "after": _text(after)}
            for field, before, after in changes
            if before != after
        ],
    )


def overtaken(subject: Any, ref: str) -> Refused:
    """Return the refusal of a page about a subject that was changed meanwhile; it names who was last. One query."""
    entries = AuditEntry.objects.filter(subject_type=subject._meta.model_name, subject_ref=ref[:60])
    last = entries.order_by("-id").first()
    return stale(last.by_name, last.at) if last else stale()


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
