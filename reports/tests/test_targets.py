"""Targets: set once, changed by who saw the newest, met or not, and forecast."""

from datetime import date

import pytest
import time_machine

from common.refusals import Refused
from offices.models import AuditEntry
from reports.models import DailyFigure, Target
from reports.targets import setting
from reports.targets.reaching import forecast, reached
from tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 7, 2)
TYPED = {"year": "2026", "level": "4", "measure": "share", "value": "50"}
WRONG = [{"value": "101"}, {"value": "0"}, {"value": "nhiều"}, {"year": "20"}, {"unit": "x"}, {"level": "5"}]


@pytest.fixture
def admin(client, commune, now):
    client.force_login(commune.administrator)
    with time_machine.travel(now, tick=False):
        yield client


@pytest.fixture
def target(commune, now):
    return setting.set_target(commune.unit, 2026, 4, "count", 100, by=commune.administrator, now=now)


def came(unit, version, online: int, counter: int = 0) -> None:
    values = {"came_online": online, "came_counter": counter}
    DailyFigure.objects.create(unit=unit, procedure=version.procedure, level=4, day=date(2026, 3, 2), **values)


def key_of(client) -> str:
    return client.get("/manage/targets/add/").context["form"]["key"].value()


def test_a_target_is_set_once_however_often_the_form_is_sent(admin, commune):
    typed = {
        "unit": commune.unit.slug,
        "year": "2026",
        "level": "4",
        "measure": "share",
        "value": "50",
        "key": key_of(admin),
    }
    for _n in range(2):
        assert admin.post("/manage/targets/add/", typed).status_code == 302
    target = Target.objects.get()
    assert (target.unit, target.year, target.level, target.measure, target.value) == (
        commune.unit,
        2026,
        4,
        "share",
        50,
    )
    assert AuditEntry.objects.filter(action="target.set").count() == 1
    answer = admin.post("/manage/targets/add/", typed | {"key": key_of(admin)})
    assert answer.status_code in (409, 422) and Target.objects.count() == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_a_target_is_refused_at_its_box(admin, commune, wrong):
    typed = {
        "unit": commune.unit.slug,
        "year": "2026",
        "level": "4",
        "measure": "share",
        "value": "50",
        "key": key_of(admin),
    }
    answer = admin.post("/manage/targets/add/", typed | wrong)
    assert answer.status_code == 422 and list(wrong)[0] in answer.context["form"].errors and not Target.objects.exists()


def test_a_stale_page_changes_and_removes_nothing(admin, target):
    url = f"/manage/targets/{target.pk}/"
    shown = admin.get(url).context["form"]["revision"].value()
    assert admin.post(url, {"value": "120", "revision": shown}).status_code == 302
    assert admin.post(url, {"value": "90", "revision": shown}).status_code == 409
    admin.post(f"{url}remove/", {"revision": shown})
    assert Target.objects.get().value == 120
    admin.post(f"{url}remove/", {"revision": Target.objects.get().revision})
    assert not Target.objects.exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["target.set", "target.change", "target.remove"]


def test_the_second_of_two_changes_at_once_is_refused(target, commune, now):
    setting.change_target(target.pk, 110, revision=0, by=commune.administrator, now=now)
    with pytest.raises(Refused, match="Cán bộ administrator"):
        setting.change_target(target.pk, 130, revision=0, by=commune.administrator, now=now)


def test_targets_are_met_by_what_the_unit_and_those_below_received_online(
    target, commune, now, django_assert_num_queries
):
    version = factories.version(commune.unit)
    below = factories.Unit.objects.create(
        kind="department", parent=commune.unit, slug="phong", name="Phòng", short_name="Phòng"
    )
    setting.set_target(commune.unit, 2026, 4, "share", 80, by=commune.administrator, now=now)
    came(commune.unit, version, 60, 20)
    came(below, version, 39, 1)
    with django_assert_num_queries(3):
        found = reached(2026, DAY)
    count, share = found.units[0].rows
    assert (count.value, count.is_met, share.value, share.is_met) == (99, False, 82, True)
    assert count.is_on_course and found.met == 0
    DailyFigure.objects.update(came_online=50)
    assert reached(2026, DAY).met == 1


def test_the_page_says_how_many_units_meet_their_targets_and_which(client, target, commune, other_commune, now):
    setting.set_target(other_commune.unit, 2026, 4, "count", 1000, by=commune.administrator, now=now)
    came(commune.unit, factories.version(commune.unit), 100)
    with time_machine.travel(now, tick=False):
        page = client.get("/statistics/targets/").content.decode()
        empty = client.get("/statistics/targets/?year=2031")
    assert "1/2" in page and empty.status_code == 200
    assert reached(2026, DAY).names == commune.unit.name


@pytest.mark.parametrize(
    ("count", "day", "expected"),
    [
        (10, date(2025, 12, 31), None),
        (10, date(2026, 1, 5), None),
        (181, date(2026, 6, 30), 365),
        (40, date(2026, 12, 31), 40),
        (40, date(2028, 1, 1), 40),
    ],
)
def test_a_count_is_forecast_at_its_pace(count, day, expected):
    assert forecast(count, 2026, day) == expected
