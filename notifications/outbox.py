"""Writing messages: rows in the caller's transaction, and a nudge to the worker after it.

The row decides. A broker that is down delays a message until the next
sweep; it neither loses it nor holds up the person who files.
"""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

from accounts.models import User
from common import broker
from common.database.writing import insert
from common.values.mail_address import ascii_address

from .models import Channel, Notification, State

logger = logging.getLogger(__name__)

# A nudge that waited so long is old news: sweeps have found its row.
NUDGE_SECONDS = 600


@dataclass(frozen=True)
class Recipient:
    """Who gets a message; ``user`` may be None (a dossier filed at the counter).

    E-mail goes before SMS; without either address, or with one that no mail
    server takes, an officer calls the person.
    """

    user: User | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "vi"

    @classmethod
    def of(cls, user: User) -> "Recipient":
        """Return an officer: the account's name and address, and no telephone."""
        return cls(user, user.get_full_name(), user.email or "", language=user.language)

    def route(self) -> tuple[str, str]:
        """Return the channel and the address on it."""
        if self.email:
            try:
                return Channel.EMAIL, ascii_address(self.email)
            except ValueError:
                logger.warning("A recipient's e-mail address cannot be used")
        if self.phone and settings.NOTIFICATION_SMS:
            return Channel.SMS, self.phone
        return Channel.NONE, self.phone


def queue(
    kind: str,
    *,
    to: Recipient,
    context: Mapping[str, Any],
    now: datetime,
    subject_type: str = "",
    subject_ref: str = "",
) -> Notification:
    """Write a message from ``templates/notifications/<kind>.txt`` in the recipient's language.

    The template's first line is ``Subject: …``, an empty line follows, then the
    text; it sees ``context``, ``name`` and ``site_url``. The row belongs to the
    caller's transaction; the worker is woken when that commits. Raises
    ValueError when a subject would span lines. One query.
    """
    subject, body = render(kind, to, context)
    return write(kind, to=to, subject=subject, body=body, now=now, subject_type=subject_type, subject_ref=subject_ref)


def render(kind: str, to: Recipient, context: Mapping[str, Any]) -> tuple[str, str]:
    """Return subject and text of a message, rendered as plain text."""
    template = Engine.get_default().get_template(f"notifications/{kind}.txt")
    values = {"name": to.name, "site_url": settings.SITE_URL, **context}
    with translation.override(to.language):
        text = template.render(Context(values, autoescape=False)).lstrip()
    first, _, rest = text.partition("\n")
    following, _, body = rest.partition("\n")
    if following.strip():
        raise ValueError(f"The subject of {kind} must be one line, followed by an empty one.")
    return first.removeprefix("Subject:").strip(), body.strip() + "\n"


def write(
    kind: str,
    *,
    to: Recipient,
    subject: str,
    body: str,
    now: datetime,
    subject_type: str = "",
    subject_ref: str = "",
) -> Notification:
    """Write a message whose text is ready; otherwise as :func:`queue`."""
    channel, address = to.route()
    if "".join(subject.splitlines()) != subject:
        raise ValueError("A subject is one line.")
    row = insert(
        Notification(
            recipient=to.user,
            to_name=" ".join(to.name.split())[:160],
            to_address=address,
            channel=channel,
            kind=kind,
            language=to.language,
            subject=subject if len(subject) <= 200 else subject[:199] + "…",
            body=body,
            subject_type=subject_type,
            subject_ref=subject_ref,
            state=State.TO_CALL if channel == Channel.NONE else State.WAITING,
            not_before=now,
            message_id=new_message_id(),
            created_at=now,
        )
    )
    if row.state == State.WAITING:
        wake(row.pk)
    return row


def new_message_id() -> str:
    """Return a Message-ID that stays with the row through every attempt."""
    return f"<{uuid.uuid4().hex}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def wake(pk: int) -> None:
    """Tell the worker about a row once the caller's transaction has committed."""
    broker.wake("notifications.tasks.deliver", pk, expires=NUDGE_SECONDS)
