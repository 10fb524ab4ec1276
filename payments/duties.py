"""What the administrators' screens ask about money: whose box is open, and what keeps a unit open."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offices.hooks import Held, ReassignedLine
from offices.models import Role, Unit

from .models import OWED, Charge, Shift


class OpenBoxes:
    """Cashiers' boxes that are open: counted and closed, never handed on uncounted."""

    label = gettext_lazy("Open shifts at the cash desk")

    def held(self, user: Any, unit_ids: Iterable[int]) -> list[Held]:
        """Return the units in which a person's box is open. One query."""
        rows = Shift.objects.filter(cashier=user, closed_at=None, unit__in=list(unit_ids))
        counts = rows.order_by("unit").values("unit").annotate(count=Count("pk"))
        return [Held(row["unit"], Role.CASHIER, row["count"]) for row in counts]

    def reassign(
        self, user: Any, unit: Unit, role: str, to: Any, *, by: Any, now: datetime, maximum: int
    ) -> list[ReassignedLine]:
        """Hand nothing on, and say what has to be done instead. One query."""
        boxes = Shift.objects.filter(cashier=user, unit=unit, closed_at=None)
        if role != Role.CASHIER or maximum <= 0 or not boxes.exists():
            return []
        name = to.get_full_name() if to else _("everybody in the role")
        reason = _("The money in the box has to be counted first. Have the cashier close the shift.")
        return [ReassignedLine(_("Open shift"), name, reason)]


def open_money(unit: Unit) -> str:
    """Say that fees of a unit are unpaid or a box is open; '' when neither. Two queries."""
    if Shift.objects.filter(unit=unit, closed_at=None).exists():
        return _("A shift at the cash desk is open.")
    count = Charge.objects.filter(unit=unit, status__in=OWED).count()
    if not count:
        return ""
    return ngettext("%(count)d fee is not paid.", "%(count)d fees are not paid.", count) % {"count": count}
