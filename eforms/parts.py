"""What a form schema is made of, and which parts of it are asked.

Pure and immutable; conditions look back at earlier answers only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as column
from typing import Any

from django.utils.translation import gettext as _

from common.text import page_language
from common.values import partial_date
from common.values.money import grouped

TYPES = frozenset(
    "text long_text number decimal money date choice choices yes_no full_name person id_number tax_code phone email "
    "address bank_account table note".split()
)
COLUMN_TYPES = TYPES - {"table", "note", "address", "bank_account", "person", "choices", "long_text"}
_TEXTS = frozenset({"text", "long_text"})
# What an account knows, and the types that can take it.
PREFILLS: Mapping[str, frozenset[str]] = {
    "person": frozenset({"person"}),
    "full_name": _TEXTS | {"full_name"},
    "birth": frozenset({"date"}),
    "sex": frozenset({"choice"}),
    "personal_number": _TEXTS | {"id_number"},
    "phone": _TEXTS | {"phone"},
    "email": _TEXTS | {"email"},
    "address": frozenset({"address"}),
    "organisation_name": _TEXTS,
    "tax_code": _TEXTS | {"tax_code"},
    "representative_position": _TEXTS,
    "id_issued": frozenset({"date"}),
    "id_issuer": _TEXTS,
    "ethnicity": frozenset({"choice"}),
    "nationality": frozenset({"choice"}),
    "residence_kind": frozenset({"choice"}),
}
_OF_BODIES = ("organisation_name", "tax_code", "representative_position")
# What can be known of any person; a question says with ``about`` whose it asks: 'mother:birth'.
FACTS = {name: types for name, types in PREFILLS.items() if name not in _OF_BODIES}
# Whose facts the account pre-fills: the person who applies.
APPLICANT = "applicant"
YES_NO = ("co", "khong")
MAX_SECTIONS, MAX_FIELDS, MAX_OPTIONS, MAX_ROWS, MAX_DEPTH, MAX_TEXT = 20, 60, 300, 20, 6, 600
MAX_COLUMNS, MAX_RULES, MAX_SIGNATURES, MAX_SIGNATURE = 12, 10, 4, 150
MAX_NUMBER = 10**12
MAX_CHECKS, MAX_DECIMALS, MAX_UNIT = 40, 6, 20
LENGTHS = {"text": 300, "long_text": 5000}
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a form something is: the keys as they are written ('' when missing), and how people call it.

    ``names`` are the section's title, the question's label and the column's
    label, as far as the place goes; ``part`` says which property is meant.
    """

    section: str = ""
    field: str = ""
    column: str = ""
    names: tuple[str, ...] = ()
    part: str = ""

    def within(self, part: str) -> "Place":
        """Return the same place, narrowed to one property."""
        return replace(self, part=part)

    @property
    def anchor(self) -> str:
        """Return the id of the element in the form builder where the fault is shown."""
        if self.field:
            return f"field-{self.field}"
        return f"section-{self.section}" if self.section else "form"

    def __str__(self) -> str:
        patterns = (_("section “%(name)s”"), _("question “%(name)s”"), _("column “%(name)s”"))
        parts = [pattern % {"name": name} for pattern, name in zip(patterns, self.names, strict=False)]
        words = ", ".join([*(parts or [_("form")]), *([self.part] if self.part else [])])
        return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One fault with its place, in the active language.

    ``is_gap``: something is still to be filled in (a section without
    questions); ``is_warning``: allowed, but hardly meant.
    """

    place: Place
    message: str
    is_gap: bool = False
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class SchemaError(ValueError):
    """A form schema that cannot be used; ``faults`` lists every one, ``reasons`` the same as 'place: reason'."""

    def __init__(self, faults: list[SchemaFault]) -> None:
        self.faults = faults
        self.reasons = [str(fault) for fault in faults]
        super().__init__("; ".join(self.reasons))


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Vietnamese and English; English falls back to Vietnamese."""

    vi: str = ""
    en: str = ""

    def say(self, language: str) -> str:
        """Return the text in a language."""
        return (self.en or self.vi) if language == "en" else self.vi

    def __bool__(self) -> bool:
        return bool(self.vi)


