"""The boxes of a question: its Django field, and its answer as it stands in it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from common.forms.fields import (
    AddressField,
    BankAccountField,
    DecimalField,
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
from common.values.money import decimal_text, is_exact

from .. import schema as form_schema
from ..schema import Question
from .arranging import is_list

# So few answers of so many letters together stand side by side.
SHORT_UP_TO, SHORT_LETTERS = 3, 36
_AUTOCOMPLETE = {"phone": "tel", "email": "email"}
# What the account pre-fills is about the person who types.
_OWN = ("person", "full_name", "birth", "address")


def form_field(field: Question, language: str, *, is_cell: bool = False) -> forms.Field:
    """Return the Django field of a question; a table cell gets a compact one."""
    common: dict[str, Any] = {
        "label": form_schema.label_of(field, language),
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


def as_typed(field: Question, value: Any) -> Any:
    """Return an answer as it stands in its box: decimals with their comma."""
    if field.type == "decimal" and is_exact(value):
        return decimal_text(value)
    if field.type == "table" and isinstance(value, list):
        columns = {column.key: column for column in field.columns}
        return [
            {key: as_typed(columns[key], cell) if key in columns else cell for key, cell in row.items()}
            for row in value
        ]
    return value


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
        case "decimal":
            return DecimalField(decimals=field.decimals, unit=field.unit.vi, **common)
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
            asked = [column for column in field.columns if column.is_asked]
            columns = {column.key: form_field(column, language, is_cell=True) for column in asked}
            return TableField(columns=columns, max_rows=field.max_rows, **common)
    raise AssertionError(field.type)


def _choice(field: Question, language: str, common: dict[str, Any], is_cell: bool) -> forms.Field:
    options = [(option.value, option.label.say(language)) for option in field.options]
    if len(options) == 1 and not is_cell:
        return OptionField(value=options[0][0], text=options[0][1], **common)
    if not is_list(field) and not is_cell:
        is_short = len(options) <= SHORT_UP_TO and sum(len(words) for _value, words in options) <= SHORT_LETTERS
        widget = forms.RadioSelect(attrs={"class": "short"} if is_short else None)
        return forms.ChoiceField(choices=options, widget=widget, **common)
    return forms.ChoiceField(choices=[("", _("Choose")), *options], **common)
