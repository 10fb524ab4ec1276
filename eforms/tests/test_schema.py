"""The form schema: what is valid works throughout, what is not is refused with a reason."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import ANSWERS, FORM

from .. import schema as form_schema
from ..answering import section_form
from ..schema import SchemaError, clean_all, load, show, summary
from . import strategies

TODAY = date(2026, 3, 23)
relaxed = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def reasons(data):
    with pytest.raises(SchemaError) as refused:
        load(data)
    return "\n".join(refused.value.reasons)


def form_of(*fields, **section):
    base = {"key": "s", "title": {"vi": "Phần"}, "fields": list(fields)} | section
    return {"schema": 1, "title": {"vi": "Đơn"}, "sections": [base]}


def field(key, kind="text", **more):
    return {"key": key, "type": kind, "label": {"vi": f"Nhãn {key}"}} | more


def choice(key, *values, **more):
    return field(key, "choice", options=[{"value": value, "label": {"vi": value}} for value in values], **more)


def check(value, kind="text", **more):
    schema = load(form_of(field("x", kind, **more)))
    return clean_all(schema, {"x": value}, today=TODAY)


# Properties


@relaxed
@given(strategies.schemas())
def test_any_valid_schema_renders_cleans_and_summarises(data):
    schema = load(data)
    answers = {
        field["key"]: strategies.good_answer(field) for section in data["sections"] for field in section["fields"]
    }
    kept, _errors = clean_all(schema, answers, today=TODAY)
    again, _errors = clean_all(schema, kept, today=TODAY)
    assert again == kept
    for section in schema.sections:
        html = str(section_form(schema, section, kept, language="vi", today=TODAY))
        assert "UNDEFINED" not in html
        bound = section_form(schema, section, kept, data={}, language="en", today=TODAY)
        bound.is_valid()
        told = {check.box for check in schema.checks if check.is_error} | {NON_FIELD_ERRORS}
        assert set(bound.errors) <= {field.key for field in section.fields if field.is_required} | told
    for language in ("vi", "en"):
        for _section, rows in summary(schema, kept, language):
            assert all(isinstance(text, str) for _key, _label, text in rows)


@relaxed
@given(strategies.schemas(), st.data())
def test_junk_answers_are_refused_or_kept_clean_but_never_break(data, draw):
    schema = load(data)
    answers = {field.key: draw.draw(strategies.JUNK) for _section, field in schema.fields()}
    kept, errors = clean_all(schema, answers, today=TODAY)
    assert not set(kept) & {key for found in errors.values() for key in found}
    summary(schema, kept, "vi")
    assert clean_all(schema, kept, today=TODAY)[0] == kept


@relaxed
@given(strategies.schemas(), st.data())
def test_a_damaged_schema_is_refused_or_still_valid_but_never_breaks(data, draw):
    damaged = copy.deepcopy(data)
    section = draw.draw(st.sampled_from(damaged["sections"]))
    target = draw.draw(st.sampled_from([damaged, section, section["fields"][0]]))
    name = draw.draw(st.sampled_from([*target, "show_if", "rules", "options", "prefill"]))
    target[name] = draw.draw(strategies.JUNK)
    try:
        load(damaged)
    except SchemaError as refused:
        assert refused.reasons


@relaxed
@given(strategies.JUNK)
def test_what_is_no_schema_is_refused_with_a_reason(data):
    assert reasons(data)


def test_signatures_are_one_to_four_lines():
    good = form_of(field("a"))
    assert [words.vi for words in load(good).signatures] == ["Người khai"]
    assert [words.vi for words in load(good | {"signatures": [{"vi": "Bên nữ"}]}).signatures] == ["Bên nữ"]
    name = {"vi": "A"}
    values: list[Any] = [[], None, name, "A", [7], [{}], [name] * 5, [{"vi": "A\nB"}], [{"vi": "A", "en": "x" * 151}]]
    for bad in values:
        assert "ignatures" in reasons(good | {"signatures": bad})


# Faults, each with its reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (form_of(field("a"), field("a")), "'a' is used twice"),
        (form_of(field("A b")), "key must be"),
        (form_of(field("a", "file")), "unknown type 'file'"),
        (form_of(field("a", "choice")), "a list with at least one entry is needed"),
        (form_of(choice("a", "x", "x")), "value 'x' is used twice"),
        (form_of(field("a", "choice", options_from="planets")), "unknown list 'planets'"),
        (form_of(field("a", options=[])), "only choices have options"),
        (form_of(field("a", show_if={"field": "b", "op": "filled"}), field("b")), "missing or comes later"),
        (form_of(field("a", show_if={"field": "a", "op": "filled"})), "missing or comes later"),
        (form_of(choice("a", "x"), field("b", show_if={"field": "a", "op": "eq", "value": "y"})), "'y' is no option"),
        (
            form_of(choice("a", "x"), field("b", show_if={"field": "a", "op": "gt", "value": 1})),
            "does not fit 'Nhãn a'",
        ),
        (form_of(field("a"), field("b", show_if={"field": "a", "op": "like", "value": "x"})), "unknown comparison"),
        (form_of(field("a", rules=[{"name": "regex", "args": ["x"]}])), "unknown rule 'regex'"),
        (form_of(field("a", rules=[{"name": "max_length"}])), "needs 1 arguments"),
        (form_of(field("a", rules=[{"name": "max_length", "args": ["5"]}])), "a whole number is needed"),
        (form_of(field("a", rules=[{"name": "not_future"}])), "does not fit type text"),
        (form_of(field("a", "date", rules=[{"name": "not_before", "args": ["z"]}])), "is no earlier date"),
        (form_of(field("a", prefill="password")), "unknown prefill"),
        (form_of(field("a", derive={"name": "date_in_words", "of": "z"})), "cannot be made of 'z'"),
        (form_of(field("a", "table", columns=[field("b", "table")])), "unknown type 'table'"),
        (form_of(field("a", "table", columns=[field("b")], repeat={"min": 5, "max": 2})), "min ≤ max"),
        (form_of(field("a", html="<b>")), "unknown property 'html'"),
        (form_of(field("a", label={"en": "x"})), "a text with 'vi' is needed"),
        (form_of(field("a", "note")), "at least one question"),
        (form_of(field("a"), show_if={"field": "a", "op": "filled"}), "missing or comes later"),
        ({"schema": 2, "title": {"vi": "x"}, "sections": []}, "schema must be 1"),
    ],
)
def test_faults_are_named(data, reason):
    assert reason in reasons(data)


def test_every_fault_is_listed_at_once():
    found = reasons(form_of(field("a", "file"), field("a"), field("b", rules=[{"name": "regex"}])))
    assert found.count("\n") == 2


# Answers


def test_the_form_of_the_tests_is_whole():
    schema = load(FORM)
    assert clean_all(schema, ANSWERS, today=TODAY) == (ANSWERS, {})


def test_hidden_answers_are_dropped_and_never_required():
    schema = load(FORM)
    assert clean_all(schema, ANSWERS | {"wants_copy": "khong"}, today=TODAY) == (
        {"requester_name": "Nguyễn Văn An", "wants_copy": "khong"},
        {},
    )


def test_a_hidden_question_hides_what_depends_on_it():
    schema = load(
        form_of(
            choice("a", "x", "y"),
            choice("b", "x", "y", show_if={"field": "a", "op": "eq", "value": "x"}),
            field("c", show_if={"field": "b", "op": "eq", "value": "x"}, required=True),
        )
    )
    assert clean_all(schema, {"a": "y", "b": "x", "c": "text"}, today=TODAY) == ({"a": "y"}, {})
    assert form_schema.live_answers(schema, {"a": "y", "b": "x", "c": "text"}) == {"a": "y"}


def test_conditions_hold_as_the_vectors_say():
    """The browser's script passes the same ones (tests/journeys/test_conditions.py)."""
    vectors = json.loads((Path(__file__).parent / "conditions.json").read_text())
    assert vectors
    for vector in vectors:
        assert show(vector["condition"], vector["answers"]) is vector["holds"], vector


