"""The signposts and checklists that come with the portal."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from ..models import ChecklistStep, LifeEvent, Procedure, Signpost

FILE = Path(__file__).parent.parent / "data" / "guiding.json"


def fill() -> tuple[int, int]:
    """Add the signposts where there are none, then the steps where no life event has any; returns how many of each.

    What administrators wrote stays as it is. Procedures and life events that the installation does not have are left
    out. Some 30 queries, two when nothing is missing.
    """
    with transaction.atomic():
        return _fill_signposts(), _fill_steps()


@cache
def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def _fill_signposts() -> int:
    if Signpost.objects.exists():
        return 0
    rows = _shipped()["signposts"]
    known = {procedure.code: procedure for procedure in Procedure.objects.only("code")}
    for row in rows:
        made = Signpost.objects.create(**{name: value for name, value in row.items() if name != "procedures"})
        made.procedures.set(known[code] for code in row["procedures"] if code in known)
    return len(rows)


def _fill_steps() -> int:
    if ChecklistStep.objects.exists():
        return 0
    procedures = dict(Procedure.objects.values_list("code", "pk"))
    signposts = dict(Signpost.objects.values_list("code", "pk"))
    events = {event.code: event for event in LifeEvent.objects.all()}
    steps = []
    for row in _shipped()["life_events"]:
        if (event := events.get(row["code"])) is None:
            continue
        if not event.day_name and row.get("day_name"):
            names = {name: row[name] for name in ("day_name", "day_name_en")}
            LifeEvent.objects.filter(pk=event.pk).update(**names)
        has_way = False
        for n, step in enumerate(row["steps"], start=1):
            columns = {name: value for name, value in step.items() if name not in ("procedure", "signpost")}
            procedure, signpost = procedures.get(step.get("procedure")), signposts.get(step.get("signpost"))
            # Another way of a step that is left out stands for it.
            is_alternative = step.get("is_alternative", False)
            columns["is_alternative"] = is_alternative and has_way
            has_way = bool(procedure or signpost) or (is_alternative and has_way)
            if procedure or signpost:
                steps.append(ChecklistStep(event=event, n=n, procedure_id=procedure, signpost_id=signpost, **columns))
    return len(ChecklistStep.objects.bulk_create(steps))
