"""People whom a form asks about: read from answers, put into the boxes of a page."""

from datetime import date

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from common.values.id_card import check_id_card
from tests.cards import CARD

from ..answering import section_form
from ..builder.editing import duplicate_field
from ..builder.field_form import FieldForm
from ..filling.offers import groups, known_here
from ..filling.people import lay, people
from ..schema import SchemaError, load
from .test_schema import choice, field, form_of

TODAY = date(2026, 3, 23)
OF_KIND = {"name": "id_kind", "args": ["own_kind"]}
YES = {"field": "mother_known", "op": "eq", "value": "co"}
ALIVE = {"field": "mother_alive", "op": "eq", "value": "song"}
FORM = {
    "schema": 1,
    "title": {"vi": "Tờ khai"},
    "sections": [
        {
            "key": "who",
            "title": {"vi": "Người yêu cầu"},
            "fields": [
                field("own_name", "full_name", prefill="full_name"),
                choice("own_kind", "can_cuoc", "ho_chieu"),
                field("own_no", "id_number", prefill="personal_number", rules=[OF_KIND]),
                field("own_ethnicity", "choice", options_from="ethnic_groups", prefill="ethnicity"),
            ],
        },
        {
            "key": "mother",
            "title": {"vi": "Mẹ"},
            "fields": [
                choice("mother_known", "co", "khong"),
                field("mother_name", "full_name", show_if=YES, about="mother:full_name", required=True),
                field("mother_birth", "date", show_if=YES, about="mother:birth", partial=True),
                choice("mother_sex", "nu", show_if=YES, about="mother:sex"),
                choice("mother_alive", "song", "chet", show_if=YES),
                field("mother_home", "address", show_if=ALIVE, about="mother:address"),
                field("mother_group", "choice", options_from="ethnic_groups", show_if=YES, about="mother:ethnicity"),
                field("note", show_if=YES, rules=[{"name": "max_length", "args": [5]}]),
                field("child", "person", about="child:person"),
            ],
        },
    ],
}  # fmt: skip
ANSWERS = {"own_name": "Lê Thị Hoa", "own_kind": "ho_chieu", "own_no": "B1234567", "own_ethnicity": "kinh"}
CARD_FACTS = check_id_card(CARD, today=TODAY).facts()


@pytest.fixture
def in_english():
    with translation.override("en"):
        yield


def page(data=None, answers=None, section=1):
    schema = load(FORM)
    sent = {f"answer-{key}": value for key, value in (data or {}).items()}
    made = section_form(schema, schema.sections[section], answers or {}, data=sent, language="vi", today=TODAY)
    made.is_valid()
    return made


def test_a_card_fills_a_person_and_keeps_what_else_was_typed():
    laid = lay(page({"note": "quá dài rồi", "mother_name": "Hoa"}), "mother", CARD_FACTS, is_self=False)
    answers = laid.form.answers()
    assert answers["mother_known"] == "co" and answers["mother_name"] == "Nguyễn Thị Hồng Nhung"
    assert answers["mother_birth"] == "1990-03-27" and answers["mother_sex"] == "nu"
    assert answers["mother_home"] == {"province": "75", "commune": "26428", "detail": "Tổ 3, Ấp 2"}
    # Whether she lives no card knows; what was at fault is kept as it was typed.
    assert answers["mother_alive"] is None and laid.form.typed["answer-note"] == ["quá dài rồi"]
    assert "Nhãn mother_name" in laid.filled and "Nhãn mother_group" in laid.left and not laid.has_free_address


def test_oneself_is_alive():
    laid = lay(page({"mother_known": "khong"}), "mother", CARD_FACTS, is_self=True)
    assert laid.form.answers()["mother_alive"] == "song" and laid.form.answers()["mother_known"] == "co"


def test_a_question_for_a_whole_person_takes_and_gives_the_facts():
    laid = lay(page(), "child", CARD_FACTS | {"sex": "nu"}, is_self=False)
    child = {"full_name": "Nguyễn Thị Hồng Nhung", "birth": "1990-03-27", "sex": "nu"}
    child |= {"id_kind": "can_cuoc", "id_number": "075190001234"}
    assert laid.form.answers()["child"] == child
    (found,) = people(load(FORM), {"child": child})
    assert found.facts["personal_number"] == "075190001234" and found.where.vi == "Mẹ"


