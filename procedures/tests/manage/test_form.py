"""The form builder: a form is built on screen, kept apart from colleagues' work, and never broken."""

import copy

import pytest
import time_machine
from django.urls import reverse

from eforms.schema import load
from procedures.models import VersionStatus
from tests import factories
from tests.factories import FORM, NOW
from tests.pages import checks


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(commune):
    return factories.version(
        commune.unit, status="draft", published_at=None, form=copy.deepcopy(FORM), author=commune.publisher
    )


@pytest.fixture
def desk(client, commune):
    client.force_login(commune.publisher)
    return client


def url(version, name, *args):
    return reverse(f"manage:{name}", args=[version.procedure.code, version.number, *args])


def send(client, version, view, /, *args, query="", revision=None, **data):
    version.refresh_from_db()
    data |= {"revision": version.revision if revision is None else revision}
    response = client.post(url(version, view, *args) + query, data)
    version.refresh_from_db()
    return response


def page(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    html = response.content.decode()
    assert checks.faults(html) == []
    return html


def questions(version, section=0):
    return [field["key"] for field in version.form["sections"][section]["fields"]]


def test_a_form_is_built_from_nothing(desk, draft):
    draft.form = None
    draft.save(update_fields=["form"])
    draft.papers.all().delete()
    assert url(draft, "form_start") in page(desk, url(draft, "form"))
    assert send(desk, draft, "form_start").status_code == 302
    assert send(desk, draft, "form_section_add", title="Người yêu cầu").status_code == 302
    for kind, label, more in [
        ("person", "Người yêu cầu", {"prefill": "person", "required": "on"}),
        ("choice", "Mục đích", {"options": "Vay vốn\nKhác", "prints": "on"}),
        ("number", "Số bản", {"rule_min": "1", "rule_max": "20", "prints": "on"}),
        ("date", "Ngày sinh", {"partial": "on", "rule_not_future": "on", "prints": "on"}),
        ("note", "Lưu ý", {"help": "Đọc kỹ"}),
        ("table", "Thành viên", {"rows_min": "1", "rows_max": "5", "prints": "on"}),
        ("date_in_words", "Ngày sinh bằng chữ", {"derive_of": "ngay_sinh", "prints": "on"}),
    ]:
        page(desk, url(draft, "form_field_add", "nguoi_yeu_cau") + f"?type={kind}")
        response = send(desk, draft, "form_field_add", "nguoi_yeu_cau", query=f"?type={kind}", label=label, **more)
        assert response.status_code == 302, response.content.decode()
    added = send(desk, draft, "form_column_add", "thanh_vien", query="?type=full_name", label="Họ tên", required="on")
    assert added.status_code == 302
    condition = {"show_if-0-field": "muc_dich", "show_if-0-op": "eq", "show_if-0-value": "khac"}
    assert (
        send(
            desk,
            draft,
            "form_field_add",
            "nguoi_yeu_cau",
            query="?type=text",
            label="Mục đích khác",
            prints="on",
            **condition,
        ).status_code
        == 302
    )
    schema = load(draft.form)
    assert [field.key for field in schema.sections[0].fields] == [
        "nguoi_yeu_cau",
        "muc_dich",
        "so_ban",
        "ngay_sinh",
        "luu_y",
        "thanh_vien",
        "ngay_sinh_bang_chu",
        "muc_dich_khac",
    ]
    last = schema.sections[0].fields[-1]
    assert last.show_if == {"field": "muc_dich", "op": "eq", "value": "khac"}
    for name, args in [("form", []), ("form_field", ["thanh_vien"]), ("form_section", ["nguoi_yeu_cau"])]:
        page(desk, url(draft, name, *args))
    page(desk, url(draft, "form_column", "thanh_vien", "ho_ten"))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("form", []), ("form_title", []), ("form_remove", []), ("form_section_add", []),
        ("form_section", ["requester"]), ("form_section_delete", ["requester"]), ("form_field_add", ["requester"]),
        ("form_field", ["copies"]), ("form_field_delete", ["copies"]), ("preview", []),
    ],
)  # fmt: skip
def test_pages_are_whole(desk, draft, name, args, django_assert_max_num_queries):
    desk.get(url(draft, "form"))
    with django_assert_max_num_queries(9):
        page(desk, url(draft, name, *args))


