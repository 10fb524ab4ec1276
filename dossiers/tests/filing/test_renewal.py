"""A draft under a newer version: what is kept, what is asked again, what people read about it."""

import copy
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers.actions.readiness import Readiness
from dossiers.filing import drafts, renewal, submission
from dossiers.models import Acting, Dossier
from dossiers.records.papers import AUTHORITY, AUTHORITY_NAME
from eforms import schema as form_schema
from eforms.filling.filled import SentSection
from eforms.tests.strategies import good_answer, schemas
from procedures import labels
from procedures.models import ProcedureVersion
from tests import factories
from tests.factories import NOW
from tests.pages import checks

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)
CHILD = {
    "key": "child",
    "title": {"vi": "Trẻ em"},
    "fields": [
        {"key": "child_name", "type": "full_name", "label": {"vi": "Họ tên trẻ"}, "required": True},
        {
            "key": "sex", "type": "choice", "label": {"vi": "Giới tính"},
            "options": [{"value": "nam", "label": {"vi": "Nam"}}, {"value": "nu", "label": {"vi": "Nữ"}}],
        },
        {"key": "weight", "type": "number", "label": {"vi": "Cân nặng (gam)"}},
    ],
}  # fmt: skip
FORM = {**factories.FORM, "sections": [*factories.FORM["sections"], CHILD]}
ANSWERS = {**factories.ANSWERS, "child_name": "Nguyễn Thị Bé", "sex": "nu", "weight": 3100}


@pytest.fixture(autouse=True)
def _morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def version(commune):
    return factories.version(commune.unit, form=FORM)


@pytest.fixture
def owner(client):
    person = factories.citizen()
    client.force_login(person)
    return person


@pytest.fixture
def draft(version, owner, commune):
    return Dossier.objects.create(
        version=version, received_by=commune.unit, unit=commune.unit, owner=owner, filed_by=owner, answers=ANSWERS,
        completed_sections=["requester", "child"], created_at=NOW, saved_at=NOW, revision=3,
    )  # fmt: skip


def changed(**edits):
    """The form with a field of the child's section changed: key → properties, None removes it."""
    form = copy.deepcopy(FORM)
    section = form["sections"][1]
    section["fields"] = [
        field | edits.get(field["key"], {}) for field in section["fields"] if edits.get(field["key"], {}) is not None
    ]
    return form


def publish(version, form, papers=(), **fields):
    """Put a second version in force today."""
    ProcedureVersion.objects.filter(pk=version.pk).update(effective_until="2026-03-22")
    newer = ProcedureVersion.objects.create(
        procedure=version.procedure, number=2, published_at=NOW, level=4, form=form, effective_from=TODAY,
        name="Khai sinh mới", processing_unit="working_days", **fields,
    )  # fmt: skip
    for n, (key, fields) in enumerate(papers, start=1):
        newer.papers.create(n=n, key=key, **({"name": key} | fields))
    ProcedureVersion.objects.filter(pk=newer.pk).update(status="published")
    newer.refresh_from_db()
    return newer


def carried(form, answers=ANSWERS, done=("requester", "child")):
    old, new = form_schema.load(FORM), form_schema.load(form)
    return renewal.carry(old, new, answers, list(done), today=TODAY)


def test_the_same_form_keeps_everything():
    found = carried(FORM)
    assert found.answers == ANSWERS
    assert (found.done, found.changed, found.again, found.lost) == (["requester", "child"], [], [], [])


def test_only_changed_sections_are_looked_at_again():
    found = carried(changed(weight={"required": True}))
    assert found.answers == ANSWERS
    assert (found.done, found.changed) == (["requester"], ["child"])


def test_renamed_choices_keep_their_answer():
    options = [{"value": "1", "label": {"vi": "Nam"}}, {"value": "2", "label": {"vi": "NỮ"}}]
    assert carried(changed(sex={"options": options})).answers["sex"] == "2"
    assert carried(changed(sex={"options": options, "type": "choices"})).answers["sex"] == ["2"]
    gone = carried(changed(sex={"options": options[:1]}))
    assert "sex" not in gone.answers and [field.key for field in gone.again] == ["sex"]


def test_renamed_questions_and_other_kinds_keep_their_answer():
    found = carried(changed(child_name={"key": "name"}, weight={"type": "text"}))
    assert found.answers["name"] == "Nguyễn Thị Bé"
    assert found.answers["weight"] == "3100"
    assert (found.again, found.lost) == ([], [])


def test_removed_questions_lose_their_answer():
    found = carried(changed(weight=None))
    assert "weight" not in found.answers and [field.key for field in found.lost] == ["weight"]


def test_a_new_version_says_what_becomes_of_time_and_fee(client, draft, version):
    newer = publish(version, FORM, processing_amount=9)
    factories.fee(version)
    factories.fee(newer, amount_vnd=12000)
    page = client.get(reverse("applicant:dossier", args=[draft.ref]))
    time, fee = page.context["facts"]
    assert (time[1], time[2]) == (labels.time_words(version), labels.time_words(newer))
    assert "8.000" in fee[1] and "12.000" in fee[2]
    assert all(text in page.content.decode() for text in (*time, *fee))


def test_what_costs_and_lasts_the_same_is_not_told(client, draft, version):
    newer = publish(version, FORM, processing_amount=version.processing_amount)
    factories.fee(version)
    factories.fee(newer)
    assert client.get(reverse("applicant:dossier", args=[draft.ref])).context["facts"] == []


