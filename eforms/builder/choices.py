"""What a publisher types in lines and rows, and the data it stands for: answers to choose from, simple conditions.

Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from common.text import fold

from .editing import key_from
from .raw import text_of

# A line this like an old label is the same answer, put in other words.
ALIKE = 60
OPS_WITHOUT_VALUE = frozenset({"filled", "empty"})


def options_from_lines(
    lines: Sequence[str], english: Sequence[str], old: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return options for labels, one a line; ``english`` are the same labels in English, '' where missing.

    An answer that was there before keeps its value, wherever its line stands
    now; so does one whose line was only reworded. New ones get a value made from their label.
    """
    left = [option for option in old if isinstance(option.get("value"), str)]
    values: dict[int, str] = {}
    for n, line in enumerate(lines):
        same = next((option for option in left if text_of(option.get("label")) == line), None)
        if same is not None:
            values[n] = same["value"]
            left.remove(same)
    for n, line in enumerate(lines):
        if n not in values:
            best = max(left, key=lambda option: _likeness(option, line), default=None)
            if best is not None and _likeness(best, line) >= ALIKE:
                values[n] = best["value"]
                left.remove(best)
    taken = {str(option.get("value")) for option in old}
    made = []
    for n, line in enumerate(lines):
        if n not in values:
            values[n] = key_from(line, taken)
            taken.add(values[n])
        label = {"vi": line} | ({"en": english[n]} if n < len(english) and english[n] else {})
        made.append({"value": values[n], "label": label})
    # Who applies by an answer is written into the file of a form; it stays with the answer.
    people = {option.get("value"): option["person"] for option in old if option.get("person")}
    return [option | {"person": people[option["value"]]} if option["value"] in people else option for option in made]


def _likeness(option: Mapping[str, Any], line: str) -> float:
    return fuzz.ratio(fold(text_of(option.get("label"))), fold(line))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of a simple condition: question, operator, value (None where the operator takes none)."""

    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Simple:
    """A condition as publishers write it: comparisons of which all or any must hold."""

    joint: str
    rows: tuple[Comparison, ...]


def simple(condition: Any) -> Simple | None:
    """Return a stored condition as a list of comparisons, or None when it is more complex than that."""
    if condition is None:
        return Simple("all", ())
    return _simple(condition, 0)


def _simple(condition: Any, depth: int) -> Simple | None:
    if not isinstance(condition, Mapping) or depth > 6:
        return None
    for joint in ("all", "any"):
        if set(condition) == {joint} and isinstance(condition[joint], list):
            rows: list[Comparison] = []
            for part in condition[joint]:
                inner = _simple(part, depth + 1)
                if inner is None or (len(inner.rows) != 1 and inner.joint != joint):
                    return None
                rows += inner.rows
            return Simple(joint, tuple(rows)) if rows else None
    if set(condition) == {"not"}:
        inner = _simple(condition["not"], depth + 1)
        turned = {"filled": "empty", "empty": "filled"}
        if inner is None or len(inner.rows) != 1 or inner.rows[0].op not in turned:
            return None
        return Simple("all", (Comparison(inner.rows[0].field, turned[inner.rows[0].op]),))
    field, op, value = condition.get("field"), condition.get("op"), condition.get("value")
    if not isinstance(field, str) or not isinstance(op, str):
        return None
    if op == "in":
        values = value if isinstance(value, list) else []
        return Simple("any", tuple(Comparison(field, "eq", item) for item in values)) if values else None
    return Simple("all", (Comparison(field, op, None if op in OPS_WITHOUT_VALUE else value),))


def condition_of(joint: str, rows: Iterable[Comparison]) -> dict[str, Any] | None:
    """Return the condition that a list of comparisons means; None for an empty one."""
    parts: list[dict[str, Any]] = [
        {"field": row.field, "op": row.op} | ({} if row.op in OPS_WITHOUT_VALUE else {"value": row.value})
        for row in dict.fromkeys(rows)
    ]
    if len(parts) <= 1:
        return parts[0] if parts else None
    return {joint: parts}