def test_every_type_has_its_page_and_keeps_its_properties(desk, draft):
    for (
        kind
    ) in "text long_text number money date date_in_words choice choices yes_no person full_name id_number".split():
        page(desk, url(draft, "form_field_add", "requester") + f"?type={kind}")
    for kind in "tax_code phone email address bank_account table note file".split():
        page(desk, url(draft, "form_field_add", "requester") + f"?type={kind}")
    before = copy.deepcopy(draft.form)
    send(desk, draft, "form_field", "copies", label="Số bản sao", label_en="Number of copies", required="on",
         rule_min="1", rule_max="20", prints="on", **{
             "show_if-0-field": "wants_copy", "show_if-0-op": "eq", "show_if-0-option": "wants_copy:co"})  # fmt: skip
    assert draft.form == before


def test_a_stale_page_is_refused_and_keeps_what_was_typed(desk, draft):
    old = draft.revision
    assert send(desk, draft, "form_title", title="Tờ khai A").status_code == 302
    response = send(desk, draft, "form_title", title="Tờ khai B", revision=old)
    html = response.content.decode()
    assert response.status_code == 409 and 'value="Tờ khai B"' in html
    assert draft.form["title"]["vi"] == "Tờ khai A"
    assert f'name="revision" value="{draft.revision}"' in html
    assert checks.faults(html) == []
    for revision in ("", "x", "9" * 40, "-1", "²"):
        assert send(desk, draft, "form_title", title="C", revision=revision).status_code == 409


def test_those_who_sign_are_written_one_a_line(desk, draft):
    said = {"title": "Tờ khai", "signatures": "Bên nữ\n\nNgười đại diện (Ký, đóng dấu)\n", "signatures_en": "Bride\n\n"}
    assert send(desk, draft, "form_title", **said).status_code == 302
    assert draft.form["signatures"] == [{"vi": "Bên nữ", "en": "Bride"}, {"vi": "Người đại diện (Ký, đóng dấu)"}]
    html = page(desk, url(draft, "form_title"))
    assert "Bên nữ\nNgười đại diện (Ký, đóng dấu)</textarea>" in html
    for wrong in (
        {"signatures": "A\nB\nC\nD\nE"},
        {"signatures": "A" * 151},
        {"signatures": "A", "signatures_en": "A\nB"},
        {"signatures": "", "signatures_en": "A"},
    ):
        response = send(desk, draft, "form_title", title="Tờ khai", **wrong)
        assert response.status_code == 422 and checks.faults(response.content.decode()) == []
        assert len(draft.form["signatures"]) == 2
    for odd in (7, [7], [{"vi": 7}], {"vi": "A"}):
        draft.form["signatures"] = odd
        draft.save(update_fields=["form"])
        page(desk, url(draft, "form_title"))
        page(desk, url(draft, "form"))
    assert send(desk, draft, "form_title", title="Tờ khai").status_code == 302
    assert "signatures" not in draft.form


@pytest.mark.parametrize("status", ["in_review", "published"])
def test_only_drafts_change(desk, draft, commune, status):
    published = {"published_at": NOW, "published_by": commune.leader} if status == VersionStatus.PUBLISHED else {}
    type(draft).objects.filter(pk=draft.pk).update(status=status, **published)
    html = page(desk, url(draft, "form"))
    assert 'name="up"' not in html and "form_field" not in html
    page(desk, url(draft, "preview"))
    before = draft.form
    for name, args in [("form_title", []), ("form_move", []), ("form_field", ["copies"]), ("form_remove", [])]:
        assert send(desk, draft, name, *args, title="X", move="field:copies:-1").status_code == 302
    assert draft.form == before


def test_questions_move_and_never_before_what_they_read(desk, draft):
    assert send(desk, draft, "form_move", down="requester_name").status_code == 302
    assert questions(draft) == ["wants_copy", "requester_name", "copies"]
    send(desk, draft, "form_move", key="requester_name", section="requester", to="2")
    assert questions(draft) == ["wants_copy", "copies", "requester_name"]
    revision = draft.revision
    response = send(desk, draft, "form_move", up="copies")
    assert questions(draft) == ["wants_copy", "copies", "requester_name"] and draft.revision == revision
    assert "banner-error" in page(desk, response.url)
    for junk in ({"up": ""}, {"down": "nobody"}, {"key": "x", "to": "1"}, {"up": "section:nobody"}, {"up": ":"}, {}):
        assert send(desk, draft, "form_move", **junk).status_code == 302
    assert draft.revision == revision


