"""What packages above do when an account changes; filled in their ``AppConfig.ready()``.

- ``renamed`` is called in the transaction in which an account got another name.
- ``closing`` says why a person may not close their account at a moment, '' when nothing is against it.
- ``closed`` is called in the transaction that closes an account, and takes away what was only the person's.
- ``exported`` gives what is kept about a person, for the copy that they take with them.
- ``acts`` says in words what a page does that members of an organisation send for it, by the page's name; what has no
  words is not recorded. ``subjects`` name, of what belongs to an account, what such pages were about, by its ref.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .models import User


@dataclass(frozen=True)
class Sheet:
    """One heading of a printed copy with its rows of label and text, in the active language."""

    title: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """One part of a copy: ``data`` as JSON values under ``key``, and the same for people to read."""

    key: str
    data: Any
    sheets: list[Sheet]


@dataclass(frozen=True)
class Subject:
    """What a page was about: what it is called and its address."""

    label: str
    url: str


renamed: list[Callable[[User], None]] = []
closing: list[Callable[[User, datetime], str]] = []
closed: list[Callable[[User], None]] = []
exported: list[Callable[[User], Part]] = []
acts: dict[str, Any] = {}
subjects: list[Callable[[User, Collection[str]], Mapping[str, Subject]]] = []
