"""Django's mail backend: account mails become outbox rows of the running transaction."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from common import clock
from common.text import page_language

from . import outbox


class OutboxEmailBackend(BaseEmailBackend):
    """Writes one row per recipient; codes and links are stored encrypted in the row's text."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue plain-text messages; returns how many."""
        for message in email_messages:
            for address in message.recipients():
                name, email = parseaddr(address)
                outbox.write(
                    "account",
                    to=outbox.Recipient(name=name, email=email, language=page_language()),
                    subject=str(message.subject),
                    body=str(message.body),
                    now=clock.recorded_now(),
                )
        return len(email_messages)
