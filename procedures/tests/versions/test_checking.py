"""The check before publication: every fault is found, named with its place, and blocks or does not."""

import copy
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from eforms import reachable
from eforms import schema as form_schema
from procedures.models import FeeLine, ProcedureStep, RequiredPaper
from procedures.versions import checking, drafting
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 23)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def draft(commune, now):
    return drafting.draft_from(factories.version(commune.unit).procedure, commune.publisher, now)


def test_a_good_version_has_no_faults(draft):
    assert checking.check(draft, today=TODAY) == []


@pytest.mark.parametrize(
    ("columns", "section", "anchor"),
    [
        ({"name": " "}, "info", "id_name"),
        ({"legal_bases": []}, "info", "id_legal_bases"),
        ({"audience": []}, "info", "id_audience_0"),
        ({"audience": ["king"]}, "info", "id_audience_0"),
        ({"channels": []}, "info", "id_channels_0"),
        ({"outcome": ""}, "info", "id_outcome"),
        ({"processing_amount": 0}, "info", "id_processing_amount"),
        ({"effective_from": date(2026, 3, 22)}, "info", "id_effective_from_0"),
        ({"effective_until": date(2026, 3, 31)}, "info", "id_effective_until_0"),
        ({"form": None}, "form", ""),
        ({"form": None, "level": 2}, "form", ""),
        ({"form": {"schema": 1}}, "form", "form"),
        ({"processing_amount": 2}, "workflow", ""),
        ({"reasons": ["a", " "]}, "documents", "id_reasons"),
    ],
)
def test_what_blocks(draft, columns, section, anchor):
    for name, value in columns.items():
        setattr(draft, name, value)
    found = checking.blocking(checking.check(draft, today=TODAY))
    assert any((fault.section, fault.anchor) == (section, anchor) for fault in found), found
    assert {fault.section for fault in found} == {section}


@pytest.mark.parametrize(
    ("columns", "offered"),
    [({"needs_presence": True}, True), ({}, False), ({"channels": ["direct"]}, True)],
)
def test_what_is_only_advice(draft, columns, offered):
    for name, value in columns.items():
        setattr(draft, name, value)
    found = checking.check(draft, today=TODAY, is_offered=offered)
    assert len(found) == 1 and not checking.blocking(found)


def test_the_same_day_needs_no_number(draft):
    draft.processing_unit, draft.processing_amount = "same_day", 0
    assert [fault.section for fault in checking.check(draft)] == ["workflow"]


def paper(**fields):
    return RequiredPaper(**({"n": 1, "key": "giay", "name": "Giấy", "originals": 1} | fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"originals": 0},
        {"is_required": False},
        {"show_if": {"field": "wants_copy", "op": "eq", "value": "co"}},
        {"show_if": {"field": "gone", "op": "filled"}, "condition": "Khi"},
        {
            "show_if": {
                "all": [
                    {"field": "wants_copy", "op": "eq", "value": "co"},
                    {"field": "wants_copy", "op": "eq", "value": "khong"},
                ]
            },
            "condition": "Khi",
        },
    ],
)
def test_faulty_papers(draft, fields):
    found = checking.check(draft, papers=[paper(**fields)])
    assert [(fault.section, fault.anchor) for fault in found] == [("papers", "paper-giay")]


def test_a_paper_from_a_form_needs_the_form(draft):
    draft.form, draft.level = None, 1
    found = checking.check(draft, papers=[paper(from_form=True, originals=0)])
    assert [fault.section for fault in found] == ["papers"]


def tiers(*rows):
    return [{"from": first, "to": last, "amount_vnd": amount} for first, last, amount in rows]


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"cap_vnd": 200_000},
        {"tiers": tiers((1, 2, 8000))},
        {"tiers": tiers((2, None, 8000))},
        {"tiers": tiers((1, 2, 8000), (4, None, 1000))},
        {"tiers": tiers((1, None, 8000), (2, None, 1000))},
        {"tiers": tiers((1, 0, 8000), (1, None, 1000))},
        {"tiers": tiers((1, 2, 9000), (3, None, 1000))},
        {"applies_if": {"field": "nowhere", "op": "filled"}, "applies": "Khi"},
        {"applies_if": {"field": "birth_kind", "op": "filled"}, "applies": ""},
    ],
)
def test_faulty_fees(draft, fields):
    line = FeeLine(**({"n": 1, "key": "phi", "kind": "phi", "name": "Phí", "amount_vnd": 8000} | fields))
    assert {(fault.section, fault.anchor) for fault in checking.check(draft, lines=[line])} == {("fees", "fee-1")}


def test_sound_tiers_and_caps_are_no_faults(draft):
    rows = tiers((1, 2, 2000), (3, None, 1000))
    line = FeeLine(n=1, key="phi", kind="phi", name="Phí", amount_vnd=2000, unit="page", tiers=rows, cap_vnd=200_000)
    assert checking.check(draft, lines=[line]) == []


@pytest.mark.parametrize(
    ("steps", "blocks"),
    [
        ([], True),
        ([("", "Nộp", 0)], True),
        ([("", "Nộp", 1), ("leader", "Ký", 1)], True),
        ([("leader", " ", 1)], True),
        ([("publisher", "Đăng", 1), ("leader", "Ký", 1)], True),
        ([("clerk", "Nhận", 20), ("leader", "Ký", 5)], True),
        ([("clerk", "Nhận", 1)], False),
    ],
)
def test_faulty_steps(draft, steps, blocks):
    rows = [
        ProcedureStep(n=n, role=role, text=text, allotted=Decimal(hours))
        for n, (role, text, hours) in enumerate(steps, start=1)
    ]
    found = checking.check(draft, steps=rows)
    assert found and {fault.section for fault in found} == {"workflow"}
    assert bool(checking.blocking(found)) is blocks


