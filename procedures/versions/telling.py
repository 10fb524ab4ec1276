"""Messages to publishers about what waits for a second person; rows of the transaction that makes it wait."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from common.clock import local_day
from notifications.outbox import Recipient, queue

from .. import access
from ..models import ProcedureVersion

SUBJECT_TYPE = "procedure"


def version_waits(version: ProcedureVersion, by: User, now: datetime) -> None:
    """Tell everybody who may publish a version that it waits. Two queries, one more for each."""
    path = reverse("manage:version", args=[version.procedure.code, version.number])
    context = {"number": version.number, "note": version.change_note}
    _tell("version_waits", version, access.may_still_publish(version, local_day(now)), path, by, now, **context)


def _tell(
    kind: str, version: ProcedureVersion, to: Iterable[User], path: str, by: User, now: datetime, **context: object
) -> None:
    link = settings.SITE_URL.rstrip("/") + path
    for person in to:
        recipient = Recipient(
            user=person, name=person.get_full_name(), email=person.email or "", language=person.language
        )
        if not recipient.email:
            # An officer is no citizen to be called: the list of what waits tells them.
            continue
        values = {"by": by.get_full_name(), "procedure": version.name, "code": version.procedure.code, "link": link}
        queue(
            kind,
            to=recipient,
            context=values | context,
            now=now,
            subject_type=SUBJECT_TYPE,
            subject_ref=version.procedure.code,
        )
