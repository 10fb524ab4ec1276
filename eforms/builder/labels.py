"""What publishers read about the parts of a form, in the active language: types, checks, pre-fill, comparisons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.text import fold
from common.values import partial_date
from common.values.money import grouped

from ..lists import named_lists
from ..parts import FACTS, PREFILLS
from ..reading import OPERATORS
from ..rules import RULES, RuleKind
from .raw import name_of, text_of

Text = str | Promise


@dataclass(frozen=True, slots=True)
class TypeWords:
    """How a type is offered: its name, what it is for, an example."""

    name: Text
    hint: Text
    example: Text = ""


TYPE_WORDS: dict[str, TypeWords] = {
    "text": TypeWords(
        gettext_lazy("Short text"),
        gettext_lazy("One line, at most 300 characters."),
        gettext_lazy("name of the school"),
    ),
    "long_text": TypeWords(
        gettext_lazy("Long text"),
        gettext_lazy("Several lines, at most 5,000 characters."),
        gettext_lazy("reasons for the request"),
    ),
    "number": TypeWords(
        gettext_lazy("Whole number"), gettext_lazy("Without a fraction."), gettext_lazy("number of copies")
    ),
    "decimal": TypeWords(
        gettext_lazy("Decimal number"),
        gettext_lazy("With digits after a comma and a unit: area, weight, share."),
        gettext_lazy("area in m²"),
    ),
    "money": TypeWords(
        gettext_lazy("Amount of money"), gettext_lazy("Whole đồng, not below 0."), gettext_lazy("business capital")
    ),
    "date": TypeWords(
        gettext_lazy("Date"),
        gettext_lazy("Day, month and year; on request the year alone is enough."),
        gettext_lazy("day of the festival"),
    ),
    "choice": TypeWords(
        gettext_lazy("One answer of several"),
        gettext_lazy("The applicant picks one; a single answer is a box to tick."),
        gettext_lazy("relation to the child"),
    ),
    "choices": TypeWords(
        gettext_lazy("Several answers"),
        gettext_lazy("The applicant ticks as many as apply."),
        gettext_lazy("kinds of support wished for"),
    ),
    "yes_no": TypeWords(
        gettext_lazy("Yes or no"), gettext_lazy("Two answers: Có, Không."), gettext_lazy("Do you need copies?")
    ),
    "person": TypeWords(
        gettext_lazy("Person"),
        gettext_lazy("Full name, date of birth, sex, kind and number of the identity paper in one group."),
        gettext_lazy("the mother, the guardian"),
    ),
    "full_name": TypeWords(
        gettext_lazy("Full name"), gettext_lazy("A person's name alone."), gettext_lazy("name of the child")
    ),
    "id_number": TypeWords(
        gettext_lazy("Identity number"),
        gettext_lazy("Personal number, old identity card or passport; the form of the number is checked."),
        gettext_lazy("number of the mother's identity card"),
    ),
    "tax_code": TypeWords(
        gettext_lazy("Tax code"), gettext_lazy("10 or 13 digits with their check digit."), gettext_lazy("0100233488")
    ),
    "phone": TypeWords(
        gettext_lazy("Phone number"), gettext_lazy("Mobile, landline or from abroad."), gettext_lazy("0912 000 001")
    ),
    "email": TypeWords(gettext_lazy("Email address"), gettext_lazy("One address."), gettext_lazy("ten@example.com")),
    "address": TypeWords(
        gettext_lazy("Address"),
        gettext_lazy("Province, commune, house and street; former places and abroad as text."),
        gettext_lazy("place of residence"),
    ),
    "bank_account": TypeWords(
        gettext_lazy("Bank account"),
        gettext_lazy("Bank, account number and holder."),
        gettext_lazy("account for the allowance"),
    ),
    "table": TypeWords(
        gettext_lazy("Table of rows"),
        gettext_lazy("The same few questions for each row."),
        gettext_lazy("members of the household"),
    ),
    "note": TypeWords(
        gettext_lazy("Note"),
        gettext_lazy("Text to read, without an answer."),
        gettext_lazy("what to know before going on"),
    ),
    # Not types of the schema: what is made of other answers, and a paper of the procedure.
    "date_in_words": TypeWords(
        gettext_lazy("Date in words"),
        gettext_lazy("Made from a date above and printed; the applicant is not asked."),
        gettext_lazy("Ngày mùng một tháng một năm hai nghìn"),
    ),
    "number_in_words": TypeWords(
        gettext_lazy("Number in words"),
        gettext_lazy("Made from a whole number above and printed; the applicant is not asked."),
        gettext_lazy("Hai mươi mốt"),
    ),
    "amount_in_words": TypeWords(
        gettext_lazy("Amount in words"),
        gettext_lazy("Made from an amount above and printed; the applicant is not asked."),
        gettext_lazy("Hai mươi mốt nghìn đồng"),
    ),
    "sum": TypeWords(
        gettext_lazy("Sum"),
        gettext_lazy("Of a column of a table above, or of several numbers; worked out, not asked."),
        gettext_lazy("the whole area of all parcels"),
    ),
    "product": TypeWords(
        gettext_lazy("Product"),
        gettext_lazy("Two or three numbers above multiplied; of a table the rows count. Worked out, not asked."),
        gettext_lazy("pages times copies"),
    ),
    "count": TypeWords(
        gettext_lazy("Number of rows"),
        gettext_lazy("How many rows a table above has; worked out, not asked."),
        gettext_lazy("number of members"),
    ),
    "age": TypeWords(
        gettext_lazy("Age in years"),
        gettext_lazy("Completed years from a date of birth to another date above, or to the day of filing."),
        gettext_lazy("age of the child"),
    ),
    "days_between": TypeWords(
        gettext_lazy("Days between two dates"),
        gettext_lazy("From one date above to another, or to the day of filing; worked out, not asked."),
        gettext_lazy("length of the stay"),
    ),
    "within": TypeWords(
        gettext_lazy("In time or late"),
        gettext_lazy("Whether a date above, or the day of filing, is within so much time after another."),
        gettext_lazy("a birth is registered within 60 days"),
    ),
    "file": TypeWords(
        gettext_lazy("File (paper to attach)"),
        gettext_lazy("Makes a paper of the dossier, which the applicant photographs or uploads."),
        gettext_lazy("birth certificate of the hospital"),
    ),
}

# Types whose answer may be illustrated.
WITH_EXAMPLE = frozenset("text long_text number decimal money date full_name id_number tax_code phone email".split())

# Types whose figure may have a unit.
WITH_UNIT = frozenset({"number", "decimal"})

PREFILL_WORDS: dict[str, Text] = {
    "person": gettext_lazy("The person: name, birth, sex, identity number"),
    "full_name": gettext_lazy("Full name"),
    "birth": gettext_lazy("Date of birth"),
    "sex": gettext_lazy("Sex"),
    "personal_number": gettext_lazy("Personal number"),
    "phone": gettext_lazy("Phone number"),
    "email": gettext_lazy("Email address"),
    "address": gettext_lazy("Address"),
    "organisation_name": gettext_lazy("Name of the organisation"),
    "tax_code": gettext_lazy("Tax code"),
    "representative_position": gettext_lazy("Position of the representative"),
    "id_issued": gettext_lazy("Day of issue of the identity paper"),
    "id_issuer": gettext_lazy("Issuer of the identity paper"),
    "ethnicity": gettext_lazy("Ethnic group"),
    "nationality": gettext_lazy("Nationality"),
    "residence_kind": gettext_lazy("Kind of residence"),
}

OPERATOR_WORDS: dict[str, Text] = {
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "contains": gettext_lazy("has the answer"),
    "gt": gettext_lazy("is over"),
    "gte": gettext_lazy("is at least"),
    "lt": gettext_lazy("is under"),
    "lte": gettext_lazy("is at most"),
    "filled": gettext_lazy("is answered"),
    "empty": gettext_lazy("is left empty"),
    "in": gettext_lazy("is one of"),
}


def type_name(kind: str) -> str:
    """Return what a type is called; the type itself when it is unknown."""
    return str(TYPE_WORDS[kind].name) if kind in TYPE_WORDS else kind


def rules_of(kind: str) -> dict[str, RuleKind]:
    """Return the checks that fit a type, by name."""
    return {name: rule for name, rule in RULES.items() if kind in rule.types}


def prefills_of(kind: str) -> dict[str, str]:
    """Return what an account knows that fits a type, with its words."""
    return {name: str(PREFILL_WORDS[name]) for name, kinds in PREFILLS.items() if kind in kinds}


def facts_of(kind: str) -> dict[str, str]:
    """Return the facts of a person that a question of a type may ask, with their words."""
    return {name: str(PREFILL_WORDS[name]) for name, kinds in FACTS.items() if kind in kinds}


def about_words(about: str) -> str:
    """Put in words whose fact a question asks: 'mother: Ngày sinh'."""
    person, _colon, fact = about.partition(":")
    return f"{person}: {PREFILL_WORDS.get(fact, fact)}"


def operators_of(kind: str) -> list[str]:
    """Return the comparisons that a type takes, but ``in``, which publishers write as several rows."""
    return [op for op, kinds in OPERATORS.items() if kind in kinds and op != "in"]


def rule_words(rule: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Put a stored check in words: 'Số lớn nhất: 20'; ``names`` are the labels of questions by key."""
    found = RULES.get(str(rule.get("name")))
    if found is None:
        return str(rule.get("name"))
    args = rule.get("args")
    said = [
        f"“{names.get(str(arg), arg)}”" if wanted == "field" else value_text({}, arg)
        for wanted, arg in zip(found.args, args if isinstance(args, list) else [], strict=False)
        if wanted != "condition"
    ]
    return f"{found.title}: {', '.join(said)}" if said else str(found.title)


