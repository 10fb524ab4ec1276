"""Checks whether a condition of a form can ever hold; a question that nobody can reach is a fault.

Pure. Conditions are multiplied out into lists of plain comparisons. What would
take too long (beyond :data:`MOST`, :data:`LONGEST` or :data:`TRIES`) counts as
reachable, since a false alarm would keep a good form from being published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .parts import Question, Schema

# Cases of one condition, comparisons of one case, and cases tried for one form (about a second).
MOST, LONGEST, TRIES = 400, 60, 20_000
# A comparison: key, operator, value, whether it must hold (or must not).
Atom = tuple[str, str, Any, bool]
Case = tuple[Atom, ...]


class _TooMany(Exception):
    """The condition has more cases than are worth trying."""


def unreachable(schema: Schema) -> list[tuple[str, str]]:
    """Return (anchor, label) of every section and question that no answers lead to."""
    finder = _Finder(schema)
    found = []
    for section in schema.sections:
        if not finder.can_hold(section.show_if):
            found.append((f"section-{section.key}", section.title.vi))
            continue
        for one in section.fields:
            if one.show_if is not None and not finder.can_hold({"all": finder.conditions(one.key)}):
                found.append((f"field-{one.key}", one.label.vi))
    return found


def can_hold(schema: Schema, condition: Mapping[str, Any]) -> bool:
    """Tell whether some answers to a form make a condition true; it reads questions of the form only."""
    return _Finder(schema).can_hold(condition)


class _Finder:
    """The cases in which each question is asked, worked out once."""

    def __init__(self, schema: Schema) -> None:
        self.fields: dict[str, Question] = {one.key: one for _section, one in schema.fields()}
        self.of_section = {one.key: section.show_if for section, one in schema.fields()}
        self.tried = 0
        # The cases in which a question is asked; None: too many. In order, since conditions only look back.
        self.asked: dict[str, list[Case] | None] = {}
        for key in self.fields:
            try:
                conditions = self.conditions(key)
                self.asked[key] = self.cases({"all": conditions}) if conditions else [()]
            except _TooMany:
                self.asked[key] = None

    def conditions(self, key: str) -> list[Mapping[str, Any]]:
        return [part for part in (self.of_section[key], self.fields[key].show_if) if part is not None]

    def can_hold(self, condition: Mapping[str, Any] | None) -> bool:
        try:
            return condition is None or bool(self.cases(condition))
        except _TooMany:
            return True

    def cases(self, condition: Mapping[str, Any]) -> list[Case]:
        """Return the possible cases of a condition; a question that must be answered must be asked too."""
        found = []
        for case in _multiply_out(condition, wanted=True):
            needed = {key for key, op, _value, holds in case if holds and op != "empty" or not holds and op == "empty"}
            wider = [case]
            for key in needed:
                wider = _product(wider, self.asked[key])
            self.tried += len(wider)
            if self.tried > TRIES:
                raise _TooMany
            found += [case for case in wider if self.is_possible(case)]
            if len(found) > MOST:
                raise _TooMany
        return found

    def is_possible(self, case: Case) -> bool:
        by_key: dict[str, _Answer] = {}
        for key, op, value, holds in case:
            by_key.setdefault(key, _Answer()).add(op, value, holds=holds)
        return all(answer.is_possible(self.fields[key]) for key, answer in by_key.items())


@dataclass
class _Answer:
    """What a case asks of one answer."""

    must: list[tuple[str, Any]] = field(default_factory=list)
    must_not: list[tuple[str, Any]] = field(default_factory=list)
    is_given: bool = False
    is_missing: bool = False

    def add(self, op: str, value: Any, *, holds: bool) -> None:
        if op in ("filled", "empty"):
            if (op == "filled") == holds:
                self.is_given = True
            else:
                self.is_missing = True
        elif holds:
            self.is_given = True
            self.must.append((op, value))
        else:
            self.must_not.append((op, value))

    def is_possible(self, asked: Question) -> bool:
        if self.is_missing or not self.is_given:
            # Left empty: no comparison holds, and none has to fail.
            return not self.is_given
        if asked.type == "choices":
            wanted = {value for op, value in self.must if op == "contains"}
            return not wanted & {value for op, value in self.must_not if op == "contains"}
        if asked.options:
            return any(self.fits(option.value) for option in asked.options)
        return any(self.fits(value) for value in self.samples(asked))

    def fits(self, value: Any) -> bool:
        return all(_holds(value, op, wanted) for op, wanted in self.must) and not any(
            _holds(value, op, wanted) for op, wanted in self.must_not
        )

    def samples(self, asked: Question) -> Iterable[Any]:
        """Yield the values named and their neighbours: if any value fits, one of these does."""
        named = []
        for _op, value in [*self.must, *self.must_not]:
            named += value if isinstance(value, list) else [value]
        for value in named:
            yield value
            if isinstance(value, int):
                yield value - 1
                yield value + 1
            else:
                yield f"{value}\0"
                yield value[:-1]
        yield 0 if asked.type in ("number", "money") else "\0"


def _holds(value: Any, op: str, wanted: Any) -> bool:
    if op == "in":
        return value in wanted
    if op in ("eq", "ne"):
        return (value == wanted) == (op == "eq")
    if not isinstance(value, type(wanted)):
        return False
    return bool({"gt": value > wanted, "gte": value >= wanted, "lt": value < wanted, "lte": value <= wanted}[op])


def _multiply_out(condition: Mapping[str, Any], *, wanted: bool) -> list[Case]:
    """Return the cases (lists of comparisons) of which at least one makes a condition true or, unwanted, false."""
    if "not" in condition:
        return _multiply_out(condition["not"], wanted=not wanted)
    for name in ("all", "any"):
        if name in condition:
            parts = [_multiply_out(part, wanted=wanted) for part in condition[name]]
            if (name == "all") == wanted:
                together: list[Case] = [()]
                for part in parts:
                    together = _product(together, part)
                return together
            cases = [case for part in parts for case in part]
            if len(cases) > MOST:
                raise _TooMany
            return cases
    return [((condition["field"], condition["op"], condition.get("value"), wanted),)]


def _product(left: list[Case], right: list[Case] | None) -> list[Case]:
    if right is None or len(left) * len(right) > MOST:
        raise _TooMany
    made = [(*one, *other) for one in left for other in right]
    if any(len(case) > LONGEST for case in made):
        raise _TooMany
    return made
