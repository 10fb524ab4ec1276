"""What every carrier of parcels speaks towards the portal, besides what a way of paying does; another one is a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .base import Outcome, ParcelOrder, Provider, ProviderState

if TYPE_CHECKING:
    from ..models import Parcel

# What a carrier's code may mean here, besides the states of a parcel: it is heard, and nothing moves.
NOTED = "noted"
COD_FAILED = ("returning", "returned", "cancelled")


@dataclass(frozen=True)
class ParcelEventState:
    """One thing that happened to a parcel: the carrier's code, when (UTC), where."""

    code: str
    occurred_at: datetime
    place: str = ""


@dataclass(frozen=True)
class ParcelState:
    """What the carrier says about one parcel now; ``cod_vnd`` is what it was to collect."""

    order_code: str
    item_code: str
    code: str
    cod_vnd: int
    events: tuple[ParcelEventState, ...] = ()


@dataclass(frozen=True)
class Carrier(Provider):
    """A house that carries parcels. Questions to it run outside transactions, in a worker."""

    def order(self, parcel: "Parcel", sender: Mapping[str, Any], receiver: Mapping[str, Any]) -> ParcelOrder:
        """Order a parcel; ordering it again gives the same item. Raises Unreachable."""
        raise NotImplementedError(f"{self.key} carries nothing")

    def cancel(self, parcel: "Parcel") -> None:
        """Cancel a parcel that nobody has collected. Raises Unreachable, Refusing when it is too late."""
        raise NotImplementedError(f"{self.key} carries nothing")

    def postage(self, sender: Mapping[str, Any], receiver: Mapping[str, Any], cod_vnd: int) -> int:
        """Return what the carrier asks for a letter in đồng. Raises Unreachable."""
        raise NotImplementedError(f"{self.key} carries nothing")

    def read(self, parcel: "Parcel") -> ParcelState:
        """Read a parcel back. Raises Unreachable, also when the answer is about another parcel."""
        raise NotImplementedError(f"{self.key} carries nothing")

    def meaning(self, code: str) -> str | None:
        """Return what a carrier's code means here (a parcel's status or NOTED), None for one that is not known."""
        raise NotImplementedError(f"{self.key} carries nothing")

    def tracking_link(self, item_code: str) -> str:
        """Return the carrier's own page about an item; '' for none."""
        return ""

    def money(self, ref: str, state: ParcelState) -> ProviderState:
        """Say where the fee stands that a parcel collects: taken with the delivery, lost when it comes back."""
        meaning = self.meaning(state.code)
        delivered = [event.occurred_at for event in state.events if self.meaning(event.code) == "delivered"]
        outcome = Outcome.PENDING
        if meaning == "delivered":
            outcome = Outcome.SUCCEEDED
        elif meaning in COD_FAILED:
            outcome = Outcome.FAILED
        paid_at = min(delivered, default=None)
        return ProviderState(ref, outcome, state.cod_vnd, state.item_code, state.code, paid_at, is_asked=True)
