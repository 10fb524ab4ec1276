"""Adjust a form after it was made: what a choice offers, what the form was sent."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from .checks import PERSON_PARTS
from .person import PersonWidget
from .widgets import AddressWidget, PartialDateWidget


def choice_of(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """Return the form's own copy of a choice, to set what it offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def with_values(form: forms.BaseForm, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a copy of what a form was sent, in which the boxes of some fields hold these values."""
    boxes: dict[str, str] = {}
    for name, value in values.items():
        boxes |= _boxes(form.fields[name].widget, form.add_prefix(name), value)
    return sent_with(form, boxes)


def _boxes(widget: Any, name: str, value: Any) -> dict[str, str]:
    """Return the boxes of a widget with a stored value in them."""
    if isinstance(widget, AddressWidget):
        return {f"{name}_{part}": text for part, text in widget.typed(value).items()}
    if isinstance(widget, PersonWidget):
        birth = _boxes(PartialDateWidget(), f"{name}-birth", value.get("birth", ""))
        return birth | {f"{name}-{part}": value.get(part, "") for part in PERSON_PARTS if part != "birth"}
    if isinstance(widget, forms.MultiWidget):
        several: Any = widget
        texts = several.decompress(value)
        return {name + suffix: str(text or "") for suffix, text in zip(several.widgets_names, texts, strict=True)}
    return {name: str(value)}


def sent_with(form: forms.BaseForm, values: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a copy of what a form was sent, in which some boxes hold other values."""
    data = form.data.copy() if isinstance(form.data, MultiValueDict) else dict(form.data)
    for box, value in values.items():
        data[box] = value
    return data
