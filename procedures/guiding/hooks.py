"""What checklists need from a package above, filled in ``AppConfig.ready()`` there.

``own_filings`` are asked what became of a person's own dossiers of some procedures, by primary key, since a day.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.models import User


@dataclass(frozen=True, slots=True)
class OwnFiling:
    """What became of a dossier, in words, and its page; a draft is not filed, ``is_done``: there is a result."""

    words: str
    url: str
    is_filed: bool
    is_done: bool


own_filings: list[Callable[[User, Collection[int], date], Mapping[int, OwnFiling]]] = []
