"""Units: the tree, what is checked, opening hours, closing."""

from datetime import date

import pytest

from offices.models import AuditEntry, OpeningHours, Post, Role, Unit
from offices.units.hours import hours_lines
from tests.pages import checks

from .steps import address, carried, fill, page, send

GOOD = {
    "name": "Phòng Kinh tế",
    "short_name": "Kinh tế",
    "identifier": "",
    "division_code_province": "",
    "division_code_commune_name": "",
    "address": "Ấp 2",
    "phone": "0251 3000 009",
    "email": "kt@example.com",
    "map_url": "https://maps.example.vn/kt",
}


@pytest.fixture
def department(commune):
    return Unit.objects.create(
        parent=commune.unit, kind="department", slug="tu-phap", name="Phòng Tư pháp", short_name="Tư pháp"
    )


def test_the_tree_shows_ones_own_units(admin, commune, department, other_commune):
    html = page(admin, "units")
    assert department.name in html
    assert other_commune.unit.name not in html
    assert checks.faults(html) == []
    assert checks.faults(page(admin, "unit", "xuan-bac")) == []


def test_a_department_is_added_once(admin, commune):
    html = page(admin, "unit_add")
    assert checks.faults(html) == []
    values = GOOD | {"kind": "department", "parent": "xuan-bac"}
    for _again in range(2):
        assert send(admin, "unit_add", carried=carried(html), **values).status_code == 302
    unit = Unit.objects.get(name="Phòng Kinh tế")
    assert (unit.parent, unit.slug, unit.identifier) == (commune.unit, "kinh-te-xuan-bac", None)
    assert AuditEntry.objects.get(action="unit.add").unit == unit


def test_who_adds_a_unit_on_top_administers_it(admin, commune):
    response = fill(admin, "unit_add", **(GOOD | {"kind": "province", "parent": "", "division_code_province": "75"}))
    assert response.status_code == 302
    unit = Unit.objects.get(kind="province")
    assert Post.objects.filter(user=commune.administrator, unit=unit, role=Role.ADMINISTRATOR).exists()
    assert unit.division_code == "75"
    assert page(admin, "unit", unit.slug)


@pytest.mark.parametrize(
    ("changes", "box"),
    [
        ({"kind": "department", "parent": ""}, "id_parent"),
        ({"kind": "department", "parent": "xuan-loc"}, "id_parent"),
        ({"kind": "province", "parent": "xuan-bac"}, "id_parent"),
        ({"kind": "commune", "parent": "xuan-bac"}, "id_parent"),
        ({"identifier": "H19"}, ""),
        ({"identifier": "x"}, "id_identifier"),
        ({"identifier": "000.00.17.h19"}, "id_identifier"),
        ({"map_url": "http://maps.example.vn"}, "id_map_url"),
        ({"map_url": "https://a:b@maps.example.vn"}, "id_map_url"),
        ({"map_url": "javascript:alert(1)"}, "id_map_url"),
        ({"division_code_province": "75", "division_code_commune_name": "không có xã này"}, "id_division_code"),
        ({"name": "x" * 121}, "id_name"),
        ({"phone": "abc"}, "id_phone"),
        ({"kind": "king"}, "id_kind"),
    ],
)
def test_what_is_typed_about_a_unit_is_checked(admin, commune, other_commune, changes, box):
    response = fill(admin, "unit_add", **(GOOD | {"kind": "department", "parent": "xuan-bac"} | changes))
    assert response.status_code == (422 if box else 302)
    assert f'href="#{box}' in response.content.decode() or not box


def test_a_commune_of_several_is_asked_for(admin):
    values = {"kind": "department", "parent": "xuan-bac", "division_code_province": "75"}
    response = fill(admin, "unit_add", **(GOOD | values | {"division_code_commune_name": "xuan"}))
    html = response.content.decode()
    assert response.status_code == 422
    assert 'type="radio" name="division_code_commune"' in html
    assert checks.faults(html) == []


def test_a_unit_is_changed_unless_somebody_was_faster(admin, commune):
    html = page(admin, "unit_change", "xuan-bac")
    values = GOOD | {"name": "UBND mới", "short_name": "Mới", "identifier": "H19.16"}
    Unit.objects.filter(pk=commune.unit.pk).update(phone="0251 1")
    response = send(admin, "unit_change", "xuan-bac", carried=carried(html), **values)
    assert response.status_code == 409
    assert "UBND mới" in response.content.decode()
    again = carried(response.content.decode())
    assert send(admin, "unit_change", "xuan-bac", carried=again, **values).status_code == 302
    commune.unit.refresh_from_db()
    assert (commune.unit.name, commune.unit.identifier) == ("UBND mới", "H19.16")
    entry = AuditEntry.objects.get(action="unit.change")
    assert {"field": "identifier", "before": "000.00.16.H19", "after": "H19.16"} in entry.changes


