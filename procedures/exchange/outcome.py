"""What an import would do: one outcome for each procedure of the file, and the plan of them all."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from ..models import (
    Procedure,
    ProcedureVersion,
)
from ..versions.comparing import ChangedSection
from ..versions.serialising import (
    Plain,
)
from .item import Fault

NEW, CHANGED, SAME, FAULTY = "new", "changed", "same", "fault"


@dataclass(frozen=True, slots=True)
class Options:
    """What the importer chose: overwrite colleagues' drafts; send all drafts to review at once."""

    overwrite: bool = False
    to_review: bool = False


@dataclass(frozen=True, slots=True)
class RowLine:
    """What becomes of one row of a sheet; ``state`` is NEW, CHANGED or SAME."""

    place: str
    state: str


@dataclass
class Outcome:
    """What becomes of one procedure of the file: a line of the report.

    ``sections`` say the changes; ``whole`` those that count at once, ``notes``
    what else happens. The rest is for applying it: the rows found, ``target``
    the version's data as they shall be, ``about`` the procedure's.
    """

    code: str
    place: str
    name: str = ""
    state: str = SAME
    sections: list[ChangedSection] = field(default_factory=list)
    whole: list[ChangedSection] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    rows: list[RowLine] = field(default_factory=list)
    procedure: Procedure | None = None
    draft: ProcedureVersion | None = None
    target: Plain | None = None
    about: Plain = field(default_factory=dict)
    says_related: bool = False
    stamp: list[Any] = field(default_factory=list)
    # Hashes of the template files that its version has already.
    files_there: set[str] = field(default_factory=set)

    def report(self) -> dict[str, Any]:
        """Return the line as plain data."""
        return {
            "code": self.code,
            "place": self.place,
            "name": self.name,
            "state": self.state,
            "sections": [
                {"title": section.title, "changes": [asdict(change) for change in section.changes]}
                for section in self.sections
            ],
            "whole": [asdict(change) for section in self.whole for change in section.changes],
            "notes": self.notes,
            "faults": [asdict(fault) for fault in self.faults],
            "rows": [asdict(row) for row in self.rows],
        }


@dataclass
class Plan:
    """All outcomes of a file."""

    outcomes: list[Outcome]
    sectors: dict[str, Plain]
    events: dict[str, Plain]

    @property
    def is_faulty(self) -> bool:
        """Whether something keeps the file from being imported."""
        return any(outcome.state == FAULTY for outcome in self.outcomes)

    def count(self, state: str) -> int:
        """Return how many procedures have a state."""
        return sum(outcome.state == state for outcome in self.outcomes)

    def digest(self) -> str:
        """Return a hash of what would happen and to which rows: two equal plans do the same."""
        facts = [
            [outcome.code, outcome.state, outcome.stamp, outcome.notes, [str(fault) for fault in outcome.faults]]
            for outcome in self.outcomes
        ]
        text = json.dumps([facts, self.sectors, self.events], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()
