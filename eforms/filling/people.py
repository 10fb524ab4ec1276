"""People whom a form asks about: what its answers say of them, and their facts put into the boxes of a page.

A question tells with ``about``, or with ``prefill`` for the person who applies, whose fact it asks. Facts are called as
the sources of ``prefill``; with ``personal_number`` goes ``id_kind``. Pure: no database.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.forms.adjusting import with_values
from common.text import fold

from ..answering import AnswerForm, section_form
from ..parts import APPLICANT, FACTS, Answers, Question, Schema, Section, Words, is_empty, live_answers, show

Facts = Mapping[str, Any]
# The parts of a question of the type 'person', by the fact they answer.
_PARTS = {
    "full_name": "full_name", "birth": "birth", "sex": "sex", "id_kind": "id_kind", "personal_number": "id_number",
}  # fmt: skip
NAMING = ("full_name", "person")


@dataclass(frozen=True)
class Person:
    """Somebody whom answers name: the key in the form, the facts known, and the title of the section that says so."""

    key: str
    facts: Facts
    where: Words

    @property
    def name(self) -> str:
        """The person's name."""
        return str(self.facts["full_name"])

    def is_same(self, other: Facts) -> bool:
        """Say whether somebody else's facts name the same person: by number, where one is unknown by name."""
        numbers = [facts.get("personal_number") for facts in (self.facts, other)]
        return numbers[0] == numbers[1] if all(numbers) else fold(self.name) == fold(str(other.get("full_name", "")))


def facts_in(told: Iterable[tuple[str, Question]], answers: Answers) -> dict[str, Any]:
    """Return what answers say, by the fact that each question is told to ask; the first answer of each counts."""
    known: dict[str, Any] = {}
    for fact, field in told:
        value = answers.get(field.key)
        if is_empty(value):
            continue
        if fact == "person" and isinstance(value, Mapping):
            parts = {name: value.get(part, "") for name, part in _PARTS.items()}
            known = {name: part for name, part in parts.items() if part} | known
            continue
        if fact == "personal_number" and fact not in known:
            kind = answers.get(field.kind_question)
            known |= {"id_kind": kind} if kind else {}
        known.setdefault(fact, value)
    return known


def people(schema: Schema, answers: Answers) -> list[Person]:
    """Return the people whom the answers that count name, in the order of the form."""
    live = live_answers(schema, answers)
    told: dict[str, list[tuple[str, Question]]] = {}
    where: dict[str, Words] = {}
    for section, field in schema.fields():
        key, fact = field.fact
        if key:
            told.setdefault(key, []).append((fact, field))
            if fact in NAMING:
                where.setdefault(key, section.title)
    found = [(key, facts_in(told[key], live)) for key in where]
    return [Person(key, facts, where[key]) for key, facts in found if facts.get("full_name")]


def subject(schema: Schema, answers: Answers) -> str:
    """Return the name of whom a dossier is about: the first person named beside who applies; '' for none."""
    return next((one.name for one in people(schema, answers) if one.key != APPLICANT), "")


def asks_applicant(schema: Schema) -> bool:
    """Tell whether a form asks who applies, so that somebody can fill it in for another."""
    return any(field.fact[0] == APPLICANT and field.fact[1] in NAMING for _section, field in schema.fields())


def subject_key(schema: Schema) -> str:
    """Return the key of the first person whom a form asks about beside who applies; '' for none."""
    keys = (field.fact[0] for _section, field in schema.fields() if field.fact[1] in NAMING)
    return next((key for key in keys if key != APPLICANT), "")


def known_beforehand(schema: Schema, answers: Answers, own: Facts, but: Iterable[str] = ()) -> dict[str, Any]:
    """Return what pre-fills a form: what the account knows, and who applies in the place of whom an answer names.

    The facts of somebody else in a form are called as in ``about``: 'mother:birth'. ``but`` are people left out, as are
    those whom the form names otherwise: what was left open of them is not known.
    """
    live = live_answers(schema, answers)
    chosen = [
        option.person
        for _section, field in schema.fields()
        for option in field.options
        if option.person and live.get(field.key) == option.value
    ]
    named = {one.key: one for one in people(schema, answers)}
    applicant = named.get(APPLICANT)
    is_self = applicant is None or (bool(own) and applicant.is_same(own))
    facts = {**(own if is_self else {}), **(applicant.facts if applicant else {})}
    others = {key for key, one in named.items() if not one.is_same(facts)}
    names = FACTS.keys() | {"id_kind"}
    return dict(own) | {
        f"{person}:{fact}": value
        for person in set(chosen) - set(but) - others
        for fact, value in facts.items()
        if fact in names and facts.get("full_name")
    }


def asked_about(section: Section) -> dict[str, Question]:
    """Return the people whom a section asks about, each with the question for the name."""
    return {field.fact[0]: field for field in section.fields if field.fact[0] and field.fact[1] in NAMING}


@dataclass(frozen=True)
class Laid:
    """A page with somebody's facts in its boxes: the form, the labels filled in, and those that are still empty."""

    form: AnswerForm
    filled: list[str]
    left: list[str]
    has_free_address: bool


def lay(form: AnswerForm, key: str, facts: Facts, *, is_self: bool) -> Laid:
    """Put somebody's facts into the boxes of a person on a page that was sent; all other boxes stay as they are.

    Questions that must be answered so that the name is asked get that answer; with ``is_self``, for who presses the
    button is alive and at hand, also those of all other facts.
    """
    values = dict(_values(form, key, facts))
    asked = [field for field in form.asked if field.fact[0] == key]
    for field in asked:
        if field.key in values and (is_self or field.fact[1] in NAMING):
            values |= _needed(field.show_if, {other.key for other in form.asked} - set(values))
    shown = {field.key: field.label.say(form.language) for field in asked}
    data = with_values(form, values)
    laid = section_form(
        form.schema,
        form.section,
        form.stored,
        data=data,
        language=form.language,
        today=form.today,
        filed=form.filed,
    )
    laid.is_valid()
    known = {**form.before, **laid.answers()}
    return Laid(
        laid,
        [label for one, label in shown.items() if one in values],
        [shown[field.key] for field in asked if is_empty(known.get(field.key)) and show(field.show_if, known)],
        any(field.type == "address" and "elsewhere" in values.get(field.key, {}) for field in asked),
    )


def _values(form: AnswerForm, key: str, facts: Facts) -> Iterator[tuple[str, Any]]:
    """Yield the answers of a person's questions on a page, with the kind of paper beside its number."""
    kinds = {field.kind_question for field in form.asked if field.fact == (key, "personal_number")} - {""}
    person = {part: facts.get(fact, "") for fact, part in _PARTS.items()} if facts.get("full_name") else None
    for field in form.asked:
        whose, fact = field.fact
        value = facts.get("id_kind") if field.key in kinds else None
        if whose == key:
            value = person if fact == "person" else facts.get(fact)
        fits = not field.options or any(option.value == value for option in field.options)
        if not is_empty(value) and fits:
            yield field.key, value


def _needed(condition: Mapping[str, Any] | None, free: set[str]) -> dict[str, Any]:
    """Return the answers of free questions that a condition plainly asks for."""
    if condition is None:
        return {}
    parts = condition.get("all", [condition])
    return {part["field"]: part["value"] for part in parts if part.get("op") == "eq" and part["field"] in free}
