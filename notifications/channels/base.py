"""The contract of a carrier and what may go wrong with it."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..models import Notification


class ChannelDown(Exception):
    """The message could not leave now; a later attempt may work."""


class ServerDown(ChannelDown):
    """The server itself is away: no message of this channel can leave now."""


class Undeliverable(Exception):
    """The other side will never take this message; somebody must call the person."""


class Carrier(Protocol):
    """Carries messages of one channel; may keep a connection until closed."""

    def carry(self, notification: "Notification") -> None:
        """Hand a message over under its own Message-ID; returns once the other side has it.

        Raises ChannelDown, ServerDown or Undeliverable.
        """

    def close(self) -> None:
        """Give up any connection."""
