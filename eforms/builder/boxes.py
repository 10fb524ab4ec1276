"""The boxes and the base of the builder's forms."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.utils import render_field
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.forms.fields import NfcCharField, WholeNumberField
from common.forms.screen_forms import ChangeForm
from common.text import lower_first

from ..parts import MAX_OPTIONS, MAX_TEXT
from .raw import text_of

MAX_LABEL = 300


class CleanTextField(NfcCharField):
    """A line or, with ``lines``, a text that people will read."""

    rows = 3

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"max_length": MAX_TEXT} | options))


class LinesField(CleanTextField):
    """Short texts, one a line; value: the list of lines."""

    def __init__(self, *, maximum: int = MAX_OPTIONS, longest: int = MAX_LABEL, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(**({"lines": True, "max_length": 60_000, "required": False} | kwargs))
        self.widget.attrs["rows"] = rows
        self.maximum, self.longest = maximum, longest

    def clean(self, value: Any) -> list[str]:
        """Return the lines, inner blank ones too; raises ValidationError for too many or too long ones."""
        lines = [" ".join(line.split()) for line in str(super().clean(value)).split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) > self.maximum:
            raise ValidationError(_("At most %(count)d lines fit here.") % {"count": self.maximum})
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(_("Write at most %(count)d characters a line.") % {"count": self.longest})
        return lines


class TickField(forms.BooleanField):
    """A box that may be ticked or not: neither needs the word 'optional'."""

    def validate(self, value: Any) -> None:
        """Take both answers."""


class Details:
    """A layout entry that folds seldom used boxes away; open while one of them holds something or is wrong."""

    def __init__(self, title: str, *names: str) -> None:
        self.title, self.names = title, names

    def render(self, form: forms.Form, context: Any, template_pack: str = "motcua", **kwargs: Any) -> SafeString:
        """Return its HTML."""
        inside = [render_field(name, form, context, template_pack=template_pack, **kwargs) for name in self.names]
        is_open = any(form[name].value() or name in form.errors for name in self.names)
        return render_to_string("manage/form_details.html", {"title": self.title, "inside": inside, "open": is_open})


class BuilderForm(ChangeForm):
    """What all of them share: words in two languages."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, revision: int = -1) -> None:
        super().__init__(data, revision=revision)

    def add_words(self, name: str, label: Any, stored: Any, *, required: bool = False, **more: Any) -> None:
        """Add a box for the Vietnamese and one, ``<name>_en``, for the English of a text."""
        words = stored if isinstance(stored, Mapping) else {}
        message = {"required": _("Enter %(label)s") % {"label": lower_first(str(label))}}
        self.fields[name] = CleanTextField(label=label, required=required, error_messages=message, **more)
        more.pop("help_text", None)
        self.fields[f"{name}_en"] = CleanTextField(
            label=_("%(label)s in English") % {"label": label}, required=False, **more
        )
        self.initial[name], self.initial[f"{name}_en"] = text_of(words), words.get("en", "")

    def words(self, name: str) -> dict[str, str] | None:
        """Return a text as data; None when there is none."""
        vi, en = self.cleaned_data.get(name, ""), self.cleaned_data.get(f"{name}_en", "")
        return ({"vi": vi} | ({"en": en} if en else {})) if vi else None


def whole_number(label: Any, *, minimum: int, maximum: int, required: bool = False) -> WholeNumberField:
    """Return a box for a whole number within bounds."""

    def check(value: int | None) -> None:
        if value is not None and not minimum <= value <= maximum:
            raise ValidationError(
                _("Enter a number from %(least)s to %(most)s.") % {"least": minimum, "most": maximum}, code="range"
            )

    field = WholeNumberField(label=label, required=required, validators=[check])
    field.widget.attrs["class"] = "w6"
    return field
