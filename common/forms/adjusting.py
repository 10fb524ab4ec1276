"""Adjust a form after it was made: what a choice offers, what the form was sent."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


def choice_of(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """Return the form's own copy of a choice, to set what it offers."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


def sent_with(form: forms.BaseForm, values: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a copy of what a form was sent, in which some boxes hold other values."""
    data = form.data.copy() if isinstance(form.data, MultiValueDict) else dict(form.data)
    for box, value in values.items():
        data[box] = value
    return data
