"""The question in words: who may answer it, how, and how often."""

from datetime import datetime, timedelta

import pytest
from django.test import RequestFactory

from common.forms import question
from common.text import fold

pytestmark = pytest.mark.django_db


def browser(cookie: str = "a" * 32):
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = cookie
    return request


def right(token: str) -> str:
    return str(question._result(*question._open(token)["ask"]))


@pytest.mark.parametrize(("typed", "number"), [
    ("7", 7), ("bảy", 7), ("Bay", 7), ("seven", 7), ("７", 7), (" mười hai ", 12), ("muoi hai", 12), ("mười lăm", 15),
    ("mười năm", 15), ("tư", 4), ("không", 0), ("eighteen", 18), ("9.", 9), ("nhiều", None), ("", None), ("9999", None),
])  # fmt: skip
def test_numbers_in_digits_and_words(typed, number):
    assert question.number_named(typed) == number


def test_each_kind_is_asked_in_words_and_answered(now):
    seen = set()
    for _n in range(60):
        token, sentence = question.draw(browser(), "register", now)
        assert not any(ch.isdigit() for ch in sentence) and "? " in sentence
        seen.add(question._open(token)["ask"][0])
        assert question.is_answered(browser(), "register", token, right(token), now)
    assert seen == {"plus", "minus", "larger"}


@pytest.mark.parametrize("typed", [str, str.upper, fold, "“{}”.".format])
def test_who_does_not_calculate_copies_the_word(now, typed):
    token, sentence = question.draw(browser(), "register", now)
    word = question._open(token)["word"]
    assert f"“{word}”" in sentence
    assert question.is_answered(browser(), "register", token, typed(word), now)
    other = next(one for one in question._COPIED if one != word)
    token, _sentence = question.draw(browser(), "register", now)
    assert not question.is_answered(
        browser(), "register", token, other if question._open(token)["word"] != other else "x", now
    )


def test_a_question_is_used_up_by_any_answer(now):
    token, _sentence = question.draw(browser(), "register", now)
    answer = right(token)
    assert not question.is_answered(browser(), "register", token, "99", now)
    assert not question.is_answered(browser(), "register", token, answer, now)


def test_it_is_bound_to_browser_form_and_time(now: datetime):
    for request, form, moment in (
        (browser("b" * 32), "register", now),
        (browser(), "track", now),
        (browser(), "register", now + timedelta(hours=1, seconds=1)),
    ):
        token, _sentence = question.draw(browser(), "register", now)
        assert not question.is_answered(request, form, token, right(token), moment)
        assert question.is_answered(browser(), "register", token, right(token), now)


def test_it_lives_an_hour(now):
    token, _sentence = question.draw(browser(), "register", now)
    assert question.is_answered(browser(), "register", token, right(token), now + timedelta(minutes=59))


def test_passed_is_valid_once(now):
    token = question.passed(browser(), "register", now)
    assert question.is_answered(browser(), "register", token, "", now)
    assert not question.is_answered(browser(), "register", token, "", now)


def test_garbage_is_no_answer(now):
    assert not question.is_answered(browser(), "register", "rác", "7", now)
    assert not question.is_answered(browser(), "register", "", "7", now)


def test_a_question_that_lapsed_is_not_called_a_wrong_answer(now, time_machine):
    time_machine.move_to(now, tick=False)
    request = browser()
    token, _sentence = question.draw(request, "asked", now)
    answers = {"question_token": token, "answer": right(token)}
    time_machine.shift(timedelta(hours=1, seconds=1))
    form = AskedForm(answers, request=request)
    assert form.errors["answer"] == [str(question._LAPSED)]
    assert "?" in form["answer"].label and form.data["question_token"] != token
    # Somebody who had answered already, and then waited, is asked anew in the same words.
    time_machine.move_to(now, tick=False)
    passed = {"question_token": question.passed(request, "asked", now), "answer": ""}
    time_machine.shift(timedelta(hours=1, seconds=1))
    assert AskedForm(passed, request=request).errors["answer"] == [str(question._LAPSED)]


class AskedForm(question.QuestionMixin):
    """A form that asks nothing but the question."""

    question_form = "asked"


def test_a_wrong_answer_is_followed_by_the_new_question():
    form = AskedForm({"question_token": "", "answer": "99"}, request=browser())
    assert not form.is_valid()
    asked = form["answer"].label
    assert asked == form.fields["answer"].label
    assert asked.endswith("”.")
