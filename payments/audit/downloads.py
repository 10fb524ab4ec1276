"""Figures of money as a file; that somebody saved one stands in the log."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from common.web.sheet_files import sheet_file
from offices.log import audit

from .guards import Reader

# More rows than this are not put into one file; a shorter time is asked for.
MAX_ROWS = 20_000


def send(
    request: HttpRequest,
    reader: Reader,
    title: str,
    name: str,
    head: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    facts: Sequence[tuple[str, Any, Any]] = (),
) -> HttpResponse:
    """Answer with rows as CSV, or as Excel when ``format`` of the POST says so; one line in the log.

    ``title`` names the report there and in the sheet, ``name`` is the file's without its end.
    """
    found = list(rows)
    audit.record(
        "money.export",
        reader.user,
        by=reader.user,
        now=reader.now,
        ref=str(reader.user.pk),
        unit=reader.units[0] if reader.units else None,
        name=title,
        changes=[*facts, ("lines", "", len(found))],
    )
    return sheet_file(request.POST.get("format", ""), title, name, head, found)
