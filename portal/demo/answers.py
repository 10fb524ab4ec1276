"""Believable answers for any form: each value is tried against the form's own rules before it is kept.

One person stands behind all questions that begin alike: name, birth, sex and number of a mother belong together. Who
they are comes from the applicant's household.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from common.text import fold
from common.values import divisions
from eforms import schema as form_schema
from eforms.schema import Question, Schema

from .household import Household
from .people import HAMLETS, Person, aged, later, somebody
from .texts import CHOSEN, DAYS, DECIMALS, FIXED_DAYS, LONG_TEXTS, NUMBERS, REQUESTS, TEXTS

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
    "organisation_name": "organisation",
    "representative_position": "position",
    "tax_code": "tax_code",
}
# Only who acts for an organisation speaks of it.
OF_ORGANISATIONS = ("organisation_name", "representative_position", "tax_code")
WOMEN, MEN = ("mother", "bride", "wife"), ("father", "groom", "husband")
# People speak of themselves in these roles: the new guardian, the head of the new household, the recognising parent.
SELF = ("requester", "g", "head", "o", "s", "subject", "residence", "hkd", "tax", "contact", "split")
# Grown-ups of one's own household: who cares for one, founds the shop with one or takes it over.
COMPANIONS = ("new_owner", "carer", "rep", "proxy", "fm", "nm", "owner", "old_head")
# A newborn is registered where these are asked.
NEWBORN = frozenset({"birth_case", "recognise", "birth_notice_no"})
# How old the applicant of a form is that asks such a question; the first that fits counts.
AGES = (
    ("bride_name", 21, 22),
    ("wife_name", 38, 60),
    ("adopter_case", 34, 42),
    ("kid_name", 33, 45),
    ("m_name", 33, 45),
    ("deceased_name", 30, 55),
    ("pp_name", 22, 40),
    ("child_name", 27, 38),
    ("old_head_name", 27, 40),
    ("r_name", 25, 40),
    ("w_name", 26, 60),
    ("martyr_name", 45, 65),
)
GROWN = (24, 65)


def ages(schema: Schema) -> tuple[int, int]:
    """Return the youngest and the oldest whom a form fits; somebody of the younger age is fit all the year."""
    questions = [question for _section, question in schema.fields()]
    old = [rule.args[0] for field_ in questions for rule in field_.rules if rule.name == "age_at_least"]
    if old and max(old) > GROWN[1]:
        return max(old) + 1, max(old) + 15
    keys = {field_.key for field_ in questions} | {
        column.key for field_ in questions if field_.is_required for column in field_.columns
    }
    return next(((youngest, oldest) for key, youngest, oldest in AGES if key in keys), GROWN)


def suits(schema: Schema, person: Person, today: date) -> bool:
    """Tell whether somebody is of the age at which people fill in a form."""
    youngest, oldest = ages(schema)
    return later(today, -oldest) <= person.born <= later(today, -youngest)


def applicant(schema: Schema | None, rng: random.Random, commune: str, today: date) -> Person:
    """Return an invented inhabitant of a commune whom a form fits."""
    youngest, oldest = ages(schema) if schema else GROWN
    return somebody(rng, commune, aged(rng, today, youngest, oldest))


def fill(schema: Schema, person: Person, rng: random.Random, today: date, commune: str = "") -> dict[str, Any]:
    """Return complete answers of somebody whom the form suits; ``commune`` receives them, at first their own.

    Raises ValueError when no value satisfies a required question.
    """
    keys = frozenset(field.key for _section, field in schema.fields())
    filling = Filling(person, rng, today, keys, Household(person, today), commune or person.address["commune"])
    for section in schema.sections:
        if form_schema.show(section.show_if, filling.answers):
            for question in section.fields:
                filling.answer(question)
    kept, errors = form_schema.clean_all(schema, filling.answers, today=today)
    if errors:
        raise ValueError(f"{schema.title.vi}: {errors}")
    return kept


@dataclass
class Filling:
    """One form, or one row of a table, on its way: who fills it in, what is answered, who has been named."""

    person: Person
    rng: random.Random
    today: date
    keys: frozenset[str]
    home: Household
    commune: str
    answers: dict[str, Any] = field(default_factory=dict)
    cast: dict[str, Person] = field(default_factory=dict)
    # The number of a row in a table, None outside one.
    row: int | None = None

    def answer(self, question: Question) -> None:
        """Answer a question that is asked, if anybody would."""
        if question.type == "note" or not form_schema.show(question.show_if, self.answers):
            return
        if question.derive:
            self.answers[question.key] = form_schema.derived(question, self.answers, self.today)
            return
        own = OWN.get(question.prefill)
        is_due = question.is_required or bool(own and getattr(self.person, own))
        is_due = is_due or question.key in ("t_motor", "group_name")
        is_due = is_due or (question.key == "rep_role" and bool(self.person.position))
        may_be = question.type not in ("money", "choices") and not question.key.endswith(("_from", "_until"))
        may_be = may_be and not (question.prefill in OF_ORGANISATIONS or question.key in ("rep_role", "places"))
        may_be = may_be and not (question.key == "members" and not self.home.children)
        if is_due or (may_be and self.rng.random() < OPTIONAL):
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
        if question.type == "address":
            yield from self.places(key)
        if question.type in ("full_name", "id_number", "date", "choice", "phone", "address"):
            yield from self.fact(key)
        match question.type:
            case "text" | "long_text":
                yield from (self.localized(text) for text in self.texts(question))
            case "full_name":
                yield self.role("").name
            case "id_number":
                yield self.role("").number
            case "date":
                yield from (day.isoformat() for day in self.dates(key))
            case "choice" | "yes_no":
                yield from self.choices(question)
            case "choices":
                yield [question.options[0].value]
            case "number":
                yield from (number for end, number in NUMBERS.items() if key.endswith(end))
                yield from (self.rng.randint(1, 3), 1, 2, 5, 10)
            case "decimal":
                yield from (str(number) for end, number in DECIMALS.items() if key.endswith(end))
                yield from ("12.5", "1")
            case "money":
                yield 100_000_000 if key.startswith("capital") else self.rng.randint(5, 60) * 1_000_000
            case "phone":
                yield self.person.phone
            case "email":
                yield self.person.email or "nguoi-nop@example.com"
            case "tax_code":
                # A household business has its owner's number.
                yield self.person.number
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
        """Return who plays a role in this form: the same person every time."""
        if role not in self.cast:
            self.cast[role] = self.somebody(role)
        return self.cast[role]

    def somebody(self, role: str) -> Person:
        """Return the member of the household who plays a role, or a stranger."""
        home, is_about_oneself = self.home, self.answers.get("relation") == "ban_than" or "elder_case" in self.keys
        if role in WOMEN or role in MEN:
            if is_about_oneself:
                return home.mother if role in WOMEN else home.father
            return home.woman if role in WOMEN else home.man
        if role == "spouse":
            return home.spouse
        if role == "deceased":
            return home.elder(long_ago="reg_paper" in self.keys)
        if self.row is None and (role in SELF or (role == "child" and is_about_oneself)):
            return self.person
        if role == "child":
            return home.newborn if self.keys & NEWBORN else home.orphan
        if role in ("r", "w"):
            return home.toddler if role == "r" else home.ward
        if role in ("m", "kid") and self.row is not None and self.row < len(home.children):
            return home.children[self.row]
        if role in COMPANIONS:
            return home.father if role == "old_head" else home.companion
        namesakes = {*home.names, *(one.name for one in self.cast.values())}
        drawn = (somebody(self.rng, self.commune, aged(self.rng, self.today, 25, 65)) for _n in range(20))
        return next(one for one in drawn if one.name not in namesakes)

    def places(self, key: str) -> Iterator[dict[str, Any]]:
        """Yield where a stay or a move leads: to the commune that is asked, and never home."""
        home = self.person.address
        if key in ("stay_address", "new_address", "absent_to"):
            commune = {"absent_to": "26425" if home["commune"] == "26428" else "26428"}.get(key, self.commune)
            others = [detail for detail in HAMLETS if detail != home["detail"]]
            yield home | {"commune": commune, "detail": self.rng.choice(others)}

    def texts(self, question: Question) -> Iterator[str]:
        """Yield words that fit the key of a question, then some that fit most rules."""
        key, family = question.key, self.person.family
        if key.endswith("relation") and (word := self.relation(key)):
            yield word
        if key == "rep_role":
            yield self.person.position
        if key.endswith("_id_number"):
            yield from self.fact(key)
        if key in ("martyr_name", "martyr_names", "rl_name"):
            yield f"{family} Văn Thuấn" if key == "rl_name" else f"{family} Văn Lượm"
        if key in ("purpose_partner", "marriage_no", "marriage_cert"):
            yield self.marriage(key)
        if key in ("birth_notice_no", "registered_no", "reg_no"):
            yield str(self.rng.randint(11, 240))
        if key in ("registered_book", "reg_book"):
            yield f"01/{self.registered().year}"
        if key == "notice_no":
            yield f"{self.rng.randint(11, 90)}/{self.today.year}"
        if question.type == "long_text":
            yield LONG_TEXTS.get(key) or self.rng.choice(REQUESTS)
        if key in TEXTS:
            yield TEXTS[key]
        yield from (text for end, text in TEXTS.items() if key.endswith(end))
        yield from ("Theo giấy tờ kèm theo", "12/2015", "08:30")

    def relation(self, key: str) -> str:
        """Return what somebody is to the applicant, or the applicant to the dead."""
        if key == "relation" and "deceased_name" in self.keys:
            return "Con" if self.role("deceased") == self.home.father else "Cháu nội"
        return self.home.word(self.role(key.removesuffix("_relation"))) if key.endswith("_relation") else ""

    def marriage(self, key: str) -> str:
        """Return the betrothed in words, or number, day and place of the marriage."""
        if key == "purpose_partner":
            one = self.home.spouse
            where = divisions.address_text({"province": "75", "commune": one.address["commune"]})
            return f"{one.name}, sinh ngày {one.born.strftime('%d/%m/%Y')}, số định danh {one.number}, {where}"
        wed = self.home.wed
        number = wed.timetuple().tm_yday if wed else 0
        return f"{number}/{wed.year}, ngày {wed.strftime('%d/%m/%Y')}, Ủy ban nhân dân xã Xuân Bắc" if wed else ""

    def localized(self, text: str) -> str:
        """Return a text with the commune that receives it and the shop of the applicant."""
        shop = self.person.name
        found = divisions.commune(self.commune)
        place = found.name.removeprefix("Xã ") if found else "Xuân Bắc"
        for old, new in (
            ("Xuân Bắc", place),
            ("BÌNH AN", shop.upper()),
            ("Bình An", shop),
            ("BINH AN", fold(shop).upper()),
            ("binhan", fold(shop).replace(" ", "")),
        ):
            text = text.replace(old, new)
        return text

    def registered(self) -> date:
        """Return when what the form speaks of was entered in the register."""
        if "wife_name" in self.keys and self.home.wed:
            return self.home.wed
        if "death_date" in self.answers:
            return date.fromisoformat(self.answers["death_date"]) + timedelta(days=2)
        if "w_name" in self.keys:
            return later(self.home.ward.born, 5)
        return self.person.born + timedelta(days=20)

    def dates(self, key: str) -> Iterator[date]:
        """Yield days that fit the key of a question, then days around today."""
        rng, today = self.rng, self.today
        if key == "stay_until" and "guests" in self.keys:
            yield today + timedelta(days=2)
        if key == "death_date" and "reg_paper" in self.keys:
            yield date(rng.randint(2006, 2014), rng.randint(1, 12), rng.randint(1, 28))
        if key in ("registered_date", "reg_date"):
            yield self.registered()
        if key in FIXED_DAYS:
            yield FIXED_DAYS[key]
        if key in DAYS:
            yield today + timedelta(days=DAYS[key])
        if key == "period_from":
            yield later(self.person.born, 20)
        if key == "pp_date":
            yield later(self.person.born, 15)
        if key.endswith("_id_date"):
            yield date(rng.randint(2021, 2024), rng.randint(1, 12), rng.randint(1, 28))
        yield from (today - timedelta(days=days) for days in (3, 0))
        yield from (today + timedelta(days=days) for days in range(3, 12))

    def choices(self, question: Question) -> Iterator[str]:
        """Yield options: the usual one first, a random one where each is as likely."""
        key = question.key
        if key == "relation":
            own = "me" if self.person.sex == "nu" else "cha"
            if self.keys & {*NEWBORN, "is_kind"}:
                yield from (own, "cha_me")
            if "deceased_name" in self.keys:
                yield from ("con",) if self.role("deceased") == self.home.father else ("than_thich", "khac")
        if key == "recognise":
            yield "me" if self.person.sex == "nu" else "cha"
        if key == "marital_status" and self.home.wed:
            yield "dang_co"
        if key == "purpose_kind" and self.home.wed:
            yield "khac"
        if key == "deceased_id_type" and "reg_paper" in self.keys:
            yield "khong_co"
        if key == "on_behalf":
            yield "co" if self.person.organisation else "khong"
        is_too_young = "pension_request" in self.keys and self.person.born > later(self.today, -75)
        if key == "poverty" and (is_too_young or self.answers.get("benefit_kind") == "k4"):
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
        for n in range(max(table.min_rows, 1)):
            row = replace(self, answers={}, cast={}, row=n)
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
