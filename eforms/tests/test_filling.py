"""What is filled in, and how far it is: the same whichever store keeps it."""

from datetime import date
from typing import Any

import pytest

from ..filling.filled import Filled, SentSection
from ..filling.progress import NO_FORM, Progress
from ..loading import load

TODAY = date(2026, 3, 23)


def question(key: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"vi": key.upper()}, "required": True} | fields


FORM = load(
    {
        "schema": 1,
        "title": {"vi": "Thử"},
        "sections": [
            {"key": "one", "title": {"vi": "Một"}, "fields": [question("a"), question("n", type="number")]},
            {
                "key": "two",
                "title": {"vi": "Hai"},
                "show_if": {"field": "a", "op": "eq", "value": "hai"},
                "fields": [question("b")],
            },
            {"key": "three", "title": {"vi": "Ba"}, "fields": [question("c")]},
        ],
    }
)
FULL = Filled({"a": "hai", "n": 1, "b": "x", "c": "y"}, ["one", "two", "three"])
ONE, TWO, THREE = FORM.sections


def progress(filled: Filled) -> Progress:
    return Progress(FORM, filled, TODAY)


def test_saving_lays_over_forgets_what_was_cleared_and_marks_once():
    before = Filled({"a": "x", "n": 1}, ["one", "three"], {"one": {"answer-a": ["?"]}}, ["one", "two"])
    after = before.with_section(SentSection("one", {"a": "y", "n": None}, is_done=True))
    assert after == Filled({"a": "y"}, ["three", "one"], {}, ["two"])


def test_saving_what_is_at_fault_keeps_it_as_typed_and_unmarks():
    typed = {"answer-n": ["chín"]}
    after = FULL.with_section(SentSection("one", {"a": "z"}, is_done=False, typed=typed))
    assert (after.done, after.typed, after.answers["n"]) == (["two", "three"], {"one": typed}, 1)


def test_a_section_is_done_once_saved_without_a_fault():
    assert progress(FULL).missing == []
    assert progress(Filled(FULL.answers, ["one"])).missing == [TWO, THREE]
    assert progress(Filled({"a": "hai", "n": 1, "b": "x"}, FULL.done)).missing == [THREE]
    assert progress(Filled(FULL.answers, FULL.done, {"two": {"answer-b": ["?"]}})).missing == [TWO]


@pytest.mark.parametrize(("a", "after_one", "before_three"), [("hai", TWO, TWO), ("x", THREE, ONE)])
def test_the_road_skips_sections_that_are_not_asked(a, after_one, before_three):
    found = progress(Filled({**FULL.answers, "a": a}))
    assert (found.following(ONE), found.preceding(THREE)) == (after_one, before_three)
    assert (found.preceding(ONE), found.following(THREE)) == (None, None)
    assert (found.section("two") is None) == (a == "x")


def test_a_changed_section_is_looked_at_again_until_it_is_done():
    filled = Filled(FULL.answers, ["one", "three"], {}, ["two", "three"])
    found = progress(filled)
    assert [found.is_changed(section) for section in FORM.sections] == [False, True, False]
    assert not progress(filled.with_section(SentSection("two", {}, is_done=True))).is_changed(TWO)


def test_form_checks_what_is_sent_else_what_is_kept_as_typed_else_shows_the_answers():
    typed = {"one": {"answer-a": ["x"], "answer-n": ["chín"]}}
    found = progress(Filled(FULL.answers, FULL.done, typed))
    assert not found.form(THREE).is_bound and found.form(THREE).initial["c"] == "y"
    assert set(found.form(ONE).errors) == set(found.faults(ONE)) == {"n"}
    assert found.form(ONE, {"answer-a": "x", "answer-n": "2"}).is_valid()


def test_review_shows_no_earlier_answer_where_something_else_is_typed():
    typed = {"one": {"answer-a": ["x"], "answer-n": ["chín"]}}
    first, _two, third = progress(Filled(FULL.answers, FULL.done, typed)).review("vi", lambda section: section.key)
    assert [(row["text"], bool(row["error"])) for row in first["rows"]] == [("hai", False), ("", True)]
    assert (first["url"], first["is_faulty"], third["is_faulty"]) == ("one?back=review", True, False)


def test_page_says_which_of_how_many():
    found = progress(Filled({**FULL.answers, "a": "x"}))
    page = found.page(THREE, found.form(THREE, language="vi"))
    assert (page["heading"], page["n"], page["total"]) == ("Ba", "2", 2)


def test_nothing_asked_is_nothing_missing():
    found = Progress(NO_FORM, Filled({"left": "over"}), TODAY)
    assert (found.sections, found.missing, found.kept) == ((), [], {})
