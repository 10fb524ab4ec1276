"""One section as a page: what is shown, what is pre-filled, what counts."""

import json
import re
from datetime import date
from html import unescape

import pytest
from crispy_forms.utils import render_crispy_form
from django.utils import translation

from common.forms.warnings import warnings_of
from tests import factories

from ..answering import known_data, section_form
from ..schema import load
from .test_schema import choice, field, form_of

TODAY = date(2026, 3, 23)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def page(data=None, answers=None, schema=None, section=0, **more):
    schema = load(schema or factories.FORM)
    typed = None if data is None else factories.boxes(**data)
    return section_form(schema, schema.sections[section], answers or {}, data=typed, language="en", today=TODAY, **more)


def test_a_hidden_question_is_never_at_fault_and_stays_in_the_draft():
    form = page({"requester_name": "Lê Văn Tám", "wants_copy": "khong", "copies": "7"})
    assert form.is_valid()
    assert form.answers() == {"requester_name": "Lê Văn Tám", "wants_copy": "khong", "copies": 7}
    assert page({"requester_name": "Lê Văn Tám", "wants_copy": "khong", "copies": "x"}).is_valid()


def test_a_visible_question_counts():
    form = page({"requester_name": "Lê Văn Tám", "wants_copy": "co", "copies": "30"})
    assert not form.is_valid()
    assert form.errors == {"copies": ["Enter a number of at most 20."]}
    assert form.answers() == {"requester_name": "Lê Văn Tám", "wants_copy": "co"}


def test_clearing_an_answer_clears_it_in_the_draft():
    form = page({"requester_name": "", "wants_copy": "co", "copies": ""}, answers=factories.ANSWERS)
    assert not form.is_valid()
    optional = page({"a": ""}, answers={"a": "old"}, schema=form_of(field("a")))
    assert optional.is_valid() and {"a": "old"} | optional.answers() == {"a": None}


def test_conditions_reach_the_page_in_words_and_as_data():
    html = render_crispy_form(page())
    assert "Only answer if “Do you need copies” is “Yes”." in html
    assert json.dumps({"field": "answer-wants_copy", "op": "eq", "value": "co"}).replace('"', "&quot;") in html


def titled(title):
    return {"group": {"vi": title}}


def headings(form):
    """The titles of groups on a page, each with the rule that shows it."""
    found = re.findall(r'<h2 class="question-group"(?: data-conditional="(.*?)")?>(.*?)</h2>', render_crispy_form(form))
    return {re.sub("<.*?>", "", title): unescape(rule) for rule, title in found}


def test_questions_stand_under_the_title_of_their_group():
    schema = form_of(
        choice("known", "co", "khong"),
        field("name", show_if={"field": "known", "op": "eq", "value": "co"}, **titled("Họ tên")),
        field("home", show_if={"field": "known", "op": "eq", "value": "co"}, **titled("Nơi ở")),
        field("old", show_if={"field": "known", "op": "filled"}),
        field("phone", **titled("Liên hệ")),
        field("words", derive={"name": "date_in_words", "of": "day"}, **titled("Không hỏi")),
    )
    schema["sections"][0]["fields"].insert(0, field("day", "date"))
    rules = headings(page(schema=schema))
    assert list(rules) == ["Họ tên", "Nơi ở", "Liên hệ"] and not rules["Liên hệ"]
    # The title goes with its questions: hidden while none of them is shown.
    one = {"field": "answer-known", "op": "eq", "value": "co"}
    assert json.loads(rules["Họ tên"]) == one
    assert json.loads(rules["Nơi ở"]) == {"any": [one, {"field": "answer-known", "op": "filled"}]}


