"""Two versions in words: every difference has its sentence, and no difference is made up."""

import copy
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eforms import schema as form_schema
from eforms.comparing import compare_forms, moved_keys
from eforms.tests.strategies import schemas
from procedures.versions.comparing import compare, compare_procedures, pieces
from tests import factories

PAPER = {
    "key": "a", "name": "Giấy chứng sinh", "name_en": "", "originals": 1, "copies": 0, "is_required": True,
    "condition": "", "condition_en": "", "show_if": None, "from_form": False, "may_bring_original": True,
    "valid_days": 0, "template_file": None,
}  # fmt: skip
FEE = {
    "kind": "le_phi",
    "amount_vnd": 8000,
    "amount_online_vnd": None,
    "key": "le-phi",
    "name": "Lệ phí",
    "name_en": "",
    "unit": "copy",
    "tiers": [],
    "cap_vnd": None,
    "note": "",
    "note_en": "",
    "is_optional": False,
    "applies": "",
    "applies_en": "",
    "applies_if": None,
    "is_guide": False,
    "exemptions": [],
}
STEP = {"role": "clerk", "text": "Tiếp nhận", "text_en": "", "allotted": 4.0}
VERSION = {
    "name": "Đăng ký khai sinh", "name_en": "", "level": 4, "needs_presence": False, "book": "",
    "audience": ["citizen"], "channels": ["online"], "processing_amount": 3,
    "processing_unit": "working_days", "processing_note": "", "processing_note_en": "", "conditions_en": "",
    "note_en": "", "outcome": "Giấy khai sinh", "outcome_en": "", "conditions": "", "note": "",
    "legal_bases": ["60/2014/QH13"], "dossier_sets": 1, "receipt_note": "", "letter_text": "", "reasons": [],
    "form": factories.FORM, "effective_from": "2025-07-01", "effective_until": None, "papers": [PAPER],
    "fees": [FEE], "steps": [STEP],
}  # fmt: skip


def said(**columns):
    """The sentences for a changed version, by section, in English."""
    with override("en"):
        sections = compare(VERSION, {**VERSION, **columns}, "vi")
        return {section.key: [str(change) for change in section.changes] for section in sections}


def form_said(change):
    """The sentences for a form changed by a function."""
    form = copy.deepcopy(factories.FORM)
    change(form["sections"][0])
    with override("en"):
        return [
            f"{item.text} {item.before} → {item.after}" if item.after else item.text
            for item in compare_forms(form_schema.load(factories.FORM), form_schema.load(form), "vi")
        ]


def test_the_same_says_nothing():
    assert said() == {}
    assert said(effective_from="2027-01-01") == {}


def test_time_and_texts():
    assert said(processing_amount=2)["info"] == ["Processing time: 3 working days → 2 working days"]
    assert said(processing_unit="same_day")["info"] == ["Processing time: 3 working days → same day"]
    assert said(level=3)["info"][0].startswith("Level:")
    assert said(note="Mới")["info"] == ["Note: (empty) → Mới"]
    assert list(said(reasons=["Thiếu giấy"])) == ["documents"]


@pytest.mark.parametrize("column", [name for name in VERSION if not name.startswith("effective")])
def test_every_column_counts(column):
    values = {
        "level": 2, "needs_presence": True, "book": "copies", "audience": ["enterprise"], "channels": ["post"],
        "processing_amount": 9, "processing_unit": "hours", "legal_bases": [], "dossier_sets": 2,
        "reasons": ["x"], "form": None, "papers": [], "fees": [], "steps": [],
    }  # fmt: skip
    assert sum(map(len, said(**{column: values.get(column, "khác")}).values())) == 1


@pytest.mark.parametrize("column", [name for name in PAPER if name != "key"])
def test_every_part_of_a_paper_counts(column):
    values = {
        "originals": 2, "copies": 2, "is_required": False, "from_form": True, "may_bring_original": False,
        "show_if": {"field": "wants_copy", "op": "eq", "value": "co"},
        "valid_days": 180, "template_file": {"name": "a.pdf", "content": "JVBERi0="},
    }  # fmt: skip
    assert len(said(papers=[{**PAPER, column: values.get(column, "khác")}])["papers"]) == 1


