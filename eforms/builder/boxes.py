"""The boxes and the base of the builder's forms."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.utils import render_field
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.forms.fields import LineField, WholeNumberField
from common.forms.screen_forms import ChangeForm
from common.text import lower_first

from ..across.checks import UNIT_WORDS
from ..across.spans import MAX_SPAN
from ..parts import MAX_TEXT
from .raw import text_of

MAX_LABEL = 300
# A sentence or two of a form's own words.
ROWS = 3


class Details:
    """A layout entry that folds seldom used boxes away; open while one of them holds something or is wrong."""

    def __init__(self, title: str, *names: str) -> None:
        self.title, self.names = title, names

    def render(self, form: forms.Form, context: Any, template_pack: str = "motcua", **kwargs: Any) -> SafeString:
        """Return its HTML."""
        inside = [render_field(name, form, context, template_pack=template_pack, **kwargs) for name in self.names]
        is_open = any(form[name].value() or name in form.errors for name in self.names)
        return render_to_string("manage/form_details.html", {"title": self.title, "inside": inside, "open": is_open})


def add_span(form: forms.Form, stored: Mapping[str, Any]) -> None:
    """Add two boxes, ``amount`` and ``span``, for so many days, months or years."""
    form.fields["amount"] = WholeNumberField(label=_("How much time"), minimum=0, maximum=MAX_SPAN, required=True)
    form.fields["span"] = forms.ChoiceField(label=_("Counted in"), choices=list(UNIT_WORDS.items()))
    form.initial["amount"], form.initial["span"] = stored.get("amount"), stored.get("unit", "days")


class BuilderForm(ChangeForm):
    """What all of them share: words in two languages."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, revision: int = -1) -> None:
        super().__init__(data, revision=revision)

    def add_words(self, name: str, label: Any, stored: Any, *, required: bool = False, **more: Any) -> None:
        """Add a box for the Vietnamese and one, ``<name>_en``, for the English of a text."""
        words = stored if isinstance(stored, Mapping) else {}
        message = {"required": _("Enter %(label)s") % {"label": lower_first(str(label))}}
        more = {"max_length": MAX_TEXT, "rows": ROWS} | more
        self.fields[name] = LineField(label=label, required=required, error_messages=message, **more)
        more.pop("help_text", None)
        self.fields[f"{name}_en"] = LineField(
            label=_("%(label)s in English") % {"label": label}, required=False, **more
        )
        self.initial[name], self.initial[f"{name}_en"] = text_of(words), words.get("en", "")

    def words(self, name: str) -> dict[str, str] | None:
        """Return a text as data; None when there is none."""
        vi, en = self.cleaned_data.get(name, ""), self.cleaned_data.get(f"{name}_en", "")
        return ({"vi": vi} | ({"en": en} if en else {})) if vi else None
