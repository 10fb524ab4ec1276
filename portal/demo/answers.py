"""Believable answers for any form: each value is tried against the form's own rules before it is kept.

One person stands behind all questions that begin alike: name, birth, sex and number of a mother belong together.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from eforms import schema as form_schema
from eforms.schema import Question, Schema

from .people import Person, somebody
from .texts import CHOSEN, DAYS, FIXED_DAYS, LONG_TEXTS, NUMBERS, PAST, REQUESTS, TEXTS

# How often a question that may be left out is answered.
OPTIONAL = 0.35
# The ends of keys that ask for a fact about somebody; the longest first.
FACTS = {
    "id_number": "number",
    "permanent": "address",
    "residence": "address",
    "address": "address",
    "gender": "sex",
    "birth": "birth",
    "phone": "phone",
    "name": "name",
    "dob": "birth",
    "id": "number",
}
OWN = {
    "full_name": "name",
    "birth": "birth",
    "sex": "sex",
    "personal_number": "number",
    "phone": "phone",
    "email": "email",
    "address": "address",
}
WOMEN, MEN = ("mother", "bride", "wife"), ("father", "groom", "husband")
# People speak of themselves in these roles: the new guardian, the head of the new household, the recognising parent.
SELF = ("requester", "g", "head", "o", "subject", "residence")
# They live where the requester lives.
AT_HOME = ("mother", "father", "wife", "husband", "child", "m", "r", "w")
# A newborn is registered where these are asked.
NEWBORN = frozenset({"birth_case", "recognise", "birth_notice_no"})
YOUNG = {"child": (1, 4), "r": (1, 5), "w": (7, 13), "kid": (6, 13), "m": (7, 15)}


def fill(schema: Schema, person: Person, rng: random.Random, today: date) -> dict[str, Any]:
    """Return complete answers of a requester; raises ValueError when no value satisfies a required question."""
    keys = frozenset(field.key for _section, field in schema.fields())
    person = old_enough(schema, person, rng, today)
    filling = Filling(person, rng, today, keys)
    for section in schema.sections:
        if form_schema.show(section.show_if, filling.answers):
            for question in section.fields:
                filling.answer(question)
    kept, errors = form_schema.clean_all(schema, filling.answers, today=today)
    if errors:
        raise ValueError(f"{schema.title.vi}: {errors}")
    return kept


def old_enough(schema: Schema, person: Person, rng: random.Random, today: date) -> Person:
    """Return the requester, or an elder of the family where the form is for the old only."""
    rules = (rule for _section, field in schema.fields() if field.prefill == "birth" for rule in field.rules)
    age = max((rule.args[0] for rule in rules if rule.name == "age_at_least"), default=0)
    if int(person.birth[:4]) < today.year - age:
        return person
    commune = str(person.address.get("commune", "26428"))
    return somebody(rng, commune, born=(today.year - age - 9, today.year - age - 1), family=person.name.split()[0])


@dataclass
class Filling:
    """One form, or one row of a table, on its way: who fills it in, what is answered, who has been named."""

    person: Person
    rng: random.Random
    today: date
    keys: frozenset[str]
    answers: dict[str, Any] = field(default_factory=dict)
    cast: dict[str, Person] = field(default_factory=dict)
    is_row: bool = False

    def answer(self, question: Question) -> None:
        """Answer a question that is asked, if anybody would."""
        if not question.is_asked or not form_schema.show(question.show_if, self.answers):
            return
        is_due = question.is_required or question.prefill in OWN or question.key == "t_motor"
        may_be = question.type not in ("money", "choices") and not question.key.endswith(("_from", "_until"))
        may_be = may_be and self.rng.random() < OPTIONAL
        if is_due or may_be:
            value = first_valid(question, self.candidates(question), self.answers, self.today)
            if value is not None:
                self.answers[question.key] = value

    def candidates(self, question: Question) -> Iterator[Any]:
        """Yield values for a question, the most plausible first."""
        key = question.key
        if own := OWN.get(question.prefill):
            yield getattr(self.person, own)
        if question.prefill.startswith("answer:"):
            yield self.answers.get(question.prefill.removeprefix("answer:"))
        if question.type in ("full_name", "id_number", "date", "choice", "phone", "address"):
            yield from self.fact(key)
        match question.type:
            case "text" | "long_text":
                yield from self.texts(question)
            case "full_name":
                yield self.role("").name
            case "id_number":
                yield self.role("").number
            case "date":
                yield from self.dates(key)
            case "choice" | "yes_no":
                yield from self.choices(question)
            case "choices":
                yield [question.options[0].value]
            case "number":
                yield from (number for end, number in NUMBERS.items() if key.endswith(end))
                yield from (self.rng.randint(1, 3), 1, 2, 5, 10)
            case "money":
                yield 100_000_000 if key.startswith("capital") else self.rng.randint(5, 60) * 1_000_000
            case "phone":
                yield f"09{self.rng.randint(0, 99999999):08}"
            case "email":
                yield self.person.email or "nguoi-nop@example.com"
            case "tax_code":
                yield "0314409058"
            case "address":
                yield self.person.address
            case "person":
                yield {"full_name": self.role("").name}
            case "bank_account":
                number = f"590{self.rng.randint(0, 9999999999):010}"
                yield {"bank": "Agribank", "number": number, "holder": self.person.name}
            case "table":
                yield self.rows(question)

    def fact(self, key: str) -> Iterator[Any]:
        """Yield what a question about somebody asks of them: 'mother_dob' is the birth of the mother."""
        for end, fact in FACTS.items():
            role = key.removesuffix(f"_{end}")
            if role != key:
                yield getattr(self.role(role), fact)
                return

    def role(self, role: str) -> Person:
        """Return who plays a role in this form: the same person every time, and no namesake of another."""
        if role not in self.cast:
            names = {self.person.name, *(person.name for person in self.cast.values())}
            drawn = (self.somebody(role) for _n in range(9))
            found = next((one for one in drawn if one is self.person or one.name not in names), self.person)
            self.cast[role] = replace(found, address=self.person.address) if role in AT_HOME else found
        return self.cast[role]

    def somebody(self, role: str) -> Person:
        """Draw somebody of the sex, age and family that a role asks for."""
        person, family = self.person, self.person.name.split()[0]
        commune, year = str(person.address.get("commune", "26428")), self.today.year
        is_about_oneself = self.answers.get("relation") == "ban_than"
        if role in WOMEN or role in MEN:
            sex = "nu" if role in WOMEN else "nam"
            if is_about_oneself:
                born = int(person.birth[:4])
                return somebody(self.rng, commune, sex=sex, born=(born - 32, born - 20), family=family * (sex == "nam"))
            return person if person.sex == sex else somebody(self.rng, commune, sex=sex, born=(1984, 2001))
        if role == "deceased":
            return somebody(self.rng, commune, born=(1935, 1955), family=family)
        if not self.is_row and (role in SELF or (role in ("child", "s") and is_about_oneself)):
            return person
        if role == "child" and self.keys & NEWBORN:
            day = self.today - timedelta(days=self.rng.randint(4, 50))
            return somebody(self.rng, commune, family=self.role("father").name.split()[0], birth=day)
        if role in YOUNG:
            youngest, oldest = YOUNG[role]
            return somebody(self.rng, commune, born=(year - oldest, year - youngest), family=family)
        return somebody(self.rng, commune, family=family)

    def texts(self, question: Question) -> Iterator[str]:
        """Yield words that fit the key of a question, then some that fit most rules."""
        key = question.key
        if question.type == "long_text":
            yield LONG_TEXTS.get(key) or self.rng.choice(REQUESTS)
        if key in TEXTS:
            yield TEXTS[key]
        yield from (text for end, text in TEXTS.items() if key.endswith(end))
        yield from ("Theo giấy tờ kèm theo", "12/2015", "08:30")

    def dates(self, key: str) -> Iterator[str]:
        """Yield days that fit the key of a question, then days around today."""
        rng, today = self.rng, self.today
        if key == "stay_until" and "guests" in self.keys:
            yield (today + timedelta(days=2)).isoformat()
        if key in FIXED_DAYS:
            yield FIXED_DAYS[key]
        if key in DAYS:
            yield (today + timedelta(days=DAYS[key])).isoformat()
        if key in PAST:
            yield date(rng.randint(2008, 2020), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
        if key.endswith("_id_date"):
            yield date(rng.randint(2021, 2024), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
        yield from ((today - timedelta(days=days)).isoformat() for days in (3, 0))
        yield from ((today + timedelta(days=days)).isoformat() for days in range(3, 12))

    def choices(self, question: Question) -> Iterator[str]:
        """Yield options: the usual one first, a random one where each is as likely."""
        key = question.key
        if key == "relation":
            own = "me" if self.person.sex == "nu" else "cha"
            if self.keys & {*NEWBORN, "is_kind"}:
                yield from (own, "cha_me")
            if "deceased_name" in self.keys:
                yield "con"
        if key == "recognise":
            yield "me" if self.person.sex == "nu" else "cha"
        if key == "poverty" and self.answers.get("benefit_kind") == "k4":
            yield "ngheo"
        if key in CHOSEN:
            yield CHOSEN[key]
        if question.type == "yes_no":
            yield self.rng.choice(question.options).value
        if question.default:
            yield question.default
        yield from (option.value for option in question.options)

    def rows(self, table: Question) -> list[dict[str, Any]]:
        """Return as many rows as a table asks for at least, and one at any rate."""
        made = []
        for _n in range(max(table.min_rows, 1)):
            row = Filling(self.person, self.rng, self.today, self.keys, is_row=True)
            for column in table.columns:
                row.answer(column)
            made.append(row.answers)
        return made


def first_valid(question: Question, values: Iterator[Any], known: Mapping[str, Any], today: date) -> Any:
    """Return the first value that the form accepts, in its stored shape; None when it accepts none."""
    for value in values:
        try:
            return form_schema.clean_value(question, value, known, today=today)
        except ValidationError:
            continue
    return None
