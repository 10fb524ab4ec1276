"""The catalogue that comes with the portal is whole, and loading it twice changes nothing."""

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from eforms import schema as form_schema
from eforms.answering import section_form
from eforms.tests.strategies import GOOD
from procedures.models import FeeLine, Offering, Procedure, ProcedureStep, ProcedureVersion, RequiredPaper, Sector
from procedures.seed import forms_import, importing, wording
from tests import factories
from tests.factories import NOW
from tests.present import present

CATALOGUE = json.loads((importing.DATA / "catalogue.json").read_text(encoding="utf-8"))["procedures"]
DECLARATIONS = json.loads((importing.DATA / "forms.json").read_text(encoding="utf-8"))["forms"]
TODAY = date(2026, 3, 23)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """How many procedures were loaded, once for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield importing.import_catalogue(now=NOW)
        transaction.set_rollback(True)


@pytest.fixture
def catalogue(loaded, db):
    return loaded


def test_every_procedure_is_loaded_once(catalogue, now):
    models = (Sector, Procedure, ProcedureVersion, RequiredPaper, FeeLine, ProcedureStep)
    before = [model.objects.count() for model in models]
    assert catalogue == Procedure.objects.count() == 57
    assert importing.import_catalogue(now=now) == 0
    assert [model.objects.count() for model in models] == before
    assert RequiredPaper.objects.count() == sum(len(row["components"]) for row in CATALOGUE)
    assert ProcedureStep.objects.count() == sum(len(row["steps"]) for row in CATALOGUE)
    assert FeeLine.objects.count() == sum(row["fee_kind"] != "không" for row in CATALOGUE)


def test_loading_again_keeps_what_was_changed(catalogue, now):
    Procedure.objects.filter(code="1.001193").update(synonyms=["của xã"], notice="Nghỉ lễ")
    importing.import_catalogue(now=now)
    changed = Procedure.objects.get(code="1.001193")
    assert (changed.synonyms, changed.notice) == (["của xã"], "Nghỉ lễ")


def test_every_version_is_published_with_its_facts(catalogue):
    versions = {version.procedure.code: version for version in ProcedureVersion.objects.select_related("procedure")}
    nameless = 0
    for row in CATALOGUE:
        nameless += row["code"] is None
        version = versions[row["code"] or f"XA-{nameless:04d}"]
        assert version.status == "published" and version.published_at is not None
        assert (version.name, version.level, version.audience) == (row["name_vi"], row["level"], row["audience"])
        assert version.legal_bases == row["legal_basis"] and version.outcome == row["outcome_vi"]
        assert version.procedure.search_text and version.procedure.sort_key


def test_steps_fit_the_time(catalogue):
    for version in ProcedureVersion.objects.prefetch_related("steps"):
        allotted = sum(step.allotted for step in version.steps.all())
        assert 0 < allotted <= importing.working_hours(version.processing_amount, version.processing_unit), version
        assert all((step.allotted > 0) == bool(step.role) for step in version.steps.all()), version


def test_nothing_people_read_is_a_note_of_the_researchers(catalogue):
    for version in ProcedureVersion.objects.prefetch_related("papers", "fees"):
        texts = [version.processing_note, version.note, version.conditions, version.outcome]
        texts += [paper.condition for paper in version.papers.all()] + [fee.note for fee in version.fees.all()]
        assert not any(mark in text for text in texts for mark in ("[known", "gieo", "kiểm chứng", "per ")), version


def test_every_condition_is_in_vietnamese_and_known():
    assert {item["condition_en"] for row in CATALOGUE for item in row["components"] if item.get("condition_en")} == set(
        wording.CONDITIONS
    )


def test_all_224_fields_of_the_declarations_are_accounted_for():
    fates: Counter[str] = Counter()
    for declaration in DECLARATIONS:
        schema = form_schema.load(forms_import.convert_form(declaration))
        asked = {field.key for _section, field in schema.fields()}
        asked |= {column.key for _section, field in schema.fields() for column in field.columns}
        for section in declaration["sections"]:
            for field in section["fields"]:
                if field["key"] in asked:
                    fates["asked or derived"] += 1
                elif section["key"] in forms_import.DROPPED_SECTIONS:
                    fates["asked by the portal's own pages"] += 1
                elif field["type"] == "file":
                    assert field["key"] in wording.FILE_QUESTIONS
                    fates["a required paper"] += 1
                elif (field.get("validation") or "").startswith("computed"):
                    fates["said in a help text"] += 1
                else:
                    fates[f"lost: {declaration['slug']}.{field['key']}"] += 1
    assert fates == {
        "asked or derived": 203,
        "asked by the portal's own pages": 15,
        "a required paper": 5,
        "said in a help text": 1,
    }


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


def test_paper_rules_name_real_papers_and_real_questions(catalogue):
    papers = {(row["slug"], item["name_vi"]) for row in CATALOGUE for item in row["components"]}
    assert set(wording.PAPER_RULES) <= papers
    for paper in RequiredPaper.objects.exclude(show_if=None).select_related("version"):
        schema = form_schema.load(paper.version.form)
        options = {field.key: {option.value for option in field.options} for _section, field in schema.fields()}
        rule = present(paper.show_if)
        value = rule["value"]
        assert set(value if isinstance(value, list) else [value]) <= options[rule["field"]]


def test_papers_made_from_the_answers_are_never_asked(catalogue):
    for paper in RequiredPaper.objects.filter(from_form=True).select_related("version"):
        assert paper.version.form is not None


def complete(schema):
    """Answers that fill a whole form, found by answering what it says is missing."""
    answers: dict[str, Any] = {}
    for _round in range(6):
        _kept, errors = form_schema.clean_all(schema, answers, today=TODAY)
        if not errors:
            return answers
        for section, faults in errors.items():
            for key in faults:
                answers[key] = answer(schema.section(section).field(key))
    pytest.fail(f"{schema.title.vi}: {errors}")


def answer(field):
    names = {rule.name for rule in field.rules}
    if "not_past" in names:
        return "2026-03-24"
    if field.type in ("choice", "yes_no"):
        return field.default or field.options[0].value
    if field.type == "table":
        return [{column.key: answer(column) for column in field.columns}]
    if field.type == "number":
        return 1
    if field.type == "long_text":
        return "Đề nghị giải quyết theo quy định."
    return "12/2026" if "book_number" in names else GOOD[field.type]


@pytest.mark.parametrize("row", [row for row in CATALOGUE if row["level"] >= 3], ids=lambda row: row["slug"])
def test_everything_offered_online_can_be_filed(row):
    declaration = next((form for form in DECLARATIONS if form["slug"] == row["slug"]), None)
    sector = importing.sector_code(row["field_vi"])
    data = forms_import.convert_form(declaration) if declaration else forms_import.general_form(row, sector)
    schema = form_schema.load(data)
    answers = complete(schema)
    sections = [section for section in schema.visible_sections(answers)]
    assert sections[0].key in ("requester", "bride")
    for section in sections:
        assert str(section_form(schema, section, answers, language="vi", today=TODAY))
    assert all(rows for _section, rows in form_schema.summary(schema, answers, "vi"))


def test_organisations_name_themselves_only_where_they_may_file():
    for row in CATALOGUE:
        data = forms_import.general_form(row, importing.sector_code(row["field_vi"]))
        keys = [section["key"] for section in data["sections"]]
        assert ("organisation" in keys) == bool(set(row["audience"]) - {"citizen"})


def test_those_sign_whom_the_procedure_concerns(catalogue):
    for slug in ("ket-hon", "dang-ky-lai-ket-hon"):
        code = next(row["code"] for row in CATALOGUE if row["slug"] == slug)
        form = present(ProcedureVersion.objects.get(procedure__code=code).form)
        assert [words["vi"] for words in form["signatures"]] == ["Bên nữ", "Bên nam"]
    for row in CATALOGUE:
        (words,) = forms_import.general_form(row | {"slug": ""}, importing.sector_code(row["field_vi"]))["signatures"]
        assert ("đóng dấu" in words["vi"]) == bool(set(row["audience"]) - {"citizen"})


def test_a_unit_offers_everything_once(catalogue, now):
    unit = factories.commune().unit
    assert importing.offer_all(unit, since=TODAY) == 57
    assert importing.offer_all(unit, since=TODAY) == 0
    assert set(Offering.objects.values_list("level", flat=True)) == {1, 2, 3, 4}


def test_unknown_rules_are_not_swallowed():
    with pytest.raises(ValueError):
        forms_import.convert_rule("looks nice")
    with pytest.raises(ValueError):
        forms_import.condition("a == b and c")


def test_foreigners_and_people_without_a_paper_answer_every_question_about_one():
    """Only who marries shows a paper by law."""
    day = date(2026, 3, 23)
    asked = 0
    for raw in DECLARATIONS:
        schema = form_schema.load(forms_import.convert_form(raw))
        for section, field in schema.fields():
            if not field.kind_question:
                continue
            asked += 1
            kind = section.field(field.kind_question)
            offered = {option.value for option in kind.options}
            assert "ho_chieu" in offered and form_schema.clean_value(
                field, "C01X00T47", {kind.key: "ho_chieu"}, today=day
            ), field.key
            marries = field.key.startswith(("bride", "groom"))
            assert ("khong_co" in offered) is not marries, field.key
            assert form_schema.show(field.show_if, {kind.key: "khong_co"}) is marries, field.key
    assert asked == 10
