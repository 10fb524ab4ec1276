from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from common.clock import LOCAL
from common.web.paging import Page, capped_count, keyset_page
from dossiers.models import Dossier
from tests import factories

START = datetime(2026, 3, 23, 9, 0, tzinfo=LOCAL)


@pytest.fixture
def dossiers(commune, citizen):
    """Nine drafts: three due at the same time, three later, three without a due time."""
    version = factories.version(commune.unit)
    dues = [START] * 3 + [START + timedelta(days=n) for n in (1, 2, 3)] + [None] * 3
    return [factories.draft(citizen, commune.unit, version, due_at=due).pk for due in dues]


def walk(order, size):
    """Every page forward, as lists of keys, and the cursor of the last page's first row."""
    pages, after = [], ""
    while True:
        page = keyset_page(Dossier.objects.all(), order, after=after, size=size)
        pages.append([row.pk for row in page.rows])
        if not page.next:
            return pages, page
        after = page.next


@pytest.mark.parametrize("size", [1, 2, 3, 4, 8, 9, 10])
@pytest.mark.parametrize("order", [("due_at", "id"), ("-due_at", "-id"), ("due_at", "-id"), ("id",), ("-id",)])
def test_pages_hold_every_row_once_and_in_order(dossiers, order, size):
    pages, _last = walk(order, size)
    seen = [pk for page in pages for pk in page]
    expected = {
        ("due_at", "id"): dossiers,
        ("-due_at", "-id"): dossiers[::-1],
        ("due_at", "-id"): dossiers[2::-1] + dossiers[3:6] + dossiers[:5:-1],
        ("id",): dossiers,
        ("-id",): dossiers[::-1],
    }[order]
    assert seen == expected
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("order", [("due_at", "id"), ("-due_at", "-id")])
def test_pages_backward_are_the_pages_forward(dossiers, order, size):
    pages, page = walk(order, size)
    backward = [[row.pk for row in page.rows]]
    while page.previous:
        page = keyset_page(Dossier.objects.all(), order, before=page.previous, size=size)
        backward.append([row.pk for row in page.rows])
    assert [pk for rows in reversed(backward) for pk in rows] == [pk for rows in pages for pk in rows]
    assert page.previous == "" and page.next


def test_cursor_stays_right_when_its_row_is_gone(dossiers):
    page = keyset_page(Dossier.objects.all(), size=4)
    Dossier.objects.filter(pk=page.rows[-1].pk).delete()
    following = keyset_page(Dossier.objects.all(), after=page.next, size=4)
    assert [row.pk for row in following.rows] == dossiers[4:8]


@pytest.mark.parametrize(
    "cursor",
    ["x", "~", "~~", "2026-03-23~1", "2026-03-23T09:00:00~1", "2026-13-40T00:00:00Z~1", "~99999999999999999999", "~-1x",
     "9999-12-31T23:59:59-23:59~1", "2026-03-23T02:00:00Z~", "\x00~1", "~1" * 500],
)  # fmt: skip
def test_a_cursor_that_cannot_be_read_gives_the_first_page(dossiers, cursor):
    page = keyset_page(Dossier.objects.all(), after=cursor, size=4)
    assert [row.pk for row in page.rows] == dossiers[:4]
    assert page.previous == ""


def test_costs_one_query_within_the_rows_that_have_a_date(dossiers, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = keyset_page(Dossier.objects.all(), size=2)
    with django_assert_num_queries(1):
        keyset_page(Dossier.objects.all(), after=page.next, size=2)


def test_capped_count_stops_at_its_cap(dossiers):
    assert capped_count(Dossier.objects.all()) == "9"
    assert capped_count(Dossier.objects.all(), cap=9) == "9"
    assert capped_count(Dossier.objects.all(), cap=8) == "8+"


def test_pagination_keeps_the_filters_and_drops_the_old_cursor():
    page = Page(rows=[], next="~7", previous="")
    html = render_to_string("_pagination.html", {"page": page, "query": QueryDict("q=khai sinh&before=~3")})
    assert 'href="?q=khai+sinh&amp;after=~7"' in html
    assert 'rel="prev"' not in html


@pytest.mark.parametrize("order", [("due_at", "id"), ("-due_at", "-id")])
def test_a_list_without_empty_dates_costs_one_query_at_its_end_too(dossiers, order, django_assert_num_queries):
    dated = Dossier.objects.filter(due_at__isnull=False)
    with django_assert_num_queries(1):
        page = keyset_page(dated, order, size=50, has_empty=False)
    assert len(page.rows) == 6
    with django_assert_num_queries(1):
        made_up = keyset_page(dated, order, after=f"~{dossiers[0]}", size=50, has_empty=False)
    assert made_up.rows == page.rows
