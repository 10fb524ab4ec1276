"""The promised date, and the day on which those who sign come, as files for calendars."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from common import calendar_file
from procedures import labels

from ...models import RUNNING, Dossier
from ...records.links import applicant_link
from ...timeline.meeting import Meeting


def has_promise(dossier: Dossier, now: datetime) -> bool:
    """Tell whether a result is promised for a day that stands and has not passed."""
    is_running = dossier.paused_since is None and dossier.status in RUNNING
    return is_running and dossier.due_at is not None and now <= dossier.due_at


def write(dossier: Dossier, now: datetime) -> bytes:
    """Return the file in the active language; ``due_at`` must be set.

    The event keeps its name and counts up with the dossier's revision. It names no person.
    """
    assert dossier.due_at is not None
    procedure = {"procedure": labels.name_in(dossier.version)[0]}
    summary = _("Result promised: %(procedure)s") % procedure
    reminder = _("Result promised for tomorrow: %(procedure)s") % procedure
    return _file(dossier, dossier.ref, dossier.due_at, summary, reminder, (), now)


def has_meeting(meeting: Meeting | None) -> bool:
    """Tell whether those who sign come on a day that is known and possible."""
    return meeting is not None and meeting.day is not None and not meeting.is_closed


def write_meeting(dossier: Dossier, meeting: Meeting, now: datetime) -> bytes:
    """Return the file of the day on which those who sign come, like :func:`write`; the day must be known."""
    assert meeting.day is not None
    procedure = {"procedure": labels.name_in(dossier.version)[0]}
    summary = _("Come to sign: %(procedure)s") % procedure
    reminder = _("Come to sign tomorrow: %(procedure)s") % procedure
    papers = "; ".join([_("Identity paper of each person"), *meeting.papers])
    lines = (*filter(None, [meeting.hours]), _("Bring the originals: %(papers)s") % {"papers": papers})
    return _file(dossier, f"{dossier.ref}-signing", meeting.day, summary, reminder, lines, now)


def _file(
    dossier: Dossier,
    name: str,
    moment: datetime | date,
    summary: str,
    reminder: str,
    lines: tuple[str, ...],
    now: datetime,
) -> bytes:
    unit, link = dossier.received_by, applicant_link(dossier)
    event = calendar_file.Event(
        name=name,
        sequence=dossier.revision,
        at=moment,
        summary=summary,
        place=", ".join(part for part in (unit.name, unit.address) if part),
        lines=(*lines, _("Dossier code %(code)s") % {"code": dossier.code}, link),
        url=link,
        reminder=reminder,
    )
    return calendar_file.write(event, now)
