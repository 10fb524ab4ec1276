"""Notices as the pages for everybody show them."""

from datetime import date
from typing import Any

from common.text import translated

from .. import markdown
from ..models import Notice

MOST_ON_FIRST_PAGE = 4


def on_first_page(day: date) -> list[dict[str, Any]]:
    """Return the notices of the first page in the active language, the pinned ones first. One query."""
    rows = Notice.objects.current(day).select_related("unit").defer("text", "text_en")
    return [row_of(notice, day) for notice in rows[:MOST_ON_FIRST_PAGE]]


def row_of(notice: Notice, day: date) -> dict[str, Any]:
    """Return what a list shows of a notice, in the active language."""
    return {
        "pk": notice.pk,
        "title": translated(notice, "title"),
        "since": notice.since,
        "unit": notice.unit.name if notice.unit else "",
        "is_pinned": notice.is_pinned,
        "is_over": notice.until is not None and notice.until < day,
    }


def page_of(notice: Notice, day: date) -> dict[str, Any]:
    """Return what the page of a notice shows, in the active language."""
    return row_of(notice, day) | {
        "text": markdown.html_of(translated(notice, "text")),
        "begins_at": notice.begins_at,
        "ends_at": notice.ends_at,
    }
