"""Whatever valid form is drawn: it renders, takes answers, prints and survives editing; a damaged one is refused."""

import copy
import json
from dataclasses import replace
from datetime import date

import pytest
from crispy_forms.utils import render_crispy_form
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.refusals import Refused
from tests.pages import checks
from tests.pages.boxes import Boxes

from .. import declarations
from ..answering import section_form
from ..builder import choices as form_choices
from ..builder import editing as form_editing
from ..builder import raw
from ..builder.field_form import FieldForm
from ..builder.forms import SectionForm, kind_of
from ..checking import check_form
from ..schema import SchemaError, clean_all, live_answers, load, show, summary
from . import strategies

TODAY = date(2026, 3, 23)
# A failing example is shown as it was drawn: shrinking whole pages takes minutes.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
relaxed = settings(max_examples=20, deadline=None, phases=PHASES, suppress_health_check=list(HealthCheck))
PAGE = '<!DOCTYPE html><html lang="vi"><head><title>x</title><meta name="viewport" content="width=device-width"></head>'


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def good_answers(data):
    return {field["key"]: strategies.good_answer(field) for section in data["sections"] for field in section["fields"]}


def query(data):
    made = QueryDict(mutable=True)
    for name, values in data.items():
        made.setlist(name, values)
    return made


@relaxed
@given(strategies.schemas())
def test_what_a_form_shows_is_what_comes_back(data):
    schema = load(data)
    kept, _errors = clean_all(schema, good_answers(data), today=TODAY)
    for section in schema.sections:
        html = str(section_form(schema, section, kept, language="vi", today=TODAY))
        form = section_form(schema, section, kept, data=query(Boxes(html).data), language="vi", today=TODAY)
        form.is_valid()
        again = {key: value for key, value in form.answers().items() if value is not None}
        # Where a check refuses, the answer beside which it is told waits as it was typed.
        own = {field.key for field in form.asked if field.is_asked and field.key not in form.errors}
        assert {key: value for key, value in again.items() if key in kept} == {
            key: value for key, value in kept.items() if key in own
        }


@relaxed
@given(strategies.schemas())
def test_a_form_survives_being_written_down(data):
    assert load(json.loads(json.dumps(data))) == load(data)


@relaxed
@given(strategies.schemas())
def test_pages_of_a_form_are_whole(data):
    schema = load(data)
    for section in schema.sections:
        form = section_form(schema, section, {}, language="vi", today=TODAY)
        html = f"{PAGE}<body><main><h1>x</h1><form>{render_crispy_form(form)}</form></main></body></html>"
        assert checks.faults(html) == []


@relaxed
@given(strategies.schemas(), st.data())
def test_random_answers_never_break_a_page(data, draw):
    schema = load(data)
    for section in schema.sections:
        html = str(section_form(schema, section, {}, language="vi", today=TODAY))
        typed = {name: [draw.draw(st.text(max_size=12))] for name in Boxes(html).data}
        form = section_form(schema, section, {}, data=query(typed), language="en", today=TODAY)
        form.is_valid()
        kept, _errors = clean_all(schema, form.answers(), today=TODAY)
        assert clean_all(schema, kept, today=TODAY)[0] == kept


@relaxed
@given(strategies.schemas())
def test_a_form_prints_blank_and_filled(data):
    schema = load(data)
    kept, _errors = clean_all(schema, good_answers(data), today=TODAY)
    for answers, template in ((None, declarations.BLANK_TEMPLATE), (kept, declarations.PDF_TEMPLATE)):
        html = render_to_string(template, declarations.context(schema, answers))
        assert schema.title.vi.strip() in html and "UNDEFINED" not in html
    for language in ("vi", "en"):
        shown = {key for section, rows in summary(schema, kept, language) for key, _label, _text in rows}
        assert set(live_answers(schema, kept)) <= shown


# Damage


def _first(section):
    return section["fields"][0]


DAMAGE = [
    lambda section: _first(section).pop("label"),
    lambda section: _first(section).update(type="file"),
    lambda section: _first(section).update(key="Không"),
    lambda section: _first(section).update(html="<b>"),
    lambda section: _first(section).update(required="yes"),
    lambda section: _first(section).update(show_if={"field": "nobody", "op": "filled"}),
    lambda section: _first(section).update(show_if={"field": _first(section)["key"], "op": "filled"}),
    lambda section: _first(section).update(show_if={"all": []}),
    lambda section: _first(section).update(rules=[{"name": "regex", "args": [".*"]}]),
    lambda section: _first(section).update(prefill="password"),
    lambda section: _first(section).update(default="nothing such"),
    lambda section: _first(section).update(derive={"name": "date_in_words", "of": "nobody"}),
    lambda section: _first(section).update(derive={"name": "sum", "of": ["nobody.at_all"]}),
    lambda section: _first(section).update(unit={"vi": "một đơn vị dài hơn hai mươi chữ"}),
    lambda section: section["fields"].append(copy.deepcopy(_first(section))),
    lambda section: section.update(fields=[]),
    lambda section: section.update(title={"en": "only"}),
    lambda section: section.update(show_if={"field": section["fields"][-1]["key"], "op": "filled"}),
]