def test_no_condition_holds_and_other_types_do_not_compare():
    assert show(None, {})
    assert not show({"field": "a", "op": "contains", "value": "x"}, {"a": "x"})
    assert not show({"field": "a", "op": "gt", "value": 3}, {"a": "9"})


@pytest.mark.parametrize(
    ("value", "kind", "more", "message"),
    [
        ("", "text", {"required": True}, "Enter nhãn x"),
        ("   ", "text", {"required": True}, "Enter nhãn x"),
        (None, "date", {"required": True}, "for example 27 3 1990"),
        ("x" * 301, "text", {}, "300 characters or fewer"),
        ("x" * 11, "text", {"rules": [{"name": "max_length", "args": [10]}]}, "10 characters or fewer"),
        (21, "number", {"rules": [{"name": "max", "args": [20]}]}, "at most 20"),
        (True, "number", {}, "whole number"),
        (-1, "money", {}, "0 đồng or more"),
        (10**13, "number", {}, "too large"),
        ("1990", "date", {}, "day, the month and the year"),
        ("2026-03-24", "date", {"rules": [{"name": "not_future"}]}, "not after today"),
        ("2026-03-22", "date", {"rules": [{"name": "not_past"}]}, "today or a later"),
        ("2026-03-28", "date", {"rules": [{"name": "weekday"}]}, "Monday to Friday"),
        ("2008-03-24", "date", {"rules": [{"name": "age_at_least", "args": [18]}]}, "at least 18"),
        ("25:00", "text", {"rules": [{"name": "time"}]}, "hours and minutes"),
        ("số 5!", "text", {"rules": [{"name": "book_number"}]}, "as on the paper"),
        ("maybe", "yes_no", {}, "one of the answers"),
        ("A", "full_name", {}, "whole name"),
        ("12", "id_number", {}, "number"),
        ("9", "phone", {}, "phone number"),
        ("x", "email", {}, "email address"),
        ({"province": "75"}, "address", {}, "province"),
        ({"bank": "x"}, "bank_account", {}, "account"),
    ],
)
def test_wrong_answers_say_what_to_do(value, kind, more, message):
    kept, errors = check(value, kind, **more)
    assert kept == {}
    assert message in errors["s"]["x"]


