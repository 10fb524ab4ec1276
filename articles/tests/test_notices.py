"""Notices: who writes them, what the first page shows, and how maintenance is announced on every page."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from articles.models import Notice
from articles.notices import maintenance
from common.clock import LOCAL
from offices.models import AuditEntry, Unit
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
# A Monday.
DAY = date(2026, 3, 23)
TUESDAY_EVENING = "24/03/2026 22:00"


@pytest.fixture(autouse=True)
def today(now):
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def publisher(client, commune):
    client.force_login(commune.publisher)
    return client


@pytest.fixture
def administrator(client, commune):
    client.force_login(commune.administrator)
    return client


def typed(client, **other):
    form = client.get("/manage/notices/add/").context["form"]
    day = {"since_day": "23", "since_month": "3", "since_year": "2026"}
    boxes = {"title": "Nghỉ lễ 30/4", "text": "Xã **nghỉ** ngày 30/4.", "kind": "general", "unit": ""}
    return {"key": form["key"].value(), "revision": "0", **boxes, **day, **other}


def work(client, **other):
    at = {"begins_at": TUESDAY_EVENING, "ends_at": "25/03/2026 02:00"}
    return typed(client, kind="maintenance", title="Bảo trì", **at | other)


def notice(n=0, **values):
    return Notice.objects.create(title=f"Thông báo {n}", text="Nội dung", **{"since": DAY} | values)


def test_a_notice_is_written_once_pinned_read_changed_and_hidden(publisher, commune, client):
    sent = typed(publisher, unit=commune.unit.slug, is_pinned="on")
    for _n in range(2):
        assert publisher.post("/manage/notices/add/", sent).status_code == 302
    made = Notice.objects.get()
    assert (made.unit, made.is_pinned, made.since, made.kind) == (commune.unit, True, DAY, "general")
    home, page = client.get("/").content.decode(), client.get(f"/notices/{made.pk}/").content.decode()
    assert "Nghỉ lễ 30/4" in home.partition("M12 17v5")[2]
    assert "<strong>nghỉ</strong>" in page and checks.faults(page) == []
    address, changed = f"/manage/notices/{made.pk}/", sent | {"title": "Nghỉ lễ 1/5", "revision": "0"}
    assert publisher.post(address, changed).status_code == 302
    stale = publisher.post(address, changed | {"title": "Khác"})
    assert stale.status_code == 409 and "Khác" in stale.content.decode()
    publisher.post(f"{address}show/", {"shown": "0", "revision": "0"})
    assert "Nghỉ lễ 1/5" in client.get("/notices/").content.decode()
    publisher.post(f"{address}show/", {"shown": "0", "revision": "1"})
    assert client.get(f"/notices/{made.pk}/").status_code == 404
    assert "Nghỉ lễ 1/5" not in client.get("/").content.decode()
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"notice.add", "notice.change", "notice.hide"}


@pytest.mark.parametrize(
    ("box", "value"),
    [
        ("title", ""),
        ("text", "<b>x</b>"),
        ("text", "[x](javascript:x)"),
        ("unit", ""),
        ("unit", "xa-khac"),
        ("since_day", "99"),
        ("until_year", "1999"),
        ("title", "x" * 161),
    ],
)
def test_wrong_input_is_told_and_kept(publisher, commune, box, value):
    ends = {"until_day": "1", "until_month": "3", "until_year": "2026"} if box == "until_year" else {}
    sent = typed(publisher, **{"unit": commune.unit.slug} | ends | {box: value})
    answer = publisher.post("/manage/notices/add/", sent)
    assert answer.status_code == 422 and not Notice.objects.exists()
    assert checks.faults(answer.content.decode()) == []


def test_a_publisher_writes_for_the_own_unit_alone(publisher, commune):
    neighbour = factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19")
    assert publisher.post("/manage/notices/add/", typed(publisher, unit=neighbour.unit.slug)).status_code == 422
    # The kind is not asked of who does not look after the whole installation.
    sent = work(publisher, unit=commune.unit.slug)
    publisher.post("/manage/notices/add/", sent)
    assert Notice.objects.get().kind == "general"


def test_lists_keep_to_days_and_page_by_key(client, django_assert_max_num_queries):
    tomorrow, yesterday = DAY + timedelta(days=1), DAY - timedelta(days=1)
    notice(1, since=tomorrow)
    notice(2, since=yesterday, until=yesterday)
    for n in range(3, 30):
        notice(n, is_pinned=n == 3, since=yesterday)
    home = client.get("/").content.decode()
    assert home.index("Thông báo 3\n") < home.index("Thông báo 29\n")
    assert home.count('href="/notices/') == 6 and "Thông báo 2\n" not in home
    with django_assert_max_num_queries(2):
        first = client.get("/notices/")
    rest = client.get(first.context["page"].next and f"/notices/?after={first.context['page'].next}")
    shown = [row["title"] for row in first.context["rows"] + rest.context["rows"]]
    assert len(shown) == len(set(shown)) == 28 and "Thông báo 1" not in shown and "Thông báo 2" in shown
    assert client.get("/notices/999999999999999999999/").status_code == 404
    for page in (first, rest):
        assert checks.faults(page.content.decode()) == []


def test_maintenance_is_announced_a_working_day_ahead(administrator):
    for begins, is_taken in (
        ("24/03/2026 08:59", False),
        ("22/03/2026 22:00", False),
        ("24/03/2026 09:00", True),
        (TUESDAY_EVENING, True),
    ):
        answer = administrator.post("/manage/notices/add/", work(administrator, begins_at=begins))
        assert (answer.status_code == 302) is is_taken, begins
    # What is first shown on Friday evening is announced on Monday: Tuesday at the same hour is a working day later.
    late = work(administrator, since_day="28", begins_at="30/03/2026 22:00", ends_at="31/03/2026 02:00")
    assert administrator.post("/manage/notices/add/", late).status_code == 422
    other = work(administrator, since_day="28", begins_at="31/03/2026 22:00", ends_at="31/03/2026 23:00")
    assert administrator.post("/manage/notices/add/", other).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins_at": ""},
        {"ends_at": ""},
        {"ends_at": "24/03/2026 21:00"},
        {"ends_at": "24/04/2026 21:00"},
        {"begins_at": "tối mai"},
        {"unit": "xuan-bac"},
    ],
)
def test_maintenance_names_when_it_begins_and_ends(administrator, commune, wrong):
    if wrong.get("unit"):
        wrong = {"unit": commune.unit.slug}
    answer = administrator.post("/manage/notices/add/", work(administrator, **wrong))
    assert answer.status_code == 422 and checks.faults(answer.content.decode()) == []


def test_a_work_moves_later_at_once_and_earlier_a_working_day_ahead(administrator, commune, today):
    administrator.post("/manage/notices/add/", work(administrator))
    made = Notice.objects.get()
    today.move_to(datetime(2026, 3, 24, 15, 0, tzinfo=LOCAL))
    administrator.force_login(commune.administrator)
    address, at = f"/manage/notices/{made.pk}/", {"ends_at": "25/03/2026 03:00"}
    earlier = work(administrator, begins_at="24/03/2026 20:00", **at)
    assert administrator.post(address, earlier).status_code == 422
    assert administrator.post(address, work(administrator, begins_at="24/03/2026 23:00", **at)).status_code == 302
    made.refresh_from_db()
    assert made.begins_at == datetime(2026, 3, 24, 23, 0, tzinfo=LOCAL)
    # To show it only from tomorrow on would announce it anew.
    hidden = work(administrator, begins_at="24/03/2026 23:00", since_day="24", **at) | {"revision": "1"}
    today.move_to(datetime(2026, 3, 23, 15, 0, tzinfo=LOCAL))
    assert administrator.post(address, hidden).status_code == 422


def test_every_page_tells_maintenance_while_it_is_near_and_goes_on(client, settings, today, commune):
    settings.PAGE_CACHE_SECONDS = 60
    cache.clear()
    begins = datetime(2026, 3, 28, 22, 0, tzinfo=LOCAL)
    notice(kind="maintenance", begins_at=begins, ends_at=begins + timedelta(hours=4))
    moments = (
        (begins - maintenance.NEAR - timedelta(minutes=1), False),
        (begins - maintenance.NEAR, True),
        (begins + timedelta(hours=3), True),
        (begins + timedelta(hours=4), False),
    )
    for moment, is_told in moments:
        today.move_to(moment)
        for path in ("/", "/help/", "/procedures/", "/accounts/login/", "/notices/", "/khong-co/"):
            html = client.get(path).content.decode()
            assert ("cổng có thể" in html or "may be away" in html) is is_told, (moment, path)
            assert checks.faults(html) == []


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_pages_answer_while_the_database_is_away(client, monkeypatch, fault):
    def away(*_args):
        raise fault

    monkeypatch.setattr(maintenance, "_announced", away)
    assert client.get("/help/").status_code == 200


def test_what_a_unit_told_before_it_closed_can_still_be_changed_and_hidden(publisher, commune, client):
    below = Unit.objects.create(kind="department", parent=commune.unit, slug="phong", name="Phòng", short_name="Phòng")
    other = factories.commune(slug="xuan-loc", name="Xã Xuân Lộc", identifier="000.00.17.H19").unit
    told, strange = notice(1, unit=below, is_pinned=True), notice(2, unit=other)
    Unit.objects.filter(pk__in=(below.pk, other.pk)).update(is_active=False)
    form = publisher.get(f"/manage/notices/{told.pk}/").context["form"]
    assert form["unit"].value() == "phong" and "phong" in dict(form.fields["unit"].choices)
    assert "phong" not in dict(publisher.get("/manage/notices/add/").context["form"].fields["unit"].choices)
    assert publisher.post(f"/manage/notices/{told.pk}/show/", {"shown": "0", "revision": "0"}).status_code == 302
    assert client.get(f"/notices/{told.pk}/").status_code == 404
    assert publisher.get(f"/manage/notices/{strange.pk}/").status_code == 404
    # Nobody of the unit may be left: whoever looks after the installation hides it.
    publisher.force_login(commune.administrator)
    assert publisher.get(f"/manage/notices/{strange.pk}/").status_code == 200
