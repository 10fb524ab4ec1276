"""What a clerk would find odd in the answers of a dossier: people whose facts do not fit, days out of order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.models import Kind
from common.clock import local_day
from dossiers.models import Dossier
from eforms import schema as form_schema

# The ends of keys that ask for a fact about somebody; the longest first.
FACTS = {
    "id_number": "number", "permanent": "home", "residence": "home", "relation": "relation", "gender": "sex",
    "address": "home", "birth": "birth", "phone": "phone", "name": "name", "dob": "birth", "id": "number",
}  # fmt: skip
COMMUNES = {"26428", "26425"}
MOBILE = re.compile(r"0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])\d{7}")
LANDLINE = re.compile(r"02513\d{6}")
SEX_OF = {"mother": "nu", "bride": "nu", "wife": "nu", "father": "nam", "groom": "nam", "husband": "nam"}
COUPLES = (("mother", "father"), ("bride", "groom"), ("wife", "husband"))
CHILDREN = ("child", "r", "w", "m", "kid")
UNDER = 18
# Officers of state and players whose names common syllables would make.
PUBLIC = frozenset(
    (
        "Bùi Văn Cường,Đặng Văn Lâm,Hồ Quốc Dũng,Hoàng Văn Cường,Lê Quốc Hùng,Lê Thanh Hải,Lê Văn Dũng,Nguyễn Đức Hải,"
        "Nguyễn Thanh Bình,Nguyễn Thanh Hải,Nguyễn Thanh Long,Nguyễn Văn Ba,Nguyễn Văn Bình,Nguyễn Văn Hiếu,"
        "Nguyễn Văn Hùng,Nguyễn Văn Toàn,Phạm Đức Long,Phan Thanh Bình,Trần Quốc Khánh,Trần Thanh Hải,Trần Thanh Lâm,"
        "Trần Văn Nam,Võ Minh Lâm,Võ Văn Hùng"
    ).split(",")
)


@dataclass
class Somebody:
    """What a form says of one person."""

    name: str = ""
    birth: str = ""
    sex: str = ""
    number: str = ""
    phone: str = ""
    relation: str = ""
    home: Any = field(default_factory=dict)

    @property
    def born(self) -> date | None:
        """The day of birth, None when nothing says it."""
        return date.fromisoformat(self.birth) if len(self.birth) == 10 else None


def oddities(dossier: Dossier) -> Iterator[str]:
    """Yield in words whatever is odd about a dossier's answers; nothing for one without a form."""
    if dossier.version.form is None:
        return
    schema, answers, day = form_schema.load(dossier.version.form), dossier.answers, local_day(dossier.created_at)
    people = cast(answers)
    rows = [
        row for value in answers.values() for row in (value if isinstance(value, list) else ()) if isinstance(row, dict)
    ]
    in_tables = [found for row in rows for found in cast(row).items()]
    for role, one in [*people.items(), *in_tables]:
        yield from of_one(role, one, day)
    yield from of_families(people, in_tables, answers, day)
    yield from of_places(schema, answers, people)
    yield from of_days(answers, people, day)
    yield from of_organisations(schema, dossier)
    for text in texts_of(answers):
        if "Theo giấy tờ kèm theo" in text or text.startswith("Sample"):
            yield f"says nothing: {text}"


def cast(answers: dict[str, Any]) -> dict[str, Somebody]:
    """Return who is spoken of, by role: 'mother' for 'mother_name' and 'mother_dob'."""
    people: dict[str, Somebody] = {}
    for key, value in answers.items():
        for end, fact in FACTS.items():
            role = key.removesuffix(f"_{end}")
            if role != key:
                if value:
                    setattr(people.setdefault(role, Somebody()), fact, value)
                break
    return {role: one for role, one in people.items() if one.name or one.number or one.birth}