def test_groups_are_named_shown_and_moved(desk, draft):
    for key, title in (("requester_name", "Người <b>yêu cầu"), ("wants_copy", "Bản sao")):
        page(desk, url(draft, "form_field", key))
        stored = next(field for field in draft.form["sections"][0]["fields"] if field["key"] == key)
        typed = {"label": stored["label"]["vi"], "group": title, "group_en": "A group", "required": "on"}
        if key == "wants_copy":
            typed |= {"options": "Có\nKhông"}
        assert send(desk, draft, "form_field", key, **typed).status_code == 302
    assert draft.form["sections"][0]["fields"][1]["group"] == {"vi": "Bản sao", "en": "A group"}
    html = page(desk, url(draft, "form") + "?section=requester")
    assert html.count("Người &lt;b&gt;yêu cầu") == 2 and html.count('value="group:') == 2
    assert send(desk, draft, "form_move", down="group:requester_name").status_code == 302
    assert questions(draft) == ["wants_copy", "copies", "requester_name"]
    revision = draft.revision
    for junk in ("group:nobody", "group:", "group:copies"):
        send(desk, draft, "form_move", up=junk)
    assert questions(draft) == ["wants_copy", "copies", "requester_name"] and draft.revision <= revision + 1
    assert send(desk, draft, "form_field", "wants_copy", label="Bản sao?", options="Có\nKhông").status_code == 302
    assert "group" not in draft.form["sections"][0]["fields"][0]


def test_what_is_read_elsewhere_stays(desk, draft):
    html = page(desk, url(draft, "form_field_delete", "wants_copy"))
    assert "Số bản sao" in html and "btn-danger" not in html
    send(desk, draft, "form_field_delete", "wants_copy")
    assert "wants_copy" in questions(draft)
    draft.papers.filter(key="uy-quyen").update(show_if={"field": "copies", "op": "filled"})
    assert "Văn bản ủy quyền" in page(desk, url(draft, "form_field_delete", "copies"))
    assert "Văn bản ủy quyền" in page(desk, url(draft, "form_remove"))
    draft.papers.update(show_if=None)
    factories.fee(draft, name="Phí bản sao", applies_if={"field": "copies", "op": "filled"})
    assert "Phí bản sao" in page(desk, url(draft, "form_field_delete", "copies"))
    draft.fees.all().delete()
    assert send(desk, draft, "form_field_delete", "copies").status_code == 302
    assert send(desk, draft, "form_field_delete", "wants_copy").status_code == 302
    assert questions(draft) == ["requester_name"]
    assert send(desk, draft, "form_remove").status_code == 302
    assert draft.form is None


def test_a_file_is_a_paper_with_its_condition(desk, draft):
    response = send(
        desk, draft, "form_field_add", "requester", query="?type=file",
        name="Giấy chứng nhận kết hôn", required="on", originals="0", copies="1",
        **{"show_if-0-field": "wants_copy", "show_if-0-op": "eq", "show_if-0-option": "wants_copy:co"},
    )  # fmt: skip
    assert response.status_code == 302
    paper = draft.papers.get(key="giay-chung-nhan-ket-hon")
    assert paper.show_if == {"field": "wants_copy", "op": "eq", "value": "co"}
    assert "Có cần bản sao không?" in paper.condition
    assert "Giấy chứng nhận kết hôn" in page(desk, url(draft, "form"))


def test_a_column_is_changed_retyped_and_deleted(desk, draft):
    table = {"label": "Thành viên", "rows_min": "1", "rows_max": "5", "prints": "on"}
    assert send(desk, draft, "form_field_add", "requester", query="?type=table", **table).status_code == 302
    for label in ("Họ tên", "Tuổi"):
        send(desk, draft, "form_column_add", "thanh_vien", query="?type=text", label=label)
    place = ("thanh_vien", "tuoi")
    assert send(desk, draft, "form_column", *place, label="Tuổi tròn").url.endswith("/fields/thanh_vien/#field-tuoi")
    assert "number" in page(desk, url(draft, "form_column_type", *place))
    assert send(desk, draft, "form_column_type", *place, query="?type=number").status_code == 302
    field = next(part for part in draft.form["sections"][0]["fields"] if part["key"] == "thanh_vien")
    assert [(column["label"]["vi"], column["type"]) for column in field["columns"]] == [
        ("Họ tên", "text"), ("Tuổi tròn", "number"),
    ]  # fmt: skip
    page(desk, url(draft, "form_column_delete", *place))
    assert send(desk, draft, "form_column_delete", *place).url == url(draft, "form_field", "thanh_vien")
    field = next(part for part in draft.form["sections"][0]["fields"] if part["key"] == "thanh_vien")
    assert [column["key"] for column in field["columns"]] == ["ho_ten"]


