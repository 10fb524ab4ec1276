"""Changes of a form, questions about a person, the words publishers read."""

import copy
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from common.refusals import Refused

from ..answering import known_data, section_form
from ..builder import choices as form_choices
from ..builder import editing as form_editing
from ..builder import labels as form_words
from ..builder import usage
from ..checking import check_form
from ..parts import PREFILLS, TYPES
from ..reading import OPERATORS
from ..rules import RULES
from ..schema import SchemaError, answer_text, clean_all, load
from .strategies import GOOD
from .test_schema import check, choice, field, form_of, reasons

TODAY = date(2026, 3, 23)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


# A person


def test_a_person_is_one_answer():
    assert check(GOOD["person"], "person") == ({"x": GOOD["person"]}, {})
    only_name = {"full_name": "Lê Thị Hoa"}
    kept, errors = check(only_name, "person")
    assert errors == {} and kept["x"] == dict.fromkeys(GOOD["person"], "") | only_name
    assert answer_text(load(form_of(field("x", "person"))).sections[0].fields[0], GOOD["person"], "vi") == (
        "Lê Thị Hoa, sinh 1990, nữ, Hộ chiếu B1234567"
    )


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"full_name": ""}, "Full name:"),
        ({"full_name": "Hoa 2"}, "Full name:"),
        ({"birth": "2026-03-24"}, "Date of birth:"),
        ({"birth": "1990-13"}, "Date of birth:"),
        ({"sex": "x"}, "Sex:"),
        ({"id_kind": "x"}, "Kind of identity paper:"),
        ({"id_number": ""}, "Number of the paper:"),
        ({"id_kind": "can_cuoc"}, "Number of the paper:"),
        ({"id_kind": "cmnd", "id_number": "12"}, "Number of the paper:"),
        ({"full_name": 5}, "Enter the full name."),
    ],
)
def test_the_part_of_a_person_that_is_wrong_is_named(change, part):
    kept, errors = check(GOOD["person"] | change, "person")
    assert kept == {} and part in errors["s"]["x"]


def test_a_person_may_be_checked_by_age():
    young = GOOD["person"] | {"birth": "2010-01-01"}
    assert "at least 18" in check(young, "person", rules=[{"name": "age_at_least", "args": [18]}])[1]["s"]["x"]
    assert "at most 15" in check(young, "person", rules=[{"name": "age_at_most", "args": [15]}])[1]["s"]["x"]
    unknown = GOOD["person"] | {"birth": ""}
    assert check(unknown, "person", rules=[{"name": "age_at_least", "args": [18]}])[1] == {}


@pytest.mark.parametrize("kind", ["person", "address", "bank_account", "table"])
def test_conditions_read_of_groups_only_whether_they_are_answered(kind):
    more = {"columns": [field("c")]} if kind == "table" else {}
    for op in OPERATORS:
        condition = {"field": "a", "op": op} | (
            {} if op in ("filled", "empty") else {"value": ["x"] if op == "in" else "x"}
        )
        form = form_of(field("a", kind, **more), field("b", show_if=condition))
        if op in ("filled", "empty"):
            load(form)
        else:
            assert "does not fit" in reasons(form)
    assert set(form_words.operators_of(kind)) == {"filled", "empty"}


def test_a_person_is_filled_in_beforehand(citizen):
    schema = load(form_of(field("x", "person", prefill="person")))
    html = str(section_form(schema, schema.sections[0], {}, prefill=known_data(citizen), language="vi", today=TODAY))
    assert 'value="Nguyễn Văn An"' in html and 'value="075199000011"' in html and 'autocomplete="bday-year"' in html
    other = str(section_form(load(form_of(field("x", "person"))), schema.sections[0], {}, language="vi", today=TODAY))
    assert other


