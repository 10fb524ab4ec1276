"""Opening a unit to filing: what has to be there first, and the decision of an administrator.

Until then its offerings count for nobody: no page offers them, no desk registers under them. Nothing closes a unit to
filing again but closing the unit.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import heartbeat
from common.clock import local_day
from common.models import Heartbeat
from common.refusals import Refused

from .. import hooks
from ..calendar.office_calendar import missing_years
from ..log import audit
from ..models import Post, Role, Unit

# Without one of these a dossier would stop on its way.
ROAD = (Role.CLERK, Role.SPECIALIST, Role.LEADER)
UNREADY = gettext_lazy("Something is missing. Tick below to open the unit all the same.")


def checklist(unit: Unit, now: datetime) -> list[hooks.OpeningCheck]:
    """Return what an opening needs, done or not, with the page that mends it. About a dozen queries."""
    own = [_officers(unit, now), _calendar(unit, now), _workers(now)]
    return own + [check for ask in hooks.opening_checks for check in ask(unit, now)]


def open_filing(unit: Unit, *, anyway: bool, by: User, now: datetime) -> None:
    """Open a unit to filing; raises Refused while something is missing unless ``anyway``. The log keeps what was."""
    missing = [str(check.label) for check in checklist(unit, now) if not check.is_done]
    if missing and not anyway:
        raise Refused(UNREADY, code="unready", field="anyway")
    with transaction.atomic():
        waiting = Unit.objects.filter(pk=unit.pk, filing_since=None, is_active=True, identifier__isnull=False)
        if waiting.update(filing_since=now) != 1:
            raise Refused(_("This unit is open to filing already, or takes no dossiers."), code="state")
        changes: list[tuple[str, Any, Any]] = [("missing", "", "; ".join(missing))]
        audit.record("unit.open-filing", unit, by=by, now=now, ref=unit.slug, unit=unit, changes=changes)


def _officers(unit: Unit, now: datetime) -> hooks.OpeningCheck:
    posts = Post.objects.valid_on(local_day(now)).able().filter(unit=unit, role__in=ROAD)
    held = set(posts.values_list("role", flat=True))
    vacant = [str(role.label) for role in ROAD if role not in held]
    return hooks.OpeningCheck(
        _("Clerk, specialist and leader are there and have accepted their invitations"),
        not vacant,
        _("Nobody yet: %(roles)s") % {"roles": ", ".join(vacant)} if vacant else "",
        reverse("manage:people"),
    )


def _calendar(unit: Unit, now: datetime) -> hooks.OpeningCheck:
    years = missing_years(local_day(now))
    has_hours = unit.opening_hours.exists() or (unit.parent is not None and unit.parent.opening_hours.exists())
    detail = _("Not entered: %(years)s") % {"years": ", ".join(map(str, years))} if years else ""
    if not has_hours:
        detail = _("The unit has no opening hours.")
    where = reverse("manage:calendar") if has_hours else reverse("manage:unit_hours", args=[unit.slug])
    return hooks.OpeningCheck(_("Opening hours and days off are entered"), not detail, detail, where)


def _workers(now: datetime) -> hooks.OpeningCheck:
    served = set(Heartbeat.objects.values_list("queue", flat=True)) - set(
        heartbeat.overdue(now).values_list("queue", flat=True)
    )
    silent = [queue for queue in heartbeat.QUEUES if queue not in served]
    detail = _("No worker serves: %(queues)s") % {"queues": ", ".join(silent)} if silent else ""
    return hooks.OpeningCheck(_("Background work runs"), not silent, detail, reverse("manage:alerts"))
