"""The publishers' forms for the parts of a form schema beside its questions.

``values()`` of each is what ``editing`` takes.
"""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from crispy_forms.layout import Layout
from django.utils.translation import gettext as _

from common.forms.fields import LineField, LinesField, TickField, WholeNumberField

from ..parts import COLUMN_TYPES, MAX_SIGNATURE, MAX_SIGNATURES
from .boxes import MAX_LABEL, BuilderForm, Details
from .conditions import ConditionField
from .labels import TYPE_WORDS
from .raw import Part, list_of, text_of

# In the order in which publishers are likely to want them.
OFFERED = (
    "text long_text number decimal money date choice choices yes_no person full_name id_number tax_code phone "
    "email address bank_account table note "
    "date_in_words amount_in_words number_in_words sum product count age days_between within file"
).split()


class TitleForm(BuilderForm):
    """The title of the declaration, the legal basis of its pattern and who signs it."""

    def __init__(self, form: Mapping[str, Any], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.add_words("title", _("Title of the declaration"), form.get("title"), required=True, max_length=MAX_LABEL)
        self.fields["basis"] = LineField(
            label=_("Legal basis of the pattern"),
            help_text=_("Example: %(example)s") % {"example": "Thông tư 04/2024/TT-BTP"},
            required=False,
            max_length=1000,
        )
        self.initial["basis"] = form.get("basis", "")
        lines: dict[str, Any] = {
            "maximum": MAX_SIGNATURES,
            "longest": MAX_SIGNATURE,
            "rows": MAX_SIGNATURES,
            "distinct": False,
            "required": False,
        }
        self.fields["signatures"] = LinesField(
            label=_("Who signs the paper, one a line"),
            help_text=_("Example: %(example)s") % {"example": "Bên nữ; Bên nam; Người đại diện (Ký, đóng dấu)"}
            + " "
            + _("What stands in brackets is printed small under the name. Left empty: “Người khai”."),
            **lines,
        )
        self.fields["signatures_en"] = LinesField(
            label=_("Who signs, in English"), help_text=_("The same lines in the same order."), **lines
        )
        stored = [words for words in list_of(form.get("signatures")) if isinstance(words, Mapping)]
        self.initial["signatures"] = "\n".join(text_of(words) for words in stored)
        english = [str(words.get("en", "")) for words in stored]
        self.initial["signatures_en"] = "\n".join(english) if any(english) else ""
        self.helper.layout = Layout(
            "title", "basis", "signatures", Details(_("In English"), "title_en", "signatures_en")
        )

    def clean(self) -> dict[str, Any]:
        """Check that each English line has its Vietnamese one."""
        cleaned: dict[str, Any] = self.cleaned_data
        lines, english = cleaned.get("signatures") or [], cleaned.get("signatures_en") or []
        if "signatures" not in self.errors and any(
            text and not line for line, text in zip_longest(lines, english, fillvalue="")
        ):
            self.add_error("signatures_en", _("There are more lines in English than in Vietnamese."))
        return cleaned

    def signatures(self) -> list[dict[str, str]]:
        """Return who signs as data; none when nobody was written."""
        pairs = zip_longest(self.cleaned_data["signatures"], self.cleaned_data["signatures_en"], fillvalue="")
        return [{"vi": vi} | ({"en": en} if en else {}) for vi, en in pairs if vi]


class SectionForm(BuilderForm):
    """One section: title, introduction, when it is asked."""

    def __init__(self, section: Mapping[str, Any], before: Sequence[Part], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.add_words("title", _("Title of the section"), section.get("title"), required=True, max_length=MAX_LABEL)
        self.add_words("intro", _("Introduction"), section.get("intro"), lines=True, help_text=_("A sentence or two."))
        stored = section.get("show_if")
        self.fields["show_if"] = ConditionField(label=_("Ask this section only if"), fields=before, stored=stored)
        self.initial["show_if"] = stored
        self.helper.layout = Layout("title", "intro", "show_if", Details(_("In English"), "title_en", "intro_en"))

    def values(self) -> dict[str, Any]:
        """Return the properties of the section."""
        return {
            "title": self.words("title"),
            "intro": self.words("intro"),
            "show_if": self.cleaned_data.get("show_if"),
        }


class PaperForm(BuilderForm):
    """A file that is asked for: it becomes a paper of the procedure."""

    def __init__(self, before: Sequence[Part], data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.add_words("name", _("Name of the paper"), None, required=True, max_length=400)
        self.fields["required"] = TickField(label=_("Must be handed in"), initial=True)
        self.fields["originals"] = WholeNumberField(label=_("Originals"), minimum=0, maximum=100, required=True)
        self.fields["copies"] = WholeNumberField(label=_("Copies"), minimum=0, maximum=100, required=True)
        self.initial.update({"originals": 0, "copies": 1})
        self.fields["show_if"] = ConditionField(label=_("Ask only if"), fields=before)
        self.fields["condition"] = LineField(
            label=_("When it is needed, in words"),
            help_text=_("People read this in the list of papers. Left empty, it is made from the condition above."),
            required=False,
            max_length=300,
        )
        names = ("name", "required", "originals", "copies", "show_if", "condition")
        self.helper.layout = Layout(*names, Details(_("In English"), "name_en"))


def types_offered(*, is_column: bool) -> list[tuple[str, Any]]:
    """Return the types to choose from with their words."""
    return [(kind, TYPE_WORDS[kind]) for kind in OFFERED if not is_column or kind in COLUMN_TYPES]


def kind_of(field: Mapping[str, Any]) -> str:
    """Return the type of a raw question as it is offered; each way of working an answer out is one of its own."""
    derive = field.get("derive")
    return str(derive.get("name") if isinstance(derive, Mapping) else "date_in_words" if derive else field.get("type"))