def test_a_title_passes_to_the_first_question_that_is_asked():
    second = {"key": "t", "title": {"vi": "Hai"}, "fields": [
        field("x", show_if={"field": "kind", "op": "eq", "value": "x"}, **titled("Của x")), field("y"),
        field("z", show_if={"field": "kind", "op": "eq", "value": "x"}, **titled("Chỉ x")),
    ]}  # fmt: skip
    schema = form_of(choice("kind", "x", "y"))
    schema["sections"].append(second)
    for kind, shown in (("x", ["Của x", "Chỉ x"]), ("y", ["Của x"])):
        assert list(headings(page(answers={"kind": kind}, schema=schema, section=1))) == shown


def test_two_short_lists_stand_side_by_side():
    lists = {"options_from": "ethnic_groups"}
    long = {"label": {"vi": "Dân tộc ghi trong giấy khai sinh"}}
    schema = form_of(
        field("a", "choice", **lists), field("b", "choice", **lists), field("c", "choice", **lists), field("d"),
        field("e", "choice", **lists), field("f", "choice", **lists | long), choice("g", "x", "y"),
    )  # fmt: skip
    pairs = re.findall(r'<div class="pair">(.*?</select>.*?)</select>', render_crispy_form(page(schema=schema)), re.S)
    assert [re.findall(r'<select name="(.*?)"', pair) for pair in pairs] == [["answer-a", "answer-b"]]


def test_many_questions_of_one_condition_are_not_indented():
    condition = {"field": "a", "op": "filled"}
    two = [field(key, show_if=condition) for key in "bc"]
    for fields, is_indented in ((two, True), ([*two, field("d", show_if=condition, **titled("D"))], False)):
        html = render_crispy_form(page(schema=form_of(field("a"), *fields)))
        assert ('class="conditional"' in html, 'class="conditional plain"' in html) == (is_indented, not is_indented)


def test_questions_of_other_pages_are_settled_by_the_server():
    schema = form_of(choice("kind", "x", "y"))
    second = {
        "key": "t",
        "title": {"vi": "Hai"},
        "fields": [
            field("only_x", show_if={"field": "kind", "op": "eq", "value": "x"}),
            choice("more", "co", "khong"),
            field(
                "both",
                show_if={
                    "all": [{"field": "kind", "op": "eq", "value": "x"}, {"field": "more", "op": "eq", "value": "co"}]
                },
            ),
        ],
    }
    schema["sections"].append(second)
    shown = page(answers={"kind": "x"}, schema=schema, section=1)
    assert list(shown.fields) == ["only_x", "more", "both"]
    assert "&quot;all&quot;: []" in render_crispy_form(shown)
    assert "only_x" not in page(answers={"kind": "y"}, schema=schema, section=1).fields
    assert page({"more": "co"}, answers={"kind": "y"}, schema=schema, section=1).is_valid()


def test_known_data_is_pre_filled_once(citizen):
    data = known_data(citizen)
    assert data["full_name"] == "Nguyễn Văn An" and data["personal_number"] == "075199000011"
    assert page(prefill=data).initial["requester_name"] == "Nguyễn Văn An"
    assert page(answers={"requester_name": "Lê Văn Tám"}, prefill=data).initial["requester_name"] == "Lê Văn Tám"
    assert page(answers={"requester_name": None}, prefill=data).initial["requester_name"] is None


def test_what_a_list_does_not_offer_is_not_pre_filled():
    schema = form_of(choice("x", "kinh", "khac", prefill="ethnicity", default="kinh"))
    for known, shown in (("khac", "khac"), ("tay", "kinh"), (None, "kinh")):
        assert page(schema=schema, prefill={"ethnicity": known}).initial["x"] == shown


def test_an_organisation_is_known_by_its_name_and_its_representative(db):
    company = factories.user(
        kind="enterprise", full_name="Công ty Xuân Bắc", tax_code="0100233488", email="c@example.com"
    )
    assert known_data(company) == {
        "email": "c@example.com",
        "organisation_name": "Công ty Xuân Bắc",
        "tax_code": "0100233488",
    }


