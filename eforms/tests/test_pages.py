"""Which sections share a page, and what of who applies is folded away."""

from datetime import date
from typing import Any

import pytest

from ..answering import section_form
from ..filling.filled import Filled
from ..filling.offers import groups, known_here
from ..filling.pages import SHARED_UP_TO, pages
from ..filling.people import known_beforehand, people
from ..filling.progress import Progress
from ..loading import load
from ..schema import SchemaError

TODAY = date(2026, 3, 23)
KNOWN = {"full_name": "Lê Thị Hoa", "birth": "1990-03-27", "personal_number": "075190000011", "phone": "0912000001"}
KNOWN |= {"id_kind": "can_cuoc"}


def question(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"vi": key}, "required": True} | more


def section(key: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "title": {"vi": key}, "fields": list(fields)} | more


RELATION = [{"value": "me", "label": {"vi": "Mẹ"}, "person": "mother"}, {"value": "khac", "label": {"vi": "Khác"}}]
OWN = section(
    "own",
    question("own_name", "full_name", prefill="full_name"),
    question("own_birth", "date", prefill="birth"),
    question("own_number", "id_number", prefill="personal_number"),
    question("own_issued", "date", prefill="id_issued", required=False),
    question("relation", "choice", options=RELATION),
)
CHILD = section("child", question("child_name", "full_name", about="child:full_name"), question("is_known", "yes_no"))
MOTHER = section(
    "mother",
    question("mother_name", "full_name", about="mother:full_name"),
    question("mother_birth", "date", about="mother:birth", partial=True),
    question("mother_number", "id_number", about="mother:personal_number"),
    question("mother_job"),
    show_if={"field": "is_known", "op": "eq", "value": "co"},
)
END = section("end", question("wish"))


def form_of(*sections: dict[str, Any]) -> Any:
    return load({"schema": 1, "title": {"vi": "Tờ khai"}, "sections": list(sections)})


FORM = form_of(OWN, CHILD, MOTHER, END)
ANSWERS = {"own_name": "Lê Thị Hoa", "relation": "me", "child_name": "Lê An", "is_known": "co"}


def keys(answers: dict[str, Any], known: dict[str, Any], schema: Any = FORM) -> list[list[str]]:
    found = pages(schema, schema.visible_sections(answers), known)
    return [[one.key for one in page.members] for page in found]


def test_short_sections_share_a_page_up_to_what_hangs_on_an_answer_of_it():
    assert keys(ANSWERS, KNOWN) == [["own", "child"], ["mother", "end"]]
    # Whether there is a mother to ask about is known once the page before has been answered.
    assert keys({}, KNOWN) == [["own", "child"], ["end"]]
    many = section("many", *[question(f"q{n}") for n in range(SHARED_UP_TO + 1)])
    assert keys({}, {}, form_of(many, END)) == [["many"], ["end"]]
    table = question("rows", "table", columns=[question(f"c{n}") for n in range(12)], repeat={"max": 3})
    assert keys({}, {}, form_of(section("t", table), END)) == [["t"], ["end"]]


def test_a_question_that_takes_an_earlier_answer_is_asked_on_a_later_page():
    taking = section("taking", question("again", prefill="answer:wish"))
    assert keys({}, {}, form_of(END, taking)) == [["end"], ["taking"]]


def test_what_has_to_be_corrected_has_a_page_for_itself():
    progress = Progress(FORM, Filled(ANSWERS, [], {"child": {"answer-child_name": ["1"]}}), TODAY)
    assert [one.key for one in progress.page_with(FORM.section("child"), KNOWN).members] == ["child"]
    assert [one.key for one in progress.page_with(FORM.section("own"), KNOWN).members] == ["own"]
    assert [one.key for one in progress.page_with(FORM.section("end"), KNOWN).members] == ["mother", "end"]


def page_form(known: dict[str, Any], key: str, answers: dict[str, Any] | None = None, **more: Any) -> Any:
    answers = ANSWERS if answers is None else answers
    page = Progress(FORM, Filled(answers), TODAY).page_with(FORM.section(key), known)
    return section_form(FORM, page, answers, prefill=known, language="vi", today=TODAY, **more)


def folded(form: Any) -> list[str]:
    return [field.key for one in form.section.members for field in form.folded(one)]


def test_what_the_account_knows_is_folded_away_until_it_is_changed():
    form = page_form(KNOWN, "own", {})
    assert folded(form) == ["own_name", "own_birth", "own_number", "own_issued"]
    html = str(form.helper.render_layout(form, {}))
    assert "Lê Thị Hoa" in html and "27/03/1990" in html and html.index("<details>") < html.index("answer-own_name")
    assert "own_name" not in folded(page_form(KNOWN, "own", {"own_name": "Trần Văn Bình"}))
    # What was sent and refused is seen as it was sent; two facts are seen at a glance.
    assert folded(page_form(KNOWN, "own", {}, data={"answer-own_name": ""})) == []
    assert folded(page_form({"full_name": "Lê Thị Hoa", "birth": "1990-03-27"}, "own", {})) == []