def test_an_identifier_with_codes_of_today_is_changed_on_purpose_only(admin, commune, monkeypatch):
    from offices import hooks

    monkeypatch.setattr(hooks, "identifier_checks", [lambda unit, identifier, day: "Hôm nay đã cấp mã."])
    values = GOOD | {"identifier": "H19.16"}
    response = fill(admin, "unit_change", "xuan-bac", **values)
    assert response.status_code == 422
    assert "Hôm nay đã cấp mã." in response.content.decode()
    assert 'type="checkbox" name="sure"' in response.content.decode()
    assert fill(admin, "unit_change", "xuan-bac", **values, sure="on").status_code == 302


def test_a_unit_does_not_move_below_itself(admin, commune, department):
    Unit.objects.create(kind="province", slug="tinh", name="Tỉnh", short_name="Tỉnh")
    response = fill(admin, "unit_change", "xuan-bac", **(GOOD | {"parent": "xuan-bac"}))
    # Nothing may stand above the commune here: the question is not asked.
    assert response.status_code == 302
    assert Unit.objects.get(pk=commune.unit.pk).parent is None
    assert fill(admin, "unit_change", "tu-phap", **(GOOD | {"parent": "tinh"})).status_code == 422


def test_the_hours_of_a_week_are_kept(admin, commune):
    html = page(admin, "unit_hours", "xuan-bac")
    assert checks.faults(html) == []
    assert 'value="11:30"' in html
    values = {f"day{n}_{part}": text for n in range(5) for part, text in (("opens", "7h30"), ("closes", "11:30"))}
    response = send(
        admin, "unit_hours", "xuan-bac", carried=carried(html), **values, day5_again="13", day5_ends="15:00"
    )
    assert response.status_code == 302
    assert hours_lines(commune.unit.opening_hours.all()) == ["Thứ 2–6: 7:30–11:30", "Thứ 7: 13:00–15:00"]
    entry = AuditEntry.objects.get(action="unit.hours")
    assert "13:00–17:00" in entry.changes[0]["before"]
    # The page of before no longer counts, and says who was first.
    late = send(admin, "unit_hours", "xuan-bac", carried=carried(html), **values)
    assert late.status_code == 409 and commune.administrator.full_name in late.content.decode()
    renewed = carried(late.content.decode())
    assert send(admin, "unit_hours", "xuan-bac", carried=renewed, **values).status_code == 302


def test_a_morning_may_receive_without_counting(admin, commune):
    values = {f"day{n}_{part}": text for n in (0, 5) for part, text in (("opens", "7"), ("closes", "11:00"))}
    assert fill(admin, "unit_hours", "xuan-bac", **values, receiving5="on").status_code == 302
    assert list(commune.unit.opening_hours.values_list("weekday", "counts")) == [(0, True), (5, False)]
    assert 'name="receiving5"' in page(admin, "unit_hours", "xuan-bac").split("checked")[0]
    # What never counts cannot carry a term.
    assert fill(admin, "unit_hours", "xuan-bac", **values, receiving0="on", receiving5="on").status_code == 422


@pytest.mark.parametrize(
    "values",
    [
        {"day0_opens": "7:00"},
        {"day0_opens": "9:00", "day0_closes": "8:00"},
        {"day0_opens": "7:00", "day0_closes": "12:00", "day0_again": "11:00", "day0_ends": "15:00"},
        {"day0_opens": "25:00", "day0_closes": "26:00"},
        {"day0_opens": "bảy", "day0_closes": "tám"},
        {},
    ],
)
def test_hours_that_cannot_be_are_refused(admin, commune, values):
    before = OpeningHours.objects.count()
    assert fill(admin, "unit_hours", "xuan-bac", **values).status_code == 422
    assert OpeningHours.objects.count() == before


def test_a_unit_is_closed_once_nothing_holds_it(admin, commune, department):
    post = Post.objects.create(user=commune.clerk, unit=department, role=Role.CLERK, valid_from=date(2026, 1, 1))
    admin.post(address("unit_close", "tu-phap"))
    assert Unit.objects.get(slug="tu-phap").is_active
    post.valid_until = date(2026, 3, 22)
    post.save()
    admin.post(address("unit_close", "tu-phap"))
    assert not Unit.objects.get(slug="tu-phap").is_active
    admin.post(address("unit_close", "tu-phap"))
    assert AuditEntry.objects.filter(action="unit.close").count() == 1
    assert page(admin, "unit", "tu-phap")
    response = fill(admin, "post_give", commune.clerk.pk, unit="tu-phap", role="clerk", since=date(2026, 3, 23))
    assert response.status_code == 422
    admin.post(address("unit_open", "tu-phap"))
    assert Unit.objects.get(slug="tu-phap").is_active
    admin.post(address("unit_close", "xuan-bac"))
    assert Unit.objects.get(slug="xuan-bac").is_active
