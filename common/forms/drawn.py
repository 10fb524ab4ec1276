"""A field of a form drawn by the pack's template, which runs once for everybody who sees the same.

A published form's questions are the same on every page that asks them; what differs is what stands in the boxes. So
the HTML is kept in pieces between which the escaped contents go. Nothing that somebody typed is kept: of a choice the
option, of an address the province, of a text only whether there is one. A field with an error, or of a kind that is
not known here, runs its template.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from django import forms
from django.forms import BoundField
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from ..text import page_language
from ..values import divisions
from .widgets import AddressWidget, OptionWidget, PartialDateWidget

# What nobody types: a character of the private use area.
_MARK = "\ue000"
_CLOSED = (forms.Select, forms.RadioSelect, OptionWidget)
# The boxes of an address in the order in which its template has them.
_OF_ADDRESS = ("commune_name", "commune", "detail", "elsewhere")
# Drawings of one form; what comes later is drawn anew. A list of all countries is one for each of them.
MOST = 300
Pieces = dict[tuple[Any, ...], list[str]]


@dataclass(frozen=True)
class _Filling:
    """What stands in a field: the option chosen, the contents of its boxes, and the same with marks in their place."""

    chosen: str = ""
    boxes: tuple[str, ...] = ()
    marked: Any = None


def draw(bound: BoundField, language: str, pieces: Pieces) -> SafeString:
    """Return the HTML of a field as 'motcua/field.html' draws it; ``pieces`` is what its form keeps of its fields.

    ``language`` is that of the form's own words, which need not be the page's.
    """
    filling = None if bound.errors else _filling(bound)
    if filling is None:
        return _drawn(bound)
    shape = (bound.name, language, page_language(), filling.chosen, *map(bool, filling.boxes))
    texts = pieces.get(shape)
    if texts is None:
        if len(pieces) >= MOST:
            return _drawn(bound)
        texts = pieces[shape] = _drawn_with(bound, filling.marked).split(_MARK) if filling.boxes else [_drawn(bound)]
    contents = [escape(box) for box in filling.boxes if box]
    return mark_safe("".join(part for pair in zip(texts, contents, strict=False) for part in pair) + texts[-1])  # noqa: S308


def _filling(bound: BoundField) -> _Filling | None:
    """Return what stands in a field; None for what is drawn anew each time."""
    widget: Any = bound.field.widget
    value = bound.value()
    if isinstance(widget, _CLOSED):
        return _Filling(str(value or "")) if _is_known(widget, str(value or "")) else None
    if type(widget) is AddressWidget:
        typed = widget.typed(value)
        if widget.hits or (typed["province"] and divisions.province(typed["province"]) is None):
            return None
        boxes = tuple(typed[part] for part in _OF_ADDRESS)
        return _Filling(typed["province"], boxes, typed | dict(zip(_OF_ADDRESS, _marks(boxes), strict=True)))
    if isinstance(widget, PartialDateWidget):
        boxes = tuple(value if isinstance(value, list) else widget.decompress(value))
        return _Filling(boxes=boxes, marked=_marks(boxes))
    if isinstance(widget, forms.TextInput | forms.Textarea):
        shown = widget.format_value(value)
        return _Filling() if shown is None else _Filling(boxes=(str(shown),), marked=_MARK if shown else "")
    return None


def _is_known(widget: Any, value: str) -> bool:
    options = [widget.on] if isinstance(widget, OptionWidget) else [str(option) for option, _text in widget.choices]
    return not value or value in options


def _marks(boxes: tuple[str, ...]) -> list[str]:
    return [_MARK if box else "" for box in boxes]


def _drawn(bound: BoundField) -> SafeString:
    return mark_safe(get_template("motcua/field.html").render({"field": bound}))  # noqa: S308


def _drawn_with(bound: BoundField, value: Any) -> str:
    """Return the HTML with another value than the form's."""
    bound.value = lambda: value  # type: ignore[method-assign]
    try:
        return _drawn(bound)
    finally:
        del bound.value