def test_a_person_typed_wrong_is_shown_again():
    schema = load(form_of(field("x", "person", required=True)))

    def page(**typed):
        data = {f"answer-x-{name}": value for name, value in typed.items()}
        return section_form(schema, schema.sections[0], {}, data=data, language="en", today=TODAY)

    assert "Enter" in page().errors["x"][0]
    form = page(full_name="Hoa 2", birth_day="31", birth_month="2", birth_year="1990", sex="nu")
    assert len(form.errors["x"]) == 2 and 'value="Hoa 2"' in str(form) and 'value="31"' in str(form)
    assert "aria-invalid" in str(form)
    good = page(full_name="Lê Thị Hoa", birth_year="1990")
    assert good.is_valid() and good.answers()["x"]["birth"] == "1990"


# Checks


@pytest.mark.parametrize(
    ("kind", "rule", "wrong", "right"),
    [
        ("text", {"name": "digits"}, "1a", "123"),
        ("text", {"name": "length", "args": [3]}, "12", "123"),
        ("date", {"name": "days_ago_at_most", "args": [5]}, "2026-03-17", "2026-03-18"),
        ("date", {"name": "days_ahead_at_least", "args": [20]}, "2026-04-11", "2026-04-12"),
        ("date", {"name": "days_ahead_at_most", "args": [20]}, "2026-04-13", "2026-04-12"),
        ("date", {"name": "age_at_most", "args": [10]}, "2015-03-23", "2016-03-23"),
        ("date", {"name": "days_ago_at_most", "args": [10**12]}, None, "1900-01-01"),
    ],
)
def test_new_checks(kind, rule, wrong, right):
    assert check(right, kind, rules=[rule])[1] == {}
    if wrong:
        assert check(wrong, kind, rules=[rule])[1]


def test_checks_against_another_answer():
    rules = [{"name": "at_most_field", "args": ["a"]}]
    schema = load(form_of(field("a", "number"), field("b", "number", rules=rules)))
    assert clean_all(schema, {"a": 3, "b": 4}, today=TODAY)[1] and not clean_all(schema, {"b": 4}, today=TODAY)[1]
    after = load(
        form_of(field("a", "date", partial=True), field("b", "date", rules=[{"name": "not_after", "args": ["a"]}]))
    )
    assert clean_all(after, {"a": "2026", "b": "2027-01-01"}, today=TODAY)[1]
    assert not clean_all(after, {"a": "2026", "b": "2026-12-31"}, today=TODAY)[1]


def test_everything_a_publisher_chooses_has_words():
    assert TYPES <= set(form_words.TYPE_WORDS)
    assert set(PREFILLS) == set(form_words.PREFILL_WORDS)
    assert set(OPERATORS) == set(form_words.OPERATOR_WORDS)
    assert all(str(rule.title) for rule in RULES.values())
    assert all(set(rule.args) <= {"int", "field", "condition"} and rule.types <= TYPES for rule in RULES.values())


# Places of faults


def test_faults_know_their_place_and_what_people_call_it():
    with pytest.raises(SchemaError) as refused:
        load(form_of(field("t", "table", columns=[field("c", "table", label={"vi": "Cột"})])))
    place = refused.value.faults[0].place
    assert (place.section, place.field, place.column, place.anchor) == ("s", "t", "c", "field-t")
    assert str(place) == "Section “Phần”, question “Nhãn t”, column “Cột”"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (form_of(choice("a", "x", "y"), field("b", show_if={"all": [
            {"field": "a", "op": "eq", "value": "x"}, {"field": "a", "op": "eq", "value": "y"}]})), "can never hold"),
        (form_of(choice("a", "x"), field("b", label={"vi": "NHÃN A"})), "same label"),
        (form_of(field("a", "choice", options=[])), "at least one entry"),
        (form_of(field("ngay", "date"), field("ngay_2")), "clashes"),
        (form_of(field("a", "date", prefill="email")), "does not fit type"),
        (form_of(field("t", "table", columns=[choice("a", "x", "y"), field("b", show_if={"all": [
            {"field": "a", "op": "eq", "value": "x"}, {"field": "a", "op": "eq", "value": "y"}]})])), "can never hold"),
    ],
)  # fmt: skip
def test_the_check_finds_what_nobody_means(form, words):
    assert words in "\n".join(str(fault) for fault in check_form(form))