def test_answers_of_earlier_pages_are_offered():
    schema = form_of(field("a", "full_name"))
    second = {"key": "t", "title": {"vi": "Hai"}, "fields": [field("b", "full_name", prefill="answer:a")]}
    schema["sections"].append(second)
    assert page(answers={"a": "Lê Văn Tám"}, schema=schema, section=1).initial["b"] == "Lê Văn Tám"


def test_one_option_is_a_box_to_tick():
    schema = form_of(choice("agree", "dong_y", required=True))
    assert 'type="checkbox"' in str(page(schema=schema))
    ticked = page({"agree": "dong_y"}, schema=schema)
    assert ticked.is_valid() and ticked.answers() == {"agree": "dong_y"}
    assert "Tick the box" in page({}, schema=schema).errors["agree"][0]
    assert not page({"agree": "forged"}, schema=schema).is_valid()


def test_tables_give_rows_and_more_of_them():
    schema = form_of(field("people", "table", columns=[field("name", required=True)], repeat={"min": 1, "max": 5}))
    assert str(page(schema=schema)).count('name="answer-people_') == 3
    form = page({"people_0_name": "An", "people_2_name": "Bình"}, schema=schema)
    assert form.is_valid() and form.answers() == {"people": [{"name": "An"}, {"name": "Bình"}]}
    more = page({"people_0_name": "An", "people_more": "1"}, schema=schema)
    assert not more.is_valid() and not more.errors
    assert 'name="answer-people_3_name"' in str(more) and 'value="An"' in str(more)


@pytest.mark.parametrize("text", ["Nguye\u0302\u0303n", "  x  y "])
def test_texts_are_stored_composed(text):
    form = page({"a": text}, schema=form_of(field("a")))
    assert form.is_valid() and form.answers()["a"] in ("Nguyễn", "x y")


def test_nothing_typed_is_lost():
    html = render_crispy_form(page({"requester_name": "<b>An", "wants_copy": "co", "copies": "nhiều"}))
    assert 'value="&lt;b&gt;An"' in html and 'value="nhiều"' in html


def test_what_looks_odd_in_answers_is_pointed_out_and_taken():
    form = page({"requester_name": "Ly", "wants_copy": "khong"})
    assert form.is_valid() and [said for said in warnings_of(form) if "one word" in said]
    person = form_of(field("x", "person"))
    typed = {"x-full_name": "Lê Hoa", "x-birth_year": "1950", "x-id_kind": "can_cuoc", "x-id_number": "101199000011"}
    form = page(typed, schema=person)
    assert form.is_valid() and [said for said in warnings_of(form) if "year of birth" in said]
    fits = page(typed | {"x-birth_year": "1999"}, schema=person)
    assert fits.is_valid() and warnings_of(fits) == []
    apart = form_of(field("n", "id_number", prefill="personal_number"), field("b", "date", prefill="birth"))
    form = page({"n": "075199000011", "b_day": "1", "b_month": "2", "b_year": "1950"}, schema=apart)
    assert form.is_valid() and [said for said in warnings_of(form) if "year of birth" in said]
    # Of each person alone.
    two = form_of(field("n", "id_number", about="mother:personal_number"), field("b", "date", about="child:birth"))
    assert page({"n": "075199000011", "b_day": "1", "b_month": "2", "b_year": "2020"}, schema=two).warning == ""
    two["sections"][0]["fields"][1]["about"] = "mother:birth"
    assert page({"n": "075199000011", "b_day": "1", "b_month": "2", "b_year": "2020"}, schema=two).is_valid()


def test_codes_in_answers_may_be_pasted():
    book = form_of(field("x", rules=[{"name": "book_number"}]), field("y", rules=[{"name": "digits"}]))
    form = page({"x": "12\u20112020/ĐKKS\u200b", "y": "\u202d12\u00a034\u201356"}, schema=book)
    assert form.is_valid() and form.answers() == {"x": "12-2020/ĐKKS", "y": "123456"}
