"""Warnings: what a person should look at again, said once what was typed is stored; never a refusal."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest


def warnings_of(form: forms.BaseForm) -> list[str]:
    """Return the sentences about a checked form, each once.

    A field with a method ``warning(value)`` is asked about its own value; a form with a property ``warning`` says
    what concerns several boxes.
    """
    asked: list[Any] = [
        (field, form.cleaned_data[name]) for name, field in form.fields.items() if form.cleaned_data.get(name)
    ]
    found = [f"{field.label}: {field.warning(value)}" for field, value in asked if _has_warning(field, value)]
    return list(dict.fromkeys([*found, *filter(None, [getattr(form, "warning", "")])]))


def point_out(request: HttpRequest, form: forms.BaseForm) -> None:
    """Show the warnings of a form on the next page."""
    for sentence in warnings_of(form):
        messages.warning(request, sentence)


def _has_warning(field: Any, value: Any) -> bool:
    return bool(hasattr(field, "warning") and field.warning(value))
