"""Checks between answers and answers that are worked out, made on screen by somebody who writes no program."""

from typing import Any

from eforms.across.checks import KINDS
from eforms.schema import load
from tests.present import present

from .test_form import desk, draft, monday, page, send, url  # noqa: F401

GOOD = {"message": "Xem lại hai câu này.", "message_en": "Look at both.", "severity": "error", "basis": "Luật số 1"}


def add(desk, draft, kind, **more):  # noqa: F811
    page(desk, url(draft, "form_check_add") + f"?type={kind}")
    return send(desk, draft, "form_check_add", query=f"?type={kind}", **(GOOD | more))


def prepare(desk, draft):  # noqa: F811
    """Add two dates, a table of areas and what is worked out of them."""
    for kind, label, more in [
        ("date", "Ngày sinh", {}),
        ("date", "Ngày cấp", {}),
        ("table", "Thửa đất", {"rows_min": "0", "rows_max": "5"}),
    ]:
        assert send(desk, draft, "form_field_add", "requester", query=f"?type={kind}", label=label, **more).url
    area_unit = {"unit": "m²", "decimals": "1"}
    area = {"label": "Diện tích"} | area_unit
    assert send(desk, draft, "form_column_add", "thua_dat", query="?type=decimal", **area).status_code == 302
    total: dict[str, Any] = {
        "label": "Tổng diện tích",
        "derive_of": ["thua_dat.dien_tich"],
        "unit": "m²",
        "decimals": "1",
    }
    late = {"label": "Hạn", "derive_of": "ngay_sinh", "amount": "60", "span": "days", "options": "Đúng hạn\nQuá hạn"}
    for kind, more in (("sum", total), ("within", late)):
        page(desk, url(draft, "form_field_add", "requester") + f"?type={kind}")
        done = send(desk, draft, "form_field_add", "requester", query=f"?type={kind}", prints="on", **more)
        assert done.status_code == 302, done.content.decode()


def test_a_sum_a_term_and_a_decimal_are_built_on_screen(desk, draft):  # noqa: F811
    prepare(desk, draft)
    schema = load(draft.form)
    fields = {field.key: field for _section, field in schema.fields()}
    total, late = fields["tong_dien_tich"], fields["han"]
    assert (total.type, total.unit.vi, total.decimals, present(total.derive).of) == (
        "decimal",
        "m²",
        1,
        ("thua_dat.dien_tich",),
    )
    assert (late.type, present(late.derive).amount, present(late.derive).unit) == ("choice", 60, "days")
    assert [option.label.vi for option in late.options] == ["Đúng hạn", "Quá hạn"]
    html = page(desk, url(draft, "form"))
    assert "m²" in html
    # The column cannot go while the sum is made of it.
    assert "Tổng diện tích" in page(desk, url(draft, "form_column_delete", "thua_dat", "dien_tich"))
    for key in ("tong_dien_tich", "han"):
        page(desk, url(draft, "form_field", key))


def test_a_check_is_added_read_changed_and_deleted(desk, draft, django_assert_max_num_queries):  # noqa: F811
    prepare(desk, draft)
    html = page(desk, url(draft, "form_check_add"))
    assert all(f"?type={kind}" in html for kind in KINDS)
    done = add(desk, draft, "not_after", field_0="ngay_sinh", field_1="ngay_cap")
    key = draft.form["checks"][0]["key"]
    assert done.url == f"{url(draft, 'form')}#check-{key}"
    assert draft.form["checks"][0] == {
        "key": key, "kind": "not_after", "fields": ["ngay_sinh", "ngay_cap"], "severity": "error",
        "message": {"vi": "Xem lại hai câu này.", "en": "Look at both."}, "basis": "Luật số 1",
    }  # fmt: skip
    with django_assert_max_num_queries(9):
        html = page(desk, url(draft, "form"))
    assert "Xem lại hai câu này." in html
    own = page(desk, url(draft, "form_check", key))
    assert "Luật số 1" in own and "Ngày cấp" in own
    send(desk, draft, "form_check", key, **(GOOD | {"severity": "warning"}), field_0="ngay_sinh", field_1="ngay_cap")
    assert draft.form["checks"][0]["severity"] == "warning" and draft.form["checks"][0]["key"] == key
    # What a check reads does not go.
    assert "Xem lại hai câu này." in page(desk, url(draft, "form_field_delete", "ngay_cap"))
    page(desk, url(draft, "form_check_delete", key))
    assert send(desk, draft, "form_check_delete", key).status_code == 302
    assert "checks" not in draft.form


def test_each_kind_takes_its_argument_and_says_what_is_missing(desk, draft):  # noqa: F811
    prepare(desk, draft)
    wrong = [
        ("apart", {"field_0": "", "amount": "16", "span": "years"}),
        ("apart", {"field_0": "ngay_sinh", "amount": "", "span": "years"}),
        ("before", {"field_0": "ngay_sinh", "field_1": "ngay_sinh"}),
        ("never", {}),
        ("not_after", {"field_0": "ngay_sinh", "field_1": "ngay_cap", "message": ""}),
        ("not_after", {"field_0": "ngay_sinh", "field_1": "nobody"}),
    ]
    for kind, more in wrong:
        done = add(desk, draft, kind, **more)
        assert done.status_code == 422, (kind, more)
        assert "checks" not in draft.form and "Luật số 1" in done.content.decode()
    assert add(desk, draft, "apart", field_0="ngay_sinh", amount="16", span="years").status_code == 302
    when = {"when-0-field": "han", "when-0-op": "eq", "when-0-value": "Quá hạn"}
    assert add(desk, draft, "never", **when).status_code == 302
    assert [check["kind"] for check in draft.form["checks"]] == ["apart", "never"]
    assert draft.form["checks"][1]["when"] == {"field": "han", "op": "eq", "value": "qua_han"}
    load(draft.form)


def test_checks_of_a_published_version_are_read_only(desk, draft):  # noqa: F811
    prepare(desk, draft)
    add(desk, draft, "not_after", field_0="ngay_sinh", field_1="ngay_cap")
    key = draft.form["checks"][0]["key"]
    type(draft).objects.filter(pk=draft.pk).update(status="in_review")
    html = page(desk, url(draft, "form"))
    assert "Xem lại hai câu này." in html and url(draft, "form_check", key) not in html
    assert desk.get(url(draft, "form_check", key)).status_code == 302
    assert desk.get(url(draft, "form_check", "nothing")).status_code == 302