def test_a_draft_of_a_retired_procedure_says_why_and_names_the_successor(client, commune, draft, version):
    heir = factories.version(commune.unit, code="2.000001", name="Thủ tục đăng ký mới")
    ProcedureVersion.objects.filter(pk=version.pk).update(
        status="retired",
        effective_until="2026-03-22",
        retired_at=NOW,
        retirement_reason="Luật Hộ tịch mới bỏ thủ tục này.",
        successor=heir.procedure,
    )
    for name in ("applicant:dossier", "applicant:review"):
        page = client.get(reverse(name, args=[draft.ref])).content.decode()
        assert "Luật Hộ tịch mới bỏ thủ tục này." in page
        assert 'href="/procedures/2.000001/"' in page and ">Đăng ký mới</a>" in page
        assert checks.faults(page) == []


def test_without_a_form_nothing_is_kept():
    assert renewal.carry(form_schema.load(FORM), None, ANSWERS, ["child"], today=TODAY).answers == {}
    assert renewal.carry(None, form_schema.load(FORM), {}, [], today=TODAY).done == []


@given(old=schemas(), new=schemas(), data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_form_may_follow_any_other(old, new, data):
    answers = {
        field["key"]: good_answer(field)
        for section in old["sections"]
        for field in section["fields"]
        if field["type"] != "note" and data.draw(st.booleans())
    }
    before, after = form_schema.load(old), form_schema.load(new)
    done = [section.key for section in before.sections]
    found = renewal.carry(before, after, answers, done, today=TODAY)
    assert form_schema.clean_all(after, found.answers, today=TODAY)[0] == found.answers
    assert not set(found.done) & set(found.changed)
    same = renewal.carry(before, before, answers, done, today=TODAY)
    assert same.answers == form_schema.clean_all(before, answers, today=TODAY)[0]


def test_the_page_says_what_changes_and_the_task_list_what_to_look_at(
    client, version, draft, django_assert_max_num_queries
):
    form = changed(
        weight=None,
        sex={"options": [{"value": "nam", "label": {"vi": "Nam"}}, {"value": "khac", "label": {"vi": "Khác"}}]},
    )
    form["sections"][1]["fields"].append(
        {"key": "blood", "type": "text", "label": {"vi": "Nhóm máu"}, "required": True}
    )
    newer = publish(version, form, [("chung-sinh", {}), ("anh-the", {"name": "Ảnh thẻ"})])
    address = reverse("applicant:dossier", args=[draft.ref])
    client.get(address)
    with django_assert_max_num_queries(12):
        page = client.get(address).content.decode()
    assert checks.faults(page) == []
    for words in ("Nhóm máu", "Khác", "Cân nặng", "Giới tính", "Ảnh thẻ", "Văn bản ủy quyền"):
        assert words in page
    draft.refresh_from_db()
    assert draft.version == version
    client.post(reverse("applicant:renew", args=[draft.ref]))
    draft.refresh_from_db()
    assert (draft.version, draft.completed_sections, draft.sections_to_review) == (newer, ["requester"], ["child"])
    answer = client.get(address)
    states = {part["title"]: part["tag"] for part in answer.context["parts"]}
    assert (states["Trẻ em"], answer.context["next_url"]) == (
        "late",
        reverse("applicant:section", args=[draft.ref, "child"]),
    )
    section = form_schema.load(form).section("child")
    drafts.save_sections(draft, [SentSection(section.key, {"blood": "A", "sex": "nam"}, is_done=True)], NOW)
    draft.refresh_from_db()
    assert draft.sections_to_review == []
    assert Readiness(draft, TODAY).form.is_done(section)


@pytest.mark.parametrize("listed", [[], [("uq", {"name": "Giấy ủy quyền chứng thực", "is_required": False})]])
@pytest.mark.parametrize("was_listed", [False, True])
def test_a_power_of_attorney_stays_whether_the_versions_list_it(version, draft, listed, was_listed):
    Dossier.objects.filter(pk=draft.pk).update(acting=Acting.PRINCIPAL)
    required = version.papers.get(key="uy-quyen") if was_listed else None
    name = required.name if required else AUTHORITY_NAME
    draft.papers.create(required=required, name=name, kind="promised", uploaded_at=NOW)
    publish(version, FORM, papers=listed)
    submission.renew(draft, now=NOW)
    draft.refresh_from_db()
    (card,) = Readiness(draft, TODAY).cards
    assert card.is_given and card.required.key == (listed[0][0] if listed else AUTHORITY)


def test_a_version_that_asks_the_same_says_so(client, version, draft):
    publish(version, FORM, [("chung-sinh", {"name": "Giấy chứng sinh"}), ("uy-quyen", {"is_required": False})])
    page = client.get(reverse("applicant:dossier", args=[draft.ref])).content.decode()
    assert checks.faults(page) == []
    client.post(reverse("applicant:renew", args=[draft.ref]))
    draft.refresh_from_db()
    assert (draft.answers, draft.completed_sections, draft.sections_to_review) == (ANSWERS, ["requester", "child"], [])


def test_submitted_dossiers_keep_their_version(client, version, draft):
    Dossier.objects.filter(pk=draft.pk).update(status=1, code="000.00.16.H19-260323-0001", submitted_at=NOW, revision=4)
    publish(version, changed(weight=None))
    address = reverse("applicant:dossier", args=[draft.ref])
    assert client.post(reverse("applicant:renew", args=[draft.ref])).status_code == 302
    draft.refresh_from_db()
    assert (draft.version, draft.answers) == (version, ANSWERS)
    assert "Cân nặng" in client.get(address).content.decode()
