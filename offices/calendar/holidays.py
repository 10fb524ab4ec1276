"""The days off that come with the portal: a first stock of editable rows.

``data/holidays.csv`` holds 2025–2027 (Bộ luật Lao động art. 112; the Day of
Vietnamese Culture, 24 November, by Nghị quyết 28/2026/QH16; swapped days as
announced). Tết and the second day of 2 September are decided every year: rows
marked "dự kiến" are forecasts to be checked.
"""

import csv
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from ..models import CalendarYear, DayKind, Holiday

HOLIDAYS_FILE = Path(__file__).parent / "data" / "holidays.csv"


def read_holidays(path: Path = HOLIDAYS_FILE) -> list[Holiday]:
    """Return unsaved rows for all units from a file with the columns day, kind, name, replaces.

    Raises ValueError for a day or kind that does not exist.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        return [
            Holiday(
                day=date.fromisoformat(row["day"]),
                kind=DayKind(row["kind"]),
                name=row["name"],
                replaces=date.fromisoformat(row["replaces"]) if row.get("replaces") else None,
            )
            for row in csv.DictReader(lines)
        ]


def load_holidays(now: datetime, path: Path = HOLIDAYS_FILE) -> list[int]:
    """Enter the years of a file that nobody has entered yet; returns them.

    A year already entered is left as the administrators edited it.
    """
    rows = read_holidays(path)
    with transaction.atomic():
        years = sorted({row.day.year for row in rows} - set(CalendarYear.objects.values_list("year", flat=True)))
        Holiday.objects.bulk_create([row for row in rows if row.day.year in years], ignore_conflicts=True)
        CalendarYear.objects.bulk_create([CalendarYear(year=year, entered_at=now) for year in years])
    return years
