"""What administrators of the whole installation change of signposts and checklists, each with its line in the log."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused, fingerprint, require_fresh
from common.text import fold
from offices.log import audit

from ..models import ChecklistStep, LifeEvent, Signpost

MAX_STEPS = 30
STEP_COLUMNS = tuple(
    field.attname for field in ChecklistStep._meta.concrete_fields if field.attname not in ("id", "event_id", "n")
)


def add_signpost(values: Mapping[str, Any], by: User, now: datetime) -> Signpost:
    """Make a signpost; ``values`` are its columns and the ``procedures``. Raises Refused for a name in use."""
    columns = {name: value for name, value in values.items() if name != "procedures"}
    with transaction.atomic():
        _make_sure_it_is_new(columns["name"])
        try:
            with transaction.atomic():
                made = Signpost.objects.create(code=_code(columns["name"]), **columns)
        except IntegrityError as error:
            # Somebody added one of this name in the same moment.
            raise _taken() from error
        made.procedures.set(values["procedures"])
        _record("signpost.new", made, by, now, [(name, None, _plain(value)) for name, value in values.items()])
    return made


def change_signpost(signpost: Signpost, revision: int, values: Mapping[str, Any], by: User, now: datetime) -> None:
    """Change what a signpost says that is still at ``revision``; nothing is written when nothing differs.

    Raises Refused for a name in use and when somebody else was first.
    """
    columns = {name: value for name, value in values.items() if name != "procedures"}
    with transaction.atomic():
        fresh = _locked(signpost, revision)
        before = {name: getattr(fresh, name) for name in columns} | {"procedures": list(fresh.procedures.all())}
        changes = [(name, _plain(before[name]), _plain(value)) for name, value in values.items()]
        changes = [change for change in changes if change[1] != change[2]]
        if not changes:
            return
        _make_sure_it_is_new(columns["name"], signpost)
        Signpost.objects.filter(pk=signpost.pk).update(revision=F("revision") + 1, **columns)
        fresh.procedures.set(values["procedures"])
        fresh.name = columns["name"]
        _record("signpost.edit", fresh, by, now, changes)


def show_signpost(signpost: Signpost, is_shown: bool, by: User, now: datetime) -> None:
    """Show a signpost to everybody, or hide it with the steps that lead to it; no line in the log when it is so."""
    with transaction.atomic():
        rows = Signpost.objects.filter(pk=signpost.pk).exclude(is_shown=is_shown)
        if rows.update(is_shown=is_shown, revision=F("revision") + 1):
            _record("signpost.show" if is_shown else "signpost.hide", signpost, by, now, [])


def _locked(signpost: Signpost, revision: int) -> Signpost:
    fresh = Signpost.objects.select_for_update(no_key=True).get(pk=signpost.pk)
    if fresh.revision != revision:
        raise audit.overtaken(fresh, fresh.code)
    return fresh


def _make_sure_it_is_new(name: str, signpost: Signpost | None = None) -> None:
    others = Signpost.objects.exclude(pk=signpost.pk) if signpost else Signpost.objects.all()
    if fold(name) in {fold(other) for other in others.values_list("name", flat=True)}:
        raise _taken()


def _taken() -> Refused:
    return Refused(_("There is a signpost of this name already."), field="name")


def _code(name: str) -> str:
    base = slugify(fold(name))[:50].strip("-") or "noi-lam"
    taken = set(Signpost.objects.filter(code__startswith=base).values_list("code", flat=True))
    return base if base not in taken else next(c for n in range(2, len(taken) + 3) if (c := f"{base}-{n}") not in taken)


def _plain(value: Any) -> Any:
    """Write a value for the log."""
    return "; ".join(map(str, value)) if isinstance(value, list) else value


def _record(action: str, signpost: Signpost, by: User, now: datetime, changes: list[tuple[str, Any, Any]]) -> None:
    audit.record(action, signpost, by=by, now=now, ref=signpost.code, name=signpost.name, changes=changes)


def revision_of_day(event: LifeEvent) -> str:
    """Return the fingerprint of what the time of the steps counts from."""
    return fingerprint(event.day_name, event.day_name_en)


def name_day(event: LifeEvent, day_name: str, day_name_en: str, revision: str, by: User, now: datetime) -> None:
    """Say what the time of an event's steps counts from; nothing is written when nothing differs.

    Raises Refused when steps count from a day that would have no name, and when somebody else was first.
    """
    after = {"day_name": day_name, "day_name_en": day_name_en}
    with transaction.atomic():
        fresh = _held(event)
        require_fresh(
            revision, fresh.day_name, fresh.day_name_en, overtaken=partial(audit.overtaken, fresh, fresh.code)
        )
        before = {name: getattr(fresh, name) for name in after}
        if before == after:
            return
        if not day_name and fresh.steps.filter(since="").exclude(amount=None).exists():
            raise Refused(_("The time of some steps counts from this day: it needs a name."), field="day_name")
        LifeEvent.objects.filter(pk=event.pk).update(**after)
        changes = [(name, before[name], after[name]) for name in after]
        audit.record("life-event.edit", fresh, by=by, now=now, ref=fresh.code, changes=changes)


def revision_of(step: ChecklistStep) -> str:
    """Return the fingerprint of everything that a step says."""
    return fingerprint(*(getattr(step, name) for name in STEP_COLUMNS))


def add_step(event: LifeEvent, values: Mapping[str, Any], by: User, now: datetime) -> ChecklistStep:
    """Add a step at the end of a checklist; raises Refused for what the list has already or cannot count."""
    with transaction.atomic():
        fresh = _held(event)
        if fresh.steps.count() >= MAX_STEPS:
            raise Refused(_("A list has at most %(count)d steps.") % {"count": MAX_STEPS})
        _check(fresh, values)
        last = fresh.steps.aggregate(n=Max("n"))["n"] or 0
        step = ChecklistStep.objects.create(event=fresh, n=last + 1, **values)
        _record_step("life-event.step-new", step, by, now)
    return step


def change_step(step: ChecklistStep, revision: str, values: Mapping[str, Any], by: User, now: datetime) -> None:
    """Change a step that still says what a page was made for; nothing is written when nothing differs.

    Raises Refused like :func:`add_step`, and when somebody else changed or removed it meanwhile.
    """
    with transaction.atomic():
        event = _held(step.event)
        overtaken = partial(audit.overtaken, event, event.code)
        fresh = event.steps.filter(pk=step.pk).first()
        if fresh is None:
            raise overtaken()
        require_fresh(revision, *(getattr(fresh, name) for name in STEP_COLUMNS), overtaken=overtaken)
        _check(event, values, fresh)
        both = [(name, getattr(fresh, name), value) for name, value in values.items()]
        changes = [change for change in both if change[1] != change[2]]
        if not changes:
            return
        ChecklistStep.objects.filter(pk=fresh.pk).update(**values)
        _record_step("life-event.step-edit", fresh, by, now, *changes)


def move_step(step: ChecklistStep, places: int, by: User, now: datetime) -> None:
    """Move a step one place up (-1) or down (1); at the end nothing happens."""
    with transaction.atomic():
        event = _held(step.event)
        rows = list(event.steps.all())
        place = rows.index(step) if step in rows else -1
        if place < 0 or not 0 <= place + places < len(rows):
            return
        rows[place], rows[place + places] = rows[place + places], rows[place]
        for n, row in enumerate(rows, start=1):
            row.n = n
        ChecklistStep.objects.bulk_update(rows, ["n"])
        _record_step("life-event.step-move", step, by, now, ("place", place + 1, place + places + 1))


def remove_step(step: ChecklistStep, by: User, now: datetime) -> None:
    """Remove a step; nothing happens when it is gone already. The next of its other ways then stands for it."""
    with transaction.atomic():
        rows = list(_held(step.event).steps.select_related("procedure", "signpost"))
        if step not in rows:
            return
        place = rows.index(step)
        following = rows[place + 1] if place + 1 < len(rows) else None
        ChecklistStep.objects.filter(pk=step.pk).delete()
        _record_step("life-event.step-remove", rows[place], by, now)
        if following is not None and following.is_alternative and not rows[place].is_alternative:
            ChecklistStep.objects.filter(pk=following.pk).update(is_alternative=False)
            _record_step("life-event.step-edit", following, by, now, ("is_alternative", True, False))


def title_of(step: ChecklistStep) -> str:
    """Return what a step leads to: the code of a procedure, or the name of a signpost."""
    return step.procedure.code if step.procedure else str(step.signpost)


def _held(event: LifeEvent) -> LifeEvent:
    """Read an event again, for nobody else to change its list meanwhile."""
    return LifeEvent.objects.select_for_update(no_key=True).get(pk=event.pk)


def _check(event: LifeEvent, values: Mapping[str, Any], step: ChecklistStep | None = None) -> None:
    target = {name: values[name] for name in ("procedure", "signpost") if values[name] is not None}
    others = event.steps.exclude(pk=step.pk) if step else event.steps.all()
    if others.filter(**target).exists():
        raise Refused(_("The list has a step for this already."), field=next(iter(target)))
    if values["amount"] and not values["since"] and not event.day_name:
        message = _("Say from which day the time counts: here, or for all steps on the page of the list.")
        raise Refused(message, field="since")


def _record_step(action: str, step: ChecklistStep, by: User, now: datetime, *changes: tuple[str, Any, Any]) -> None:
    title = title_of(step)
    before = None if action.endswith("new") else title
    after = None if action.endswith("remove") else title
    audit.record(action, step.event, by=by, now=now, ref=step.event.code, changes=[("step", before, after), *changes])
