"""Indicators: what is counted is what stands behind them, nothing small is told, what is not known says so."""

from datetime import date, datetime

import pytest
import time_machine
from django.db import transaction
from django.db.models import Sum
from django.test import Client

from common.clock import LOCAL
from dossiers.models import Dossier, Paper
from offices.models import Post, Role, Unit
from reports import tasks
from reports.counting import monthly
from reports.feedback import figures as feedback
from reports.indicators import measuring
from reports.indicators.counts import COUNTS, NIGHTLY
from reports.indicators.rules import RULES
from reports.models import Course, DailyRating, IndicatorFigure, Measured
from reports.statistics.figures import By, Selection, table
from reports.statistics.periods import Period
from tests import factories
from tests.present import present

pytestmark = pytest.mark.django_db
LAST_YEAR = "since=1/2025&until=12/2025"
YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def measured(year, now):
    measuring.measure(now, monthly.ALWAYS)
    return year


def told(client, path=f"/statistics/indicators/?{LAST_YEAR}") -> dict[str, str]:
    """Return what a page tells of each indicator: its words and numbers, or why there are none."""
    shown = client.get(path).context["shown"]
    values = [each for _name, group in [*shown["groups"], *shown["indices"]] for each in group]
    return {each.rule.code: f"{each.words} {each.parts}".strip() or each.why_not for each in values}


def test_what_days_say_is_what_stands_behind_it(year):
    total = table(Selection(), YEAR, By.UNIT).total
    days = {
        "in_time": (total.in_time, total.resolved),
        "total_time": (2 * total.early + total.on_time, total.resolved),
        "online": (total.online, total.received),
    }
    for name, expected in days.items():
        count = COUNTS[name]
        within = {
            f"{count.moment}__gte": monthly.begin(YEAR.since),
            f"{count.moment}__lt": monthly.begin(date(2026, 1, 1)),
        }
        found = Course.objects.filter(count.among, **within).annotate(points=count.points)
        assert (found.aggregate(sum=Sum("points"))["sum"], found.count()) == expected, name


def test_a_night_measures_by_unit_and_month_and_measuring_again_changes_nothing(measured, now):
    rows = set(IndicatorFigure.objects.values_list("unit", "measure", "month", "points", "count"))
    assert {row[1] for row in rows} >= {"contacts", "result", "digitised", "reused", "online_in_time"}
    contacts = COUNTS["contacts"]
    for unit in Unit.objects.all():
        found = Course.objects.filter(contacts.among, unit=unit).annotate(points=contacts.points)
        expected = found.aggregate(sum=Sum("points"))["sum"] or 0, found.count()
        assert (
            tuple(map(sum, zip(*[row[3:] for row in rows if row[:2] == (unit.pk, "contacts")], strict=True)))
            == expected
        )
    measuring.measure(now, monthly.ALWAYS)
    assert set(IndicatorFigure.objects.values_list("unit", "measure", "month", "points", "count")) == rows
    assert {"paid_online"} | {row[1] for row in rows} == set(NIGHTLY)
    # What went to another unit counts there alone.
    with transaction.atomic():
        Course.objects.filter(unit__slug="phong").update(unit=measured.unit)
        measuring.measure(now, monthly.ALWAYS)
        assert not IndicatorFigure.objects.filter(unit__slug="phong").exists()
        transaction.set_rollback(True)


def test_two_that_measure_at_once_leave_one_row_a_month(year):
    place = year.unit.pk, date(2030, 3, 1)
    monthly.write([], place[1], {Measured.TIME: {place: (10, 1)}})
    monthly.write([], place[1], {Measured.TIME: {place: (30, 2)}})
    assert IndicatorFigure.objects.filter(month=place[1]).values_list("points", "count").get() == (30, 2)


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        (datetime(2026, 2, 3, tzinfo=LOCAL), date(2025, 2, 1)),
        (datetime(2026, 12, 31, 23, tzinfo=LOCAL), date(2025, 12, 1)),
    ],
)
def test_a_night_measures_a_year_for_what_was_filed_then_may_be_late_since(moment, first):
    assert monthly.first_month(moment) == first


def test_what_looks_at_a_year_has_the_time_for_it():
    for task in (tasks.mend_figures, tasks.count_procedures, tasks.measure_steps, tasks.measure_indicators):
        assert (task.time_limit, task.acks_late) == (tasks.MEND_SECONDS, False), task.name