# Who signs the paper when a form names nobody.
SIGNATURES = (Words("Người khai", "Declarant"),)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen; ``person`` is who, of those the form asks about, applies then, '' for nobody."""

    value: str
    label: Words
    person: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check of the closed list :data:`RULES`."""

    name: str
    args: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """How an answer is made of others: a way of ``across.calculating.WAYS``, their keys (of a column 'table.column').

    ``amount`` and ``unit`` are the span of time of a way that has one.
    """

    name: str
    of: tuple[str, ...]
    amount: int = 0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison between answers: a kind of ``across.checks.KINDS``, the questions compared, its argument.

    ``at`` is the last question that it reads, ``box`` the one beside which it is told. Without ``is_error`` it warns.
    """

    key: str
    kind: str
    fields: tuple[str, ...]
    amount: int
    unit: str
    value: str
    when: Mapping[str, Any] | None
    is_error: bool
    message: Words
    basis: str
    at: str
    box: str

    @property
    def said(self) -> str:
        """What it says when it is broken, in the language of the page."""
        return self.message.say(page_language())


@dataclass(frozen=True, slots=True)
class Question:
    """One question, or a note (``type`` 'note') that asks nothing; ``group`` is the title of a group it begins."""

    key: str
    type: str
    label: Words
    group: Words
    help: Words
    example: Words
    is_required: bool
    options: tuple[Option, ...]
    rules: tuple[Rule, ...]
    show_if: Mapping[str, Any] | None
    prefill: str
    about: str
    default: str
    partial: bool
    derive: Derivation | None
    unit: Words
    decimals: int
    prints: bool
    columns: tuple["Question", ...]
    min_rows: int
    max_rows: int

    @property
    def is_asked(self) -> bool:
        """Whether the applicant answers it: not a note, not made from another answer."""
        return self.type != "note" and self.derive is None

    @property
    def kind_question(self) -> str:
        """The key of the question which paper this number is of; '' when none asks."""
        return next((str(rule.args[0]) for rule in self.rules if rule.name == "id_kind"), "")

    @property
    def fact(self) -> tuple[str, str]:
        """Whose fact it asks and which: ('mother', 'birth'); ('', '') when it is about nobody."""
        if self.about:
            person, _colon, name = self.about.partition(":")
            return person, name
        return (APPLICANT, self.prefill) if self.prefill in FACTS else ("", "")

    def option_label(self, value: str, language: str) -> str:
        """Return the label of an option; the value itself when it is none of them."""
        return next((option.label.say(language) for option in self.options if option.value == value), value)


@dataclass(frozen=True, slots=True)
class Section:
    """One topic, shown as one page or beside others on one."""

    key: str
    title: Words
    intro: Words
    show_if: Mapping[str, Any] | None
    fields: tuple[Question, ...]

    @property
    def members(self) -> tuple["Section", ...]:
        """The topics that it stands for: itself."""
        return (self,)

    def field(self, key: str) -> Question:
        """Return a field by its key; raises KeyError."""
        return {field.key: field for field in self.fields}[key]

    def groups(self) -> Iterator[tuple[Words, tuple[Question, ...]]]:
        """Yield the fields group by group with its title; those before the first title have an empty one."""
        starts = [n for n, field in enumerate(self.fields) if field.group or not n]
        for start, end in zip(starts, [*starts[1:], len(self.fields)], strict=True):
            yield self.fields[start].group, self.fields[start:end]


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole form; ``signatures`` says who signs it on paper, from left to right, at least one.

    ``drawn`` is what ``common.forms.drawn`` keeps of its questions.
    """

    title: Words
    basis: str
    sections: tuple[Section, ...]
    signatures: tuple[Words, ...] = SIGNATURES
    checks: tuple[Check, ...] = ()
    drawn: dict[tuple[Any, ...], list[str]] = column(default_factory=dict, init=False, compare=False, repr=False)

    def section(self, key: str) -> Section:
        """Return a section by its key; raises KeyError."""
        return {section.key: section for section in self.sections}[key]

    def fields(self) -> Iterator[tuple[Section, Question]]:
        """Yield every field with its section, in order."""
        for section in self.sections:
            for field in section.fields:
                yield section, field

    def visible_sections(self, answers: Answers) -> tuple[Section, ...]:
        """Return the sections that the answers so far call for."""
        live = live_answers(self, answers)
        return tuple(section for section in self.sections if show(section.show_if, live))


