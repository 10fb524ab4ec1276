"""Dossier codes and slip numbers, numbered without gaps or duplicates.

A counter row is raised in the transaction that uses the number, so a
transaction that fails gives its number back, and two at once wait for each
other on the row.
"""

from datetime import date, datetime

from django.db import transaction

from common.clock import local_day
from common.database.writing import raise_counter
from offices.models import Unit

from ..models import NumberSeries

DOSSIER = "dossier"


def next_number(unit: Unit, day: date, purpose: str) -> int:
    """Return the next number of a unit on a day, from 1; one statement, which locks the series until the commit.

    Raises TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("numbers are given inside the transaction that uses them")
    return raise_counter(NumberSeries, "last", unit=unit.pk, period=day, purpose=purpose)


def dossier_code(unit: Unit, now: datetime) -> str:
    """Return a new code, such as 000.00.16.H19-260323-0001 (TT 01/2018/TT-VPCP art. 19).

    The day is that of Vietnam. The ten-thousandth dossier of a day gets five
    digits: nobody is turned away over the width of a number.
    """
    day = local_day(now)
    return f"{unit.identifier}-{day:%y%m%d}-{next_number(unit, day, DOSSIER):04d}"


def yearly_number(unit: Unit, now: datetime, purpose: str, suffix: str) -> str:
    """Return the next number of a paper in its register of the year, such as '12/TNHS'."""
    return f"{next_number(unit, year_of(local_day(now)), purpose)}/{suffix}"


def book_number(unit: Unit, now: datetime, book: str) -> int:
    """Return the next number of one of a unit's books of the year."""
    return next_number(unit, year_of(local_day(now)), book_series(book))


def book_series(book: str) -> str:
    """Return the purpose of a book's series."""
    return f"b.{book}"


def year_of(day: date) -> date:
    """Return the day by which a year's series is named: its first."""
    return day.replace(month=1, day=1)