def test_who_applies_stands_where_an_answer_says_so():
    known = known_beforehand(FORM, ANSWERS, KNOWN)
    form = page_form(known, "mother")
    assert folded(form) == ["mother_name", "mother_birth", "mother_number"]
    assert form.initial["mother_name"] == "Lê Thị Hoa" and not form.initial["mother_job"]
    html = str(form.helper.render_layout(form, {}))
    assert "Người này là bạn" in html
    assert 'name="other" value="mother"' in html and html.index("topic-mother") < html.index("topic-end")
    # One tap takes it back; another relation never says it.
    assert known_beforehand(FORM, ANSWERS, KNOWN, ["mother"]) == KNOWN
    assert known_beforehand(FORM, ANSWERS | {"relation": "khac"}, KNOWN) == KNOWN
    # The mother was named, and is somebody else: what was left open of her is not what is known of who applies.
    assert known_beforehand(FORM, ANSWERS | {"mother_name": "Trần Thị Ba"}, KNOWN) == KNOWN
    assert known_beforehand(FORM, ANSWERS | {"mother_name": "Lê Thị Hoa"}, KNOWN) == known
    # Who applies is somebody else than the account's owner: that person's facts, not the account's.
    other = known_beforehand(FORM, ANSWERS | {"own_name": "Trần Thị Ba"}, KNOWN)
    assert other["mother:full_name"] == "Trần Thị Ba" and "mother:birth" not in other


def test_who_applies_is_not_called_you_by_whoever_fills_the_form_in_for_them():
    other = {"own_name": "Trần Thị Ba", "own_birth": "1960-02-03", "own_number": "075160000012"}
    form = page_form(known_beforehand(FORM, ANSWERS | other, KNOWN), "mother", ANSWERS | other)
    assert folded(form) == ["mother_name", "mother_birth", "mother_number"]
    html = str(form.helper.render_layout(form, {}))
    assert "Trần Thị Ba" in html and 'name="other" value="mother"' in html and "Người này là bạn" not in html


def test_who_does_not_apply_after_all_is_forgotten_and_the_rest_kept():
    known = known_beforehand(FORM, ANSWERS, KNOWN)
    sent = {"answer-mother_name": "Lê Thị Hoa", "answer-mother_birth_year": "19x0", "answer-wish": "Nhanh"}
    form = page_form(known, "mother", data=sent)
    assert not form.is_valid() and not form.taken_for_applicant("nobody")
    mother, end = form.sent_without("mother")
    assert mother.answers["mother_name"] is None and not mother.typed and end.answers["wish"] == "Nhanh"
    assert not mother.is_done and not end.is_done


def test_a_shared_page_is_kept_section_by_section():
    sent = {"answer-mother_name": "Lê Thị Hoa", "answer-mother_birth_year": "19x0", "answer-wish": "Nhanh"}
    form = page_form({}, "mother", data=sent)
    assert not form.is_valid()
    mother, end = form.sent_sections(lambda one: True)
    assert (mother.key, mother.is_done, end.key, end.is_done) == ("mother", False, "end", True)
    assert mother.typed and "answer-wish" not in mother.typed and not end.typed
    assert end.answers == {"wish": "Nhanh"}


@pytest.mark.parametrize("person", ["nobody", 3])
def test_an_answer_names_somebody_whom_the_form_asks_about(person):
    options = [{"value": "me", "label": {"vi": "Mẹ"}, "person": person}]
    with pytest.raises(SchemaError):
        form_of(section("one", question("relation", "choice", options=options)))


def test_a_child_is_offered_in_nobody_s_place_but_whom_the_form_is_about():
    born = question("child_birth", "date", about="child:birth")
    schema = form_of(CHILD | {"fields": [*CHILD["fields"], born]}, MOTHER)
    answers = {"child_name": "Lê An", "child_birth": "2026-03-01", "is_known": "co"}

    def offered(key: str, **more: str) -> list[str]:
        form = section_form(schema, schema.section(key), answers | more, language="vi", today=TODAY)
        earlier = [("abc", one) for one in people(schema, answers | {"child_name": "Lê Bé"})]
        (group,) = groups(form, known_here(form, {}, earlier))
        return [one.source for one in [*group["near"], *group["earlier"]]]

    assert offered("mother") == []
    assert offered("mother", child_birth="1990-03-01") == ["here.child"]
    assert offered("child", child_name="") == ["abc.child"]


def test_who_stood_in_the_same_place_before_is_offered_at_once():
    schema = form_of(CHILD, MOTHER)
    before = {"child_name": "Lê An", "is_known": "co", "mother_name": "Lê Thị Hoa"}
    older = {"child_name": "Lê Thị Hoa", "is_known": "co", "mother_name": "Lê Thị Cúc"}
    earlier = [(ref, one) for ref, told in (("new", before), ("old", older)) for one in people(schema, told)]

    def offered(key: str) -> tuple[list[str], list[str]]:
        form = section_form(schema, schema.section(key), {"is_known": "co"}, language="vi", today=TODAY)
        (group,) = groups(form, known_here(form, {}, earlier))
        return [one.source for one in group["near"]], [one.source for one in group["earlier"]]

    assert offered("mother") == (["new.mother"], ["new.child", "old.mother"])
    # The next dossier is about somebody else than the last one.
    assert offered("child") == ([], ["new.child", "new.mother", "old.mother"])


def test_who_stands_in_somebody_s_place_is_offered_in_no_other():
    two = section("two", question("guardian_name", "full_name", about="guardian:full_name"))
    schema = form_of(OWN, CHILD, MOTHER, two)
    for answers, sources in ((ANSWERS, []), (ANSWERS | {"relation": "khac"}, ["self"])):
        known = known_beforehand(schema, answers, KNOWN)
        form = section_form(schema, schema.section("two"), answers, prefill=known, language="vi", today=TODAY)
        (group,) = groups(form, known_here(form, KNOWN))
        assert [one.source for one in group["near"] if one.source == "self"] == sources
