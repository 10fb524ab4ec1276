"""Rows as an answer that the browser saves: CSV or Excel."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from common.values.sheets import csv_parts, workbook

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheet_file(ending: str, title: str, name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with rows as Excel where ``ending`` is xlsx, else as CSV; ``name`` is the file's without its end."""
    if ending == "xlsx":
        response = HttpResponse(workbook(title, head, rows), content_type=EXCEL)
    else:
        ending, response = "csv", HttpResponse("".join(csv_parts(head, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{ending}") or "attachment"
    return response
