"""What publishers changed about a procedure, as its page tells it: each entry named by what it changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from common.clock import local_day
from common.text import lower_first
from offices.log import labels
from offices.log.lines import LogLine, lines_of
from offices.models import AuditEntry

from ..models import Procedure
from ..versions.changing import SUBJECT

READ = 200
# So many changed things are named; the entry opens to all of them.
NAMED = 4
# Saves of one draft, and what each changes beside the columns it names.
EDITS: dict[str, Any] = {
    "version.edit": "",
    "version.papers": "papers",
    "version.fees": "fees",
    "version.steps": "workflow",
    "procedure.edit": "",
}


@dataclass
class Entry:
    """What one person did in one go; ``changes`` are (what, before, after), the newest save first."""

    line: LogLine
    action: str
    day: Any
    fields: list[str] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When the last of it was saved."""
        return self.line.at

    @property
    def title(self) -> str:
        """What was done, by what it changed: 'Changed: fees, papers'."""
        if self.action not in EDITS or not self.fields:
            return self.line.action
        words = [lower_first(labels.field_words(name)) for name in self.fields]
        named = ", ".join(words[:NAMED])
        if len(words) > NAMED:
            named = _("%(named)s and %(count)d more") % {"named": named, "count": len(words) - NAMED}
        return _("Changed: %(what)s") % {"what": named}


def history_of(procedure: Procedure) -> list[Entry]:
    """Return what was done last to a procedure, its versions and offerings, newest first. One query.

    Saves that one person makes of the same draft on one day, nothing else between them, are one entry.
    """
    rows = AuditEntry.objects.filter(subject_type=SUBJECT, subject_ref=procedure.code).select_related("unit")[:READ]
    return folded(list(rows))


def folded(rows: list[AuditEntry]) -> list[Entry]:
    """Make the lines of the log, newest first, into entries."""
    entries: list[Entry] = []
    for row, line in zip(rows, lines_of(rows), strict=True):
        day = local_day(row.at)
        last = entries[-1] if entries else None
        is_more = (
            last is not None
            and {last.action, row.action} <= EDITS.keys()
            and (last.line.by, last.line.subject, last.day) == (line.by, line.subject, day)
        )
        entry = last if last is not None and is_more else Entry(line, row.action, day)
        if entry is not last:
            entries.append(entry)
        part = EDITS.get(row.action, "")
        _note(entry.fields, [part] if part else [change["field"] for change in row.changes])
        entry.changes += line.changes
    return entries


def _note(names: list[str], more: Iterable[str]) -> None:
    names += [name for name in dict.fromkeys(more) if name not in names]