def condition_text(condition: Any, fields: Mapping[str, Mapping[str, Any]]) -> str:
    """Put a raw condition in words as far as it can be read; ``fields`` are the raw questions by key."""
    if not isinstance(condition, Mapping):
        return ""
    if "not" in condition:
        return _("not (%(part)s)") % {"part": condition_text(condition["not"], fields)}
    for name, joint in (("all", _(" and ")), ("any", _(" or "))):
        if isinstance(condition.get(name), list):
            return joint.join(condition_text(part, fields) for part in condition[name])
    key, op, value = str(condition.get("field")), str(condition.get("op")), condition.get("value")
    field = fields.get(key, {})
    said = [value_text(field, item) for item in (value if isinstance(value, list) else [value])]
    words = f"“{name_of(field) or key}” {OPERATOR_WORDS.get(op, op)}"
    return words if op in ("filled", "empty") else f"{words} {_(' or ').join(f'“{item}”' for item in said)}"


def options_of(field: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return value and Vietnamese label of the answers to choose from of a raw question."""
    if field.get("type") == "yes_no":
        return [("co", "Có"), ("khong", "Không")]
    named = field.get("options_from")
    if isinstance(named, str) and named in named_lists():
        return [(row["value"], row["vi"]) for row in named_lists()[named]]
    found = field.get("options")
    return [
        (str(option.get("value")), text_of(option.get("label")) or str(option.get("value")))
        for option in (found if isinstance(found, list) else [])
        if isinstance(option, Mapping)
    ]


def option_meant(field: Mapping[str, Any], text: str) -> str:
    """Return the value of the answer that a typed text means, marks and case forgiven; '' when it is none."""
    options = options_of(field)
    exact = next((value for value, label in options if label == text), "")
    return exact or next((value for value, label in options if fold(text) in (fold(label), fold(value))), "")


def value_text(field: Mapping[str, Any], value: Any) -> str:
    """Return the value of a comparison as publishers read and type it: an option's label, 27/03/1990, 8.000."""
    kind = field.get("type")
    if kind == "date" and isinstance(value, str):
        return partial_date.display(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return grouped(value)
    return dict(options_of(field)).get(str(value), str(value))
