"""Plausible answers for any form: each value is tried against the form's own rules before it is kept."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from eforms import schema as form_schema
from eforms.schema import Question, Schema

from .people import Person, somebody

POLICE = "Cục Cảnh sát quản lý hành chính về trật tự xã hội"
HOSPITAL = "Bệnh viện Đa khoa khu vực Xuân Lộc"
# By the end of a field's key; the first that fits counts.
TEXTS = {
    "id_place": POLICE,
    "facility": HOSPITAL,
    "notice_by": HOSPITAL,
    "notice_no": "118/2026",
    "death_time": "05:40",
    "death_cause": "Tuổi già",
    "court": "Tòa án nhân dân khu vực 9 – Đồng Nai",
    "registered_at": "Ủy ban nhân dân xã Xuân Bắc",
    "registered_book": "01/2015",
    "purpose_text": "Bổ túc hồ sơ vay vốn ngân hàng",
    "purpose_place": "Ủy ban nhân dân xã Xuân Lộc",
    "business_name": "Hộ kinh doanh Tạp hóa Bình An",
    "business_lines": "Bán lẻ thực phẩm, đồ dùng gia đình",
    "business_code": "47A8012345",
    "org_name": "Hội Khuyến học xã Xuân Bắc",
    "org_position": "Chủ tịch Hội",
    "doc_name": "Bằng tốt nghiệp trung học phổ thông",
    "doc_issuer": "Sở Giáo dục và Đào tạo Đồng Nai",
    "relation": "Con",
    "request": "Kính đề nghị Ủy ban nhân dân xã xem xét, giải quyết theo quy định. Giấy tờ kèm theo đầy đủ.",
}
REQUESTS = (
    "Tôi đề nghị Ủy ban nhân dân xã giải quyết theo quy định. Tôi cam đoan nội dung khai là đúng.",
    "Gia đình tôi đã chuẩn bị đủ giấy tờ, kính mong Ủy ban nhân dân xã sớm xem xét.",
    "Kính đề nghị xem xét, giải quyết. Khi cần bổ sung xin gọi theo số điện thoại đã ghi.",
)
# How often a question that may be left out is answered.
OPTIONAL = 0.35


def fill(schema: Schema, person: Person, rng: random.Random, today: date) -> dict[str, Any]:
    """Return complete answers of a requester; raises ValueError when no value satisfies a required question."""
    answers: dict[str, Any] = {}
    family = person.name.split()[0]
    for section in schema.sections:
        if not form_schema.show(section.show_if, answers):
            continue
        for field in section.fields:
            if not field.is_asked or not form_schema.show(field.show_if, answers):
                continue
            if field.is_required or field.prefill or rng.random() < OPTIONAL:
                value = first_valid(field, candidates(field, person, family, rng, today), answers, today)
                if value is not None:
                    answers[field.key] = value
    kept, errors = form_schema.clean_all(schema, answers, today=today)
    if errors:
        raise ValueError(f"{schema.title.vi}: {errors}")
    return kept


def first_valid(field: Question, values: Iterator[Any], known: Mapping[str, Any], today: date) -> Any:
    """Return the first value that the form accepts, in its stored shape; None when it accepts none."""
    for value in values:
        try:
            return form_schema.clean_value(field, value, known, today=today)
        except ValidationError:
            continue
    return None


def candidates(field: Question, person: Person, family: str, rng: random.Random, today: date) -> Iterator[Any]:
    """Yield values for a field, the most plausible first."""
    own = {
        "full_name": person.name,
        "birth": person.birth,
        "sex": person.sex,
        "personal_number": person.number,
        "phone": person.phone,
        "email": person.email,
        "address": person.address,
    }
    if own.get(field.prefill):
        yield own[field.prefill]
    yield from as_parent(field, person)
    commune = person.address.get("commune", "26428")
    match field.type:
        case "text" | "long_text":
            yield from texts(field, rng)
        case "full_name":
            yield relative(field.key, family, rng, commune).name
        case "id_number":
            yield relative(field.key, family, rng, commune).number
        case "date":
            yield from dates(field, rng, today)
        case "choice" | "yes_no":
            yield from choices(field, rng)
        case "choices":
            yield [field.options[0].value]
        case "number":
            yield from (rng.randint(1, 3), 1, 2, 5, 10)
        case "money":
            yield rng.randint(5, 60) * 1_000_000
        case "phone":
            yield f"09{rng.randint(0, 99999999):08}"
        case "email":
            yield person.email or "nguoi-nop@example.com"
        case "tax_code":
            yield "0314409058"
        case "address":
            yield person.address
        case "person":
            yield {"full_name": relative(field.key, family, rng, commune).name}
        case "bank_account":
            yield {"bank": "Agribank", "number": f"590{rng.randint(0, 9999999999):010}", "holder": person.name}
        case "table":
            yield rows(field, person, family, rng, today)


def as_parent(field: Question, person: Person) -> Iterator[Any]:
    """Yield what a requester who registers their own child says of themselves, as its mother or its father."""
    is_mother = person.sex == "nu"
    if field.key == "relation" and field.type == "choice":
        yield "me" if is_mother else "cha"
    about = {"name": person.name, "birth": person.birth, "id_number": person.number, "residence": person.address}
    role, _, fact = field.key.partition("_")
    if role == ("mother" if is_mother else "father") and fact in about:
        yield about[fact]


def texts(field: Question, rng: random.Random) -> Iterator[str]:
    """Yield words that fit the key of a field, then some that fit most rules."""
    if field.type == "long_text":
        yield rng.choice(REQUESTS)
    yield from (text for key, text in TEXTS.items() if field.key.endswith(key))
    yield from ("Theo giấy tờ kèm theo", "12/2015", "08:30")


def dates(field: Question, rng: random.Random, today: date) -> Iterator[str]:
    """Yield days that fit the key of a field, then days around today."""
    if field.key == "child_dob":
        yield (today - timedelta(days=rng.randint(4, 50))).isoformat()
    elif field.key.startswith("deceased"):
        yield date(rng.randint(1935, 1955), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
    elif field.key.endswith(("_dob", "_birth", "birth")):
        yield date(rng.randint(1975, 2003), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
    elif field.key.endswith("_id_date"):
        yield date(rng.randint(2021, 2024), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
    elif field.key in ("registered_date", "period_from"):
        yield date(rng.randint(2008, 2020), rng.randint(1, 12), rng.randint(1, 28)).isoformat()
    yield from ((today - timedelta(days=days)).isoformat() for days in (3, 0))
    yield from ((today + timedelta(days=days)).isoformat() for days in range(3, 12))


def choices(field: Question, rng: random.Random) -> Iterator[str]:
    """Yield options: the usual one first, a random one where each is as likely."""
    if field.key.endswith("_gender") or field.type == "yes_no":
        yield rng.choice(field.options).value
    if field.default:
        yield field.default
    yield from (option.value for option in field.options)


def rows(field: Question, person: Person, family: str, rng: random.Random, today: date) -> list[dict[str, Any]]:
    """Return as many rows as a table asks for at least, and one at any rate."""
    made = []
    for _n in range(max(field.min_rows, 1)):
        row: dict[str, Any] = {}
        for column in field.columns:
            if form_schema.show(column.show_if, row):
                value = first_valid(column, candidates(column, person, family, rng, today), row, today)
                if value is not None:
                    row[column.key] = value
        made.append(row)
    return made


def relative(key: str, family: str, rng: random.Random, commune: str) -> Person:
    """Return somebody who fits the key of a field: a mother, a father, a child, one who died."""
    if key.startswith(("mother", "bride")):
        return somebody(rng, commune, sex="nu", born=(1985, 2001))
    if key.startswith(("father", "groom")):
        return somebody(rng, commune, sex="nam", born=(1983, 2000), family=family)
    if key.startswith("deceased"):
        return somebody(rng, commune, born=(1935, 1955), family=family)
    return somebody(rng, commune, family=family)
