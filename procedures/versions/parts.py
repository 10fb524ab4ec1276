"""Papers, fees and steps of a draft: added, changed, moved, deleted, each as one logged change of the version."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from common.files.uploads import removed_on_failure
from common.refusals import Refused
from common.text import fold
from common.values.money import grouped
from eforms.comparing import condition_in_words

from ..models import FeeLine, ProcedureStep, ProcedureVersion, RequiredPaper
from . import template_files
from .changing import Change, in_words, touch
from .comparing.changes import schema_of
from .drafting import forget_files
from .fee_lines import plain_exemptions, write_exemptions
from .template_files import Template

Row = RequiredPaper | FeeLine | ProcedureStep
MOST = 60
KEY_LENGTH = 36
# Free numbers to pass through while rows change places: a number stands once in a version.
ASIDE = 20_000
STEMS = {RequiredPaper: "giay-to", FeeLine: "khoan-thu"}
ACTIONS = {RequiredPaper: "version.papers", FeeLine: "version.fees", ProcedureStep: "version.steps"}


def row_key(name: str, taken: Iterable[str], stem: str = "giay-to") -> str:
    """Make a key from the name of a paper or fee, none of those taken: 'giay-chung-sinh-2'."""
    base = slugify(fold(name))[:KEY_LENGTH].strip("-") or stem
    used, key, n = set(taken), base, 1
    while key in used:
        n += 1
        key = f"{base}-{n}"
    return key


def add(
    model: type[Row],
    version: ProcedureVersion,
    revision: int,
    values: dict[str, Any],
    by: User,
    now: datetime,
    template: Template | None = None,
) -> Row:
    """Add a row at the end; papers and fees get their key from the name. Raises Refused, NotKept.

    ``values`` are columns; a fee's also hold its ``exemptions`` in the exchange format.
    """
    exemptions = values.pop("exemptions", [])
    with removed_on_failure() as written, transaction.atomic():
        rows = _rows(model, version)
        if len(rows) >= MOST:
            raise Refused(_("At most %(count)d rows fit here.") % {"count": MOST})
        row: Row = model(version=version, n=len(rows) + 1, **values)
        touch(version, revision, by, now, ACTIONS[model], [(_name(model), None, str(row))])
        if isinstance(row, RequiredPaper | FeeLine):
            row.key = row_key(row.name, [other.key for other in rows], STEMS[model])
        row.save()
        if isinstance(row, FeeLine):
            write_exemptions([row], [exemptions])
        if isinstance(row, RequiredPaper) and template is not None:
            template_files.keep(row, template.name, template.content, written)
            row.save(update_fields=["template_file", "template_sha256"])
    return row


def change(
    row: Row,
    revision: int,
    values: dict[str, Any],
    by: User,
    now: datetime,
    template: Template | None = None,
    *,
    remove_template: bool = False,
) -> None:
    """Change a row of a draft; its key stays. Nothing is written when nothing differs.

    ``values`` are those of :func:`add`. Raises Refused, NotKept.
    """
    version, exemptions = row.version, values.pop("exemptions", None)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    changes: list[Change] = [
        (name, f"{_called(row)}: {_said(row, name, getattr(row, name))}", f"{_called(row)}: {_said(row, name, value)}")
        for name, value in changed.items()
    ]
    old = row.template_file.name if isinstance(row, RequiredPaper) else ""
    if template is not None or (remove_template and old):
        new = template.name if template else ""
        changes.append(("template_file", f"{_called(row)}: {old}", f"{_called(row)}: {new}"))
    fee = row if isinstance(row, FeeLine) and exemptions not in (None, plain_exemptions(row)) else None
    if fee is not None:
        was, now_exempt = ("; ".join(one["who"] for one in listed) for listed in (plain_exemptions(fee), exemptions))
        changes.append(("exemptions", f"{_called(fee)}: {was}", f"{_called(fee)}: {now_exempt}"))
    if not changes:
        return
    with removed_on_failure() as written, transaction.atomic():
        touch(version, revision, by, now, ACTIONS[type(row)], changes)
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        if fee is not None:
            write_exemptions([fee], [exemptions])
        if isinstance(row, RequiredPaper) and (template is not None or remove_template):
            before = RequiredPaper.objects.get(pk=row.pk).template_file
            row.template_file, row.template_sha256 = None, ""
            if template is not None:
                template_files.keep(row, template.name, template.content, written)
            row.save(update_fields=["template_file", "template_sha256"])
            if before:
                forget_files([before])


def move(row: Row, step: int, revision: int, by: User, now: datetime) -> None:
    """Move a row one place up (-1) or down (1); at the end nothing happens. Raises Refused."""
    model, version = type(row), row.version
    with transaction.atomic():
        rows = _rows(model, version)
        place = next((n for n, one in enumerate(rows) if one.pk == row.pk), None)
        if place is None:
            raise Refused(_("This row has been deleted meanwhile."))
        if not 0 <= place + step < len(rows):
            return
        touch(
            version,
            revision,
            by,
            now,
            ACTIONS[model],
            [("place", f"{_called(row)}: {place + 1}", f"{_called(row)}: {place + step + 1}")],
        )
        rows[place], rows[place + step] = rows[place + step], rows[place]
        _renumber(model, rows)


def delete(row: Row, revision: int, by: User, now: datetime) -> None:
    """Delete a row of a draft, and its template file unless another paper has it. Raises Refused."""
    model, version = type(row), row.version
    with transaction.atomic():
        touch(version, revision, by, now, ACTIONS[model], [(_name(model), str(row), None)])
        files = [row.template_file] if isinstance(row, RequiredPaper) and row.template_file else []
        row.delete()
        _renumber(model, _rows(model, version))
        forget_files(files)


def _rows(model: type[Row], version: ProcedureVersion) -> list[Any]:
    return list(model._default_manager.filter(version=version).order_by("n"))


def _renumber(model: type[Row], rows: list[Any]) -> None:
    manager: models.Manager[Any] = model._default_manager
    for start in (ASIDE, 0):
        for n, row in enumerate(rows, start=1):
            row.n = start + n
        manager.bulk_update(rows, ["n"])


def _called(row: Row) -> str:
    """Return how a line of the log names a row."""
    return f"{row.n}. {row}"[:80]


def _said(row: Row, name: str, value: Any) -> Any:
    """Return a value of a row as the log keeps it: conditions and tiers in words."""
    if name in ("show_if", "applies_if"):
        return condition_in_words(schema_of({"form": row.version.form}), value, "vi")
    if name.endswith("_vnd") and value is not None:
        return grouped(value)
    if name == "tiers":
        return "; ".join(f"{tier['from']}–{tier['to'] or ''}: {grouped(tier['amount_vnd'])}" for tier in value)
    return in_words(value)


def _name(model: type[Row]) -> str:
    return {RequiredPaper: "paper", FeeLine: "fee", ProcedureStep: "step"}[model]
