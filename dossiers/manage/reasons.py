"""The ready-made reasons of a unit: reading and changing them, with a line in the log."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.models import User
from common.refusals import require_fresh
from offices.log import audit
from offices.models import Unit

from ..models import ReadyReasons


def reasons_of(unit: Unit) -> dict[str, list[str]]:
    """Return the reasons that a unit keeps, by action. One query."""
    return dict(ReadyReasons.objects.filter(unit=unit).order_by("action").values_list("action", "texts"))


def change(unit: Unit, texts: Mapping[str, list[str]], *, revision: str, by: User, now: datetime) -> None:
    """Replace the reasons of a unit by those given for each action; raises Refused ('stale') for an older page."""
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        before = reasons_of(unit)
        require_fresh(revision, before, overtaken=partial(audit.overtaken, unit, unit.slug))
        changed = {action: lines for action, lines in texts.items() if lines != before.get(action, [])}
        for action, lines in changed.items():
            ReadyReasons.objects.update_or_create(unit=unit, action=action, defaults={"texts": lines})
        if changed:
            lines_of = [(action, "; ".join(before.get(action, [])), "; ".join(texts[action])) for action in changed]
            audit.record(
                "unit.reasons", unit, by=by, now=now, ref=unit.slug, unit=unit, name=unit.name, changes=lines_of
            )
