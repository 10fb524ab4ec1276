"""What the cashier's pages list: what is owed, shifts, receipts of a day."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.urls import reverse

from common.values.money import format_vnd
from common.values.working_time import at
from common.web.paging import Page, keyset_page
from dossiers.desk.officer import Officer
from dossiers.desk.searching import Search
from dossiers.models import FeeState, WorklistRow
from offices.models import Role, Unit

from ..charges import shown
from ..collecting import cashier
from ..models import OWED, Charge, Receipt, Shift
from .acts import units_of
from .fees_page import way_words
from .scopes import shifts

PAGE_SIZE = 50


@dataclass(frozen=True)
class Owing:
    """One dossier of the cashier's lists: no more of it than code, name and money."""

    url: str
    code: str
    name: str
    owed: str
    state: str


@dataclass(frozen=True)
class Box:
    """One unit's box: the cashier's open shift there, and what should lie in it."""

    unit: Unit
    shift: Shift | None
    expected: str
    taken: str


def boxes(officer: Officer) -> list[Box]:
    """Return the boxes of the units where an officer is the cashier; two queries each."""
    found = []
    for unit in {post.unit_id: post.unit for post in officer.posts if post.role == Role.CASHIER}.values():
        shift = cashier.shift_of(officer.user, unit)
        taken = cashier.taken_vnd(shift) if shift else 0
        found.append(Box(unit, shift, format_vnd((shift.opening_vnd if shift else 0) + taken), format_vnd(taken)))
    return found


def owing(officer: Officer, *, after: str = "", before: str = "") -> Page:
    """Return one page of the charges that are owed, the newest first; two queries."""
    rows = Charge.objects.filter(unit__in=units_of(officer, Role.CASHIER), status__in=OWED)
    rows = rows.select_related("dossier__applicant").annotate(is_left=shown.IS_LEFT)
    page = keyset_page([rows], ("-id",), after=after, before=before, size=PAGE_SIZE)
    found = [
        _owing(
            row.dossier.code or "",
            row.dossier.applicant.name,
            row.owed_vnd,
            FeeState.ON_DELIVERY if row.is_left else row.dossier.fee_state,
        )
        for row in page.rows
    ]
    return Page(found, page.next, page.previous)


def found_by(officer: Officer, search: Search) -> list[Owing]:
    """Return the dossiers with a fee that a search finds in the cashier's units, at most 50; two queries."""
    found = WorklistRow.objects.filter(search.condition(), competent__in=units_of(officer, Role.CASHIER))
    rows = {row.dossier_id: row for row in found.exclude(fee_state=FeeState.NONE).order_by("-submitted_at")[:PAGE_SIZE]}
    owed: dict[int, int] = defaultdict(int)
    for charge in Charge.objects.filter(dossier__in=rows, status__in=OWED):
        owed[charge.dossier_id] += charge.owed_vnd
    return [_owing(row.code, row.applicant, owed[row.dossier_id], row.fee_state) for row in rows.values()]


def _owing(code: str, name: str, owed_vnd: int, state: str) -> Owing:
    owed = format_vnd(owed_vnd) if owed_vnd else "–"
    return Owing(reverse("money:fees", args=[code]), code, name, owed, str(FeeState(state).label))


def receipts_on(officer: Officer, day: date) -> list[dict[str, Any]]:
    """Return the receipts issued on a local day in the cashier's or leader's units; one query."""
    units = units_of(officer, Role.CASHIER, Role.LEADER)
    begin = at(day, time.min)
    issued = Receipt.objects.filter(
        series__unit__in=units, issued_at__gte=begin, issued_at__lt=at(day + timedelta(days=1), time.min)
    )
    rows = issued.select_related("series", "attempt", "charge__dossier", "issued_by").order_by("series", "number")
    return [
        {
            "url": reverse("money:receipt", args=[row.pk]),
            "number": row.full_number,
            "code": row.charge.dossier.code,
            "name": row.payer_name,
            "amount": format_vnd(row.amount_vnd),
            "vnd": 0 if row.cancelled_at else row.amount_vnd,
            "way": way_words(row.attempt.provider),
            "at": row.issued_at,
            "is_cancelled": row.cancelled_at is not None,
        }
        for row in rows
    ]


def shift_page(officer: Officer, *, after: str = "", before: str = "") -> Page:
    """Return one page of the shifts an officer may look at, the newest first; one query."""
    page = keyset_page([shifts(officer)], ("-opened_at", "-id"), after=after, before=before, size=PAGE_SIZE)
    rows = [
        {
            "url": reverse("money:shift", args=[row.pk]),
            "cashier": row.cashier.full_name,
            "opened_at": row.opened_at,
            "closed_at": row.closed_at,
            "expected": "–" if row.expected_vnd is None else format_vnd(row.expected_vnd),
            "counted": "–" if row.counted_vnd is None else format_vnd(row.counted_vnd),
            "is_off": row.counted_vnd != row.expected_vnd,
        }
        for row in page.rows
    ]
    return Page(rows, page.next, page.previous)