def test_a_form_is_copied_from_another_procedure(desk, draft, commune):
    other = factories.version(commune.unit, code="1.000002", name="Thủ tục khác")
    draft.form = None
    draft.save(update_fields=["form"])
    assert "Thủ tục khác" in page(desk, url(draft, "form"))
    for junk in ("nobody", "\0", "x" * 5000):
        send(desk, draft, "form_start", source=junk)
        assert draft.form is None
    send(desk, draft, "form_start", source="1.000002")
    assert draft.form == other.form


def test_hostile_input_is_refused_in_words(desk, draft):
    before = copy.deepcopy(draft.form)
    add = {"query": "?type=choice"}
    many = "\n".join(f"Trả lời {n}" for n in range(10_000))
    for more in (
        {"label": ""},
        {"label": "\0"},
        {"label": "x" * 5000},
        {"label": "A", "options": many[:59_000]},
        {"label": "A", "options": many},
        {"label": "A", "options": "Có\nCó"},
        {"label": "A", "options": "x", "default": "z"},
        {"label": "A", "options": "x", "options_from": "planets"},
        {"label": "A", "options": "x", "prefill": "password"},
        {"label": "A", "options": "x", "show_if-0-field": "nobody", "show_if-0-op": "eq"},
        {"label": "A", "options": "x", "show_if-0-field": "copies", "show_if-0-op": "gt", "show_if-0-value": "9" * 50},
        {"label": "A", "options": "x", "show_if-0-field": "copies", "show_if-0-op": "contains", "show_if-0-value": "1"},
        {"label": "A", "options": "x", "show_if-0-field": "wants_copy", "show_if-0-op": "eq", "show_if-0-value": "y"},
    ):
        response = send(desk, draft, "form_field_add", "requester", **add, **more)
        assert response.status_code in (400, 422), more
        if response.status_code == 422:
            assert checks.parse(response.content.decode()) and "error-summary" in response.content.decode(), more
    assert draft.form == before
    for kind, more in (("number", {"rule_max": "9" * 17}), ("table", {"rows_min": "9", "rows_max": "3"}), ("zzz", {})):
        response = send(desk, draft, "form_field_add", "requester", query=f"?type={kind}", label="A", **more)
        assert response.status_code == (200 if kind == "zzz" else 422)
    assert draft.form == before
    body = f"revision={draft.revision}&label=%ED%A0%80&options=x"
    response = desk.post(
        url(draft, "form_field_add", "requester") + "?type=choice",
        body,
        content_type="application/x-www-form-urlencoded",
    )
    assert response.status_code in (200, 400)


def test_markup_is_shown_as_text(desk, draft):
    send(desk, draft, "form_field_add", "requester", query="?type=text", label="<b>x</b><script>", prints="on")
    for name, args in (("form", []), ("form_field", ["b_x_b_script"])):
        html = page(desk, url(draft, name, *args))
        assert "<b>x" not in html and "&lt;b&gt;x" in html


def test_a_wrong_draft_is_shown_and_can_be_mended(desk, draft):
    draft.form["sections"][0]["fields"][2]["show_if"] = {"field": "gone", "op": "filled"}
    draft.form["sections"].append({"key": "empty", "title": {"vi": "Trống"}, "fields": []})
    draft.save(update_fields=["form"])
    html = page(desk, url(draft, "form"))
    assert html.count("error-message") == 2
    page(desk, url(draft, "preview"))
    assert send(desk, draft, "form_field", "copies", label="Số bản", prints="on").status_code == 302
    assert send(desk, draft, "form_section_delete", "empty").status_code == 302
    assert load(draft.form)


def test_a_complex_condition_stays_unless_replaced(desk, draft):
    complex_one = {
        "not": {"any": [{"field": "wants_copy", "op": "eq", "value": "co"}, {"field": "wants_copy", "op": "empty"}]}
    }
    draft.form["sections"][0]["fields"][2]["show_if"] = complex_one
    draft.save(update_fields=["form"])
    html = page(desk, url(draft, "form_field", "copies"))
    assert "show_if-keep" in html
    send(desk, draft, "form_field", "copies", label="A", prints="on", **{"show_if-keep": "1"})
    assert draft.form["sections"][0]["fields"][2]["show_if"] == complex_one
    send(desk, draft, "form_field", "copies", label="A", prints="on")
    assert "show_if" not in draft.form["sections"][0]["fields"][2]