def test_leaders_read_exact_numbers_and_the_dossiers_behind_them(client, measured):
    client.force_login(measured.leader)
    exact = told(client, f"/leader/indicators/?{LAST_YEAR}&unit=xuan-bac")
    units = [measured.unit.pk, Unit.objects.get(slug="phong").pk]
    total = table(Selection(units), YEAR, By.UNIT).total
    assert f"({total.in_time}/{total.resolved})".strip("()") in exact["2.1"]
    assert exact["3.3"].endswith(f"{total.online}/{total.received}")
    for rule in RULES.values():
        address = f"/leader/indicators/{rule.key}/?{LAST_YEAR}"
        assert client.get(address).status_code == (200 if rule.behind else 404), rule.code
    seen, address = [], f"/leader/indicators/3-3/?{LAST_YEAR}"
    page = client.get(address).context["page"]
    while True:
        seen += [row.code for row in page.rows]
        if not page.next:
            break
        page = client.get(address, {"after": page.next, "since": "1/2025", "until": "12/2025"}).context["page"]
    assert len(seen) == len(set(seen)) == total.received
    short = client.get(f"{address}&only=short&unit=phong").context["page"].rows
    offline = Dossier.objects.in_figures().filter(unit__slug="phong").exclude(channel="online")
    assert {row.code for row in short} <= set(offline.values_list("code", flat=True))
    assert all((row.url == "") == (row.unit == "Phòng") for row in client.get(address).context["page"].rows)


def test_leaders_of_other_units_see_nothing_of_it(client, measured, other_citizen):
    above = Unit.objects.create(kind="province", slug="tinh", name="Tỉnh", short_name="Tỉnh")
    Unit.objects.filter(pk=measured.unit.pk).update(parent=above)
    Post.objects.create(user=other_citizen, unit=above, role=Role.LEADER, valid_from=date(2025, 1, 1))
    client.force_login(other_citizen)
    page = client.get(f"/leader/indicators/2-1/?{LAST_YEAR}")
    assert page.context["page"].rows and "/desk/dossiers/H-" not in page.content.decode()
    elsewhere_unit = Unit.objects.get(slug="xuan-loc").name
    assert elsewhere_unit not in {row.unit for row in page.context["page"].rows}


def test_the_public_reads_what_is_told_and_why_the_rest_is_not(client, measured):
    page = client.get(f"/statistics/indicators/?{LAST_YEAR}").content.decode()
    public = told(client)
    assert public["3.3"].split("%")[0].isdigit() and public["3.1"].endswith("/4") and public["tt.3"].startswith("1")
    for code in ("1.1", "1.4", "4.5", "tt.4", "tt.7"):
        assert public[code] == str(RULES[code.replace(".", "-")].missing)
    assert page.count("<details id=") == len(RULES) and "/leader/" not in page.split("<main")[1]
    client.force_login(measured.leader)
    assert (
        "/leader/indicators/" in client.get(f"/statistics/indicators/?{LAST_YEAR}").content.decode().split("<main")[1]
    )


def test_a_count_of_one_to_four_is_not_told(client, measured):
    dossier = present(Course.objects.filter(unit=measured.unit, ending="resolved").first())
    earlier = Paper.objects.create(dossier=dossier.dossier, name="Giấy", kind="file", uploaded_at=factories.NOW)
    Paper.objects.create(dossier=dossier.dossier, name="Giấy", kind="file", uploaded_at=factories.NOW, earlier=earlier)
    measuring.measure(factories.NOW, monthly.ALWAYS)
    client.force_login(measured.leader)
    asked = f"since={dossier.came_at:%m/%Y}&until={dossier.came_at:%m/%Y}&unit={measured.unit.slug}"
    assert " 1/" in told(client, f"/leader/indicators/?{asked}")["4.3"]
    assert "1" not in told(Client(), f"/statistics/indicators/?{asked}")["4.3"]


def test_feedback_and_ratings_are_told(client, measured, monkeypatch):
    monkeypatch.setattr(
        feedback, "answered", lambda *_asked: feedback.Answered(25, on_time=18, late=2, overdue=0, open=5)
    )
    DailyRating.objects.create(day=date(2025, 6, 2), unit=measured.unit, overall_3=30, overall_2=10, overall_1=10)
    client.force_login(measured.leader)
    exact = told(client, f"/leader/indicators/?{LAST_YEAR}")
    total = table(Selection([measured.unit.pk, Unit.objects.get(slug="phong").pk]), YEAR, By.UNIT).total
    assert exact["5.2"] == "90% 18/20" and exact["tt.8"].startswith("1 ")
    assert exact["5.4"] == f"{100 * (total.resolved - total.late - 10) // total.resolved}%"
    monkeypatch.setattr(
        feedback, "answered", lambda *_asked: feedback.Answered(21, on_time=20, late=0, overdue=1, open=1)
    )
    assert told(client, f"/leader/indicators/?{LAST_YEAR}")["tt.8"].startswith("0 ")


def test_where_nothing_was_received_no_value_is_told(client, measured):
    found = told(client, "/statistics/indicators/?since=1/2001&until=2/2001")
    (said,) = {found[rule.code] for rule in RULES.values() if rule.behind}
    assert said and not any(letter.isdigit() for letter in said)


def test_the_pages_cost_the_same_however_many_dossiers(client, measured, django_assert_max_num_queries):
    client.get("/statistics/indicators/")
    with django_assert_max_num_queries(11):
        client.get(f"/statistics/indicators/?{LAST_YEAR}")
    client.force_login(measured.leader)
    for path in ("/leader/indicators/", f"/leader/indicators/3-3/?{LAST_YEAR}"):
        client.get(path)
        with django_assert_max_num_queries(16):
            client.get(path)