def test_an_address_of_no_commune_stays_text_and_an_unknown_choice_is_left():
    facts = {"full_name": "A B", "address": {"elsewhere": "Hoa Kỳ"}, "sex": "nam"}
    laid = lay(page(), "mother", facts, is_self=False)
    assert laid.has_free_address and laid.form.answers()["mother_home"] == {"elsewhere": "Hoa Kỳ"}
    assert "Nhãn mother_sex" in laid.left


def test_people_are_named_once_and_only_by_answers_that_count():
    hidden = ANSWERS | {"mother_known": "khong", "mother_name": "Trần Thị Ba"}
    assert [one.key for one in people(load(FORM), hidden)] == ["applicant"]
    shown = ANSWERS | {"mother_known": "co", "mother_name": "Trần Thị Ba"}
    known = known_here(page(answers=shown), {"full_name": "lê thị hoa", "phone": "0912000001"})
    assert [one.source for one in known] == ["self", "here.mother"]
    # Oneself is what the account knows and what the form says of who applies under the same name.
    assert known[0].facts["ethnicity"] == "kinh" and known[0].facts["id_kind"] == "ho_chieu"
    assert known[0].facts["phone"] == "0912000001"
    assert [one.source for one in known_here(page(answers=shown), {})] == ["here.applicant", "here.mother"]


def test_offers_in_another_language_are_marked_and_escaped(in_english):
    odd = {"own_name": "Lê Thị Hoa", "mother_known": "co", "mother_name": "<b>Ba"}
    form = page(answers=odd)
    html = render_to_string("eforms/_people.html", {"people": groups(form, known_here(form, {}))})
    assert 'The same as <span lang="vi">Lê Thị Hoa</span> (<span lang="vi">Người yêu cầu</span>)' in html
    assert "&lt;b&gt;Ba" in html and "<b>" not in html and "&lt;span" not in html and '"<span' not in html
    assert 'aria-labelledby="fill-mother"' in html and 'id="fill-mother"' in html


def test_publishers_say_whose_fact_a_question_asks(in_english):
    def asked(kind, stored, **typed):
        form = FieldForm(kind, stored, [], {"revision": "0", "label": "Ngày sinh của mẹ"} | typed, revision=0)
        return form, form.is_valid()

    form, is_valid = asked("date", {}, about_fact="birth", about_person="Mẹ")
    assert is_valid and form.values()["about"] == "me:birth"
    form, is_valid = asked("date", {"about": "me:birth"}, about_fact="", about_person="Mẹ")
    assert is_valid and form.values()["about"] is None
    form, is_valid = asked("date", {}, about_fact="birth")
    assert not is_valid and "about_person" in form.errors
    form, is_valid = asked("date", {}, about_fact="address", about_person="me")
    assert not is_valid and "about_fact" in form.errors
    assert "about_fact" not in asked("number", {})[0].fields
    shown = FieldForm("date", {"about": "mother:birth"}, [], revision=0)
    assert (shown.initial["about_fact"], shown.initial["about_person"]) == ("birth", "mother")


def test_a_copy_of_a_question_asks_nobody_s_fact_again():
    made, key = duplicate_field(form_of(field("x", "date", about="mother:birth")), "x")
    assert "about" not in next(part for part in made["sections"][0]["fields"] if part["key"] == key)
    load(made)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (field("x", "date", about="mother:address"), "does not fit type"),
        (field("x", about="mother"), "about names a person"),
        (field("x", about="applicant:full_name"), "about names a person"),
        (field("x", about="mother:tax_code"), "about names a person"),
        (field("x", about={"mother": 1}), "about names a person"),
        (field("x", "table", columns=[field("y", about="mother:full_name")]), "about names a person"),
    ],
)
def test_a_faulty_mark_is_refused(in_english, part, words):
    with pytest.raises(SchemaError, match=words):
        load(form_of(part))


def test_a_fact_is_asked_once(in_english):
    with pytest.raises(SchemaError, match="asked twice"):
        load(form_of(field("x", about="mother:full_name"), field("y", about="mother:full_name")))
