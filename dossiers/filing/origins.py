"""Where a dossier comes from when it was not begun here, and what was received before it was entered.

Nothing here reads the clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.clock import local_day
from common.refusals import Refused
from common.values.working_time import CalendarError, add_working_days
from offices.calendar.office_calendar import calendar_of
from offices.models import Unit
from procedures.catalogue import offer_of

from ..models import Channel, Dossier, Status, System
from ..records.terms import calendar_refusal
from ..workflow import Move

# What stood in a book while the power was out is entered within so many working days.
LATE_DAYS = 3
# What was under way when a unit opened to filing is brought over within so many days.
BRINGING_OVER = timedelta(days=30)


@dataclass(frozen=True)
class Origin:
    """Another system in which a dossier was entered first: its number there, and when it was filed there."""

    system: str = System.HERE
    code: str = ""
    filed_at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """Return the dossier's columns that say so; what was filed at the national portal was filed online."""
        columns: dict[str, Any] = {
            "external_system": self.system,
            "external_code": self.code,
            "external_at": self.filed_at,
        }
        return columns | ({"channel": Channel.ONLINE} if self.system == System.NATIONAL else {})

    def facts(self) -> dict[str, Any]:
        """Return what the event keeps of it; nothing for a dossier that was begun here."""
        if not self.system:
            return {}
        at = {"filed_there_at": self.filed_at.isoformat()} if self.filed_at else {}
        return {"system": self.system, "external_code": self.code, **at}


HERE = Origin()


def require_known(move: Move, origin: Origin) -> None:
    """Refuse another system's dossier without its number or day there, or one that has been entered; one query at most.

    Refusals ('origin'): at the box of what is missing.
    """
    if not origin.system:
        return
    if not origin.code:
        raise Refused(_("Enter the number that the dossier has there."), code="origin", field="external_code")
    if origin.system == System.NATIONAL and origin.filed_at is None:
        raise Refused(_("Enter when it was filed there."), code="origin", field="external_at")
    if origin.filed_at is not None and origin.filed_at > move.now:
        raise Refused(_("This time lies in the future."), code="origin", field="external_at")
    found = entered(origin, move.dossier.received_by)
    if found is not None:
        raise already_there(found)


def late(reason: str) -> dict[str, Any]:
    """Return what the event keeps of why a dossier was entered late; nothing without a reason."""
    return {"late_reason": reason.strip()} if reason.strip() else {}


def entered(origin: Origin, unit: Unit) -> Dossier | None:
    """Return the dossier of a unit that has this number elsewhere and was not refused or stopped; one query."""
    rows = Dossier.objects.filter(external_code=origin.code, external_system=origin.system, received_by=unit)
    return rows.exclude(status__in=(Status.REFUSED, Status.STOPPED)).first()


def already_there(found: Dossier) -> Refused:
    """Return the refusal of a number that has been entered."""
    words = _("A dossier with this number has been entered: %(code)s.")
    return Refused(words % {"code": found.code}, code="origin", field="external_code")


def brings_over(unit: Unit, now: datetime) -> bool:
    """Tell whether a unit may still enter what was under way when it opened to filing."""
    return unit.filing_since is not None and unit.filing_since <= now <= unit.filing_since + BRINGING_OVER


def require_reason(move: Move, reason: str, origin: Origin = HERE) -> None:
    """Refuse a reception that was earlier than it is entered, unless it is one of the ways in which that happens.

    A dossier of before the opening: entered within 30 days of it, received before it. By post: from when the
    hand-over was signed. All else needs a reason, and is entered within three working days. Three queries at most,
    none while opening hours are kept. Refusals: origin, at, reason, calendar.
    """
    unit = move.dossier.received_by
    if origin.system == System.BEFORE:
        if not brings_over(unit, move.now):
            words = _("Dossiers of before are entered until 30 days after the unit has opened to filing.")
            raise Refused(words, code="origin", field="external_system")
        if unit.filing_since is not None and move.at >= unit.filing_since:
            raise Refused(
                _("Enter when it was received; that lies before the unit opened to filing."), code="at", field="at"
            )
        return
    if move.at >= move.now or move.dossier.channel == Channel.POST:
        return
    if not reason.strip():
        raise Refused(
            _("Say why the dossier is entered later than it was received."), code="reason", field="late_reason"
        )
    try:
        last = add_working_days(calendar_of(unit, around=move.now), move.at, LATE_DAYS)
    except CalendarError as error:
        raise calendar_refusal(error) from error
    if local_day(move.now) > local_day(last):
        words = _("What was received earlier is entered within %(days)d working days.")
        raise Refused(words % {"days": LATE_DAYS}, code="at", field="at")


def competent_units(dossier: Dossier, day: date) -> list[Unit]:
    """Return the other units of this installation that offer a dossier's procedure on a day, from what is kept."""
    offerings = offer_of(dossier.version.procedure_id, day).offerings
    return [offering.unit for offering in offerings if offering.unit_id != dossier.received_by_id]


def require_competent(move: Move, unit: Unit | None) -> None:
    """Refuse a competent unit that does not offer the procedure ('unit')."""
    if unit is None or unit.pk == move.dossier.received_by_id:
        return
    if unit.pk not in {each.pk for each in competent_units(move.dossier, move.local_day)}:
        raise Refused(_("This unit does not offer the procedure."), code="unit", field="competent")
