"""The publishers' screens: every page of a version in each state, saving, refusing, publishing, retiring."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from offices.models import AuditEntry, Post
from procedures import fees
from procedures.models import LifeEvent, Offering, OfferingFee, Procedure, ProcedureVersion, Proposal
from procedures.versions import changing, drafting, publishing
from tests import factories
from tests.pages import checks
from tests.present import present

pytestmark = pytest.mark.django_db
SECTIONS = ("info", "papers", "fees", "workflow", "documents", "check")


@pytest.fixture
def version(commune):
    return factories.version(commune.unit)


@pytest.fixture
def draft(version, commune, now):
    return drafting.draft_from(version.procedure, commune.publisher, now)


@pytest.fixture
def second(commune):
    person = factories.user(full_name="Lê Thị Duyệt", email="duyet@example.com")
    Post.objects.create(user=person, unit=commune.unit, role="publisher", valid_from=date(2025, 7, 1))
    return person


@pytest.fixture
def page(client, commune, frozen):
    client.force_login(commune.publisher)

    def get(name, *arguments, **query):
        response = client.get(reverse(f"manage:{name}", args=arguments), query)
        assert response.status_code == 200, response.status_code
        text = response.content.decode()
        assert checks.faults(text) == [], name
        return text

    return get


@pytest.fixture
def frozen(now):
    import time_machine

    with time_machine.travel(now, tick=False):
        yield


def post(client, where, *arguments, **data):
    return client.post(reverse(f"manage:{where}", args=arguments), data)


INFO = {
    "name": "Đăng ký khai sinh",
    "level": "4",
    "audience": ["citizen"],
    "channels": ["online", "direct"],
    "processing_amount": "3",
    "processing_unit": "working_days",
    "outcome": "Giấy khai sinh",
    "legal_bases": "60/2014/QH13\n123/2015/NĐ-CP",
    "dossier_sets": "1",
    "effective_from_day": "1",
    "effective_from_month": "5",
    "effective_from_year": "2026",
}


# Looking --------------------------------------------------------------------------------------------------------------


@pytest.mark.sqlite
def test_every_page_keeps_the_rules(page, draft, version, commune, second, now):
    code = version.procedure.code
    for name in ("procedures", "new", "bulk_confirm"):
        page(name)
    for name in ("procedure", "procedure_edit", "duplicate", "retire"):
        page(name, code)
    page("offering", code, commune.unit.slug)
    for number in (1, 2):
        for name in ("version", *SECTIONS):
            page(name, code, number)
    for name in ("papers_new", "fees_new", "workflow_new", "review", "discard"):
        page(name, code, 2)
    page("papers_edit", code, 2, 1)
    publishing.send_to_review(draft, draft.revision, commune.publisher, now, "Mới")
    for name in ("version", *SECTIONS, "send_back", "publish"):
        page(name, code, 2)


def test_a_section_that_holds_nothing_is_not_done(client, page, draft):
    """Fees and documents of this draft were never entered; taking the form away leaves it empty too, but asked for."""

    def tags():
        address = reverse("manage:version", args=[draft.procedure.code, 2])
        return {section.key: section.tag for section in client.get(address).context["sections"]}

    done = dict.fromkeys(("info", "papers", "form", "workflow"), "ok")
    assert tags() == done | {"fees": "neutral", "documents": "neutral"}
    ProcedureVersion.objects.filter(pk=draft.pk).update(form=None)
    draft.papers.all().delete()
    factories.fee(draft)
    assert tags() == done | {"papers": "neutral", "form": "late", "fees": "ok", "documents": "neutral"}


def test_the_task_list_names_what_is_missing(page, draft):
    assert '<p class="hint">' not in page("version", draft.procedure.code, 2)
    ProcedureVersion.objects.filter(pk=draft.pk).update(legal_bases=[], audience=[], channels=[], outcome="")
    shown = page("version", draft.procedure.code, 2)
    assert shown.count('<p class="hint">') == 1 and " …</p>" in shown


BROKEN_FORM = {
    "schema": 1,
    "title": {"vi": "Tờ khai"},
    "sections": [
        {"key": "trong", "title": {"vi": "Trống"}, "fields": []},
        {
            "key": "hai",
            "title": {},
            "show_if": {"field": "sau", "op": "filled"},
            "fields": [
                {"key": "khong_ten", "type": "text"},
                {"key": "lua", "type": "choice", "label": {"vi": "Chọn"}},
                {"key": "lua2", "type": "yes_no", "label": {"vi": "chọn"}, "prefill": "person"},
                {"key": "bang", "type": "table", "label": {"vi": "Bảng"}, "repeat": {"min": 0, "max": 9}},
                {"key": "bang2", "type": "table", "label": {"vi": "Bảng 2"}, "repeat": {"min": 0, "max": 9},
                 "columns": [{"key": "cot", "type": "choice", "label": {"vi": "Cột"}}]},
                {"key": "sau", "type": "number", "label": {"vi": "Sau"}, "rules": [{"name": "max", "args": ["x"]}]},
            ],
        },
    ],
}  # fmt: skip
LOST_FORM = {
    "schema": 1,
    "title": {"vi": "Tờ khai"},
    "sections": [
        {"key": "mot", "title": {"vi": "Một"}, "fields": [
            {"key": "a", "type": "yes_no", "label": {"vi": "A"}},
            {"key": "b", "type": "text", "label": {"vi": "B"}, "show_if": {"all": [
                {"field": "a", "op": "eq", "value": "co"}, {"field": "a", "op": "eq", "value": "khong"}]}},
        ]},
        {"key": "hai", "title": {"vi": "Hai"}, "show_if": {"field": "b", "op": "filled"}, "fields": [
            {"key": "c", "type": "text", "label": {"vi": "C"}}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", [BROKEN_FORM, LOST_FORM, {"schema": 2}, None])
def test_every_fault_leads_to_the_place_where_it_is_mended(client, page, draft, form):
    """Each link of the check opens a page that has its anchor."""
    draft.papers.update(name="", originals=0, copies=0, is_required=False, condition="", from_form=False)
    draft.papers.filter(n=2).update(show_if={"field": "nobody", "op": "filled"}, from_form=True)
    draft.fees.create(n=1, key="phi", kind="phi", name="", amount_vnd=0)
    draft.steps.update(text="", role="publisher", allotted=900)
    Offering.objects.all().delete()
    wrong = {
        "name": " ", "legal_bases": [], "audience": [], "channels": [], "outcome": "", "processing_amount": 0,
        "effective_from": date(2026, 1, 1), "needs_presence": True, "reasons": [" "], "form": form,
    }  # fmt: skip
    ProcedureVersion.objects.filter(pk=draft.pk).update(**wrong)
    links = set(re.findall(r'<li><a href="([^"]+)"', page("check", draft.procedure.code, 2)))
    assert len(links) > 15
    seen = {}
    for link in links:
        path, _hash, anchor = link.partition("#")
        if path not in seen:
            seen[path] = client.get(path).content.decode()
        assert not anchor or f'id="{anchor}"' in seen[path], link
    assert reverse("manage:procedure", args=[draft.procedure.code]) + "#units" in links


def test_the_list_costs_the_same_however_long(client, page, commune, draft, django_assert_max_num_queries):
    page("procedures")
    for n in range(12):
        factories.version(commune.unit, code=f"2.{n:06d}")
    with django_assert_max_num_queries(13):
        client.get(reverse("manage:procedures"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"1.000001", "1.000002", "1.000003"}),
        ({"state": "draft"}, {"1.000001"}),
        ({"state": "review"}, set()),
        ({"state": "live"}, {"1.000001", "1.000003"}),
        ({"state": "retired"}, {"1.000002"}),
        ({"state": "unoffered"}, {"1.000003"}),
        ({"q": "KHAI sinh 1.000003"}, {"1.000003"}),
        ({"q": "không có"}, set()),
        ({"field": "ho-tich"}, {"1.000001", "1.000002", "1.000003"}),
        ({"field": "\0", "state": "x", "after": "~~", "q": "\0"}, None),
    ],
)
def test_filters(page, client, draft, commune, now, query, found):
    gone = factories.version(commune.unit, code="1.000002")
    publishing.retire(gone.procedure, date(2026, 3, 23), "Bỏ", None, commune.publisher, now)
    factories.version(None, code="1.000003")
    if found is None:
        assert client.get(reverse("manage:procedures"), query).status_code in (200, 400)
        return
    text = page("procedures", **query)
    assert {code for code in ("1.000001", "1.000002", "1.000003") if f"/procedures/{code}/" in text} == found


def test_what_waits_for_me_stands_first(client, page, draft, commune, second, now):
    publishing.send_to_review(draft, draft.revision, commune.publisher, now)
    assert f'id="version-{draft.pk}"' not in page("procedures")
    client.force_login(second)
    assert f'id="version-{draft.pk}"' in page("procedures")


@pytest.mark.parametrize("number", [3, 99999999999999999999])
def test_a_version_that_is_none_is_not_found(client, page, draft, number):
    for name in ("version", "info", "papers", "check"):
        assert client.get(reverse(f"manage:{name}", args=[draft.procedure.code, number])).status_code == 404
    assert client.get(reverse("manage:papers_edit", args=[draft.procedure.code, 2, 10**20])).status_code == 404


# Changing -------------------------------------------------------------------------------------------------------------


def test_information_is_saved_and_logged(client, page, draft):
    response = post(client, "info", draft.procedure.code, 2, revision=draft.revision, **INFO)
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.legal_bases == ["60/2014/QH13", "123/2015/NĐ-CP"]
    assert (draft.effective_from, draft.revision) == (date(2026, 5, 1), 1)
    entry = AuditEntry.objects.get(action="version.edit")
    assert {change["field"] for change in entry.changes} == {"channels", "legal_bases", "effective_from"} | {"name_en"}


def test_a_draft_may_be_saved_incomplete(client, page, draft):
    data = INFO | {"legal_bases": "", "outcome": "", "audience": [], "channels": [], "processing_amount": ""}
    assert post(client, "info", draft.procedure.code, 2, revision=0, **data).status_code == 302
    text = page("check", draft.procedure.code, 2)
    for anchor in ("id_legal_bases", "id_outcome", "id_audience_0", "id_channels_0", "id_processing_amount"):
        assert f"info/#{anchor}" in text
        assert f'id="{anchor}"' in page("info", draft.procedure.code, 2)


def test_a_stale_form_keeps_what_was_typed(client, page, draft, second, now):
    changing.edit(draft, 0, second, now, note="Khác")
    data = INFO | {"outcome": "Tôi vừa gõ"}
    response = post(client, "info", draft.procedure.code, 2, revision=0, **data)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Lê Thị Duyệt" in text and "Tôi vừa gõ" in text and 'name="revision" value="1"' in text
    assert post(client, "info", draft.procedure.code, 2, revision=1, **data).status_code == 302


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "a\0b"},
        {"level": "9"},
        {"processing_amount": "9" * 30},
        {"processing_amount": "-1"},
        {"dossier_sets": "²"},
        {"dossier_sets": "10"},
        {"effective_from_day": "31", "effective_from_month": "2"},
        {"effective_from_year": "99999"},
        {"effective_until_day": "1", "effective_until_month": "1", "effective_until_year": "2026"},
        {"legal_bases": "x" * 500},
        {"processing_unit": "years"},
        {"revision": "9" * 40},
        {"revision": ""},
    ],
)
def test_what_makes_no_sense_is_refused(client, page, draft, bad):
    response = post(client, "info", draft.procedure.code, 2, **({"revision": 0} | INFO | bad))
    assert response.status_code in (400, 409, 422)
    draft.refresh_from_db()
    assert draft.revision == 0


def test_a_published_version_is_not_changed_by_its_form(client, page, version):
    response = post(client, "info", version.procedure.code, 1, revision=0, **(INFO | {"outcome": "Khác"}))
    assert response.status_code == 409
    version.refresh_from_db()
    assert version.outcome == "Giấy khai sinh"


def test_slips_texts(client, page, draft):
    data = {"receipt_note": "Mang bản chính", "letter_text": "Kính gửi\nông bà", "reasons": "Thiếu dấu\n\nThiếu chữ ký"}
    assert post(client, "documents", draft.procedure.code, 2, revision=0, **data).status_code == 302
    draft.refresh_from_db()
    assert (draft.reasons, draft.letter_text) == (["Thiếu dấu", "Thiếu chữ ký"], "Kính gửi\nông bà")


# The road to publication ----------------------------------------------------------------------------------------------


def test_from_new_to_published(client, page, commune, second, version):
    form = page("new")
    assert 'value="XA-0001"' in form
    key = form.split('name="key" value="')[1].split('"')[0]
    data = {"code": "XA-0001", "name": "Cấp phép thử", "sector": "ho-tich", "level": "1", "key": key}
    assert post(client, "new", **data).url == reverse("manage:version", args=["XA-0001", 1])
    assert post(client, "new", **data).status_code == 302
    made = ProcedureVersion.objects.get(procedure__code="XA-0001")
    assert "/XA-0001/" in page("procedures", q="CẤP PHÉP thử")
    assert post(client, "review", "XA-0001", 1, revision=0, note="").status_code == 422
    info = INFO | {"name": "Cấp phép thử", "level": "1", "channels": ["direct"]}
    assert post(client, "info", "XA-0001", 1, revision=0, **info).status_code == 302
    key = page("workflow_new", "XA-0001", 1).split('name="key" value="')[1].split('"')[0]
    step = {"role": "leader", "text": "Ký", "allotted": "1,5", "revision": 1, "key": key}
    assert post(client, "workflow_new", "XA-0001", 1, **step).status_code == 302
    made.refresh_from_db()
    assert post(client, "review", "XA-0001", 1, revision=made.revision, note="Thủ tục mới").status_code == 302
    assert post(client, "publish", "XA-0001", 1, revision=9).status_code == 422
    client.force_login(second)
    made.refresh_from_db()
    day = {"effective_from_day": "23", "effective_from_month": "3", "effective_from_year": "2026"}
    assert post(client, "publish", "XA-0001", 1, revision=made.revision - 1, **day).status_code == 409
    assert post(client, "publish", "XA-0001", 1, revision=made.revision, **day).status_code == 302
    made.refresh_from_db()
    assert (made.status, made.published_by, made.effective_from) == ("published", second, date(2026, 3, 23))
    assert page("procedures", q="cap phep thu").count("XA-0001")


@pytest.mark.parametrize("code", ["1.000001", "abc", "XA-1", "new", "../..", "9" * 21])
def test_codes_that_are_taken_or_none_are_refused(client, page, version, code):
    key = page("new").split('name="key" value="')[1].split('"')[0]
    response = post(client, "new", code=code, name="Thử", sector="ho-tich", level="1", key=key)
    assert response.status_code == 422
    assert Procedure.objects.count() == 1


def test_send_back_and_take_back(client, page, draft, commune, second, now):
    code = draft.procedure.code
    publishing.send_to_review(draft, 0, commune.publisher, now)
    client.force_login(second)
    post(client, "take_back", code, 2)
    draft.refresh_from_db()
    assert draft.status == "in_review"
    assert post(client, "send_back", code, 2, revision=1, reason="").status_code == 422
    assert post(client, "send_back", code, 2, revision=1, reason="Sai tên").status_code == 302
    client.force_login(commune.publisher)
    assert "Sai tên" in page("version", code, 2)
    draft.refresh_from_db()
    publishing.send_to_review(draft, draft.revision, commune.publisher, now)
    assert post(client, "take_back", code, 2).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_several_are_published_at_once(client, page, draft, commune, second, now):
    other = drafting.draft_from(factories.version(commune.unit, code="1.000002").procedure, second, now)
    publishing.send_to_review(draft, 0, commune.publisher, now)
    publishing.send_to_review(other, 0, second, now)
    client.force_login(second)
    text = page("bulk_confirm", version=[draft.pk, other.pk, "x", "9" * 30])
    assert f'value="{draft.pk}:1"' in text and f'value="{other.pk}:' not in text
    response = post(client, "bulk_publish", version=[f"{draft.pk}:1", f"{other.pk}:1", "x:y", "7"])
    assert checks.faults(response.content.decode()) == []
    for one, status in ((draft, "published"), (other, "in_review")):
        one.refresh_from_db()
        assert one.status == status


def test_discarding(client, page, draft, version):
    assert post(client, "discard", draft.procedure.code, 2, revision=5).status_code == 409
    assert post(client, "discard", draft.procedure.code, 2, revision=0).status_code == 302
    assert list(version.procedure.versions.all()) == [version]


# The whole procedure --------------------------------------------------------------------------------------------------


def test_what_stands_beside_the_versions(client, page, version, commune):
    event = LifeEvent.objects.create(code="co-con", name="Có con nhỏ")
    other = factories.version(commune.unit, code="1.000002", name="Khai tử").procedure
    data = {
        "revision": 0,
        "notice": "Nghỉ chiều thứ sáu",
        "sector": "ho-tich",
        "synonyms": "đẻ con\ngiấy khai sinh",
        "life_events": [event.code],
        "related": "khai tử",
        "faq_0_question": "Bao lâu?",
        "faq_0_answer": "Ba ngày.",
    }
    assert post(client, "procedure_edit", version.procedure.code, **data).status_code == 302
    procedure = Procedure.objects.get(code="1.000001")
    assert procedure.synonyms == ["đẻ con", "giấy khai sinh"]
    assert procedure.faq == [{"question": "Bao lâu?", "answer": "Ba ngày."}]
    assert list(procedure.related.all()) == [other] and list(procedure.life_events.all()) == [event]
    assert "de con" in procedure.search_text
    assert "1.000002 Khai tử" in page("procedure_edit", procedure.code)
    response = post(
        client, "procedure_edit", procedure.code, **(data | {"notice": "Muộn", "related": "1.000002 Khai tử"})
    )
    assert response.status_code == 409 and "Muộn" in response.content.decode()
    half = data | {"revision": 1, "related": "zzz", "faq_1_question": "Ở đâu?"}
    text = post(client, "procedure_edit", procedure.code, **half).content.decode()
    assert "zzz" in text and "Ở đâu?" in text


def test_offering(client, page, version, commune, other_commune):
    code, slug = version.procedure.code, commune.unit.slug
    shown = page("offering", code, slug)
    revision = shown.split('name="revision" value="')[1].split('"')[0]
    day = {"since_day": "1", "since_month": "7", "since_year": "2025"}
    assert post(client, "offering", code, slug, level="2", revision=revision, **day).status_code == 302
    assert Offering.objects.get().level == 4
    assert Proposal.objects.get().level == 2
    Offering.objects.update(revision=1)
    assert post(client, "offering", code, slug, level="3", revision=revision, **day).status_code == 409
    assert post(client, "offering", code, slug, level="5", revision=revision, **day).status_code == 422
    assert post(client, "offering", code, other_commune.unit.slug, level="2", **day).status_code == 404
    assert post(client, "offering_end", code, slug).status_code == 302
    assert Offering.objects.get().until == date(2026, 3, 23)
    assert AuditEntry.objects.filter(action="offering.propose-level", unit=commune.unit).count() == 1
    assert AuditEntry.objects.filter(action="offering.edit", unit=commune.unit).count() == 1


def test_a_unit_sets_its_own_amounts_line_by_line(client, page, version, commune):
    """Each line has its boxes; an amount needs a resolution and a day, a later day adds to the present amount."""
    line, other = factories.fee(version, is_guide=True), factories.fee(version, name="Phí bản sao")
    code, slug = version.procedure.code, commune.unit.slug
    typed = {"level": "4", "since_day": "1", "since_month": "7", "since_year": "2025"}
    typed |= {"fee_0_amount_vnd": "5.000", "fee_0_amount_online_vnd": "0", "fee_0_resolution": "NQ 12/2026/NQ-HĐND"}

    def send(day, month, year, **more):
        since = {"fee_0_since_day": day, "fee_0_since_month": month, "fee_0_since_year": year}
        revision = page("offering", code, slug).split('name="revision" value="')[1].split('"')[0]
        return post(client, "offering", code, slug, **(typed | since | {"revision": revision} | more))

    assert line.name in page("offering", code, slug) and other.name in page("offering", code, slug)
    for wrong in ({"fee_0_resolution": ""}, {"fee_0_amount_vnd": "-1"}, {"fee_0_amount_vnd": "9" * 12}):
        assert send("1", "1", "2026", **wrong).status_code == 422
    assert send("", "", "").status_code == 422
    assert send("1", "1", "2026").status_code == 302
    row = OfferingFee.objects.get()
    assert (row.key, row.amount_vnd, row.amount_online_vnd) == (line.key, 5000, 0)
    assert "5.000 đồng" in page("procedure", code)
    row.resolution = ""
    assert "thiếu số nghị quyết" in fees.own_words(line, row, date(2026, 3, 23))
    # The day was wrong; then a new resolution is entered ahead of its day.
    assert send("1", "12", "2025").status_code == send("1", "1", "2027", fee_0_amount_vnd="6000").status_code == 302
    assert [(fee.amount_vnd, fee.since.year) for fee in OfferingFee.objects.all()] == [(5000, 2025), (6000, 2027)]
    assert "01/01/2027" in page("procedure", code)
    assert send("1", "1", "2027", fee_0_amount_vnd="").status_code == 302
    assert OfferingFee.objects.get().amount_vnd == 5000
    entries = AuditEntry.objects.filter(action="offering.edit").order_by("pk")
    assert ["5.000 đồng / 0 đồng, 01/12/2025, NQ 12/2026/NQ-HĐND" in str(entry.changes) for entry in entries][1]


def test_retiring_with_a_successor(client, page, version, commune, second, now):
    heir = factories.version(commune.unit, code="1.000002", name="Thủ tục kế thừa").procedure
    data = {"on_day": "1", "on_month": "5", "on_year": "2026", "reason": "Gộp lại", "successor": "kế thừa"}
    assert post(client, "retire", "1.000001", **(data | {"successor": "khong co"})).status_code == 422
    assert post(client, "retire", "1.000001", **(data | {"on_year": "2025"})).status_code == 422
    assert post(client, "retire", "1.000001", **data).status_code == 302
    assert "Gộp lại" in page("procedure", "1.000001")
    publishing.confirm(Proposal.objects.get(), second, now)
    version.refresh_from_db()
    assert (version.status, version.effective_until, version.successor) == ("retired", date(2026, 4, 30), heir)
    assert "Gộp lại" in page("procedure", "1.000001")
    again = page("retire", "1.000001")
    assert "Gộp lại" in again and 'value="1.000002"' in again


def test_of_several_successors_one_is_chosen(client, version, commune, frozen):
    client.force_login(commune.publisher)
    for n in range(2, 14):
        factories.version(commune.unit, code=f"1.{n:06d}", name=f"Thủ tục kế thừa {n}")
    data = {"on_day": "1", "on_month": "5", "on_year": "2026", "reason": "Gộp lại", "successor": "kế thừa"}
    for more in ({}, {"chosen": "1.000001"}, {"chosen": "x"}):
        response = post(client, "retire", "1.000001", **data, **more)
        html = response.content.decode()
        assert response.status_code == 422 and checks.faults(html) == []
        assert html.count('name="chosen"') == 10 and "Gộp lại</textarea>" in html and 'value="kế thừa"' in html
    # Other words are looked up anew, whatever was chosen among the former ones.
    response = post(client, "retire", "1.000001", **(data | {"successor": "kế thừa 1.00001", "chosen": "1.000005"}))
    assert response.status_code == 422
    # A procedure does not follow itself, and words that mean it alone mean nothing.
    assert post(client, "retire", "1.000001", **(data | {"successor": "1.000001"})).status_code == 422
    assert post(client, "retire", "1.000001", **data, chosen="1.000005").status_code == 302
    assert present(Proposal.objects.get().successor).code == "1.000005"


def test_duplicating(client, page, version):
    Procedure.objects.update(synonyms=["đẻ con"])
    key = page("duplicate", "1.000001").split('name="key" value="')[1].split('"')[0]
    data = {"code": "XA-0001", "name": "Bản sao", "key": key}
    assert post(client, "duplicate", "1.000001", **data).status_code == 302
    made = ProcedureVersion.objects.get(procedure__code="XA-0001")
    assert (made.status, made.name, made.papers.count(), made.steps.count()) == ("draft", "Bản sao", 2, 3)
    assert made.procedure.synonyms == ["đẻ con"]


def test_home_leads_to_what_one_manages(client, commune, citizen, frozen):
    for person, target in ((commune.publisher, "manage:procedures"), (commune.administrator, "manage:people")):
        client.force_login(person)
        assert client.get(reverse("manage:home")).url == reverse(target)
    for person in (commune.clerk, citizen):
        client.force_login(person)
        assert client.get(reverse("manage:home")).status_code == 403


def test_names_are_shown_in_english_too(page, draft):
    with translation.override("en"):
        page("version", draft.procedure.code, 2)
