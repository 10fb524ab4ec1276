"""What the catalogue needs before a unit is opened to filing."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from common.clock import local_day
from common.text import in_order
from offices.hooks import OpeningCheck
from offices.models import Post, Role, Unit
from procedures.catalogue import lacks_specialist
from procedures.models import FeeLine, OfferingFee, ProcedureVersion, Sector
from procedures.models.names import short_name

# One prepares, another one publishes.
PUBLISHERS = 2
# So many procedures without their own fees are named; the others are counted.
NAMED = 5


def checks(unit: Unit, now: datetime) -> list[OpeningCheck]:
    """Return what the checklist of an opening says of the catalogue. Five queries."""
    day = local_day(now)
    return [_sectors(unit, day), _publishers(day), _fees(unit, day)]


def _offered(unit: Unit, day: date) -> list[int]:
    return list(unit.offerings.exclude(until__lt=day).values_list("procedure_id", flat=True))


def _sectors(unit: Unit, day: date) -> OpeningCheck:
    offered = Sector.objects.filter(procedures__in=_offered(unit, day)).distinct()
    names = dict(offered.values_list("code", "name"))
    bare = lacks_specialist([unit.pk], names, day).get(unit.pk, set())
    return OpeningCheck(
        _("Every field that the unit offers has a specialist"),
        bool(names) and not bare,
        ", ".join(in_order(names[code] for code in bare)) if names else _("The unit offers no procedure."),
        reverse("manage:people"),
    )


def _publishers(day: date) -> OpeningCheck:
    posts = Post.objects.valid_on(day).able().filter(role=Role.PUBLISHER)
    count = posts.values("user").distinct().count()
    return OpeningCheck(
        _("Two publishers are there: one prepares, another one checks and publishes"),
        count >= PUBLISHERS,
        _("There are %(count)d.") % {"count": count},
        reverse("manage:people"),
    )


def _fees(unit: Unit, day: date) -> OpeningCheck:
    own = OfferingFee.objects.filter(offering__unit=unit, offering__procedure=OuterRef("version__procedure"))
    own = own.filter(key=OuterRef("key")).exclude(resolution="")
    in_force = ProcedureVersion.objects.in_force(day).filter(procedure__in=_offered(unit, day))
    open_lines = FeeLine.objects.filter(~Exists(own), is_guide=True, version__in=in_force)
    names = in_order({short_name(name) for name in open_lines.values_list("version__name", flat=True)})
    detail = "; ".join(names[:NAMED])
    if len(names) > NAMED:
        detail = _("%(named)s and %(count)d more") % {"named": detail, "count": len(names) - NAMED}
    return OpeningCheck(
        _("The unit's own fees are entered where the province leaves them to it"),
        not names,
        detail,
        reverse("manage:procedures"),
    )
