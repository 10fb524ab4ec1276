"""Days between which a list is narrowed, read from a query string, whatever it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from . import partial_date
from .working_time import at

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True)
class Span:
    """From a local day until another, both included; None where nothing was said."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """Read ``since`` and ``until``; what is no day counts as none."""
        return cls(day_of(values.get("since")), day_of(values.get("until")))

    def fields(self) -> list[tuple[str, str]]:
        """Return what a form sends to ask for the same."""
        return [
            (name, f"{day:%d/%m/%Y}" if day else "") for name, day in (("since", self.since), ("until", self.until))
        ]

    def moments(self) -> tuple[datetime, datetime]:
        """Return where it begins and where it ends, which is not in it any more."""
        return at(self.since or EARLIEST, time.min), at((self.until or LATEST) + timedelta(days=1), time.min)


def day_of(text: Any) -> date | None:
    """Return the day of a text as people type it, None for what is none."""
    try:
        day = date.fromisoformat(partial_date.parse(str(text or "")[:40]))
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
