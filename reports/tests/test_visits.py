"""Visits: people's pages counted in memory, written down once a day's row, shown in figures; nothing about anybody."""

import threading
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError

from reports.models import VisitCount
from reports.visits import counting
from reports.visits.figures import visit_sums
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
# A Monday.
DAY = date(2026, 3, 23)
PERSON = "Mozilla/5.0 (Linux; Android 9) Gecko Firefox/130.0"


@pytest.fixture
def tally(monkeypatch):
    """The count of a process that has just begun."""
    cache.clear()
    fresh = counting.Tally()
    monkeypatch.setattr("reports.visits.middleware.tally", fresh)
    return fresh


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def test_people_s_pages_count_also_kept_ones_and_nothing_else_does(
    client, commune, tally, settings, django_assert_num_queries
):
    settings.PAGE_CACHE_SECONDS = 60
    code = factories.version(commune.unit).procedure.code
    page = f"/procedures/{code}/"
    first = client.get(page, headers={"user-agent": PERSON})
    with django_assert_num_queries(1):
        # From the cache; what every page says besides is looked at.
        client.get(page, headers={"user-agent": PERSON})
    again = client.get(page, headers={"user-agent": PERSON, "if-none-match": first["ETag"]})
    assert again.status_code == 304
    for agent in ("", "Googlebot/2.1", "curl/8", "python-requests/2", "HeadlessChrome/1"):
        client.get(page, headers={"user-agent": agent})
    for path in ("/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/khong-co/", "/desk/", "/statistics/export/"):
        client.get(path, headers={"user-agent": PERSON})
    client.head(page, headers={"user-agent": PERSON})
    client.post("/display/", {"text": "large"}, headers={"user-agent": PERSON, "origin": "http://testserver"})
    client.get("/", headers={"user-agent": PERSON, "sec-purpose": "prefetch"})
    assert not VisitCount.objects.exists()
    with django_assert_num_queries(1):
        tally.flush(factories.NOW)
    tally.flush(factories.NOW)
    assert list(VisitCount.objects.values_list("day", "count")) == [(DAY, 3)]


def test_figures_add_up_and_stand_on_the_first_page_and_on_statistics(client, commune, tally):
    counts = {0: 5, 1: 7, 7: 11, 22: 13, 23: 17, 800: 1000}
    for days, count in counts.items():
        VisitCount.objects.create(day=DAY - timedelta(days=days), count=count)
    # Monday is the week's first day.
    assert visit_sums(DAY) == (5, 7, 5, 5 + 7 + 11 + 13, sum(counts.values()))
    for path in ("/", "/statistics/"):
        html = client.get(path).content.decode()
        assert "<strong>1.053</strong>" in html and checks.faults(html) == []


def test_who_is_there_now_is_counted_once_and_forgotten_after_five_minutes(tally, today):
    for visitor in ("1.2.3.4\0a", "1.2.3.4\0a", "1.2.3.4\0b"):
        tally.count(visitor, factories.NOW)
    tally.flush(factories.NOW)
    other = counting.Tally()
    later = factories.NOW + timedelta(minutes=4)
    today.move_to(later)
    other.count("1.2.3.4\0a", later)
    other.flush(later)
    assert counting.online() == 2
    assert "1.2.3.4" not in repr(cache.get(counting.MARKS))
    # An hour in which nobody came: only who asks is there.
    other.flush(later + timedelta(hours=1))
    assert cache.get(counting.MARKS) == {} and counting.online() == 1


@pytest.mark.parametrize("fault", [DatabaseError, InterfaceError])
def test_what_cannot_be_written_now_is_written_later(tally, monkeypatch, fault):
    tally.count("x", factories.NOW)
    with monkeypatch.context() as patch:
        patch.setattr(counting, "_add", lambda *_args: (_ for _ in ()).throw(fault()))
        tally.flush(factories.NOW)
    tally.count("x", factories.NOW + timedelta(days=1))
    tally.flush(factories.NOW)
    assert list(VisitCount.objects.order_by("day").values_list("count", flat=True)) == [1, 1]


def test_marks_take_no_more_room_than_they_need_when_nothing_is_written(tally, monkeypatch):
    monkeypatch.setattr(counting, "MOST_MARKS", 10)
    for n in range(100):
        tally.count(f"{n}", factories.NOW)
        assert len(tally._marks) <= 20
    tally.count("later", factories.NOW + timedelta(hours=1))
    tally.flush(factories.NOW + timedelta(hours=1))
    assert counting.online() == 1


def test_one_timer_runs_while_there_is_something_to_write_and_none_is_left(tally, settings, monkeypatch):
    written: list[datetime] = []
    monkeypatch.setattr(tally, "flush", written.append)
    settings.VISIT_SECONDS = 3600
    for _n in range(3):
        tally.count("x", factories.NOW)
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert len(timers) == 1 and timers[0].daemon
    tally.close()
    timers[0].join(5)
    assert not timers[0].is_alive() and len(written) == 1
    tally.close()
    assert len(written) == 1
