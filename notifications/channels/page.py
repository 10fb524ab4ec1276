"""The demonstration's carrier: a message has arrived once the mail page can show it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models import Notification


class PageCarrier:
    """Leaves messages where they are; ``/demo/mail/`` reads the rows."""

    def carry(self, notification: "Notification") -> None:
        """Nothing travels: the row itself is what the page shows."""

    def close(self) -> None:
        """There is no connection."""