@relaxed
@given(strategies.schemas(), st.sampled_from(DAMAGE), st.data())
def test_a_damaged_form_is_refused_at_its_place(data, damage, draw):
    section = draw.draw(st.sampled_from(data["sections"]))
    damage(section)
    with pytest.raises(SchemaError) as refused:
        load(data)
    faults = refused.value.faults
    assert all(fault.message and str(fault) for fault in faults)
    assert any(fault.place.section == section["key"] for fault in faults)
    for language in ("vi", "en"):
        with translation.override(language):
            assert all(str(fault) for fault in check_form(data))


# Editing


@st.composite
def operations(draw, form):
    """A change of a form: a name for the report and the function that makes it."""
    fields = [field for section in form["sections"] for field in section["fields"]]
    key = draw(st.sampled_from(fields))["key"]
    section = draw(st.sampled_from(form["sections"]))["key"]
    to, by = draw(st.integers(0, 6)), draw(st.sampled_from([-1, 1]))
    label = {"vi": draw(strategies.LETTERS)}
    return draw(
        st.sampled_from(
            [
                lambda: form_editing.remove_field(form, key),
                lambda: form_editing.duplicate_field(form, key)[0],
                lambda: form_editing.move_field(form, key, to, section=section),
                lambda: form_editing.step(form, key, by),
                lambda: form_editing.move_group(form, key, by),
                lambda: form_editing.change_field(form, key, {"label": label}),
                lambda: form_editing.add_field(form, section, {"type": "text", "label": label})[0],
                lambda: form_editing.remove_section(form, section),
                lambda: form_editing.move_section(form, section, to),
                lambda: form_editing.change_section(form, section, {"title": label}),
                lambda: form_editing.add_section(form, {"title": label})[0],
            ]
        )
    )


@settings(relaxed, max_examples=60)
@given(strategies.schemas(), st.data())
def test_editing_keeps_a_form_right_or_refuses(data, draw):
    before = copy.deepcopy(data)
    change = draw.draw(operations(data))
    try:
        made = change()
    except Refused as refused:
        assert refused.message
    else:
        assert form_editing.wrong(made) == []
        try:
            load(made)
        except SchemaError as error:
            assert all(fault.is_gap for fault in error.faults)
    assert data == before


@relaxed
@given(strategies.schemas(), st.data())
def test_saving_a_page_of_the_builder_unchanged_changes_nothing(data, draw):
    section = draw.draw(st.sampled_from(data["sections"]))
    field = draw.draw(st.sampled_from(section["fields"]))
    holder = section["key"]
    shown = FieldForm(kind_of(field), field, raw.before(data, field["key"], holder))
    posted = query(Boxes(str(shown)).data)
    form = FieldForm(kind_of(field), field, raw.before(data, field["key"], holder), posted)
    assert form.is_valid(), form.errors
    made = form_editing.change_field(data, field["key"], form.values())
    same = load(made)
    # A condition may be written down more plainly; every other property stays.
    kept_part = [replace(field, show_if=None) for _section, field in load(data).fields()]
    assert [replace(field, show_if=None) for _section, field in same.fields()] == kept_part
    answers = good_answers(data)
    assert live_answers(same, answers) == live_answers(load(data), answers)
    page = SectionForm(section, raw.before(data, "", holder))
    again = SectionForm(section, raw.before(data, "", holder), query(Boxes(str(page)).data))
    assert again.is_valid()


@relaxed
@given(strategies.schemas(), st.data())
def test_simple_conditions_mean_what_they_say(data, draw):
    fields = [field for section in data["sections"] for field in section["fields"] if field["type"] != "note"]
    condition = draw.draw(strategies.conditions(fields))
    found = form_choices.simple(condition)
    if found is None:
        return
    written = form_choices.condition_of(found.joint, found.rows)
    full = good_answers(data)
    for answers in (full, {}, {key: value for key, value in full.items() if draw.draw(st.booleans())}):
        assert show(written, answers) == show(condition, answers)


@settings(relaxed, max_examples=40)
@given(st.lists(strategies.LETTERS, min_size=1, max_size=8, unique=True), st.data())
def test_answers_keep_their_values(lines, draw):
    lines = list(dict.fromkeys(" ".join(line.split()) for line in lines))
    first = form_choices.options_from_lines(lines, [], [])
    values = {option["label"]["vi"]: option["value"] for option in first}
    assert len(set(values.values())) == len(lines)
    shuffled = draw.draw(st.permutations(lines))
    again = form_choices.options_from_lines(shuffled, [], first)
    assert {option["label"]["vi"]: option["value"] for option in again} == values
