"""Targets set, changed and removed; every change leaves a line in the log."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from offices.log import audit
from offices.models import Unit

from ..models import Target


def set_target(unit: Unit, year: int, level: int, measure: str, value: int, *, by: User, now: datetime) -> Target:
    """Set a target. Raises Refused('twice') where the unit has one of this kind in this year."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                target = Target.objects.create(
                    unit=unit, year=year, level=level, measure=measure, value=value, set_at=now, set_by=by
                )
        except IntegrityError as error:
            message = _("This unit has such a target for this year already. Change it.")
            raise Refused(message, code="twice", field="unit") from error
        facts = [("year", "", year), ("level", "", level), ("measure", "", measure), ("value", "", value)]
        _log("target.set", target, by, now, facts)
    return target


def change_target(pk: int, value: int, *, revision: int, by: User, now: datetime) -> None:
    """Change how much is to be reached. Raises Refused('stale') when somebody else has changed or removed it."""
    with transaction.atomic():
        target = _taken(pk, revision)
        before, target.value, target.revision = target.value, value, revision + 1
        target.set_at, target.set_by = now, by
        target.save(update_fields=["value", "revision", "set_at", "set_by"])
        _log("target.change", target, by, now, [("year", "", target.year), ("value", before, value)])


def remove_target(pk: int, *, revision: int, by: User, now: datetime) -> None:
    """Remove a target. Raises Refused('stale') when somebody else has changed or removed it."""
    with transaction.atomic():
        target = _taken(pk, revision)
        _log("target.remove", target, by, now, [("year", target.year, ""), ("value", target.value, "")])
        target.delete()


def _taken(pk: int, revision: int) -> Target:
    """Return a target, locked, if it still is as the page showed it."""
    target = Target.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=pk).first()
    if target is None or target.revision != revision:
        raise audit.overtaken(target or Target(), str(pk))
    return target


def _log(action: str, target: Target, by: User, now: datetime, facts: Iterable[tuple[str, object, object]]) -> None:
    audit.record(
        action, target, by=by, now=now, ref=str(target.pk), unit=target.unit, name=target.unit.name, changes=facts
    )
