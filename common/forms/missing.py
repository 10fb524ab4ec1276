"""What is said of an empty box, by its name: 'Nhập họ và tên', never 'This field is required'.

``NamedField`` is the bound field of every form (``FORM_RENDERER``), so that forms of other packages say it too.
"""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _

from ..text import lower_first

_UNNAMED = forms.Field.default_error_messages["required"]
_CHOSEN = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)


def in_sentence(label: str) -> str:
    """Return the name of a box as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else lower_first(label)


def missing_words(label: str, *, is_chosen: bool = False, is_ticked: bool = False) -> str:
    """Say what to do about an empty box: answer the question, tick it, choose or enter it."""
    label = label.strip()
    if is_ticked:
        return _("Tick the box to go on: “%(label)s”") % {"label": label}
    if label.endswith("?"):
        return _("Answer the question “%(label)s”") % {"label": label}
    return (_("Choose: %(label)s") if is_chosen else _("Enter %(label)s")) % {"label": in_sentence(label)}


class NamedField(forms.BoundField):
    """A field of a form that names itself when it was left empty, unless it has words of its own for that."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if field.error_messages.get("required") is _UNNAMED:
            words: Any = {
                "is_chosen": isinstance(field.widget, _CHOSEN),
                "is_ticked": isinstance(field.widget, forms.CheckboxInput),
            }
            field.error_messages["required"] = missing_words(str(self.label), **words)


class Renderer(TemplatesSetting):
    """Draws forms with the project's templates and names their empty fields."""

    bound_field_class = NamedField