def test_another_row_of_conditions_keeps_what_was_typed(desk, draft):
    response = send(desk, draft, "form_field", "copies", label="", **{
        "show_if-0-field": "wants_copy", "show_if-0-op": "ne", "show_if-more": "1"})  # fmt: skip
    html = response.content.decode()
    assert response.status_code == 200 and "error-summary" not in html and 'name="show_if-2-field"' in html


def test_the_preview_checks_and_stores_nothing(desk, draft):
    draft.form["sections"].append(
        {
            "key": "more",
            "title": {"vi": "Thêm"},
            "fields": [{"key": "why", "type": "text", "label": {"vi": "Lý do"}}],
            "show_if": {"field": "wants_copy", "op": "eq", "value": "co"},
        }  # fmt: skip
    )
    draft.save(update_fields=["form"])
    revision = draft.revision
    html = page(desk, url(draft, "preview") + "?section=requester")
    address = url(draft, "preview")
    wrong = desk.post(address, {"section": "requester"} | factories.boxes(wants_copy="co")).content.decode()
    assert "error-summary" in wrong and checks.faults(wrong) == []
    good = {"section": "requester"} | factories.boxes(requester_name="Lê Văn Tám", wants_copy="co", copies="2")
    second = desk.post(address, good)
    assert 'name="answer-why"' in second.content.decode()
    state = second.context["state"]
    end = desk.post(address, {"section": "more", "state": state, "answer-why": "Vay vốn"}).content.decode()
    assert "Lê Văn Tám" in end and "Vay vốn" in end and checks.faults(end) == []
    back = desk.post(address, {"section": "more", "state": state, "back": "1"}).content.decode()
    assert 'value="Lê Văn Tám"' in back
    skipped = desk.post(address, good | factories.boxes(wants_copy="khong")).content.decode()
    assert "Lê Văn Tám" in skipped and 'name="answer-why"' not in skipped
    for junk in (
        {"section": "x"},
        {"section": "more", "state": "forged"},
        {"section": "more", "state": "x" * 9000},
        {},
    ):
        assert desk.post(address, junk).status_code == 200
    draft.refresh_from_db()
    assert draft.revision == revision and html


def test_colleagues_and_strangers(client, draft, commune, citizen):
    for person, status in ((None, 302), (citizen, 403), (commune.clerk, 403), (commune.administrator, 403)):
        if person:
            client.force_login(person)
        assert client.get(url(draft, "form")).status_code == status
    client.force_login(commune.publisher)
    assert client.get(reverse("manage:form", args=["nobody", 1])).status_code == 404
    assert client.get(reverse("manage:form", args=[draft.procedure.code, 10**30])).status_code == 404


def test_what_was_saved_is_said_at_its_place(desk, draft):
    response = send(
        desk, draft, "form_field_add", "requester", query="?type=text", label="Lý do", label_en="", prints="on"
    )
    assert response.url.endswith("/form/?section=requester#field-ly_do")
    html = page(desk, response.url)
    row = html.split('<li id="field-ly_do">')[1].split("</li>")[0]
    assert 'role="status"' in row and "banner-ok" not in html and "try_answer-ly_do" in html
    assert 'role="status">' not in page(desk, response.url).split('class="builder"')[1].split("</main>")[0]
    response = send(desk, draft, "form_section", "requester", title="Người yêu cầu")
    assert response.url.endswith("/form/?section=requester#section-requester")
    head = page(desk, response.url).split('id="section-requester"')[1].split('<ol class="form-rows"')[0]
    assert 'role="status"' in head
    # The title has no line of its own: it is said on top. What is wrong is, too.
    assert "banner-ok" in page(desk, send(desk, draft, "form_title", title="Tờ khai").url)


def test_only_the_section_asked_for_is_previewed(desk, draft):
    assert "try_answer-requester_name" not in page(desk, url(draft, "form"))
    assert "try_answer-requester_name" not in page(desk, url(draft, "form") + "?section=x")
    assert "try_answer-requester_name" in page(desk, url(draft, "form") + "?section=requester")
