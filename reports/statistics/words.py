"""Names of rows and columns of the figures, in the reader's language."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.text import in_order, translated
from procedures.labels import level_set_words, name_in
from procedures.models import ProcedureVersion

from .asking import Options
from .figures import By, Table

# The columns in groups, as the period report has them: (heading of the group, ((column, heading, whole heading), …)).
GROUPS: tuple[tuple[Any, tuple[tuple[str, Any, Any], ...]], ...] = (
    ("", (("carried", _("Carried over"), _("Carried over")),)),
    (
        _("Received in the period"),
        (
            ("online", _("online"), _("Received online")),
            ("direct", _("at the counter or by post"), _("Received at the counter or by post")),
        ),
    ),
    (
        _("Resolved"),
        (
            ("early", _("early"), _("Resolved early")),
            ("on_time", _("on time"), _("Resolved on time")),
            ("late", _("late"), _("Resolved late")),
        ),
    ),
    (
        _("Ended without a result"),
        (
            ("refused", _("refused"), _("Refused")),
            ("stopped", _("stopped"), _("Stopped")),
            ("withdrawn", _("withdrawn"), _("Withdrawn")),
        ),
    ),
    (
        _("Being resolved"),
        (
            ("pending", _("in time"), _("Being resolved in time")),
            ("overdue", _("overdue"), _("Being resolved overdue")),
        ),
    ),
)
HEADINGS: dict[str, Any] = {name: whole for _group, columns in GROUPS for name, _short, whole in columns}
BY_WORDS: dict[By, Any] = {
    By.FIELD: _("Field"),
    By.PROCEDURE: _("Procedure"),
    By.UNIT: _("Unit"),
    By.LEVEL: _("Level"),
    By.MONTH: _("Month"),
}


def names(table: Table, options: Options) -> dict[Any, str]:
    """Return the name of each row, in the order in which rows stand; one query for procedures.

    Units and fields without a dossier stand there too, by name.
    """
    if table.by == By.MONTH:
        return {month: month_words(month) for month in table.rows}
    if table.by == By.LEVEL:
        return {level: level_set_words(level) for level in sorted(table.rows)}
    if table.by == By.UNIT:
        return {unit.pk: unit.name for unit in options.units if unit.identifier or unit.pk in table.rows}
    if table.by == By.FIELD:
        found = {sector.pk: translated(sector, "name") for sector in options.sectors}
        return _ordered({pk: name for pk, name in found.items() if pk in table.rows})
    return _ordered(procedure_names(table.rows))


def procedure_names(pks: Iterable[int]) -> dict[int, str]:
    """Return the names of procedures by their newest published version; one query."""
    published = ProcedureVersion.objects.filter(procedure__in=list(pks), status__in=("published", "retired"))
    rows = published.order_by("number").only("procedure_id", "name", "name_en")
    return {version.procedure_id: name_in(version)[0] for version in rows}


def month_words(month: date) -> str:
    """Write a month: '3/2026'."""
    return f"{month.month}/{month.year}"


def _ordered(found: dict[int, str]) -> dict[int, str]:
    return dict(in_order(found.items(), name=lambda item: item[1]))
