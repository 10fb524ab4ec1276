"""What every provider of payments speaks towards the portal: one contract, capabilities declared.

Reading what a provider sends is pure: no database, no network. Questions to it run outside transactions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.functional import Promise

if TYPE_CHECKING:
    from ..models import Attempt, Refund


class NotGenuine(Exception):
    """A message that its signature does not cover, or that is none of this provider's."""


class Unreachable(Exception):
    """The provider did not answer, or not so that it can be understood; nothing is known, ask again later."""


class Outcome(StrEnum):
    """What a provider says about an attempt. UNKNOWN_THERE: it has never heard of it."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVIEW = "review"
    UNKNOWN_THERE = "unknown_there"


class RefundOutcome(StrEnum):
    """What a provider says about a repayment."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """What became of a notification; each provider says it in its own words."""

    TAKEN = "taken"
    ALREADY = "already"
    NOT_FOUND = "not_found"
    WRONG_AMOUNT = "wrong_amount"
    NOT_GENUINE = "not_genuine"
    ERROR = "error"


@dataclass(frozen=True)
class ProviderState:
    """What a provider says about one attempt; ``amount_vnd`` and ``currency`` as it names them.

    ``short_vnd`` is what came of a transfer that is too small. ``is_asked`` when it answers a question of ours or
    stands in a statement: only that revives an ended attempt. ``is_disputed`` when the payer's bank and the provider
    disagree about it.
    """

    ref: str
    outcome: Outcome
    amount_vnd: int | None = None
    provider_ref: str = ""
    code: str = ""
    paid_at: datetime | None = None
    is_asked: bool = False
    is_disputed: bool = False
    short_vnd: int = 0


@dataclass(frozen=True)
class RefundState:
    """What a provider says about one repayment."""

    outcome: RefundOutcome
    code: str = ""


@dataclass(frozen=True)
class Notice:
    """A genuine message: whose attempt, what it says, and what of it is kept.

    ``state`` None when the provider has to be asked before anything is believed (a hint).
    """

    ref: str
    payload: dict[str, Any]
    state: ProviderState | None = None


@dataclass(frozen=True)
class Redirect:
    """Where the payer is sent to pay."""

    url: str


@dataclass(frozen=True)
class QrPayload:
    """What the payer's banking app reads, and the same in words."""

    text: str
    bank: str
    account: str
    holder: str
    reference: str


@dataclass(frozen=True)
class ParcelOrder:
    """What the carrier has been asked to carry: its own number for it."""

    item_code: str


@dataclass(frozen=True)
class Line:
    """One line of a settlement file; ``reference`` is ours, '' for none; ``text`` the words of a bank transfer.

    ``amount_vnd`` is what was paid by the payer, ``withheld_vnd`` what of it the provider keeps.
    """

    kind: str
    reference: str
    amount_vnd: int
    day: date
    provider_ref: str = ""
    withheld_vnd: int = 0
    text: str = ""


@dataclass(frozen=True)
class SettlementFile:
    """A provider's file: its lines, and the sum that it states, less what is withheld when ``is_net``.

    ``bank_ref`` is what the bank's statement says of the transfer that pays it out; '' for the batch's own name.
    """

    batch_id: str
    day: date
    total_vnd: int
    lines: tuple[Line, ...]
    is_net: bool = False
    bank_ref: str = ""

    @property
    def sum_vnd(self) -> int:
        """What the lines add up to, counted as the stated sum is."""
        return sum(
            (line.amount_vnd - (line.withheld_vnd if self.is_net else 0)) * (-1 if line.kind == "refund" else 1)
            for line in self.lines
        )


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do; forms offer only that.

    ``file_after_days``: the file of a day is due so many days later; 0 where files come when they come.
    """

    redirect: bool = False
    qr: bool = False
    cod: bool = False
    query: bool = False
    refund: bool = False
    partial_refund: bool = False
    settlement: bool = False
    file_after_days: int = 0


@dataclass(frozen=True)
class Provider:
    """One way of paying; a subclass a file. What it cannot do raises NotImplementedError."""

    key: str
    label: str | Promise
    capabilities: Capabilities = field(default_factory=Capabilities)

    @property
    def is_begun_by_payer(self) -> bool:
        """Whether a payer begins it on the portal."""
        return self.capabilities.redirect or self.capabilities.qr

    def takes(self, amount_vnd: int) -> bool:
        """Tell whether it can carry so much at once."""
        return amount_vnd > 0

    def prepare(self, attempt: "Attempt", payer_address: str, language: str) -> dict[str, str]:
        """Return what an attempt keeps (``sent``) so that it always asks for the same; before it is saved."""
        return {}

    def initiate(self, attempt: "Attempt") -> Redirect | QrPayload | ParcelOrder:
        """Return how the payer goes on; the same attempt always gives the same. After the commit."""
        raise NotImplementedError(f"{self.key} begins no payment")

    def parse_notification(self, params: Mapping[str, str], body: bytes = b"") -> Notice:
        """Read a message of the provider. Raises NotGenuine."""
        raise NotImplementedError(f"{self.key} sends no messages")

    def acknowledge(self, answer: Answer) -> HttpResponse:
        """Answer a message in the provider's own words, after the commit."""
        raise NotImplementedError(f"{self.key} sends no messages")

    def query(self, attempt: "Attempt", now: datetime) -> ProviderState:
        """Ask where an attempt stands; safe to repeat. Raises Unreachable, NotGenuine."""
        raise NotImplementedError(f"{self.key} cannot be asked")

    def refund(self, refund: "Refund", now: datetime) -> RefundState:
        """Ask for a repayment once; raises Unreachable when nobody knows whether it was heard."""
        raise NotImplementedError(f"{self.key} pays nothing back")

    def query_refund(self, refund: "Refund", now: datetime) -> RefundState:
        """Ask where a repayment stands; safe to repeat. Raises Unreachable, NotGenuine."""
        raise NotImplementedError(f"{self.key} pays nothing back")

    def fetch_settlement(self, day: date) -> bytes | None:
        """Return the provider's file of a day, None while there is none. Raises Unreachable."""
        raise NotImplementedError(f"{self.key} sends no files")

    def parse_settlement(self, content: bytes) -> SettlementFile:
        """Read a settlement file. Raises NotGenuine for a wrong signature, ValueError for what is no such file."""
        raise NotImplementedError(f"{self.key} sends no files")
