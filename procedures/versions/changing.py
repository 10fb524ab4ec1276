"""Changing a draft: one conditional step per save, so that nobody writes over a colleague's work unseen."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from common.refusals import Refused
from offices.log import audit
from offices.models import AuditEntry

from ..finding.indexing import index_unpublished
from ..models import Procedure, ProcedureVersion, VersionStatus

Change = tuple[str, Any, Any]
# Every change of a procedure, its versions and offerings is logged under the procedure's code.
SUBJECT = Procedure._meta.model_name or ""


def record(
    procedure: Procedure,
    action: str,
    *,
    by: User | None,
    now: datetime,
    version: ProcedureVersion | None = None,
    changes: Iterable[Change] = (),
    **more: Any,
) -> AuditEntry:
    """Write a line of the log about a procedure or one of its versions."""
    name = str(version) if version is not None else more.pop("name", "")
    return audit.record(action, procedure, by=by, now=now, ref=procedure.code, name=name, changes=changes, **more)


def edit(
    version: ProcedureVersion,
    revision: int,
    by: User,
    now: datetime,
    *,
    action: str = "version.edit",
    changes: Iterable[Change] | None = None,
    **columns: Any,
) -> None:
    """Change columns of a draft that is still at ``revision``; the object carries the new values afterwards.

    ``changes`` for the log are made from the columns unless given. Nothing is
    written when nothing differs. Raises Refused when the draft has moved on
    or is none. One transaction, four queries.
    """
    with transaction.atomic():
        before = _row(version, revision, *columns)
        columns = {name: value for name, value in columns.items() if before[name] != value}
        if not columns:
            return
        _take(version, revision, by, **columns)
        if changes is None:
            changes = [_change(name, before[name], value) for name, value in columns.items()]
        record(version.procedure, action, by=by, now=now, version=version, changes=changes)
        if "name" in columns:
            index_unpublished(version)


def touch(
    version: ProcedureVersion, revision: int, by: User, now: datetime, action: str, changes: Iterable[Change] = ()
) -> None:
    """Claim a draft for a change of its papers, fees or steps; call it first inside the transaction.

    Raises Refused like :func:`edit`. Four queries.
    """
    with transaction.atomic():
        _take(version, revision, by)
        record(version.procedure, action, by=by, now=now, version=version, changes=changes)


def _row(version: ProcedureVersion, revision: int, *columns: str) -> dict[str, Any]:
    rows = ProcedureVersion.objects.filter(pk=version.pk, status=VersionStatus.DRAFT, revision=revision)
    row = rows.values("revision", *columns).first()
    if row is None:
        raise refused(version)
    return row


def _take(version: ProcedureVersion, revision: int, by: User, **columns: Any) -> None:
    claimed = ProcedureVersion.objects.filter(pk=version.pk, status=VersionStatus.DRAFT, revision=revision).update(
        revision=F("revision") + 1, **columns
    )
    if claimed != 1:
        raise refused(version)
    version.editors.add(by)
    version.revision = revision + 1
    for name, value in columns.items():
        setattr(version, name, value)


def refused(version: ProcedureVersion) -> Refused:
    """Say why a draft could not be claimed. Two queries."""
    status = ProcedureVersion.objects.filter(pk=version.pk).values_list("status", flat=True).first()
    if status is None:
        return Refused(_("This draft has been discarded."))
    if status == VersionStatus.IN_REVIEW:
        return Refused(_("This version is in review. Take it back first, then change it."), code="state")
    if status != VersionStatus.DRAFT:
        return Refused(_("A published version stays as it is. Make a draft of the next version."), code="state")
    return overtaken(version.procedure)


def overtaken(procedure: Procedure) -> Refused:
    """Return the refusal of a page about a procedure that somebody changed meanwhile. One query."""
    return audit.overtaken(procedure, procedure.code)


def _change(name: str, before: Any, after: Any) -> Change:
    if name == "form":
        return form_change(before, after)
    return name, in_words(before), in_words(after)


def in_words(value: Any) -> Any:
    """Return a stored value as the log keeps it: a list as its entries, the rest as it is."""
    return "; ".join(str(entry) for entry in value) if isinstance(value, list) else value


def form_change(before: Any, after: Any) -> Change:
    """Name the questions in which two forms differ, as they were and as they are."""
    old, new = _parts(before), _parts(after)
    gone = [label for key, (label, part) in old.items() if new.get(key, ("", None))[1] != part]
    made = [label for key, (label, part) in new.items() if old.get(key, ("", None))[1] != part]
    if not gone and not made:
        # The same questions in another order.
        gone, made = [label for label, _part in old.values()], [label for label, _part in new.values()]
    return "form", "; ".join(gone), "; ".join(made)


def _parts(form: Any) -> dict[str, tuple[str, Any]]:
    """Return sections (without their fields) and fields by key, with their labels, as far as a draft can be read."""
    found: dict[str, tuple[str, Any]] = {}
    sections = form.get("sections") if isinstance(form, Mapping) else None
    for section in sections if isinstance(sections, list) else []:
        if not isinstance(section, Mapping):
            continue
        head = {name: value for name, value in section.items() if name != "fields"}
        found[f"section {section.get('key')}"] = _label(section, "title"), head
        fields = section.get("fields")
        for field in fields if isinstance(fields, list) else []:
            if isinstance(field, Mapping):
                found[f"field {field.get('key')}"] = _label(field, "label"), field
    return found


def _label(part: Mapping[str, Any], name: str) -> str:
    words = part.get(name)
    return str(words.get("vi") if isinstance(words, Mapping) else part.get("key"))
