"""The one registry through which packages above take part: after an action, and on the page of a dossier.

Filled in ``AppConfig.ready()`` of those packages. ``after_action`` callables
run inside perform()'s transaction with the recorded :class:`~dossiers.workflow.Move`;
``messages`` get the move and the audience of its message, and return a paragraph in the reader's language or '';
``panels`` and ``buttons`` are asked for one audience's page, with the dossier and who reads it;
``draft_steps`` for what a draft may still say besides its parts, ``renewed`` when it has moved to a newer version,
in its transaction. ``fees`` has one entry: what a dossier costs, as it
was frozen when filed, before that by its answers on a day. ``owed`` tells for many dossiers what is to be paid now.
``filed`` runs inside an action that files a dossier, before its receipt and its message are written: what is owed is
known to both. ``counter_fee`` makes the fee's part of the counter's page.
``home_counts`` are figures of the desk's first page, None where somebody has nothing to do with them.
``rating_links`` give the address at which a dossier is rated, for its receipt.
``post`` is asked what the post does for a draft, ``next_steps`` what an applicant does now about what it carries,
``held`` for the condition on dossiers that a result lies at the desk all the same; ``tills`` take money in the visit.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.db.models import Exists

from accounts.models import User

if TYPE_CHECKING:
    from django.forms import Field

    from offices.models import Post, Unit
    from procedures.fees import Assessment

    from .models import Dossier
    from .workflow import Move

T = TypeVar("T")
# A template and its context, which the template reads as ``panel``.
Panel = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Count:
    """One figure of the desk's home page, with the list behind it; ``kind`` is that of a deadline light, or 'info'."""

    label: str
    count: str
    url: str
    kind: str


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
    is_primary: bool = False


@dataclass(frozen=True)
class Owed:
    """What is to be paid for a dossier, in words; ``url`` with its label is where, or where a payment is on its way."""

    words: str
    url: str
    label: str


@dataclass(frozen=True)
class DraftStep:
    """A page of a draft that may be left out: its heading, whether something was said there, and the lines of it.

    ``wish`` is what somebody ticks who wants to go there, ``who`` whom it concerns.
    """

    url: str
    title: Any
    wish: Any
    who: list[str]
    is_done: bool
    rows: list[tuple[str, str]]
    note: str = ""


@dataclass(frozen=True)
class PostOffer:
    """What the post does for a draft: ``postage`` and the fee it would collect on delivery in words, '' for none."""

    postage: str
    fee: str


@dataclass(frozen=True)
class FeeChoice:
    """What an officer says of the fee of a dossier that is registered.

    How often its lines are due, by their keys; the primary keys of exemptions whose proof was seen; whether it is paid
    in the same step.
    """

    quantities: Mapping[str, int]
    exemptions: tuple[int, ...] = ()
    is_taken: bool = False


class CounterFee:
    """The fee of a dossier that is being registered, on the counter's page.

    ``fields`` are its boxes by name, ``note`` says why the fee cannot be taken in the same step ('' where it can), with
    the way ``url`` to mend that.
    """

    fields: Mapping[str, "Field"]
    note: str = ""
    url: str = ""

    def look_at(self, imagined: "Dossier") -> None:
        """Assess the dossier as the page now says that it will be: its units, its channel, the day of its filing."""
        raise NotImplementedError

    def rows(self, cleaned: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return what the fee is for and how much in words, by what the boxes say; no query."""
        raise NotImplementedError

    def choice(self, cleaned: Mapping[str, Any]) -> FeeChoice:
        """Return what the boxes say."""
        raise NotImplementedError

    def require_shown(self, cleaned: Mapping[str, Any], shown: str) -> None:
        """Raise Refused when money is to be taken and ``shown``, what the page said of it, is not what is due."""
        raise NotImplementedError

    def total(self, cleaned: Mapping[str, Any]) -> str:
        """Return the sum in words."""
        raise NotImplementedError

    def settle(self, dossier: "Dossier", cleaned: Mapping[str, Any], now: datetime) -> list[tuple[str, str]]:
        """Take what is to be taken for a dossier just registered, in its transaction.

        Returns address and name of what it leaves to print. Raises Refused.
        """
        raise NotImplementedError


class Till(Protocol):
    """A cash desk: a fee is taken in the visit in which it came to be due."""

    def is_open(self, user: User, unit: "Unit", now: datetime) -> bool:
        """Tell whether a person may take money there now."""

    def take(self, dossier: "Dossier", user: User, now: datetime) -> list[tuple[str, str]]:
        """Take in cash what a dossier owes, in the caller's transaction; returns address and number of each receipt."""


messages: list[Callable[["Move", Audience], str]] = []
# Run by a correction that moves a dossier to another procedure, before its new receipt is written.
moved: list[Callable[["Move"], None]] = []
after_action: list[Callable[["Move"], None]] = []
filed: list[Callable[["Move"], None]] = []
counter_fee: list[Callable[["Dossier", User, datetime], CounterFee | None]] = []
# The look-up shows neither: it names nobody.
panels: dict[Audience, list[Callable[["Dossier", User], Panel | None]]] = {Audience.OWNER: [], Audience.OFFICER: []}
buttons: dict[Audience, list[Callable[["Dossier", User], Button | None]]] = {Audience.OWNER: [], Audience.OFFICER: []}
home_counts: list[Callable[[User, Sequence["Post"], datetime], Count | None]] = []
# Access keys of the desk's pages of the packages above, with what they do.
keys: list[tuple[str, Any]] = []
draft_steps: list[Callable[["Dossier", date], DraftStep | None]] = []
renewed: list[Callable[["Dossier", datetime], None]] = []
fees: list[Callable[["Dossier", date | None], "Assessment"]] = []
owed: list[Callable[[Collection[int]], Mapping[int, Owed]]] = []
post: list[Callable[["Dossier"], PostOffer | None]] = []
next_steps: list[Callable[["Dossier", Audience], str]] = []
held: list[Callable[[], Exists]] = []
rating_links: list[Callable[["Dossier"], str]] = []
tills: list[Till] = []


def ask(made: Iterable[Callable[["Dossier", User], T | None]], dossier: "Dossier", reader: User) -> list[T]:
    """Return what the packages above have for a page."""
    return [found for make in made if (found := make(dossier, reader)) is not None]


def next_step(dossier: "Dossier", audience: Audience = Audience.OWNER) -> str:
    """Return what the applicant does now where a package above knows; '' for what the status says.

    Everybody may read it at the look-up: it names no sum and no claim there.
    """
    return next((words for say in next_steps if (words := say(dossier, audience))), "")


def rating_link(dossier: "Dossier") -> str:
    """Return the whole address at which a dossier is rated, '' where nobody asks."""
    return next((make(dossier) for make in rating_links), "")


def post_offer(dossier: "Dossier") -> PostOffer | None:
    """Return what the post does for a draft, None where nobody carries anything."""
    return next((offer for make in post if (offer := make(dossier)) is not None), None)
