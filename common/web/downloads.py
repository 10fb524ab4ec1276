"""Answers that are files made at the moment: tables for spreadsheets, papers."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from common.values.sheets import csv_parts, workbook

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


def table_file(kind: str, title: str, name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with rows as Excel where ``kind`` is 'xlsx', else as CSV; ``name`` is the file's without its end."""
    if kind == "xlsx":
        return file_answer(workbook(title, head, rows), EXCEL, f"{name}.xlsx")
    return file_answer("".join(csv_parts(head, rows)), "text/csv; charset=utf-8", f"{name}.csv")


def file_answer(content: bytes | str, media_type: str, name: str) -> HttpResponse:
    """Answer with a file to be saved under a name."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
