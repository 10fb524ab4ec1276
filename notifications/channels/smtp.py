"""E-mail through an SMTP server named by ``EMAIL_URL``."""

import smtplib
from email.utils import formataddr
from typing import TYPE_CHECKING

import environ
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from common.values.mail_address import ascii_address

from .base import ChannelDown, ServerDown, Undeliverable

if TYPE_CHECKING:
    from ..models import Notification

# Replies that say the address itself is wrong (RFC 5321 §4.2.2); everything else is tried again.
NO_SUCH_ADDRESS = {550, 551, 553}


class SmtpCarrier:
    """Sends each message with its fixed Message-ID; one connection serves a batch."""

    def __init__(self, url: str) -> None:
        config = environ.Env.email_url_config(url)
        self._backend = EmailBackend(
            host=config["EMAIL_HOST"],
            port=config["EMAIL_PORT"] or 25,
            username=config["EMAIL_HOST_USER"] or "",
            password=config["EMAIL_HOST_PASSWORD"] or "",
            use_tls=config.get("EMAIL_USE_TLS", False),
            use_ssl=config.get("EMAIL_USE_SSL", False),
            timeout=settings.NOTIFICATION_SMTP_TIMEOUT,
        )

    def carry(self, notification: "Notification") -> None:
        """Send one mail; raises ServerDown or ChannelDown when it may work later, Undeliverable when it never will."""
        try:
            message = EmailMessage(
                subject=notification.subject,
                body=notification.body,
                from_email=settings.DEFAULT_FROM_EMAIL,
                to=[formataddr((notification.to_name, ascii_address(notification.to_address)))],
                headers={"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"},
            )
        except ValueError as error:
            raise Undeliverable("The address is none that mail can be sent to.") from error
        self._open()
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            code, reply = next(iter(error.recipients.values()))
            text = f"{code} {reply.decode(errors='replace')}"
            raise (Undeliverable if code in NO_SUCH_ADDRESS else ChannelDown)(text) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ChannelDown(f"{type(error).__name__}: {error}") from error
        except ValueError as error:
            self.close()
            raise Undeliverable(type(error).__name__) from error

    def _open(self) -> None:
        try:
            self._backend.open()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerDown(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """End the connection, also a broken one."""
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._backend.connection = None
