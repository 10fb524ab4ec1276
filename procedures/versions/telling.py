"""Messages to publishers about what waits for a second person; rows of the transaction that makes it wait."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from common.clock import local_day
from notifications.outbox import Recipient, queue

from .. import access
from ..models import Procedure, ProcedureVersion, Proposal
from ..models.names import short_name

SUBJECT_TYPE = "procedure"


def version_waits(version: ProcedureVersion, by: User, now: datetime) -> None:
    """Tell everybody who may publish a version that it waits. Two queries, one more for each."""
    path = reverse("manage:version", args=[version.procedure.code, version.number])
    context = {"number": version.number, "note": version.change_note, "procedure": version.short_name}
    to = access.may_still_publish(version, local_day(now))
    _tell("version_waits", version.procedure, to, path, by, now, **context)


def proposal_waits(proposal: Proposal, now: datetime) -> None:
    """Tell the other publishers that a proposal waits. Two queries, one more for each."""
    code = proposal.procedure.code
    newest = proposal.procedure.versions.exclude(published_at=None).order_by("-number").values_list("name", flat=True)
    context = {"unit": proposal.unit.name if proposal.unit else "", "level": proposal.level, "on": proposal.on}
    to = access.publishers_besides([proposal.by_id], local_day(now))
    path = reverse("manage:procedure", args=[code])
    _tell(
        "proposal_waits",
        proposal.procedure,
        to,
        path,
        proposal.by,
        now,
        procedure=short_name(newest.first() or code),
        **context,
    )


def _tell(
    kind: str, about: Procedure, to: Iterable[User], path: str, by: User, now: datetime, **context: object
) -> None:
    shown = {"by": by.get_full_name(), "code": about.code, "link": settings.SITE_URL.rstrip("/") + path, **context}
    for person in to:
        # An officer without an address is no citizen to be called: the pages tell them.
        if person.email:
            queue(
                kind, to=Recipient.of(person), context=shown, now=now, subject_type=SUBJECT_TYPE, subject_ref=about.code
            )