def test_good_answers_at_the_limits():
    assert check("2008-03-23", "date", rules=[{"name": "age_at_least", "args": [18]}])[1] == {}
    assert check("2026", "date", partial=True, rules=[{"name": "not_future"}])[1] == {}
    assert check(0, "number")[0] == {"x": 0}
    assert check("x" * 300)[1] == {}


def test_a_date_is_compared_with_an_earlier_one_in_favour_of_the_applicant():
    schema = load(
        form_of(
            field("born", "date", partial=True), field("died", "date", rules=[{"name": "not_before", "args": ["born"]}])
        )
    )
    assert clean_all(schema, {"born": "2020", "died": "2020-01-01"}, today=TODAY)[1] == {}
    assert "died" in clean_all(schema, {"born": "2020", "died": "2019-12-31"}, today=TODAY)[1]["s"]


@pytest.mark.parametrize(
    ("kind", "number", "is_right"),
    [
        ("can_cuoc", "075199000011", True),
        ("can_cuoc", "123456789", False),
        ("cmnd", "123456789", True),
        ("cmnd", "075199000011", False),
        ("ho_chieu", "B1234567", True),
        ("khac", "XYZ/2020", True),
    ],
)
def test_identity_numbers_fit_the_paper(kind, number, is_right):
    papers = choice("paper", "can_cuoc", "cmnd", "ho_chieu", "khac")
    schema = load(form_of(papers, field("number", "id_number", rules=[{"name": "id_kind", "args": ["paper"]}])))
    _kept, errors = clean_all(schema, {"paper": kind, "number": number}, today=TODAY)
    assert (errors == {}) is is_right


def test_tables_check_each_row_and_its_conditions():
    columns = [
        choice("foreign", "co", "khong", required=True),
        field("legalised", show_if={"field": "foreign", "op": "eq", "value": "co"}, required=True),
    ]
    schema = load(form_of(field("docs", "table", columns=columns, repeat={"min": 1, "max": 2}, required=True)))
    rows = [{"foreign": "khong", "legalised": "left over"}, {"foreign": "co", "legalised": "rồi"}]
    kept, errors = clean_all(schema, {"docs": rows}, today=TODAY)
    assert errors == {} and kept["docs"] == [{"foreign": "khong"}, rows[1]]
    assert "Row 1" in clean_all(schema, {"docs": [{"foreign": "co"}]}, today=TODAY)[1]["s"]["docs"]
    assert "at most 2" in clean_all(schema, {"docs": [rows[1]] * 3}, today=TODAY)[1]["s"]["docs"]


def test_groups_are_titles_of_questions_not_of_columns():
    titled = {"group": {"vi": "Nơi cư trú", "en": "Residence"}}
    section = load(form_of(field("a"), field("b", **titled), field("c"), field("d", **titled))).sections[0]
    assert [(title.en, [f.key for f in fields]) for title, fields in section.groups()] == [
        ("", ["a"]), ("Residence", ["b", "c"]), ("Residence", ["d"]),
    ]  # fmt: skip
    assert "title of the group" in reasons(form_of(field("a", group={"en": "Residence"})))
    assert "title of the group" in reasons(form_of(field("a", group="Nơi cư trú")))
    assert "unknown property" in reasons(form_of(field("t", "table", columns=[field("c", **titled)])))


def test_dates_in_words_are_made_and_not_asked():
    schema = load(form_of(field("born", "date"), field("words", derive={"name": "date_in_words", "of": "born"})))
    kept, _errors = clean_all(schema, {"born": "2000-01-01", "words": "forged"}, today=TODAY)
    assert kept["words"] == "Ngày mùng một tháng một năm hai nghìn"


def test_the_summary_reads_like_the_page():
    schema = load(FORM)
    assert [row for _section, rows in summary(schema, ANSWERS, "en") for row in rows] == [
        ("requester_name", "Full name", "Nguyễn Văn An"),
        ("wants_copy", "Do you need copies?", "Yes"),
        ("copies", "Number of copies", "2"),
    ]
    assert len(summary(schema, {"wants_copy": "khong"}, "vi")[0][1]) == 2
