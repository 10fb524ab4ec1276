"""Ways a message travels, chosen by settings: an SMTP server, or the demonstration's mail page."""

from django.conf import settings

from ..models import Channel
from .base import Carrier, ChannelDown, ServerDown, Undeliverable
from .page import PageCarrier
from .smtp import SmtpCarrier

__all__ = ["Carrier", "ChannelDown", "Undeliverable", "ServerDown", "SmtpCarrier", "carrier_for"]


def carrier_for(channel: str) -> Carrier:
    """Return the carrier of a channel; raises ServerDown when none is configured."""
    if channel == Channel.EMAIL and settings.EMAIL_URL:
        return SmtpCarrier(settings.EMAIL_URL)
    if settings.DEMO:
        return PageCarrier()
    raise ServerDown(f"Nothing carries {channel} messages here; set EMAIL_URL.")
