"""The catalogue that comes with the portal: read like any exchange file, loaded once, the same when taken out."""

import json
import random
import re
from datetime import date

import html5lib
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from common.database import append_only
from common.refusals import Refused
from eforms import schema as form_schema
from eforms.answering import section_form
from offices.models import AuditEntry
from portal.demo.answers import applicant, fill
from procedures import seed
from procedures.catalogue import offer_all
from procedures.exchange.json_reading import read_json
from procedures.models import (
    FeeLine,
    LifeEvent,
    Mark,
    Offering,
    Procedure,
    ProcedureStep,
    ProcedureVersion,
    RequiredPaper,
    Sector,
)
from procedures.versions import publishing
from procedures.versions.checking import working_hours
from procedures.versions.serialising import export_json
from tests import factories
from tests.factories import NOW
from tests.present import present

SHIPPED = json.loads(seed.FILE.read_text(encoding="utf-8"))["procedures"]
FORMS = {values["code"]: values["version"]["form"] for values in SHIPPED if values["version"]["form"]}
TODAY = date(2026, 3, 23)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """How many procedures were loaded, once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed.import_catalogue(now=NOW)
        transaction.set_rollback(True)


@pytest.fixture
def catalogue(loaded, db):
    return loaded


def file_of(*procedures):
    return json.dumps({"portal": "mot-cua", "exchange": 1, "procedures": list(procedures)}).encode()


# The file -------------------------------------------------------------------------------------------------------------


def test_the_reader_of_uploads_finds_no_fault_in_it():
    items = read_json(seed.FILE.read_bytes())
    assert len(items) == 57 and not [fault for item in items for fault in item.faults]


def test_what_was_loaded_comes_out_again_to_the_letter(catalogue):
    out = json.loads("".join(export_json(Procedure.objects.all(), NOW, TODAY)))["procedures"]
    # PostgreSQL orders the properties of a form in its own way.
    is_ordered = connection.vendor == "sqlite"
    before, after = (json.dumps(rows, ensure_ascii=False, sort_keys=not is_ordered) for rows in (SHIPPED, out))
    assert before == after


# What editors noted beside the pattern of a declaration.
REMARKS = (
    "thay CT01",
    "cùng số mục",
    "Không có tờ khai",
    "(hiệu lực",
    "(phí)",
    "sửa đổi năm 2024/2025",
    "5 Điều 5 hết",
)


def test_nothing_people_read_is_a_note_of_the_researchers():
    for values in SHIPPED:
        text = json.dumps({**values["version"], "marks": []}, ensure_ascii=False)
        found = [
            words for words in ("[known", "[tên", "gieo là", "giá trị gieo", "kiểm chứng", *REMARKS) if words in text
        ]
        assert not found, values["code"]


def test_every_condition_of_a_paper_is_in_words_and_names_a_question_of_its_form():
    for values in SHIPPED:
        version = values["version"]
        schema = form_schema.load(version["form"]) if version["form"] else None
        asked = {field.key: field for _section, field in schema.fields()} if schema else {}
        for paper in version["papers"]:
            assert paper["condition"] or (paper["is_required"] and paper["show_if"] is None), paper["name"]
            assert form_schema.condition_fields(paper["show_if"]) <= set(asked), paper["name"]
            assert schema or not paper["from_form"], paper["name"]


def test_long_pages_are_in_groups_with_titles_that_say_more_than_the_question():
    schemas = {code: form_schema.load(form) for code, form in FORMS.items()}
    sections = [(code, section) for code, schema in schemas.items() for section in schema.sections]
    long = {(code, section.key) for code, section in sections if len(section.fields) > 8}
    plain = {(code, section.key) for code, section in sections if not any(title for title, _fields in section.groups())}
    # Ten answers of one kind; and questions of which only those of one case are seen.
    assert long & plain == {("1.001699", "level"), ("1.004873", "status")}
    for code, section in sections:
        for title, fields in section.groups():
            said = {fields[0].label.vi, fields[0].label.en} if len(fields) == 1 else set()
            assert not title or (title.en and not {title.vi, title.en} & said), (code, section.key, title.vi)


def test_every_mark_names_a_part_that_is_there():
    for values in SHIPPED:
        version = values["version"]
        keys = {
            "paper": {paper["key"] for paper in version["papers"]},
            "fee": {fee.get("key") for fee in version["fees"]},
            "form": set(),
        }
        if version["form"]:
            for _section, field in form_schema.load(version["form"]).fields():
                keys["form"] |= {field.key, *(f"{field.key}.{column.key}" for column in field.columns)}
        for mark in version["marks"]:
            kind, _colon, key = mark["part"].partition(":")
            assert not key or key in keys[kind], (values["code"], mark["part"])
            assert mark["source"] or mark["note"], (values["code"], mark["part"])


def test_legal_bases_say_kind_number_and_day():
    for values in SHIPPED:
        for basis in values["version"]["legal_bases"]:
            assert " số " in basis and basis.split()[0] in (
                "Luật",
                "Bộ",
                "Nghị",
                "Thông",
                "Quyết",
            ), basis


# Loading --------------------------------------------------------------------------------------------------------------


def test_every_procedure_is_loaded_once(catalogue, now):
    models = (Sector, LifeEvent, Procedure, ProcedureVersion, RequiredPaper, FeeLine, ProcedureStep, Mark)
    before = [model.objects.count() for model in models]
    assert catalogue == Procedure.objects.count() == len(SHIPPED)
    assert seed.import_catalogue(now=now) == 0
    assert [model.objects.count() for model in models] == before


def test_loading_again_keeps_what_was_changed_and_adds_what_is_missing(catalogue, now):
    Procedure.objects.filter(code="1.001193").update(synonyms=["của xã"], notice="Nghỉ lễ")
    with append_only.lifted():
        gone = Procedure.objects.get(code="XA-0001")
        gone.versions.all().delete()
        gone.delete()
    assert seed.import_catalogue(now=now) == 1
    changed = Procedure.objects.get(code="1.001193")
    assert (changed.synonyms, changed.notice, changed.versions.count()) == (["của xã"], "Nghỉ lễ", 1)
    assert Procedure.objects.get(code="XA-0001").versions.get().status == "published"


def test_each_version_is_published_by_the_system_and_the_log_says_so(catalogue):
    for version in ProcedureVersion.objects.select_related("procedure"):
        assert version.status == "published" and version.published_by is None and version.author is None
        assert version.procedure.search_text and version.procedure.sort_key
        entry = AuditEntry.objects.get(subject_ref=version.procedure.code)
        assert (entry.action, entry.by) == ("version.publish-with-portal", None)


def test_what_a_person_wrote_never_takes_the_step_of_the_system(db, commune):
    version = factories.version(commune.unit, status="draft", published_at=None, author=commune.publisher)
    with pytest.raises(Refused):
        publishing.publish_with_portal(version, NOW)
    ProcedureVersion.objects.filter(pk=version.pk).update(author=None)
    version.refresh_from_db()
    version.editors.add(commune.publisher)
    with pytest.raises(Refused):
        publishing.publish_with_portal(version, NOW)
    assert ProcedureVersion.objects.get(pk=version.pk).status == "draft"


def test_the_database_wants_a_second_person_for_what_a_person_wrote(db, commune):
    version = factories.version(commune.unit, status="draft", published_at=None, author=commune.publisher)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureVersion.objects.filter(pk=version.pk).update(status="published", published_at=NOW)


@pytest.mark.parametrize(("fault", "refusal"), [({"level": 7}, Refused), ({"steps": []}, Refused)])
def test_a_faulty_file_loads_nothing(db, fault, refusal):
    sound, faulty = (values | {"code": f"9.00000{n}"} for n, values in enumerate(SHIPPED[:2]))
    with pytest.raises(refusal):
        seed.import_catalogue(file_of(sound, faulty | {"version": faulty["version"] | fault}), now=NOW)
    assert not Procedure.objects.filter(code__startswith="9.").exists()


def test_steps_fit_the_time(catalogue):
    for version in ProcedureVersion.objects.prefetch_related("steps"):
        allotted = sum(step.allotted for step in version.steps.all())
        assert 0 < allotted <= working_hours(version.processing_amount, version.processing_unit), version
        assert all((step.allotted > 0) == bool(step.role) for step in version.steps.all()), version


def test_a_unit_offers_everything_once(catalogue, now):
    unit = factories.commune().unit
    assert offer_all(unit, since=TODAY) == len(SHIPPED)
    assert offer_all(unit, since=TODAY) == 0
    assert set(Offering.objects.values_list("level", flat=True)) == {1, 2, 3, 4}


# Its forms ------------------------------------------------------------------------------------------------------------


def test_whatever_is_filed_online_or_on_paper_has_a_form():
    assert {values["code"] for values in SHIPPED if values["version"]["level"] >= 2} <= set(FORMS)


@pytest.mark.parametrize("code", FORMS)
def test_every_form_can_be_filled_in_and_read_again(code):
    schema = form_schema.load(FORMS[code])
    rng = random.Random(code)
    answers = fill(schema, applicant(schema, rng, "26428", TODAY), rng, TODAY)
    for section in schema.visible_sections(answers):
        assert str(section_form(schema, section, answers, language="vi", today=TODAY))
    shown = form_schema.summary(schema, answers, "vi")
    assert shown and all(rows for _section, rows in shown)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.data())
def test_no_answers_break_a_form(code, data):
    """Whatever somebody sends, a form answers with kept values and named faults."""
    schema = form_schema.load(FORMS[code])
    junk = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.lists(st.text(max_size=5), max_size=3))
    options = {field.key: [option.value for option in field.options] for _section, field in schema.fields()}
    sent = {
        key: data.draw(st.sampled_from(known) if known and data.draw(st.booleans()) else junk)
        for key, known in options.items()
    }
    kept, errors = form_schema.clean_all(schema, sent, today=TODAY)
    assert set(kept) <= set(options)
    again, _errors = form_schema.clean_all(schema, kept, today=TODAY)
    assert again == kept
    assert all(messages for faults in errors.values() for messages in faults.values())


def filled(code):
    schema = form_schema.load(FORMS[code])
    rng = random.Random(code)
    return schema, fill(schema, applicant(schema, rng, "26428", TODAY), rng, TODAY)


@pytest.mark.parametrize(
    ("code", "box", "change"),
    [
        ("1.000894", "groom_id_number", lambda known: {
            "groom_id_type": known["bride_id_type"], "groom_id_number": known["bride_id_number"]}),
        ("1.000894", "groom_status", lambda known: {
            "groom_status": "da_ly_hon", "groom_divorce_no": "1", "groom_divorce_date": "2020-01-01",
            "groom_divorce_court": "Tòa", "groom_marriage_order": 1}),
        ("1.001193", "mother_birth", lambda known: {"mother_birth": known["child_dob"]}),
        ("1.001193", "birth_case", lambda known: {"relation": "me", "birth_case": "chua_xac_dinh_me"}),
        ("1.001193", "requester_id_date", lambda known: {"requester_dob": "2000", "requester_id_date": "1999-12-31"}),
        ("1.000656", "notice_date", lambda known: {
            "notice_kind": "giay_bao_tu", "death_date": "2026-03-20", "notice_date": "2026-03-19"}),
        ("1.001022", "o_dob", lambda known: {"is_kind": "me", "r_gender": "nu", "o_dob": "1950", "r_dob": "1990"}),
        ("2.000986", "residence_with", lambda known: {
            "relation": "giam_ho", "father_known": "khong", "residence_with": "cha_me"}),
        ("2.001263", "child_dob", lambda known: {"adopter_case": "vo_chong", "father_dob": "1999", "father_kin": "khac",
                                                 "child_dob": "2015-01-01"}),
        ("1.004492", "groups", lambda known: {"groups": [known["groups"][0] | {"gr_children": 71}]}),
        ("1.004222", "head_id_number", lambda known: {"head_relation": "con"}),
        ("1.004222", "is_minor", lambda known: {"requester_dob": "2015-01-01"}),
        ("1.004194", "stay_until", lambda known: {"stay_from": "2026-04-01", "stay_until": "2028-04-02"}),
        ("1.014027", "poverty", lambda known: {"requester_dob": "1954-01-01", "poverty": "khong"}),
        ("1.001776", "is_disabled", lambda known: {"benefit_kind": "k6", "is_disabled": "khong"}),
        ("1.001699", "t_otherdis", lambda known: {key: [] for key in known if key.startswith("t_")}),
        ("2.002165", "advance", lambda known: {"advance": known["claim_total"] + 1}),
    ],
)  # fmt: skip
def test_answers_that_cannot_both_be_true_are_refused(code, box, change):
    schema, known = filled(code)
    assert form_schema.clean_all(schema, known, today=TODAY)[1] == {}
    errors = form_schema.clean_all(schema, known | change(known), today=TODAY)[1]
    told = {check.message.vi for check in schema.checks} | {check.message.en for check in schema.checks}
    assert any(faults.get(box) in told for faults in errors.values()), errors


def test_a_young_mother_is_pointed_out_and_taken():
    schema, known = filled("1.001193")
    known |= {"mother_birth": str(int(known["child_dob"][:4]) - 15)}
    assert form_schema.clean_all(schema, known, today=TODAY)[1] == {}
    assert "mother_sixteen" in [check.key for check in form_schema.warnings(schema, known, TODAY)]


def test_an_allowance_that_is_stopped_or_asked_for_in_time_is_taken_at_any_age():
    """The form does not say whether it is to begin, to change or to end: a child of its age today is no condition."""
    schema, known = filled("1.001776")
    for kind, born, key in (("k1", "2009-01-01", "under_16"), ("k2", "2010-05-01", "from_16")):
        answers = known | {"benefit_kind": kind, "subject_dob": born}
        assert "subject_dob" not in form_schema.clean_all(schema, answers, today=TODAY)[1].get("subject", {})
        assert key in [check.key for check in form_schema.warnings(schema, answers, TODAY)]


def test_a_child_of_eight_days_is_registered_in_time_without_being_asked():
    schema, known = filled("1.001193")
    kind = schema.section("child").field("registration_kind")
    assert not kind.is_asked
    for born, value in (("2026-03-15", "dung_han"), ("2026-01-22", "dung_han"), ("2026-01-21", "qua_han")):
        kept, errors = form_schema.clean_all(schema, known | {"child_dob": born}, today=TODAY)
        assert (kept["registration_kind"], errors) == (value, {})


def test_every_check_says_on_what_it_rests():
    checks = [(code, check) for code, form in FORMS.items() for check in form_schema.load(form).checks]
    assert len(checks) > 100 and all(check.basis for _code, check in checks)


def test_file_questions_became_papers_with_their_conditions(catalogue):
    birth = ProcedureVersion.objects.get(procedure__code="1.001193")
    shown = {
        case: [
            paper.name.split(";")[0]
            for paper in birth.papers.filter(from_form=False, is_required=True)
            if form_schema.show(paper.show_if, {"birth_case": case})
        ]
        for case in ("du_cha_me", "bi_bo_roi", "mang_thai_ho")
    }
    assert shown == {
        "du_cha_me": ["Giấy chứng sinh"],
        "bi_bo_roi": ["Biên bản về việc trẻ bị bỏ rơi"],
        "mang_thai_ho": ["Giấy chứng sinh", "Văn bản xác nhận của cơ sở y tế về mang thai hộ"],
    }


def test_adopters_of_kin_show_no_papers_on_their_home():
    papers = next(values for values in SHIPPED if values["code"] == "2.001263")["version"]["papers"]
    rule = next(paper["show_if"] for paper in papers if paper["name"].startswith("Văn bản xác nhận hoàn cảnh"))
    assert form_schema.show(rule, {"father_kin": "khac", "mother_kin": "khac"})
    assert form_schema.show(rule, {"mother_kin": "khac"})
    assert not form_schema.show(rule, {"father_kin": "khac", "mother_kin": "me_ke"})
    assert not form_schema.show(rule, {"father_kin": "chu_cau_bac"})


def test_those_sign_whom_the_procedure_concerns():
    signers = {code: [words["vi"] for words in form.get("signatures", [])] for code, form in FORMS.items()}
    assert signers["1.000894"] == ["Bên nữ", "Bên nam"]
    assert [who.split(" (")[0] for who in signers["1.004746"]] == ["Vợ", "Chồng"]
    assert len(signers["1.004222"]) == 4
    for code, form in FORMS.items():
        if form["title"]["vi"] == "Đơn đề nghị giải quyết thủ tục":
            version = next(values for values in SHIPPED if values["code"] == code)["version"]
            assert ("đóng dấu" in signers[code][0]) == bool(set(version["audience"]) - {"citizen"}), code


def test_people_without_a_paper_answer_every_question_about_one():
    """Only who marries shows a paper by law."""
    asked = 0
    for code, form in FORMS.items():
        schema = form_schema.load(form)
        for section, field in schema.fields():
            if not field.kind_question:
                continue
            asked += 1
            kind = section.field(field.kind_question)
            offered = {option.value for option in kind.options}
            assert "ho_chieu" in offered, (code, field.key)
            assert form_schema.clean_value(field, "C01X00T47", {kind.key: "ho_chieu"}, today=TODAY), (code, field.key)
            marries = field.key.startswith(("bride", "groom", "wife", "husband"))
            assert ("khong_co" in offered) is not marries, (code, field.key)
            assert form_schema.show(field.show_if, {kind.key: "khong_co"}) is marries, (code, field.key)
    assert asked > 30


def test_nothing_is_lost_of_a_form_between_file_and_database(catalogue):
    for version in ProcedureVersion.objects.exclude(form=None).select_related("procedure"):
        assert present(version.form) == FORMS[version.procedure.code]


# English --------------------------------------------------------------------------------------------------------------

# Titles of laws and forms as they were issued, words to search by, and what publishers alone read.
VIETNAMESE_ONLY = {"legal_bases", "basis", "synonyms", "marks"}
# Their English is beside them: under the name with '_en', or in the same pair.
LETTERS = re.compile("[À-ỹđĐ]")


def untranslated(found, place=""):
    """Yield the places of Vietnamese texts without English, and of English that is still Vietnamese."""
    rows = enumerate(found) if isinstance(found, list) else found.items()
    for key, value in rows:
        here = f"{place}.{key}"
        if key in VIETNAMESE_ONLY or key == "en" or str(key).endswith("_en"):
            continue
        if isinstance(value, list | dict):
            yield from untranslated(value, here)
        elif isinstance(value, str) and LETTERS.search(value):
            english = "" if isinstance(found, list) else found.get("en" if key == "vi" else f"{key}_en", "")
            if not english or LETTERS.search(english):
                yield f"{here}: {value}"


def test_every_text_has_its_english():
    assert not list(untranslated(SHIPPED))
    assert list(untranslated([{"name": "Hộ tịch", "label": {"vi": "Có", "en": "Có"}, "reasons": ["Thiếu"]}])) == [
        ".0.name: Hộ tịch",
        ".0.label.vi: Có",
        ".0.reasons.0: Thiếu",
    ]


def vietnamese(node, is_marked=False):
    """Yield the texts of a parsed page in Vietnamese letters, each with whether it is marked as Vietnamese."""
    if not isinstance(node.tag, str):
        return
    is_marked = node.attrib.get("lang", "vi" if is_marked else "") == "vi"
    for text in [node.text, *(child.tail for child in node)]:
        if text and LETTERS.search(text.replace("đồng", "")):
            yield text.strip(), is_marked
    for child in node:
        yield from vietnamese(child, is_marked)


@pytest.mark.sqlite
def test_english_pages_are_english_but_for_the_law(catalogue, client, commune):
    """What is still Vietnamese on them is a title of the law or a name, and marked as Vietnamese."""
    offer_all(commune.unit, since=TODAY)
    client.cookies["django_language"] = "en"
    laws = {basis for values in SHIPPED for basis in values["version"]["legal_bases"]}
    known = {(text, True) for text in [*laws, commune.unit.name, commune.unit.address]}
    found = set()
    for values in SHIPPED:
        page = html5lib.parse(client.get(f"/procedures/{values['code']}/").content, namespaceHTMLElements=False)
        assert page.attrib["lang"] == "en"
        found |= set(vietnamese(page.find(".//article")))
    assert not found - known and len(found & known) == len(known)
