"""Pages of figures: what the public and leaders read, in which form, at which cost."""

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from dossiers.models import Dossier
from offices.models import Post, Role, Unit
from reports.counting import rollup
from reports.models import Course
from reports.statistics.figures import COLUMNS, By, Flow, Selection, table
from reports.statistics.periods import Period
from reports.tests.plain import balances
from tests import factories

pytestmark = pytest.mark.django_db
FIGURES, EXPORT = "/statistics/", "/statistics/export/"
LAST_YEAR = "since=1/2025&until=12/2025"


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def leader(client, year):
    client.force_login(year.leader)
    return client


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_page_says_in_a_sentence_what_the_table_says(client, year):
    page = client.get(f"{FIGURES}?by=unit&{LAST_YEAR}").content.decode()
    total = table(Selection(), Period(date(2025, 1, 1), date(2025, 12, 31)), By.UNIT).total
    assert f"{total.received}" in page.split('class="lead"')[1][:200]
    chart = client.get(f"{FIGURES}?by=month&{LAST_YEAR}").content.decode().split("<main")[1]
    assert chart.count("<title id=") == chart.count("<desc id=") == 1 and "style=" not in chart


def test_files_have_the_columns_of_the_period_report_and_balance(client, year):
    head, *rows = rows_of(client.get(f"{EXPORT}?by=unit&{LAST_YEAR}"))
    assert len(head) == 1 + len(COLUMNS)
    shown = [row for row in rows if all(cell.isdigit() for cell in row[1:])]
    assert shown and all(balances(Flow(*map(int, row[1:]))) for row in shown)
    response = client.get(f"{EXPORT}?by=unit&{LAST_YEAR}&format=xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [[str(cell.value) for cell in row] for row in sheet.iter_rows()] == [head, *rows]


def test_small_counts_are_told_to_leaders_only(leader, year):
    asked = f"by=procedure&{LAST_YEAR}&unit=phong&level=3"
    public = rows_of(Client().get(f"{EXPORT}?{asked}"))
    exact = rows_of(leader.post("/leader/statistics/export/", dict(pair.split("=") for pair in asked.split("&"))))
    small = {cell for row in exact[1:] for cell in row[1:] if cell in ("1", "2", "3", "4")}
    assert small and not any(cell in small for row in public[1:] for cell in row[1:])
    assert all(balances(Flow(*map(int, row[1:]))) for row in exact[1:])
    assert "…" in Client().get(f"{FIGURES}?{asked}").content.decode()


def test_the_public_asks_for_whole_months_only(client, year):
    exact = rows_of(client.get(f"{EXPORT}?since=5/3/2025&until=20/3/2025&by=level"))
    assert exact == rows_of(client.get(f"{EXPORT}?since=3/2025&until=3/2025&by=level"))


@pytest.mark.parametrize(
    "query",
    [
        "by=nothing&level=9&unit=nowhere&field=none&procedure=x",
        "since=31/2/2025&until=99/99/9999",
        "since=12/2025&until=1/2025",
        "since=ngày&until=%C3%A0&by=%CC%81",
        f"procedure={'9' * 900}&unit={'a' * 900}",
        "since=1/2090&until=2/2090",
    ],
)
def test_whatever_is_asked_for_is_answered(client, leader, query):
    for base in (FIGURES, EXPORT, "/leader/statistics/", "/leader/late/"):
        assert leader.get(f"{base}?{query}").status_code == 200


def test_a_unit_without_dossiers_is_listed_with_nought(client, year):
    factories.commune("xuan-hoa", "Xã Xuân Hòa", "000.00.18.H19")
    rows = rows_of(client.get(f"{EXPORT}?by=unit&{LAST_YEAR}"))
    assert ["UBND Xã Xuân Hòa", *["0"] * len(COLUMNS)] in rows


@pytest.mark.parametrize("by", list(By))
def test_the_page_costs_the_same_however_many_dossiers(client, year, by, django_assert_max_num_queries):
    client.get(FIGURES)
    with django_assert_max_num_queries(9 if by == "procedure" else 8):
        client.get(f"{FIGURES}?by={by}&{LAST_YEAR}")


def test_leaders_pages_cost_the_same_however_many_dossiers(leader, django_assert_max_num_queries):
    for url in ("/leader/overview/", f"/leader/late/?{LAST_YEAR}", "/leader/statistics/"):
        leader.get(url)
        with django_assert_max_num_queries(14):
            leader.get(url)


def test_the_overview_counts_what_is_pending(leader, year):
    found = leader.get("/leader/overview/").context["found"]
    units = [year.unit.pk, Unit.objects.get(slug="phong").pk]
    pending = Course.objects.filter(unit__in=units, ended_at=None)
    assert found.total.total == pending.count() > 0
    assert found.total.late == pending.exclude(late_since=None).count() > 0
    for _id, _heading, loads in found.tables:
        is_own = _id == "people"
        whole = pending.filter(unit=year.unit) if is_own else pending
        assert sum(load.total for load in loads) == whole.count()


def late(client, **asked) -> list[str]:
    return [row[0] for row in rows_of(client.post("/leader/late/export/", asked))[1:]]


def test_the_late_list_of_a_day_answers_the_same_again(leader, year):
    asked = {"since": "01/06/2025", "until": "30/06/2025", "as_of": "15/07/2025"}
    before = late(leader, **asked)
    assert before
    # Everything that is still open is decided today, at last.
    Dossier.objects.filter(status=4).update(status=9, decided_at=factories.NOW)
    for _difference in rollup.rebuild(factories.NOW + timedelta(seconds=1)):
        pass
    assert late(leader, **asked) == before
    assert set(late(leader, **asked | {"as_of": "10/06/2025"})) < set(before)


def test_leaders_above_read_codes_and_no_names(client, year, other_citizen):
    above = Unit.objects.create(kind="province", slug="tinh", name="Tỉnh", short_name="Tỉnh")
    Unit.objects.filter(pk=year.unit.pk).update(parent=above)
    Post.objects.create(user=other_citizen, unit=above, role=Role.LEADER, valid_from=date(2025, 1, 1))
    dossier = Dossier.objects.filter(unit=year.unit, status=4).first()
    assert dossier is not None
    dossier.assignments.create(
        n=1, step=1, unit=year.unit, role="specialist", person=year.specialist, since=factories.NOW
    )
    asked = {"since": "01/01/2025", "until": "31/12/2026"}
    client.force_login(other_citizen)
    assert dossier.code in late(client, **asked)
    for url in ("/leader/overview/", "/leader/late/?since=1/2025"):
        page = client.get(url).content.decode()
        assert year.specialist.full_name not in page and "/desk/dossiers/H-" not in page
    client.force_login(year.leader)
    names = rows_of(client.post("/leader/late/export/", asked))
    assert year.specialist.full_name in [row[-1] for row in names if row[0] == dossier.code]


def test_what_leaders_save_stands_in_the_log(leader, year):
    late(leader)
    leader.post("/leader/statistics/export/")
    client = Client()
    client.force_login(year.administrator)
    page = client.get(reverse("manage:log")).content.decode()
    assert page.count(year.leader.full_name) >= 2