def test_words_of_a_fault_hold_nothing_that_cannot_be_shown():
    nasty = form_of(field("a", "choice", label={"vi": "\ud800" + "x" * 999}, default="\ud800", options=[]), x=10**5000)
    faults = check_form(nasty)
    assert faults
    for fault in faults:
        str(fault).encode()
        assert len(str(fault)) < 600


# Keys, options, conditions


@pytest.mark.parametrize(
    ("label", "taken", "key"),
    [
        ("Họ và tên đầy đủ", (), "ho_va_ten_day_du"),
        ("Ngày 2", (), "ngay2"),
        ("2 bên", (), "muc2_ben"),
        ("???", (), "muc"),
        ("Tên", ("ten", "ten2"), "ten3"),
        ("x" * 99, (), "x" * 36),
    ],
)
def test_keys_are_made_from_labels(label, taken, key):
    assert form_editing.key_from(label, taken) == key


def test_a_new_key_clashes_with_no_box():
    form = form_of(field("noi_o", "address"))
    made, key = form_editing.add_field(form, "s", {"type": "text", "label": {"vi": "Nơi ở detail"}})
    assert key == "noi_o_detail2" and load(made)


def test_a_key_stays_when_the_label_changes():
    form = form_of(field("a"), field("b", show_if={"field": "a", "op": "filled"}))
    made = form_editing.change_field(form, "a", {"label": {"vi": "Khác hẳn"}})
    assert load(made).sections[0].fields[0].key == "a" and form["sections"][0]["fields"][0]["label"]["vi"] == "Nhãn a"


def test_what_is_read_is_not_removed():
    form = form_of(
        field("d", "date"),
        field("e", "date", rules=[{"name": "not_before", "args": ["d"]}], prefill="answer:d"),
        field("w", derive={"name": "date_in_words", "of": "d"}),
    )
    with pytest.raises(Refused) as refused:
        form_editing.remove_field(form, "d")
    assert "Nhãn e" in refused.value.message and "Nhãn w" in refused.value.message
    with pytest.raises(Refused, match="Giấy tờ"):
        form_editing.remove_field(form, "w", readers=[("Giấy tờ", {"not": {"field": "w", "op": "filled"}})])


def test_an_answer_that_something_waits_for_is_not_taken_away():
    form = form_of(choice("a", "x", "y"), field("b", show_if={"field": "a", "op": "eq", "value": "y"}))
    only_x = {"options": [{"value": "x", "label": {"vi": "x"}}]}
    with pytest.raises(Refused, match="no option"):
        form_editing.change_field(form, "a", only_x)
    papers = [("Giấy tờ", {"field": "a", "op": "in", "value": ["y"]})]
    with pytest.raises(Refused, match="Giấy tờ"):
        form_editing.change_field(form_of(choice("a", "x", "y")), "a", only_x, readers=papers)


def test_steps_cross_sections():
    form = form_of(field("a"), field("b"))
    form["sections"].append({"key": "t", "title": {"vi": "Hai"}, "fields": [field("c")]})
    down = form_editing.step(form, "b", 1)
    assert [f["key"] for f in down["sections"][1]["fields"]] == ["b", "c"]
    assert form_editing.step(down, "b", -1) == form
    assert form_editing.step(form, "a", -1) == form and form_editing.step(form, "c", 1) == form


def grouped(*fields):
    """A form whose fields are 'key' or 'key:title of the group that it begins'."""
    pairs = [name.partition(":") for name in fields]
    return form_of(*[field(key, **({"group": {"vi": title}} if title else {})) for key, _colon, title in pairs])


def groups(form):
    fields = form["sections"][0]["fields"]
    return " ".join(f["key"] + (":" + f["group"]["vi"] if "group" in f else "") for f in fields)


