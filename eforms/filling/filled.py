"""What somebody has filled in so far, whichever store keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.forms.typed import Typed

from ..parts import is_empty


@dataclass(frozen=True)
class SentSection:
    """One section as it was sent: its answers, whether they are without a fault, else the boxes as they were typed."""

    key: str
    answers: Mapping[str, Any]
    is_done: bool
    typed: Typed | None = None


@dataclass(frozen=True)
class Filled:
    """Answers, and how far their sections are.

    ``done`` are the keys of the sections saved without a fault, ``to_review``
    those that were and whose questions have changed since. ``typed`` holds by
    section the boxes as they were sent where something of them is at fault.
    """

    answers: Mapping[str, Any]
    done: list[str] = field(default_factory=list)
    typed: Mapping[str, Typed] = field(default_factory=dict)
    to_review: list[str] = field(default_factory=list)

    def with_section(self, sent: SentSection) -> "Filled":
        """Return what is filled in once a section was sent; cleared answers are forgotten."""
        laid = {**self.answers, **sent.answers}
        return Filled(
            {key: value for key, value in laid.items() if not is_empty(value)},
            [other for other in self.done if other != sent.key] + [sent.key] * sent.is_done,
            with_typed(self.typed, sent.key, sent.typed),
            [other for other in self.to_review if not (other == sent.key and sent.is_done)],
        )


def with_typed(stored: Mapping[str, Typed] | None, key: str, typed: Typed | None) -> dict[str, Typed]:
    """Return what is kept as typed with one part's replaced or, when nothing of it is at fault, taken away."""
    return {other: boxes for other, boxes in (stored or {}).items() if other != key} | ({key: typed} if typed else {})