# Conditions ---------------------------------------------------------------------------------------------------------


def show(condition: Mapping[str, Any] | None, answers: Answers) -> bool:
    """Tell whether a condition holds; None always does.

    A comparison with a question that is unanswered is false, whatever the
    operator, except ``empty``.
    """
    if condition is None:
        return True
    if "all" in condition:
        return all(show(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(show(part, answers) for part in condition["any"])
    if "not" in condition:
        return not show(condition["not"], answers)
    found, wanted = answers.get(condition["field"]), condition.get("value")
    is_unanswered = is_empty(found)
    match condition["op"]:
        case "empty":
            return is_unanswered
        case "filled":
            return not is_unanswered
        case _ if is_unanswered:
            return False
        case "eq":
            return bool(found == wanted)
        case "ne":
            return bool(found != wanted)
        case "in":
            return isinstance(wanted, list) and found in wanted
        case "contains":
            return isinstance(found, list) and wanted in found
        case "gt" | "gte" | "lt" | "lte" as op:
            return _compare(found, op, wanted)
    raise AssertionError(condition)


def _compare(found: Any, op: str, wanted: Any) -> bool:
    if not isinstance(found, type(wanted)):
        return False
    return bool({"gt": found > wanted, "gte": found >= wanted, "lt": found < wanted, "lte": found <= wanted}[op])


def condition_fields(condition: Mapping[str, Any] | None) -> set[str]:
    """Return the keys of the fields that a condition reads."""
    if condition is None:
        return set()
    if "not" in condition:
        return condition_fields(condition["not"])
    parts = condition.get("all") or condition.get("any")
    return set().union(*(condition_fields(part) for part in parts)) if parts else {condition["field"]}


def condition_words(schema: Schema, condition: Mapping[str, Any], language: str) -> str:
    """Put a condition in words: 'Loại giấy tờ là Giấy báo tử', parts joined by 'và' / 'hoặc'."""
    if "not" in condition:
        return _("not (%(part)s)") % {"part": condition_words(schema, condition["not"], language)}
    for name, joint in (("all", _(" and ")), ("any", _(" or "))):
        if name in condition:
            return joint.join(condition_words(schema, part, language) for part in condition[name])
    field = next(field for _section, field in schema.fields() if field.key == condition["field"])
    value = condition.get("value")
    values = value if isinstance(value, list) else [value]
    labels = _(" or ").join(f"“{option_or_value(field, item, language)}”" for item in values)
    pattern = {
        "eq": _("“%(label)s” is %(value)s"),
        "in": _("“%(label)s” is %(value)s"),
        "ne": _("“%(label)s” is not %(value)s"),
        "contains": _("“%(label)s” has %(value)s"),
        "gt": _("“%(label)s” is over %(value)s"),
        "gte": _("“%(label)s” is at least %(value)s"),
        "lt": _("“%(label)s” is under %(value)s"),
        "lte": _("“%(label)s” is at most %(value)s"),
        "filled": _("“%(label)s” is answered"),
        "empty": _("“%(label)s” is left empty"),
    }[condition["op"]]
    return pattern % {"label": field.label.say(language).rstrip("?"), "value": labels}


def option_or_value(field: Question, value: Any, language: str) -> str:
    """Put the value of a comparison in words: the option's label, a date as people write it."""
    if field.type == "date":
        return partial_date.display(str(value))
    if isinstance(value, int):
        return grouped(value)
    return field.option_label(str(value), language)


def live_answers(schema: Schema, answers: Answers) -> dict[str, Any]:
    """Return the answers without those of hidden sections and fields."""
    live = dict(answers)
    for section in schema.sections:
        is_shown = show(section.show_if, live)
        for field in section.fields:
            if not (is_shown and show(field.show_if, live)):
                live.pop(field.key, None)
    return live


def is_empty(value: Any) -> bool:
    """Tell whether a value is no answer."""
    return value is None or value in ("", [], {})
