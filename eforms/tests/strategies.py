"""Hypothesis strategies: valid form schemas, answers to them, and faults to put into them."""

from typing import Any

from hypothesis import strategies as st

LETTERS = (
    st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệ ", min_size=1, max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
WORDS = st.fixed_dictionaries({"vi": LETTERS, "en": LETTERS})
SIMPLE = ["text", "long_text", "number", "money", "date", "choice", "choices", "yes_no", "full_name", "id_number"]
SIMPLE += ["tax_code", "phone", "email", "address", "bank_account", "note", "person"]
RULES: dict[str, list[dict[str, Any]]] = {
    "text": [{"name": "max_length", "args": [50]}, {"name": "book_number"}, {"name": "time", "args": []}],
    "long_text": [{"name": "min_length", "args": [2]}],
    "number": [{"name": "min", "args": [0]}, {"name": "max", "args": [99]}],
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
def fields(draw, n, earlier, types=tuple(SIMPLE)):
    """One field; ``earlier`` are those before it."""
    kind = draw(st.sampled_from(types))
    field: dict[str, Any] = {"key": f"f{n}", "type": kind, "label": draw(WORDS), "required": draw(st.booleans())}
    if kind in ("choice", "choices"):
        count = draw(st.integers(1, 9))
        field["options"] = [{"value": f"o{i}", "label": draw(WORDS)} for i in range(count)]
    if kind == "date":
        field["partial"] = draw(st.booleans())
    if draw(st.booleans()):
        field["help"] = draw(WORDS)
    if kind in RULES and draw(st.booleans()):
        field["rules"] = [draw(st.sampled_from(RULES[kind]))]
    askable = [other for other in earlier if other["type"] != "note"]
    if askable and draw(st.booleans()):
        field["show_if"] = draw(conditions(askable))
    return field


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
            columns = [draw(fields(i, [], ("text", "number", "yes_no", "date"))) for i in range(2)]
            table = {"key": f"t{s}", "type": "table", "label": draw(WORDS), "columns": columns, "repeat": {"max": 3}}
            own.append(table)
            met.append(table)
        section: dict[str, Any] = {"key": f"s{s}", "title": draw(WORDS), "fields": own}
        askable = [field for field in before if field["type"] != "note"]
        if askable and draw(st.booleans()):
            section["show_if"] = draw(conditions(askable))
        sections.append(section)
    signatures = draw(st.lists(WORDS, max_size=4))
    named = {"signatures": signatures} if signatures else {}
    return {"schema": 1, "title": draw(WORDS), "sections": sections} | named


GOOD: dict[str, Any] = {
    "text": "14:05",
    "long_text": "Nội dung dài",
    "number": 5,
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