def of_one(role: str, one: Somebody, day: date) -> Iterator[str]:
    """Yield where name, sex, birth and number of one person do not belong together."""
    sex = one.sex or SEX_OF.get(role, "")
    middle = one.name.split()[1:-1]
    if sex and (("Thị" in middle and sex == "nam") or ("Văn" in middle and sex == "nu")):
        yield f"{role} {one.name} is {sex}"
    if one.name in PUBLIC:
        yield f"{role} has the name of a public person"
    if one.born and one.born > day:
        yield f"{role} is born later"
    if one.number and len(one.number) == 12:
        year = 1900 + 100 * (int(one.number[3]) // 2) + int(one.number[4:6])
        if not one.number.startswith("075"):
            yield f"{role}: number {one.number} of another province"
        if one.born and one.born.year != year:
            yield f"{role}: number {one.number} and birth {one.birth}"
        if sex and int(one.number[3]) % 2 != (sex == "nu"):
            yield f"{role}: number {one.number} and sex {sex}"
    if one.phone and not (MOBILE.fullmatch(one.phone) or LANDLINE.fullmatch(one.phone)):
        yield f"{role}: nobody has the number {one.phone}"


def of_families(
    people: dict[str, Somebody], in_tables: list[tuple[str, Somebody]], answers: dict[str, Any], day: date
) -> Iterator[str]:
    """Yield where ages, sexes and relations of a family do not fit."""
    everybody = [*people.items(), *in_tables]
    for her, him in COUPLES:
        both = [people[role].born for role in (her, him) if role in people]
        if len(both) == 2 and both[0] and both[1]:
            if abs(both[0].year - both[1].year) > 20:
                yield f"{her} and {him} are {abs(both[0].year - both[1].year)} years apart"
            if her != "mother" and (years(both[0], day) < 18 or years(both[1], day) < 20):
                yield f"{her} and {him} are too young to marry"
    is_adoption = "adopter_case" in answers
    for parent in ("mother", "father"):
        child = people.get("child") or people.get("subject")
        if (
            child
            and parent in people
            and not gap_fits(people[parent].born, child.born, 50 if parent == "mother" else 60)
        ):
            yield f"{parent} {people[parent].birth} of a child {child.birth}"
    names = {one.name.split()[0] for role, one in people.items() if role in ("mother", "father") and one.name}
    if "child" in people and names and not is_adoption and people["child"].name.split()[0] not in names:
        yield f"{people['child'].name} bears no name of the parents"
    requester = people.get("requester") or people.get("head") or Somebody()
    for role, one in everybody:
        if role in ("m", "kid") and (role == "kid" or one.relation == "Con") and not gap_fits(requester.born, one.born):
            yield f"{role} {one.birth} is a child of somebody born {requester.birth}"
        if role in ("r", "w", "kid") and one.born and years(one.born, day) >= UNDER:
            yield f"{role} is {years(one.born, day)} years old"
    if dead := people.get("deceased"):
        if answers.get("relation") in ("con", "Con") and not gap_fits(dead.born, requester.born):
            yield f"{requester.birth} is no child of {dead.birth}"
        if answers.get("relation") in ("vo_chong", "ban_than"):
            yield f"declared by {answers['relation']}"
        if requester.name.split()[:1] != dead.name.split()[:1]:
            yield f"{requester.name} is no relative of {dead.name}"
        if dead.born and years(dead.born, day) < 60 and "Tuổi già" in answers.values():
            yield "dead of old age, but young"
    named = [one.name for role, one in everybody if one.name and not one.number]
    if len(named) != len(set(named)) and len({one.birth for _role, one in everybody if one.name in named}) > 2:
        yield "several people of one name"


def of_places(schema: Any, answers: dict[str, Any], people: dict[str, Somebody]) -> Iterator[str]:
    """Yield addresses outside the communes, and a stay where one lives anyway."""
    for _section, question in schema.fields():
        value = answers.get(question.key)
        if question.type == "address" and value and value.get("commune") not in COMMUNES:
            yield f"{question.key}: {value}"
    home, stay = answers.get("permanent_address"), answers.get("stay_address")
    if home and stay and home["commune"] == stay["commune"]:
        yield "a temporary stay in one's own commune"
    if answers.get("new_address") and answers["new_address"] == answers.get("old_address"):
        yield "moves to where they live"


def of_days(answers: dict[str, Any], people: dict[str, Somebody], day: date) -> Iterator[str]:
    """Yield days out of their order: registered before birth or death, grown up too early."""
    days = {key: date.fromisoformat(value) for key, value in answers.items() if is_day(value)}
    subject = next((people[role] for role in ("child", "s", "subject", "w", "requester") if role in people), Somebody())
    registered = days.get("registered_date") or days.get("reg_date")
    if "wife" in people and registered:
        wife, husband = people["wife"].born, people["husband"].born
        if wife and husband and (years(wife, registered) < 18 or years(husband, registered) < 20):
            yield f"married on {registered}, too young"
    if "deceased" in people:
        if registered and not days["death_date"] <= registered <= day:
            yield f"death of {days['death_date']} registered on {registered}"
    elif registered and subject.born and not subject.born <= registered <= day:
        yield f"birth of {subject.birth} registered on {registered}"
    if registered and (book := answers.get("reg_book") or answers.get("registered_book")):
        if not book.endswith(f"/{registered.year}"):
            yield f"registered on {registered} in the book {book}"
    if "period_from" in days and subject.born and years(subject.born, days["period_from"]) < UNDER:
        yield f"unmarried as a child, from {days['period_from']}"
    for key, given in days.items():
        role = key.removesuffix("_id_date")
        if role != key and (born := people.get(role, Somebody()).born) and years(born, given) < 14:
            yield f"{key} {given} before they could have a card"
    marriage = re.search(r"/(\d{4}), ngày", " ".join(texts_of(answers)))
    if marriage and any(
        one.born and int(marriage[1]) - one.born.year < 18 for role, one in people.items() if role in SEX_OF
    ):
        yield f"married in {marriage[1]}, too young"


def of_organisations(schema: Any, dossier: Dossier) -> Iterator[str]:
    """Yield where an organisation is called otherwise, or a citizen speaks for one."""
    answers, owner = dossier.answers, dossier.owner
    mine: set[str] = set()
    if owner and owner.kind != Kind.CITIZEN:
        mine = {owner.full_name, owner.tax_code, owner.representative.position}
    for _section, question in schema.fields():
        value = answers.get(question.key)
        if (
            question.prefill in ("organisation_name", "tax_code", "representative_position")
            or question.key == "rep_role"
        ):
            if question.type != "choice" and value and value not in mine:
                yield f"{question.key}: {value}"


def texts_of(value: Any) -> Iterator[str]:
    """Yield every text in answers, also in tables and addresses."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)


def years(born: date, day: date) -> int:
    """Return how old somebody is on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def gap_fits(parent: date | None, child: date | None, most: int = 60) -> bool:
    """Tell whether a parent is at least 16 and at most so many years older; unknown births fit."""
    return parent is None or child is None or 16 <= years(parent, child) <= most


def is_day(value: Any) -> bool:
    """Tell whether an answer is a whole day."""
    return isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) is not None
