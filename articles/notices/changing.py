"""What writers change of notices, each with its line in the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import User
from common.clock import LOCAL, local_day
from offices.log import audit
from offices.models import Unit

from ..models import Notice, NoticeKind
from .maintenance import require_ahead

COLUMNS = (
    *("kind", "title", "title_en", "text", "text_en", "unit", "is_pinned", "since", "until", "begins_at", "ends_at"),
)


def add_notice(values: Mapping[str, Any], office: Unit, by: User, now: datetime) -> Notice:
    """Write a notice; ``office`` says what a working day is. Raises Refused for maintenance that comes too soon."""
    if values["kind"] == NoticeKind.MAINTENANCE:
        require_ahead(office, values["begins_at"], values["since"], now)
    with transaction.atomic():
        notice = Notice.objects.create(**values)
        _record("notice.add", notice, by, now, [(name, None, values[name]) for name in COLUMNS])
    return notice


def change_notice(
    notice: Notice, revision: int, values: Mapping[str, Any], office: Unit, by: User, now: datetime
) -> None:
    """Change what a notice says that is still at ``revision``; nothing is written when nothing differs.

    Raises Refused when somebody else was first, and for maintenance that begins sooner than was announced, or is first
    shown later, without a working day between.
    """
    with transaction.atomic():
        fresh = _locked(notice, revision)
        both = [(name, getattr(fresh, name), values[name]) for name in COLUMNS]
        changes = [change for change in both if change[1] != change[2]]
        if not changes:
            return
        begins_at = values["begins_at"]
        is_told = _was_told(fresh, now) and values["since"] <= local_day(now)
        if begins_at is not None and (not is_told or begins_at < present(fresh.begins_at)):
            require_ahead(office, begins_at, values["since"], now)
        Notice.objects.filter(pk=fresh.pk).update(revision=F("revision") + 1, **values)
        fresh.title = values["title"]
        _record("notice.change", fresh, by, now, changes)


def show_notice(notice: Notice, revision: int, is_shown: bool, office: Unit, by: User, now: datetime) -> None:
    """Hide a notice, or show it again; nothing happens when it is so. Raises Refused like :func:`change_notice`."""
    with transaction.atomic():
        fresh = _locked(notice, revision)
        if fresh.is_shown == is_shown:
            return
        if is_shown and fresh.begins_at is not None and fresh.begins_at > now:
            require_ahead(office, fresh.begins_at, fresh.since, now)
        Notice.objects.filter(pk=fresh.pk).update(is_shown=is_shown, revision=F("revision") + 1)
        _record("notice.show" if is_shown else "notice.hide", fresh, by, now, [])


def present(moment: datetime | None) -> datetime:
    """Return the moment of what has one."""
    assert moment is not None
    return moment


def _was_told(notice: Notice, now: datetime) -> bool:
    """Tell whether everybody could read of this work before."""
    return notice.begins_at is not None and notice.is_shown and notice.since <= local_day(now)


def _locked(notice: Notice, revision: int) -> Notice:
    rows = Notice.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    fresh = rows.get(pk=notice.pk)
    if fresh.revision != revision:
        raise audit.overtaken(fresh, str(fresh.pk))
    return fresh


def _plain(value: Any) -> Any:
    """Write a value for the log."""
    return f"{value.astimezone(LOCAL):%d/%m/%Y %H:%M}" if isinstance(value, datetime) else value


def _record(action: str, notice: Notice, by: User, now: datetime, changes: list[tuple[str, Any, Any]]) -> None:
    told = [(name, _plain(before), _plain(after)) for name, before, after in changes]
    audit.record(action, notice, by=by, now=now, ref=str(notice.pk), unit=notice.unit, name=notice.title, changes=told)
