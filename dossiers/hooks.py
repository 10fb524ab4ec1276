"""The one registry through which packages above take part: after an action, and on the page of a dossier.

Filled in ``AppConfig.ready()`` of those packages. ``after_action`` callables
run inside perform()'s transaction with the recorded :class:`~dossiers.workflow.Move`;
``messages`` get the move, the message's kind and its audience, and return a paragraph or '';
``panels`` and ``buttons`` are asked for one audience's page, with the dossier and who reads it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from accounts.models import User

if TYPE_CHECKING:
    from .models import Dossier
    from .workflow import Move

T = TypeVar("T")
# A template and its context, which the template reads as ``panel``.
Panel = tuple[str, dict[str, Any]]


class Audience(StrEnum):
    """Who reads what is told about a dossier: its signed-in owner, officers, anybody at the look-up."""

    OWNER = "owner"
    OFFICER = "officer"
    PUBLIC = "public"


@dataclass(frozen=True)
class Button:
    """A link of a dossier's page that looks like a button; ``key`` is its access key."""

    url: str
    label: Any
    key: str = ""
    is_danger: bool = False


messages: list[Callable[["Move", str, Audience], str]] = []
after_action: list[Callable[["Move"], None]] = []
# The look-up shows neither: it names nobody.
panels: dict[Audience, list[Callable[["Dossier", User], Panel | None]]] = {Audience.OWNER: [], Audience.OFFICER: []}
buttons: dict[Audience, list[Callable[["Dossier", User], Button | None]]] = {Audience.OWNER: [], Audience.OFFICER: []}


def ask(made: Iterable[Callable[["Dossier", User], T | None]], dossier: "Dossier", reader: User) -> list[T]:
    """Return what the packages above have for a page."""
    return [found for make in made if (found := make(dossier, reader)) is not None]
