"""Hypothesis strategies: valid form schemas, answers to them, and faults to put into them."""

from typing import Any

from hypothesis import strategies as st

from ..parts import FACTS

LETTERS = (
    st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệ ", min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
WORDS = st.fixed_dictionaries({"vi": LETTERS, "en": LETTERS})
SIMPLE = [
    "text",
    "long_text",
    "number",
    "decimal",
    "money",
    "date",
    "choice",
    "choices",
    "yes_no",
    "full_name",
    "id_number",
]
SIMPLE += ["tax_code", "phone", "email", "address", "bank_account", "note", "person"]
RULES: dict[str, list[dict[str, Any]]] = {
    "text": [{"name": "max_length", "args": [50]}, {"name": "book_number"}, {"name": "time", "args": []}],
    "long_text": [{"name": "min_length", "args": [2]}],
    "number": [{"name": "min", "args": [0]}, {"name": "max", "args": [99]}],
    "decimal": [{"name": "min", "args": [1]}, {"name": "max", "args": [9]}],
    "money": [{"name": "max", "args": [10**9]}],
    "date": [{"name": "not_future"}, {"name": "weekday"}, {"name": "age_at_least", "args": [18]}],
    "person": [{"name": "age_at_least", "args": [18]}, {"name": "age_at_most", "args": [60]}],
    "choices": [{"name": "min_choices", "args": [1]}, {"name": "max_choices", "args": [9]}],
}


@st.composite
def conditions(draw, earlier):
    """A condition over fields that came before."""
    field = draw(st.sampled_from(earlier))
    plain: dict[str, Any] = {"field": field["key"], "op": draw(st.sampled_from(["filled", "empty"]))}
    if field["type"] == "choice":
        plain = {
            "field": field["key"],
            "op": draw(st.sampled_from(["eq", "ne"])),
            "value": field["options"][0]["value"],
        }
    elif field["type"] == "yes_no":
        plain = {"field": field["key"], "op": "in", "value": ["co"]}
    elif field["type"] == "choices":
        plain = {"field": field["key"], "op": "contains", "value": field["options"][0]["value"]}
    elif field["type"] in ("number", "money"):
        plain = {"field": field["key"], "op": draw(st.sampled_from(["gt", "lte"])), "value": draw(st.integers(0, 9))}
    shape = draw(st.sampled_from(["plain", "not", "all", "any"]))
    if shape == "plain":
        return plain
    return {"not": plain} if shape == "not" else {shape: [plain, plain]}


@st.composite
def fields(draw, n, earlier, types=tuple(SIMPLE), *, is_column=False):
    """One field, or column of a table; ``earlier`` are those before it."""
    kind = draw(st.sampled_from(types))
    field: dict[str, Any] = {"key": f"f{n}", "type": kind, "label": draw(WORDS), "required": draw(st.booleans())}
    if kind in ("choice", "choices"):
        count = draw(st.integers(1, 9))
        field["options"] = [{"value": f"o{i}", "label": draw(WORDS)} for i in range(count)]
    if kind in ("number", "decimal") and draw(st.booleans()):
        field["unit"] = {"vi": "m²", "en": "m²"}
    if kind == "decimal" and draw(st.booleans()):
        field["decimals"] = draw(st.sampled_from([1, 3]))
    if kind == "date":
        field["partial"] = draw(st.booleans())
    if draw(st.booleans()):
        field["help"] = draw(WORDS)
    if not is_column and draw(st.booleans()):
        field["group"] = draw(WORDS)
    if kind in RULES and draw(st.booleans()):
        field["rules"] = [draw(st.sampled_from(RULES[kind]))]
    fact = next((fact for fact, kinds in FACTS.items() if kind in kinds), "")
    if fact and not is_column and draw(st.booleans()):
        field["about"] = f"p{n}:{fact}"
    askable = [other for other in earlier if other["type"] != "note"]
    if askable and draw(st.booleans()):
        field["show_if"] = draw(conditions(askable))
    return field


@st.composite
def calculated(draw, n, earlier):
    """A question that is made of those before it; None where nothing fits."""
    by_type: dict[str, list[str]] = {}
    for field in earlier:
        by_type.setdefault(field["type"], []).append(field["key"])
        for column in field.get("columns", []):
            by_type.setdefault(f"{column['type']} column", []).append(f"{field['key']}.{column['key']}")
    numbers, dates = by_type.get("number", []), by_type.get("date", [])
    possible = [
        *[{"type": "text", "derive": {"name": "date_in_words", "of": key}} for key in dates],
        *[{"type": "text", "derive": {"name": "number_in_words", "of": key}} for key in numbers],
        *[{"type": "text", "derive": {"name": "amount_in_words", "of": key}} for key in by_type.get("money", [])],
        *[{"type": "number", "derive": {"name": "sum", "of": key}} for key in by_type.get("number column", [])],
        *[{"type": "decimal", "derive": {"name": "sum", "of": key}} for key in by_type.get("decimal", [])],
        *[{"type": "number", "derive": {"name": "product", "of": [key, key]}} for key in numbers],
        *[{"type": "number", "derive": {"name": "count", "of": key}} for key in by_type.get("table", [])],
        *[{"type": "number", "derive": {"name": "age", "of": key}} for key in by_type.get("person", [])],
        *[{"type": "number", "derive": {"name": "days_between", "of": [key, key]}} for key in dates],
        *[
            {
                "type": "choice",
                "derive": {"name": "within", "of": key, "amount": 60, "unit": "days"},
                "options": [{"value": "kip", "label": draw(WORDS)}, {"value": "muon", "label": draw(WORDS)}],
            }
            for key in dates
        ],
    ]
    if not possible:
        return None
    return {"key": f"f{n}", "label": draw(WORDS)} | draw(st.sampled_from(possible))


@st.composite
def checks(draw, fields):
    """Up to three checks between the questions of a form."""
    dates = [field["key"] for field in fields if field["type"] in ("date", "person")]
    numbers = [field["key"] for field in fields if field["type"] in ("number", "decimal", "money", "table", "choices")]
    texts = [field["key"] for field in fields if field["type"] in ("text", "id_number", "person", "phone", "choice")]
    people = [field["key"] for field in fields if field["type"] in ("person", "id_number")]
    span = {"amount": draw(st.integers(0, 20)), "unit": draw(st.sampled_from(["days", "months", "years"]))}
    possible: list[dict[str, Any]] = [
        *[{"kind": kind, "fields": pair} for pair in _pairs(dates) for kind in ("before", "not_after")],
        *[{"kind": kind, "fields": pair} | span for pair in _pairs(dates) for kind in ("within", "apart")],
        *[{"kind": "apart", "fields": [key]} | span for key in dates],
        *[{"kind": kind, "fields": pair} for pair in _pairs(numbers) for kind in ("not_more", "as_many")],
        *[{"kind": kind, "fields": pair} for pair in _pairs(texts) for kind in ("differ", "same")],
        *[{"kind": "sex", "fields": [key], "value": draw(st.sampled_from(["nam", "nu"]))} for key in people],
    ]
    askable = [field for field in fields if field["type"] != "note"]
    possible += [{"kind": "never", "when": draw(conditions(askable))}] if askable else []
    chosen = draw(st.lists(st.sampled_from(possible), max_size=3)) if possible else []
    for n, check in enumerate(chosen):
        more: dict[str, Any] = {"severity": draw(st.sampled_from(["error", "warning"])), "message": draw(WORDS)}
        if check["kind"] != "never" and draw(st.booleans()):
            more["when"] = draw(conditions(askable))
        chosen[n] = check | more | {"key": f"c{n}", "basis": draw(LETTERS)}
    return chosen


def _pairs(keys: list[str]) -> list[list[str]]:
    return [[keys[0], keys[-1]]] if len(keys) > 1 else []


@st.composite
def schemas(draw):
    """A whole valid schema with up to three sections."""
    sections = []
    met: list[dict[str, Any]] = []
    for s in range(draw(st.integers(1, 3))):
        own = []
        before = list(met)
        for _i in range(draw(st.integers(1, 4))):
            own.append(draw(fields(len(met), met)))
            met.append(own[-1])
        if all(field["type"] == "note" for field in own):
            own.append({"key": f"q{s}", "type": "text", "label": draw(WORDS)})
            met.append(own[-1])
        if draw(st.booleans()):
            kinds = ("text", "number", "decimal", "yes_no", "date")
            columns = [draw(fields(i, [], kinds, is_column=True)) for i in range(2)]
            table = {"key": f"t{s}", "type": "table", "label": draw(WORDS), "columns": columns, "repeat": {"max": 3}}
            own.append(table)
            met.append(table)
        if draw(st.booleans()) and (made := draw(calculated(len(met), met))):
            own.append(made)
            met.append(made)
        section: dict[str, Any] = {"key": f"s{s}", "title": draw(WORDS), "fields": own}
        askable = [field for field in before if field["type"] != "note"]
        if askable and draw(st.booleans()):
            section["show_if"] = draw(conditions(askable))
        sections.append(section)
    signatures = draw(st.lists(WORDS, max_size=4))
    named = {"signatures": signatures} if signatures else {}
    found = draw(checks(met))
    named |= {"checks": found} if found else {}
    return {"schema": 1, "title": draw(WORDS), "sections": sections} | named


GOOD: dict[str, Any] = {
    "text": "14:05",
    "long_text": "Nội dung dài",
    "number": 5,
    "decimal": "5.5",
    "money": 8000,
    "date": "1990-03-27",
    "full_name": "Nguyễn Văn An",
    "id_number": "075199000011",
    "tax_code": "0100233488",
    "phone": "0912000001",
    "email": "an@example.com",
    "address": {"elsewhere": "Xã cũ"},
    "bank_account": {"bank": "Agribank", "number": "123456789", "holder": "Nguyễn Văn An"},
    "person": {"full_name": "Lê Thị Hoa", "birth": "1990", "sex": "nu", "id_kind": "ho_chieu", "id_number": "B1234567"},
}
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=30), st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2), st.floats(allow_nan=False),
)  # fmt: skip


def good_answer(field: dict[str, Any]) -> Any:
    """An answer that the field takes."""
    match field["type"]:
        case "choice":
            return field["options"][0]["value"]
        case "choices":
            return [field["options"][0]["value"]]
        case "yes_no":
            return "co"
        case "table":
            return [{column["key"]: good_answer(column) for column in field["columns"]}]
    return GOOD.get(field["type"])
