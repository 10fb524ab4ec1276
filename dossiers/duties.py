"""What the administrators' screens ask about dossiers: who holds how many, and what keeps a unit open."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.refusals import Refused
from offices.hooks import Held, ReassignedLine
from offices.models import Unit

from . import actions
from .models import HELD, OPEN, Dossier, NumberSeries, WorklistRow
from .records.numbering import DOSSIER
from .timeline.history import explain_refusal
from .workflow import perform


class HeldDossiers:
    """Open dossiers that one person holds."""

    label = gettext_lazy("Open dossiers")

    def held(self, user: Any, unit_ids: Iterable[int]) -> list[Held]:
        """Return how many dossiers a person holds in each role of these units. One query."""
        rows = (
            self._of(user)
            .filter(unit__in=list(unit_ids))
            .values("unit", "holder_role")
            .annotate(count=Count("dossier"))
        )
        return [Held(row["unit"], row["holder_role"], row["count"]) for row in rows]

    def reassign(
        self, user: Any, unit: Unit, role: str, to: Any, *, by: Any, now: datetime, maximum: int
    ) -> list[ReassignedLine]:
        """Hand on the oldest deadlines first, each dossier in a transaction of its own: what is done stays done."""
        lines = []
        action = actions.Reassign(leaver=user, to=to)
        held = self._of(user).filter(unit=unit, holder_role=role).select_related("dossier__version")
        name = to.get_full_name() if to else _("everybody in the role")
        for row in list(held.order_by("due_at", "dossier_id")[: max(maximum, 0)]):
            dossier = row.dossier
            reason = ""
            try:
                perform(action, dossier, by=by, now=now)
            except Refused as refused:
                reason = explain_refusal(refused)
            lines.append(ReassignedLine(f"{dossier.code} – {dossier.version.short_name}", name, reason))
        return lines

    @staticmethod
    def _of(user: Any) -> Any:
        return WorklistRow.objects.filter(holder=user, status__in=HELD, is_held_here=True)


def open_dossiers(unit: Unit) -> str:
    """Say that a unit still has open dossiers; '' when it has none. One query."""
    count = WorklistRow.objects.filter(unit=unit, status__in=OPEN).count()
    if not count:
        return ""
    return ngettext("%(count)d dossier is still open.", "%(count)d dossiers are still open.", count) % {"count": count}


def codes_of_today(unit: Unit | None, identifier: str, day: date) -> str:
    """Say what a new identifier means for the codes of a day; '' when nothing.

    Codes that another unit gave today begin the same way: taking its identifier
    over is refused until tomorrow, because both would count from one.
    """
    if identifier:
        begins = f"{identifier}-{day:%y%m%d}-"
        taken = Dossier.objects.filter(code__startswith=begins)
        if unit is not None:
            taken = taken.exclude(received_by=unit)
        if taken.exists():
            raise ValidationError(_("Another unit has given codes with this identifier today. Change it tomorrow."))
    if unit is None or not NumberSeries.objects.filter(unit=unit, period=day, purpose=DOSSIER, last__gt=0).exists():
        return ""
    return _(
        "This unit has already given codes today. Those keep the former identifier; the next ones get the new one."
    )