# Reachability ---------------------------------------------------------------------------------------------------------


def schema(*conditions):
    """A form with a choice, a number, a date, several choices and questions under the conditions given."""
    form = copy.deepcopy(factories.FORM)
    options = [{"value": value, "label": {"vi": value}} for value in ("a", "b")]
    fields = [
        {"key": "pick", "type": "choice", "label": {"vi": "Chọn"}, "options": options},
        {"key": "count", "type": "number", "label": {"vi": "Số"}},
        {"key": "day", "type": "date", "label": {"vi": "Ngày"}},
        {"key": "many", "type": "choices", "label": {"vi": "Nhiều"}, "options": options},
    ]
    for n, condition in enumerate(conditions):
        fields.append({"key": f"q{n}", "type": "text", "label": {"vi": f"Câu {n}"}, "show_if": condition})
    form["sections"] = [{"key": "one", "title": {"vi": "Một"}, "fields": fields}]
    return form_schema.load(form)


def is_(field, value, op="eq"):
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    "condition",
    [
        is_("pick", "a"),
        {"not": is_("pick", "a")},
        {"all": [is_("pick", "a", "ne"), is_("pick", "b")]},
        {"any": [{"all": [is_("pick", "a"), is_("pick", "b")]}, is_("count", 3)]},
        {"all": [is_("count", 3, "gt"), is_("count", 5, "lt")]},
        {"all": [is_("many", "a", "contains"), is_("many", "b", "contains")]},
        {"all": [is_("day", "2020-01-01", "gte"), is_("day", "2020-01-01", "lte")]},
        {"all": [{"field": "pick", "op": "empty"}, {"not": is_("pick", "a")}]},
        {"not": {"all": [is_("pick", "a"), is_("count", 1)]}},
    ],
)
def test_reachable(condition):
    assert reachable.unreachable(schema(condition)) == []


@pytest.mark.parametrize(
    "condition",
    [
        {"all": [is_("pick", "a"), is_("pick", "b")]},
        {"all": [is_("pick", "a", "ne"), is_("pick", "b", "ne")]},
        {"all": [is_("count", 3, "gt"), is_("count", 4, "lt")]},
        {"all": [is_("pick", "a"), {"field": "pick", "op": "empty"}]},
        {"all": [is_("many", "a", "contains"), {"not": is_("many", "a", "contains")}]},
        {"all": [is_("day", "2020-01-02", "gte"), is_("day", "2020-01-01", "lte")]},
        {"not": {"any": [is_("pick", "a"), {"not": is_("pick", "a")}]}},
    ],
)
def test_unreachable(condition):
    assert reachable.unreachable(schema(condition)) == [("field-q0", "Câu 0")]


def test_what_hangs_on_an_unasked_question_is_unreachable_too():
    never = {"all": [is_("pick", "a"), is_("pick", "b")]}
    found = reachable.unreachable(schema(never, {"field": "q0", "op": "filled"}, {"field": "q0", "op": "empty"}))
    assert [anchor for anchor, _label in found] == ["field-q0", "field-q1"]


def test_what_two_questions_ask_together_must_fit():
    found = reachable.unreachable(
        schema(is_("pick", "a"), {"all": [is_("pick", "b"), {"field": "q0", "op": "filled"}]})
    )
    assert [anchor for anchor, _label in found] == ["field-q1"]


def test_a_monstrous_condition_counts_as_reachable():
    many = {"all": [{"any": [is_("count", n), is_("count", -n)]} for n in range(1, 20)]}
    assert reachable.can_hold(schema(), many)


@pytest.mark.parametrize("back", [1, 20])
def test_a_large_form_is_looked_through_at_once(back):
    """A thousand questions, each asked for an answer to those before it."""
    asked = {"op": "gt", "value": 1}
    fields = [
        {"key": f"q{n}", "type": "number", "label": {"vi": f"Câu {n}"}}
        | ({"show_if": {"any": [asked | {"field": f"q{n - k}"} for k in range(1, back + 1)]}} if n >= back else {})
        for n in range(1000)
    ]
    sections = [{"key": f"s{n}", "title": {"vi": "Phần"}, "fields": fields[n * 50 : (n + 1) * 50]} for n in range(20)]
    large = form_schema.load({"schema": 1, "title": {"vi": "Tờ khai"}, "sections": sections})
    assert reachable.unreachable(large) == []
    assert reachable.can_hold(large, asked | {"field": "q999"})


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "wants_copy", "op": "like", "value": "co"},
        {"field": "wants_copy", "op": "in", "value": 5},
        {"field": "copies", "op": "gt", "value": "viele"},
        {"field": "wants_copy", "op": "eq", "value": "vielleicht"},
        {"any": [{"field": "copies", "op": "filled"}, {"field": "copies", "op": "is", "value": {}}]},
    ],
)
def test_conditions_of_papers_keep_to_the_rules_of_the_form(draft, condition):
    paper = RequiredPaper(n=3, key="x", name="Giấy X", originals=1, show_if=condition, condition="Khi")
    found = checking.check(draft, [paper], today=TODAY)
    assert [fault.section for fault in found] == ["papers"]
    assert "cannot be read" in found[0].message
