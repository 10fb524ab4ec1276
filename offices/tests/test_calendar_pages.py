"""Days off: seen, entered, taken in from a list; a year that nobody entered is said."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from common.clock import LOCAL
from offices.calendar import days
from offices.calendar.office_calendar import missing_years
from offices.models import AuditEntry, CalendarYear, Holiday
from tests import factories
from tests.pages import checks

from .steps import address, carried, fill, page, send

LIST = "Ngày; loại; tên\n30/04/2026; nghỉ; Ngày Chiến thắng\n22/08/2026; làm bù; Làm bù\n24/12/2026\tnghỉ chiều\tLễ"


@pytest.fixture
def day(commune):
    return Holiday.objects.create(day=date(2026, 4, 30), name="Ngày Chiến thắng")


def take_in(admin, text, **more):
    return admin.post(address("calendar_import"), {"unit": "*", "lines": text} | more)


def revision_of(response):
    return carried(response.content.decode())["revision"]


def test_the_year_shows_months_and_the_list(admin, commune, day, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        html = page(admin, "calendar")
    assert "Ngày Chiến thắng" in html
    assert checks.faults(html) == []
    for query in ("?year=2027", "?year=9999999", "?year=x&unit=y", "?unit=xuan-bac", "?year=2099", "?year=2000"):
        response = admin.get(address("calendar") + query)
        assert response.status_code == 200
        assert checks.faults(response.content.decode()) == []


def test_a_day_is_added_once_and_not_twice(admin, commune):
    html = page(admin, "day_add")
    assert checks.faults(html) == []
    values = {"unit": "*", "day": date(2026, 4, 30), "kind": "off", "name": "Ngày Chiến thắng"}
    for _again in range(2):
        assert send(admin, "day_add", carried=carried(html), **values).status_code == 302
    assert fill(admin, "day_add", **values).status_code == 422
    assert fill(admin, "day_add", **(values | {"unit": "xuan-bac"})).status_code == 302
    assert Holiday.objects.count() == 2
    assert AuditEntry.objects.filter(action="calendar.add").count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"day_year": "1999"},
        {"day_day": "31", "day_month": "2"},
        {"kind": "x"},
        {"name": ""},
        {"name": "x" * 121},
        {"unit": "xuan-loc"},
        {"day_year": "9" * 4000},
    ],
)
def test_a_day_that_cannot_be_is_refused(admin, other_commune, changes):
    values = {"unit": "*", "day": date(2026, 4, 30), "kind": "off", "name": "Lễ"}
    assert fill(admin, "day_add", **(values | changes)).status_code == 422
    assert not Holiday.objects.exists()


def test_a_day_is_changed_or_removed_unless_somebody_was_faster(admin, day):
    html = page(admin, "day", day.pk)
    assert checks.faults(html) == []
    values = {"day": date(2026, 4, 29), "kind": "morning_off", "name": "Sáng nghỉ"}
    assert send(admin, "day", day.pk, carried=carried(html), **values).status_code == 302
    assert send(admin, "day", day.pk, carried=carried(html), **values).status_code == 409
    admin.post(address("day_remove", day.pk), carried(html))
    assert Holiday.objects.get().kind == "morning_off"
    admin.post(address("day_remove", day.pk), carried(page(admin, "day", day.pk)))
    assert not Holiday.objects.exists()
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["calendar.change", "calendar.remove"]


def test_what_counts_for_all_is_for_those_above_all(admin, commune, day):
    # A unit on top gives no right to what counts for all: only the mark of the post does.
    assert commune.unit.parent_id is None
    commune.administrator.posts.update(for_all=False)
    assert page(admin, "calendar")
    assert admin.get(address("day", day.pk)).status_code == 404
    assert fill(admin, "day_add", unit="*", day=date(2026, 5, 1), kind="off", name="Lễ").status_code == 422
    assert take_in(admin, LIST).status_code == 422
    for name in ("year_enter", "year_withdraw"):
        assert admin.post(address(name, 2028)).status_code == 403
    assert fill(admin, "day_add", unit="xuan-bac", day=date(2026, 5, 1), kind="off", name="Lễ").status_code == 302


def test_a_list_is_checked_first_and_then_written(admin, commune, day):
    assert checks.faults(page(admin, "calendar_import")) == []
    checked = take_in(admin, LIST)
    html = checked.content.decode()
    assert checked.status_code == 200
    assert checks.faults(html) == []
    assert Holiday.objects.count() == 1
    revision = revision_of(checked)
    assert take_in(admin, LIST, revision=revision).status_code == 302
    kinds = list(Holiday.objects.order_by("day").values_list("kind", flat=True))
    assert kinds == ["off", "working", "afternoon_off"]
    assert AuditEntry.objects.get(action="calendar.import").changes[0]["after"] == "2"
    # The plan of before is no longer true.
    assert take_in(admin, LIST, revision=revision).status_code == 409
    assert Holiday.objects.count() == 3


@pytest.mark.parametrize(
    "line",
    [
        "31/02/2026; nghỉ; Lễ",
        "30/04/1899; nghỉ; Lễ",
        "30/04/2026; nửa ngày; Lễ",
        "30/04/2026; nghỉ;",
        "30/04/2026",
        "30/04/2026; nghỉ; " + "x" * 121,
        "02/05/2026; nghỉ; Lễ\n2/5/2026; nghỉ; Lễ",
        '"; nghỉ; ' + '"' * 9,
        "\n".join(f"{n % 28 + 1}/{n % 12 + 1}/{2000 + n % 90}; nghỉ; Lễ" for n in range(401)),
    ],
)
def test_a_faulty_line_stops_the_whole_list(admin, line):
    text = f"01/05/2026; nghỉ; Quốc tế Lao động\n{line}"
    response = take_in(admin, text)
    assert response.status_code == 200
    assert 'name="revision"' not in response.content.decode()
    take_in(admin, text, revision="0" * 16)
    assert not Holiday.objects.exists()


def test_a_list_may_be_a_file(admin):
    def upload(content):
        return admin.post(address("calendar_import"), {"unit": "*", "file": SimpleUploadedFile("a.csv", content)})

    assert 'name="revision"' in upload(b"\xef\xbb\xbf" + "30/04/2026,nghỉ,Lễ".encode()).content.decode()
    for content in (b"\xff\xfe\x00", b"a\x00b", b"x" * 100_001, b""):
        assert upload(content).status_code == 422
    assert take_in(admin, "").status_code == 422


def test_a_proposal_is_offered_for_any_year(admin):
    assert "Giỗ Tổ Hùng Vương" in admin.get(address("calendar_import") + "?propose=2027").content.decode()
    later = admin.get(address("calendar_import") + "?propose=2031").content.decode()
    assert "30/04/2031; nghỉ; Ngày Chiến thắng" in later
    assert not days.plan_of(days.proposal(2027), None).faults


def test_a_year_is_marked_once_its_days_are_there(admin, commune, time_machine):
    CalendarYear.objects.filter(year=2026).delete()
    admin.post(address("year_enter", 2026))
    assert not CalendarYear.objects.filter(year=2026).exists()
    Holiday.objects.create(day=date(2026, 4, 30), name="Lễ")
    Holiday.objects.create(day=date(2027, 4, 30), name="Lễ")
    admin.post(address("year_enter", 2026))
    assert CalendarYear.objects.filter(year=2026).exists()
    admin.post(address("year_enter", 2026))
    assert AuditEntry.objects.filter(action="calendar.enter").count() == 1
    for year in (2026, 2027):
        admin.post(address("year_withdraw", year))
    assert list(CalendarYear.objects.order_by("year").values_list("year", flat=True)) == [2025, 2026]
    assert admin.post(address("year_enter", 99999)).status_code == 404


@pytest.mark.parametrize(
    ("today", "missing"),
    [(date(2026, 3, 1), []), (date(2027, 9, 30), []), (date(2027, 10, 1), [2028]), (date(2028, 12, 1), [2028, 2029])],
)
def test_a_missing_year_is_a_fault(commune, today, missing, django_assert_num_queries):
    missing_years(today)
    with django_assert_num_queries(1):
        assert missing_years(today) == missing


def test_the_fault_is_shown_to_officers(admin, commune, client, time_machine):
    sentence = "2027"
    CalendarYear.objects.filter(year=2027).delete()
    time_machine.move_to(factories.NOW.replace(month=10), tick=False)
    admin.force_login(commune.administrator)
    client.force_login(commune.clerk)
    assert f"year={sentence}" in page(admin, "people")
    assert 'banner-error"' in client.get(reverse("desk:home")).content.decode()
    assert "banner-error" not in client.get(reverse("home")).content.decode()
    assert factories.NOW.tzinfo is LOCAL


def test_a_make_up_day_has_the_hours_of_the_day_that_it_replaces(admin, commune):
    values = {"unit": "*", "day": date(2026, 8, 22), "kind": "working", "name": "Làm bù"}
    for faulty in ({"replaces": date(2026, 8, 22)}, {"replaces": date(2026, 8, 31), "kind": "off"}):
        assert fill(admin, "day_add", **(values | faulty)).status_code == 422
    assert fill(admin, "day_add", **values, replaces=date(2026, 8, 31)).status_code == 302
    row = Holiday.objects.get()
    assert row.replaces == date(2026, 8, 31)
    assert ("replaces", "2026-08-31") in [
        (change["field"], change["after"]) for change in AuditEntry.objects.get(action="calendar.add").changes
    ]
    changed = values | {"replaces": date(2026, 8, 28)}
    changed.pop("unit")
    assert fill(admin, "day", row.pk, **changed).status_code == 302
    assert Holiday.objects.get().replaces == date(2026, 8, 28)


def test_a_list_says_what_a_day_receives_and_counts(admin, commune):
    text = (
        "22/08/2026; làm bù cho 31/08/2026; Làm bù\n23/12/2026; Chỉ tiếp nhận; Hội nghị\n24/12/2026; chỉ tính hạn; Lễ"
    )
    assert take_in(admin, text, revision=revision_of(take_in(admin, text))).status_code == 302
    found = list(Holiday.objects.order_by("day").values_list("kind", "replaces"))
    assert found == [("working", date(2026, 8, 31)), ("receiving", None), ("counting", None)]
    assert days.plan_of(text, None).count == 0
    html = page(admin, "calendar")
    assert checks.faults(html) == []
    rows = html.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    said = [[part.split("<")[0].strip() for part in row.split("<td")[2:4]] for row in rows if "<td" in row]
    assert [[cell.partition(">")[2] for cell in row] for row in said] == [
        ["có", "có"],
        ["có", "không"],
        ["không", "có"],
    ]
    assert "làm bù cho 31/08/2026" not in days.proposal(2025)
    assert "22/08/2026; làm bù cho 31/08/2026" in days.proposal(2026)