def test_papers_come_go_and_move():
    other = {**PAPER, "key": "b", "name": "Giấy kết hôn"}
    assert said(papers=[PAPER, other])["papers"] == ["New paper “Giấy kết hôn” (1 original)."]
    assert said(papers=[])["papers"] == ["The paper “Giấy chứng sinh” is no longer asked for."]
    with override("en"):
        moved = compare({**VERSION, "papers": [PAPER, other]}, {**VERSION, "papers": [other, PAPER]})
    assert len(moved[0].changes) == 1


EXEMPTION = {
    "who": "Trẻ em", "who_en": "", "proof": "Ngày sinh", "proof_en": "", "since": None, "until": "2027-02-28",
    "channel": "online",
}  # fmt: skip
PAGES = [{"from": 1, "to": 2, "amount_vnd": 8000}, {"from": 3, "to": None, "amount_vnd": 1000}]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"amount_vnd": 10000}, "Fee “Lệ phí”: Fee (lệ phí) 8.000 đồng/copy → Fee (lệ phí) 10.000 đồng/copy"),
        ({"unit": "person"}, "Fee “Lệ phí”: Fee (lệ phí) 8.000 đồng/copy → Fee (lệ phí) 8.000 đồng/person"),
        ({"unit": "page", "tiers": PAGES}, "from page 3: 1.000 đồng/page"),
        ({"unit": "page", "cap_vnd": 200000}, "at most 200.000 đồng a copy"),
        ({"amount_online_vnd": 0}, "(filed online: 0 đồng)"),
        ({"is_guide": True}, "8.000 đồng/copy, the province sets the amount"),
        ({"name": "Phí"}, "Name of the fee: Lệ phí → Phí"),
        ({"name_en": "Fee"}, "“Lệ phí” in English: (empty) → Fee"),
        ({"is_optional": True}, "“Lệ phí” is now charged only for what is asked."),
        ({"applies": "Quá hạn"}, "When “Lệ phí” is due: (empty) → Quá hạn"),
        ({"applies_if": {"field": "child_name", "op": "filled"}}, "When “Lệ phí” is due by the answers of the form: "),
        ({"applies_en": "Late"}, "When “Lệ phí” is due, in English: (empty) → Late"),
        ({"note_en": "Each case"}, "Note on “Lệ phí” in English: (empty) → Each case"),
        ({"note": "Mỗi trường hợp"}, "Note on “Lệ phí”: (empty) → Mỗi trường hợp"),
        (
            {"exemptions": [EXEMPTION]},
            "Who is exempt from “Lệ phí”: (empty) → Trẻ em – Ngày sinh (when filed online, until 28/02/2027)",
        ),
    ],
)
def test_every_change_of_a_fee_is_one_sentence(changed, words):
    (sentence,) = said(fees=[{**FEE, **changed}])["fees"]
    assert words in sentence


def test_fees_come_go_and_move():
    other = {**FEE, "key": "phi", "name": "Phí"}
    assert said(fees=[FEE, other])["fees"] == ["New fee: Phí – Fee (lệ phí) 8.000 đồng/copy."]
    assert said(fees=[other])["fees"][1] == "No longer due: Lệ phí – Fee (lệ phí) 8.000 đồng/copy."


def test_steps():
    assert said(steps=[{**STEP, "allotted": 8.5}])["workflow"] == ["Time of step 1: 4 hours → 8,5 hours"]
    assert said(steps=[STEP, {**STEP, "text": "Ký"}])["workflow"][0].startswith("New step 2: ")
    assert said(steps=[{**STEP, "role": "leader"}])["workflow"][0].startswith("Step 1: ")


