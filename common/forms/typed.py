"""What was typed into a form and did not pass its checks, kept as it was sent, so that nobody types it again."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

Typed = dict[str, list[str]]


def typed_of(form: forms.BaseForm, only: Collection[str] | None = None) -> Typed:
    """Return the boxes of a checked form as they were sent, {} when nothing that was typed is at fault.

    An empty box that must be filled in is no fault of what was typed. Boxes of
    other forms and buttons are left out; ``only`` looks at some fields alone.
    """
    fields = [name for name in form.fields if only is None or name in only]
    if not any(name in form.errors and not _is_blank(_sent(form, name)) for name in fields):
        return {}
    data: Any = (
        form.data if isinstance(form.data, MultiValueDict) else as_sent({box: [form.data[box]] for box in form.data})
    )
    names = {form.add_prefix(name) for name in fields}
    return {box: data.getlist(box) for box in data if _belongs(box, names)}


def as_sent(kept: Mapping[str, list[str]]) -> MultiValueDict[str, str]:
    """Return kept boxes as a form takes them."""
    return MultiValueDict(dict(kept))


def _sent(form: forms.BaseForm, name: str) -> Any:
    return form.fields[name].widget.value_from_datadict(form.data, form.files, form.add_prefix(name))


def _is_blank(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_blank(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(_is_blank(part) for part in value)
    return value is None or value is False or not str(value).strip()


def _belongs(box: str, names: set[str]) -> bool:
    # The button for another row of a table is no box.
    return not box.endswith("_more") and any(box == name or box.startswith((f"{name}_", f"{name}-")) for name in names)
