"""A field of a form drawn by the pack's template, which runs once for everybody who sees the same.

A published form's questions are the same on every page that asks them; what differs is what stands in the boxes. So
the HTML is kept in pieces between which the escaped contents go. Nothing that somebody typed is kept: of a choice the
option, of a text only whether there is one. A field with an error, or of a kind that is not known here, runs its
template.
"""

from html import escape
from typing import Any

from django import forms
from django.forms import BoundField
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from ..text import page_language
from .widgets import OptionWidget, PartialDateWidget

# What nobody types: a character of the private use area.
_MARK = "\ue000"
_CLOSED = (forms.Select, forms.RadioSelect, OptionWidget)
Pieces = dict[tuple[Any, ...], list[str]]


def draw(bound: BoundField, language: str, pieces: Pieces) -> SafeString:
    """Return the HTML of a field as 'motcua/field.html' draws it; ``pieces`` is what its form keeps of its fields.

    ``language`` is that of the form's own words, which need not be the page's.
    """
    boxes = None if bound.errors else _boxes(bound)
    if boxes is None:
        return get_template("motcua/field.html").render({"field": bound})
    # A choice has no boxes to fill: which option is chosen tells one drawing from another.
    chosen = "" if boxes else str(bound.value() or "")
    shape = (bound.name, language, page_language(), chosen, *map(bool, boxes))
    if shape not in pieces:
        pieces[shape] = _drawn_with(bound, [_MARK if box else "" for box in boxes]).split(_MARK)
    texts = pieces[shape]
    contents = [escape(box) for box in boxes if box]
    return mark_safe("".join(part for pair in zip(texts, contents) for part in pair) + texts[-1])  # noqa: S308, B905


def _boxes(bound: BoundField) -> list[str] | None:
    """Return the contents of the boxes to fill, none for a choice; None for what is drawn anew each time."""
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, _CLOSED):
        return [] if _is_known(bound, str(value or "")) else None
    if isinstance(widget, PartialDateWidget):
        return value if isinstance(value, list) else widget.decompress(value)
    if isinstance(widget, forms.TextInput | forms.Textarea):
        shown = widget.format_value(value)
        return [] if shown is None else [str(shown)]
    return None


def _is_known(bound: BoundField, value: str) -> bool:
    widget: Any = bound.field.widget
    options = [widget.on] if isinstance(widget, OptionWidget) else [str(option) for option, _text in widget.choices]
    return not value or value in options


def _drawn_with(bound: BoundField, boxes: list[str]) -> str:
    """Return the HTML with these contents of the boxes instead of the form's."""
    if not boxes:
        return get_template("motcua/field.html").render({"field": bound})
    marked: Any = boxes if len(boxes) > 1 else boxes[0]
    bound.value = lambda: marked  # type: ignore[method-assign]
    try:
        return get_template("motcua/field.html").render({"field": bound})
    finally:
        del bound.value