def test_questions():
    def renamed(section):
        section["fields"][0]["label"] = {"vi": "Họ tên"}

    def gone(section):
        section["fields"].pop()

    def moved(section):
        section["fields"] = [section["fields"][1], section["fields"][0], section["fields"][2]]

    def optional(section):
        section["fields"][0]["required"] = False

    def options(section):
        section["fields"][1]["options"].append({"value": "sau", "label": {"vi": "Để sau"}})

    def condition(section):
        section["fields"][2]["show_if"] = {"field": "wants_copy", "op": "filled"}

    def rules(section):
        section["fields"][2]["rules"] = [{"name": "max", "args": [5]}]

    def new(section):
        section["fields"].append({"key": "more", "type": "text", "label": {"vi": "Gì nữa"}, "required": True})

    def grouped(section):
        section["fields"][1]["group"] = {"vi": "Bản sao"}

    assert form_said(grouped) == ["Group that begins with “Có cần bản sao không?”: (empty) → Bản sao"]
    assert form_said(renamed) == ["Question: Họ và tên → Họ tên"]
    assert form_said(gone) == ["“Số bản sao” is no longer asked."]
    assert form_said(moved) in (
        ["“Họ và tên” now comes after “Có cần bản sao không?”."],
        ["“Có cần bản sao không?” now comes first."],
    )
    assert form_said(optional) == ["“Họ và tên” may now be left empty."]
    assert form_said(options) == ["“Có cần bản sao không?”: new choice “Để sau”."]
    assert form_said(condition)[0].startswith("When “Số bản sao” is asked: “Có cần bản sao không” is “Có” → ")
    assert form_said(rules)[0].startswith("What is checked in “Số bản sao”:")
    assert form_said(new) == ["New question “Gì nữa”."]


@given(before=schemas(), after=schemas())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_two_forms_can_be_compared(before, after):
    old, new = form_schema.load(before), form_schema.load(after)
    assert compare_forms(old, old, "vi") == []
    assert bool(compare_forms(old, new, "vi")) == (old != new)
    assert all(change.text for change in compare_forms(old, new, "en"))
    assert compare_forms(None, new, "vi")
    sections = compare({**VERSION, "form": before}, {**VERSION, "form": after})
    assert [section.key for section in sections] == (["form"] if old != new else [])


def test_wording_in_the_other_language_counts():
    def options(section):
        section["fields"][1]["options"][0]["label"]["en"] = "Yes, please"

    assert form_said(options) == ["“Có cần bản sao không?”: the choices read differently in the other language."]


def test_signatures():
    def said_of(before, after):
        old, new = (form_schema.load(factories.FORM | ({"signatures": one} if one else {})) for one in (before, after))
        with override("en"):
            return [f"{one.text} {one.before} → {one.after}" for one in compare_forms(old, new, "vi")]

    couple = [{"vi": "Bên nữ", "en": "Bride"}, {"vi": "Bên nam", "en": "Groom"}]
    assert said_of([], couple) == ["Who signs the paper: Người khai → Bên nữ; Bên nam"]
    assert said_of([], [{"vi": "Người khai", "en": "Declarant"}]) == []
    assert said_of(couple, [couple[0], {"vi": "Bên nam"}]) == ["Who signs the paper (English): Bride; Groom → Bride; "]


def test_broken_forms_are_named_not_shown():
    broken = said(form={"schema": 1})
    assert len(broken["form"]) == 1


@given(before=st.text(max_size=200), after=st.text(max_size=200))
@settings(max_examples=40, deadline=None)
def test_pieces_make_both_texts(before, after):
    found = list(pieces(before, after))
    assert "".join(text for kind, text in found if kind != "ins").split() == before.split()
    assert "".join(text for kind, text in found if kind != "del").split() == after.split()


def test_endless_texts_are_compared_in_time():
    before = " ".join(f"chữ{n % 7}" for n in range(4000))
    assert list(pieces(before, before + ". Thêm."))


def test_whole_procedures():
    before: dict[str, Any] = {
        "sector": {"code": "a", "name": "A", "name_en": ""}, "life_events": [], "synonyms": [], "faq": [],
        "notice": "", "accept_until": None, "supplement_days": 15, "related": [],
    }  # fmt: skip
    after = before | {
        "sector": {"code": "b", "name": "B", "name_en": ""}, "synonyms": ["x"], "accept_until": "2026-12-31",
        "supplement_days": 30,
        "faq": [{"question": "Q", "answer": "A"}], "related": ["1.000001"], "notice": "N",
        "life_events": [{"code": "e", "name": "E", "name_en": "", "n": 1}],
    }  # fmt: skip
    assert compare_procedures(before, before) == []
    assert len(compare_procedures(before, after)[0].changes) == len(before)


def test_moved_keys():
    assert moved_keys(["a", "b", "c"], ["a", "b", "c", "d"]) == set()
    assert len(moved_keys(["a", "b", "c"], ["c", "a", "b"])) == 1
