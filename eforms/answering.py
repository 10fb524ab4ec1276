"""Django forms made from one section of a form schema.

The server decides what counts: a question whose condition is false is never
required and its answer stays in the draft. Without scripts it is shown under
"Only answer if …"; with scripts ``data-conditional`` hides it.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import IdKind, Kind, User
from common.forms.drawn import draw
from common.forms.fields import (
    ANSWERS,
    AddressField,
    BankAccountField,
    FullNameField,
    MailField,
    MoneyField,
    NfcCharField,
    OptionField,
    PartialDateField,
    PhoneField,
    TableField,
    TaxCodeField,
    WholeNumberField,
    about_self,
)
from common.forms.person import PersonField
from common.forms.typed import Typed, typed_of
from common.text import page_language
from common.values.identity import birth_warning, id_kind

from . import schema as form_schema
from .schema import Answers, Question, Schema, Section

RADIOS_UP_TO = 7
_OF_BIRTH = ("personal_number", "birth", "sex")
_AUTOCOMPLETE = {"phone": "tel", "email": "email"}
# What the account pre-fills is about the person who types.
_OWN = ("person", "full_name", "birth", "address")
# The kind of paper that the form of a number tells, as answers name it.
PAPERS = {"personal": IdKind.PERSONAL.value, "card": IdKind.CARD.value, "passport": IdKind.PASSPORT.value}
Condition = Mapping[str, Any]


def known_data(user: User) -> dict[str, Any]:
    """Return what an account knows for filling in forms, by pre-fill source; empty values left out.

    For organisations and enterprises the person is their representative. One
    query for those, none for citizens.
    """
    data: dict[str, Any] = {
        "full_name": user.full_name,
        "birth": user.birth,
        "sex": user.sex,
        "personal_number": user.identity_number,
        "id_kind": user.identity_kind,
        "phone": user.phone,
        "email": user.email or "",
        "address": user.address or {},
    }
    if user.kind != Kind.CITIZEN:
        person = getattr(user, "representative", None)
        data |= {"organisation_name": user.full_name, "tax_code": user.tax_code, "birth": "", "sex": "", "id_kind": ""}
        data |= {
            "full_name": person.full_name if person else "",
            "representative_position": person.position if person else "",
            "personal_number": person.personal_number if person else "",
        }
    if data["personal_number"] and not data["id_kind"]:
        data["id_kind"] = PAPERS.get(id_kind(data["personal_number"]), "")
    if data["full_name"]:
        number = data["personal_number"]
        data["person"] = {
            "full_name": data["full_name"],
            "birth": data["birth"],
            "sex": data["sex"],
            "id_kind": data["id_kind"],
            "id_number": number,
        }
    return {source: value for source, value in data.items() if value}


def section_form(
    schema: Schema,
    section: Section,
    answers: Answers,
    *,
    data: Mapping[str, Any] | None = None,
    prefill: Mapping[str, Any] | None = None,
    language: str | None = None,
    today: date,
) -> "AnswerForm":
    """Return the form of a section: unbound it shows ``answers`` and pre-fills the rest, bound it checks ``data``.

    ``prefill`` is :func:`known_data` of the account. No queries.
    """
    return AnswerForm(
        schema,
        section,
        answers,
        data=data,
        prefill=prefill or {},
        language=language or page_language(),
        today=today,
    )


def anchor(key: str) -> str:
    """Return the id of a question on the page of its section: where a link to change the answer leads."""
    return f"id_{ANSWERS}-{key}-group"


class AnswerForm(forms.Form):
    """The questions of one section; their boxes are called ``answer-<key>``."""

    prefix = ANSWERS
    use_required_attribute = False

    def __init__(
        self,
        schema: Schema,
        section: Section,
        answers: Answers,
        *,
        data: Mapping[str, Any] | None,
        prefill: Mapping[str, Any],
        language: str,
        today: date,
    ) -> None:
        super().__init__(data)
        # What was sent, when something of it is at fault; known once the form is checked.
        self.typed: Typed = {}
        self.schema, self.section, self.language, self.today = schema, section, language, today
        self.stored = dict(answers)
        own = {field.key for field in section.fields}
        live = form_schema.live_answers(schema, answers)
        # Which paper a number is of goes with the number.
        self.kinds = {field.kind_question for field in section.fields if field.prefill == "personal_number"} - {""}
        self.before = {key: value for key, value in live.items() if key not in own}
        self.asked = [field for field in section.fields if self._may_show(field)]
        for field in self.asked:
            if field.is_asked:
                self.fields[field.key] = form_field(field, language)
                self.initial[field.key] = self._initial(field, prefill)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Questions(list(self._parts()))

    def _may_show(self, field: Question) -> bool:
        """Whether the field belongs on the page: its condition holds, or hangs on a question of this page."""
        if field.derive is not None:
            return False
        local = form_schema.condition_fields(field.show_if) & {other.key for other in self.section.fields}
        return bool(local) or form_schema.show(field.show_if, self.before)

    def _initial(self, field: Question, prefill: Mapping[str, Any]) -> Any:
        if field.key in self.stored:
            return self.stored[field.key]
        if field.prefill.startswith("answer:"):
            found = self.stored.get(field.prefill.removeprefix("answer:"))
        elif field.key in self.kinds:
            kind = prefill.get("id_kind")
            found = kind if any(option.value == kind for option in field.options) else None
        else:
            found = prefill.get(field.prefill)
        return found or field.default or None

    def _parts(self) -> Iterable[dict[str, Any]]:
        """Yield the questions and notes in order, those that share a condition on this page as one group."""
        groups = groupby(self.asked, key=lambda field: json.dumps(field.show_if, sort_keys=True))
        for n, (condition, group) in enumerate(groups):
            fields = list(group)
            parts = [self._part(field) for field in fields]
            shown_if = fields[0].show_if
            if condition == "null" or shown_if is None or not self._is_local(shown_if):
                yield from parts
                continue
            yield {
                "template": "eforms/_conditional.html",
                "inside": parts,
                # A key cannot hold a hyphen: no question has this id.
                "id": f"condition-{n}",
                "words": form_schema.condition_words(self.schema, shown_if, self.language),
                "rule": json.dumps(_local_part(shown_if, self), ensure_ascii=False),
            }

    def _part(self, field: Question) -> dict[str, Any]:
        if field.type == "note":
            words = {"title": field.label.say(self.language), "text": field.help.say(self.language)}
            return {"template": "eforms/_note.html"} | words
        return {"key": field.key}

    def _is_local(self, condition: Condition | None) -> bool:
        return bool(form_schema.condition_fields(condition) & {field.key for field in self.section.fields})

    @property
    def title(self) -> str:
        """Return the title of the section in the language of the form."""
        return self.section.title.say(self.language)

    @property
    def intro(self) -> str:
        """Return the introduction of the section in the language of the form."""
        return self.section.intro.say(self.language)

    @property
    def wants_row(self) -> bool:
        """Whether the button for another table row was pressed: the page is shown again, without faults."""
        return any(f"{self.add_prefix(field.key)}_more" in self.data for field in self.asked if field.type == "table")

    def full_clean(self) -> None:
        """Check what was sent; when only another row was asked for, report nothing."""
        super().full_clean()
        if self.is_bound:
            self.typed = typed_of(self)
        if self.is_bound and self.wants_row:
            self.errors.clear()

    def is_valid(self) -> bool:
        """Whether the page may be left: all answers right, and no further row asked for."""
        return super().is_valid() and not self.wants_row

    def clean(self) -> dict[str, Any]:
        """Apply the schema: hidden questions are never at fault, visible ones are checked against its rules."""
        cleaned = self.cleaned_data
        known = dict(self.before)
        for field in self.asked:
            if not field.is_asked:
                continue
            if not form_schema.show(field.show_if, known):
                self.errors.pop(field.key, None)
                continue
            if field.key in self.errors:
                continue
            try:
                value = form_schema.clean_value(field, cleaned.get(field.key), known, today=self.today)
            except ValidationError as error:
                self.add_error(field.key, error)
                continue
            cleaned[field.key] = known[field.key] = value
        return cleaned

    @property
    def warning(self) -> str:
        """A sentence when a personal number does not fit birth and sex asked beside it; never a refusal."""
        cleaned = getattr(self, "cleaned_data", {})
        told = {field.prefill: str(cleaned.get(field.key) or "") for field in self.asked if field.prefill in _OF_BIRTH}
        number, birth, sex = (told.get(source, "") for source in _OF_BIRTH)
        return birth_warning(number, birth, sex)

    def answers(self) -> dict[str, Any]:
        """Return the answers of this page that could be read, hidden ones too; a cleared one is None.

        Merge it into the draft: ``answers | form.answers()``.
        """
        cleaned = getattr(self, "cleaned_data", {})
        return {
            key: None if form_schema.is_empty(cleaned[key]) else cleaned[key] for key in self.fields if key in cleaned
        }


def form_field(field: Question, language: str, *, is_cell: bool = False) -> forms.Field:
    """Return the Django field of a question; a table cell gets a compact one."""
    common: dict[str, Any] = {
        "label": field.label.say(language),
        "help_text": _help(field, language),
        "required": field.is_required and not is_cell,
    }
    if common["required"]:
        common["error_messages"] = {"required": form_schema.missing_message(field)}
    if is_cell and not field.is_required:
        common["label"] += " " + _("(optional)")
    made = _make(field, language, common, is_cell)
    if field.prefill in _OWN:
        about_self(made)
    if field.prefill in _AUTOCOMPLETE:
        made.widget.attrs["autocomplete"] = _AUTOCOMPLETE[field.prefill]
    return made


def _help(field: Question, language: str) -> str:
    parts = [field.help.say(language)]
    if field.example:
        parts.append(_("Example: %(example)s") % {"example": field.example.say(language)})
    return " ".join(part for part in parts if part)


def _longest(field: Question) -> int:
    limits = [int(rule.args[0]) for rule in field.rules if rule.name == "max_length"]
    return min([form_schema.LENGTHS[field.type], *limits])


def _make(field: Question, language: str, common: dict[str, Any], is_cell: bool) -> forms.Field:
    match field.type:
        case "text":
            return NfcCharField(max_length=_longest(field), **common)
        case "long_text":
            return NfcCharField(max_length=_longest(field), widget=forms.Textarea(attrs={"rows": 5}), **common)
        case "number":
            return WholeNumberField(**common)
        case "money":
            return MoneyField(**common)
        case "date":
            return PartialDateField(partial=field.partial, **common)
        case "choice" | "yes_no":
            return _choice(field, language, common, is_cell)
        case "choices":
            options = [(option.value, option.label.say(language)) for option in field.options]
            return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
        case "full_name":
            return FullNameField(**common)
        case "id_number":
            attrs = {"autocomplete": "off", "spellcheck": "false"}
            return NfcCharField(max_length=40, widget=forms.TextInput(attrs=attrs), **common)
        case "tax_code":
            return TaxCodeField(**common)
        case "phone":
            return PhoneField(**common)
        case "email":
            return MailField(**common)
        case "person":
            return PersonField(**common)
        case "address":
            return AddressField(**common)
        case "bank_account":
            return BankAccountField(**common)
        case "table":
            columns = {column.key: form_field(column, language, is_cell=True) for column in field.columns}
            return TableField(columns=columns, max_rows=field.max_rows, **common)
    raise AssertionError(field.type)


def _choice(field: Question, language: str, common: dict[str, Any], is_cell: bool) -> forms.Field:
    options = [(option.value, option.label.say(language)) for option in field.options]
    if len(options) == 1 and not is_cell:
        return OptionField(value=options[0][0], text=options[0][1], **common)
    if len(options) <= RADIOS_UP_TO and not is_cell:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", _("Choose")), *options], **common)


class Questions:
    """What crispy lays out: all parts of a form in one run of a template, instead of one for each of them."""

    def __init__(self, parts: list[dict[str, Any]]) -> None:
        # Under the name by which crispy asks whether there are any.
        self.fields = parts

    def render(self, form: forms.Form, context: Any, template_pack: str = "motcua", **kwargs: Any) -> SafeString:
        """Return the HTML of all parts."""
        return render_to_string(
            "eforms/_questions.html", {"parts": [self._written(part, form) for part in self.fields]}
        )

    def _written(self, part: dict[str, Any], form: Any) -> dict[str, Any]:
        if "key" in part:
            return {"html": draw(form[part["key"]], form.language, form.schema.drawn)}
        return part | {"inside": [self._written(one, form) for one in part["inside"]]} if "inside" in part else part


def _local_part(condition: Condition, form: AnswerForm) -> Condition:
    """Return a condition for the page's script, over the names of boxes.

    Answers of other pages are settled: ``{"all": []}`` true, ``{"any": []}`` false.
    """
    for name in ("all", "any"):
        if name in condition:
            return {name: [_local_part(part, form) for part in condition[name]]}
    if "not" in condition:
        return {"not": _local_part(condition["not"], form)}
    if any(field.key == condition["field"] for field in form.section.fields):
        return {**condition, "field": form.add_prefix(condition["field"])}
    return {"all": []} if form_schema.show(condition, form.before) else {"any": []}
