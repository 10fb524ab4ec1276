"""What is drawn once for everybody is what the template draws for each."""

import pytest
from django import forms
from django.template.loader import get_template
from django.utils import translation

from common.forms.drawn import Pieces, draw
from common.forms.fields import (
    AddressField,
    MoneyField,
    NfcCharField,
    OptionField,
    PartialDateField,
    PhoneField,
    TableField,
    TickField,
    WholeNumberField,
)

HARD = ["", "a", "<b>&\"'</b>", "\ue000", "{{ field }}", "hai\ndòng"]
ADDRESSES = [
    {},
    {"elsewhere": "<Paris>"},
    {"province": "75", "commune": "26425", "detail": "Ấp <2>"},
    {"province": "75", "commune": "99999", "commune_name": "Xã Lạ", "detail": ""},
    {"province": "00", "commune": "x", "detail": "y"},
]
COLOURS = [("r", "Đỏ <&>"), ("g", "Xanh")]


def fields():
    """Return pairs of a field and the values to show in it."""
    return {
        "line": (NfcCharField(help_text="Ví dụ: <An>", max_length=40), HARD),
        "text": (NfcCharField(lines=True, required=False), HARD),
        "phone": (PhoneField(), ["", "0912 000 001"]),
        "number": (WholeNumberField(minimum=0, maximum=9), [None, 0, 7, "7"]),
        "money": (MoneyField(required=False), [None, 8000]),
        "date": (PartialDateField(partial=True), ["", "1950", "1950-03", "1950-03-27", ["", "3", "<"]]),
        "radio": (forms.ChoiceField(choices=COLOURS, widget=forms.RadioSelect), ["", "r", "g", "unknown"]),
        "select": (forms.ChoiceField(choices=[("", "–"), *COLOURS], required=False), ["", "g", "<unknown>"]),
        "option": (OptionField(value="yes", text="Tôi cam đoan"), ["", "yes", "no"]),
        "several": (forms.MultipleChoiceField(choices=COLOURS, widget=forms.CheckboxSelectMultiple), [[], ["r", "g"]]),
        "tick": (TickField(required=False), [True, False]),
        "address": (AddressField(), ADDRESSES),
        "table": (TableField(columns={"a": NfcCharField()}, max_rows=3), [[], [{"a": "x"}]]),
    }


def form_with(name, value, data=None):
    made = type("OneForm", (forms.Form,), {name: fields()[name][0]})
    return made(data, initial={name: value})


@pytest.mark.parametrize("name", fields())
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_value_is_drawn_as_the_template_draws_it(name, language):
    template = get_template("motcua/field.html")
    pieces: Pieces = {}
    with translation.override(language):
        for _again in range(2):
            for value in fields()[name][1]:
                drawn = draw(form_with(name, value)[name], language, pieces)
                assert drawn == template.render({"field": form_with(name, value)[name]})
    kept = str(pieces)
    assert bool(pieces) == (name not in ("tick", "table"))
    assert not [text for text in ("1950", "0912", "8.000", "Paris", "Xã Lạ", "Ấp", "99999", "unknown") if text in kept]


def test_an_error_is_drawn_and_kept_by_nobody():
    pieces: Pieces = {}
    bound = form_with("line", "", {"line": ""})["line"]
    assert "error-message" in draw(bound, "vi", pieces)
    assert pieces == {}
    assert "error-message" not in draw(form_with("line", "")["line"], "vi", pieces)


def test_languages_are_drawn_apart():
    pieces: Pieces = {}
    words = set()
    for language in ("vi", "en"):
        with translation.override(language):
            words.add(draw(form_with("text", "")["text"], "vi", pieces))
    assert len(words) == 2
