"""One question about a person: name, birth, sex and identity paper, answered in one group of boxes.

Value: ``{"full_name", "birth", "sex", "id_kind", "id_number"}``; empty ``{}``.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from ..values import partial_date
from ..values.identity import birth_warning
from .checks import NO_PAPER, PERSON_PARTS, check_person, name_warning
from .widgets import PartialDateWidget, typed_text

SEX_WORDS = {"nam": gettext_lazy("Male"), "nu": gettext_lazy("Female")}
ID_KIND_WORDS = {
    "can_cuoc": gettext_lazy("Identity card (12 digits)"),
    "cmnd": gettext_lazy("Old identity card (9 digits)"),
    "ho_chieu": gettext_lazy("Passport"),
    "khac": gettext_lazy("Other paper"),
    NO_PAPER: gettext_lazy("No identity paper"),
}
_OWN = {"full_name": "name", "sex": "sex"}


class PersonWidget(forms.Widget):
    """Boxes for the parts of a person; with ``is_own`` browsers offer what they know of the person who types.

    The boxes are called ``<name>-<part>``: a hyphen cannot stand in a key, so they clash with no other question.
    """

    template_name = "motcua/widgets/person.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.is_own = False
        self.wrong: frozenset[str] = frozenset()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        """Return the texts of the boxes by part; the birth as day, month and year."""
        typed: dict[str, Any] = {part: typed_text(data.get(f"{name}-{part}")) for part in PERSON_PARTS}
        typed["birth"] = PartialDateWidget().value_from_datadict(data, files, f"{name}-birth")
        return typed

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Say whether none of the boxes was sent."""
        return f"{name}-full_name" not in data

    def id_for_label(self, id_: str, index: int | None = None) -> str:
        """Return the first box that is wrong, else the name, where an error link leads."""
        part = next((part for part in PERSON_PARTS if part in self.wrong), "full_name")
        first = {"birth": "birth_0", "sex": f"sex_{next(iter(SEX_WORDS))}"}
        return f"{id_}-{first.get(part, part)}" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template the boxes with their values."""
        context = super().get_context(name, value, attrs)
        typed = {part: (value or {}).get(part, "") for part in PERSON_PARTS}
        birth = PartialDateWidget()
        birth.is_own = self.is_own
        id_ = context["widget"]["attrs"].get("id", f"id_{name}")
        context["widget"] |= {
            "typed": typed,
            "id": id_,
            "birth": birth.render(f"{name}-birth", typed["birth"], {"id": f"{id_}-birth"}),
            "sexes": SEX_WORDS.items(),
            "kinds": ID_KIND_WORDS.items(),
            "offered": {part: (_OWN.get(part, "off") if self.is_own else "off") for part in PERSON_PARTS},
            "wrong": self.wrong,
        }
        return context


class PersonField(forms.Field):
    """A person; at least the name is needed once anything is typed."""

    widget: Any = PersonWidget
    default_error_messages = {"required": gettext_lazy("Enter the full name.")}

    def clean(self, value: Any) -> dict[str, str]:
        """Return the person, or {} when nothing was typed; messages name the part that is wrong."""
        typed = dict(value or {})
        boxes = typed.get("birth") or []
        if not isinstance(boxes, list):
            boxes = PartialDateWidget().decompress(boxes)
        if not any(boxes) and not any(typed.get(part) for part in PERSON_PARTS if part != "birth"):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return {}
        try:
            typed["birth"] = partial_date.build(*boxes) if any(boxes) else ""
        except ValueError:
            # Not a date: the check below says so beside the other faults.
            typed["birth"] = "?"
        try:
            return check_person({part: str(typed.get(part, "")) for part in PERSON_PARTS})
        except ValidationError as error:
            self.widget.wrong = frozenset(found.code or "" for found in error.error_list)
            raise

    def warning(self, value: Mapping[str, str]) -> str:
        """Return what to look at again in a person; never a refusal."""
        number, birth, sex = (value.get(part, "") for part in ("id_number", "birth", "sex"))
        return name_warning(value.get("full_name", "")) or birth_warning(number, birth, sex)


def person_text(value: Mapping[str, str], language: str) -> str:
    """Put a person in words: 'Nguyễn Văn An, sinh 27/03/1990, nam, Hộ chiếu B1234567'."""
    is_english = language == "en"
    born, kinds, sexes = _EN if is_english else _VI
    parts = [value.get("full_name", "")]
    if value.get("birth"):
        parts.append(f"{born} {partial_date.display(value['birth'])}")
    parts.append(sexes.get(value.get("sex", ""), ""))
    number = value.get("id_number", "")
    if number:
        parts.append(f"{kinds.get(value.get('id_kind', ''), kinds[''])} {number}")
    elif value.get("id_kind") == NO_PAPER:
        parts.append(kinds[NO_PAPER])
    return ", ".join(part for part in parts if part)


# Summaries are made in the language of the paper, whatever the screen speaks.
_VI = (
    "sinh",
    {"can_cuoc": "Căn cước", "cmnd": "CMND", "ho_chieu": "Hộ chiếu", "khac": "giấy tờ số", "": "giấy tờ số"}
    | {NO_PAPER: "không có giấy tờ"},
    {"nam": "nam", "nu": "nữ"},
)
_EN = (
    "born",
    {"can_cuoc": "identity card", "cmnd": "old identity card", "ho_chieu": "passport", "khac": "paper", "": "paper"}
    | {NO_PAPER: "no identity paper"},
    {"nam": "male", "nu": "female"},
)