@pytest.mark.parametrize(
    ("change", "after"),
    [
        # A question that leaves hands the title to the next of its group, and joins the group where it lands.
        (lambda form: form_editing.step(form, "b", 1), "a c:B b d:D e"),
        (lambda form: form_editing.step(form, "b", -1), "b a c:B d:D e"),
        (lambda form: form_editing.step(form, "c", -1), "a c b:B d:D e"),
        (lambda form: form_editing.step(form, "c", 1), "a b:B d:D c e"),
        (lambda form: form_editing.remove_field(form, "d"), "a b:B c e:D"),
        (lambda form: form_editing.duplicate_field(form, "b")[0], "a b:B nhan_b c d:D e"),
        # The whole group, past its neighbours that have a title.
        (lambda form: form_editing.move_group(form, "b", 1), "a d:D e b:B c"),
        (lambda form: form_editing.move_group(form, "d", -1), "a d:D e b:B c"),
        (lambda form: form_editing.move_group(form, "b", -1), "a b:B c d:D e"),
        (lambda form: form_editing.move_group(form, "d", 1), "a b:B c d:D e"),
        (lambda form: form_editing.move_group(form, "c", 1), "a b:B c d:D e"),
    ],
)
def test_groups_stay_together(change, after):
    assert groups(change(grouped("a", "b:B", "c", "d:D", "e"))) == after


def test_the_only_question_of_a_group_takes_the_title_along():
    form = grouped("a:A", "b:B")
    assert groups(form_editing.step(form, "a", 1)) == "b:B a:A"
    assert groups(form_editing.remove_field(form, "a")) == "b:B"


def test_limits_are_kept():
    form = form_of(*[field(f"f{n}") for n in range(60)])
    for change in (
        lambda: form_editing.add_field(form, "s", {"type": "text", "label": {"vi": "x"}}),
        lambda: form_editing.duplicate_field(form, "f1"),
        lambda: form_editing.add_field(form, "gone", {"type": "text", "label": {"vi": "x"}}),
        lambda: form_editing.remove_field(form, "gone"),
    ):
        with pytest.raises(Refused):
            change()


def test_raw_nonsense_is_read_with_patience():
    pieces_of_junk: tuple[dict[str, Any], ...] = (
        {},
        {"sections": 5},
        {"sections": [5, {"fields": [7, {"columns": "x"}]}]},
        {"sections": [{"fields": {}}]},
    )
    for junk in pieces_of_junk:
        assert usage.used_by(junk, "a") == []
        with pytest.raises(Refused):
            form_editing.move_field(junk, "a", 0)


def test_answers_keep_their_values_when_lines_change():
    old = form_choices.options_from_lines(["Độc thân", "Đã kết hôn", "Khác"], ["Single"], [])
    assert [option["value"] for option in old] == ["doc_than", "da_ket_hon", "khac"]
    assert old[0]["label"] == {"vi": "Độc thân", "en": "Single"}
    new = form_choices.options_from_lines(["Khác", "Đã kết hôn rồi", "Góa"], [], old)
    assert [option["value"] for option in new] == ["khac", "da_ket_hon", "goa"]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (None, ("all", [])),
        ({"field": "a", "op": "eq", "value": 1}, ("all", [("a", "eq", 1)])),
        ({"field": "a", "op": "in", "value": ["x", "y"]}, ("any", [("a", "eq", "x"), ("a", "eq", "y")])),
        ({"not": {"field": "a", "op": "filled"}}, ("all", [("a", "empty", None)])),
        ({"all": [{"any": [{"field": "a", "op": "filled"}]}, {"field": "b", "op": "empty"}]},
         ("all", [("a", "filled", None), ("b", "empty", None)])),
        ({"all": [{"field": "a", "op": "in", "value": ["x", "y"]}, {"field": "b", "op": "empty"}]}, None),
        ({"not": {"field": "a", "op": "eq", "value": 1}}, None),
        ({"field": 5}, None), ([], None), ({"all": []}, None),
    ],
)  # fmt: skip
def test_conditions_as_rows(condition, rows):
    found = form_choices.simple(copy.deepcopy(condition))
    got = found and (found.joint, [(row.field, row.op, row.value) for row in found.rows])
    assert got == rows
