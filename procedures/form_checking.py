"""What a form says about itself before it is published: faults of loading, questions nobody can reach, doubtful labels.

Whether a question can be reached is tried out: its condition and those it
hangs on are evaluated over the few answers that can make a difference to them.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from common import partial_date
from common.text import fold

from .form_loading import load
from .form_parts import Field, Place, Schema, SchemaError, SchemaFault, Section, condition_fields, is_empty, show

# A condition over more answers than this is taken to be reachable.
MAX_TRIALS = 5_000


def check_form(data: Any) -> list[SchemaFault]:
    """Return every fault and warning of a raw schema, in the active language; faults first."""
    try:
        schema = load(data)
    except SchemaError as error:
        return [*error.faults, *_label_warnings(data)]
    return [*unreachable(schema), *_label_warnings(data)]


def unreachable(schema: Schema) -> list[SchemaFault]:
    """Return a fault for every section, question and column whose condition no answers can meet."""
    found = []
    world = _World(schema)
    for section in schema.sections:
        place = Place(section.key, names=(section.title.vi,))
        if section.show_if and not world.can_hold(section.show_if):
            found.append(SchemaFault(place, _("its condition can never hold, so nobody is asked this section")))
            continue
        for field in section.fields:
            where = Place(section.key, field.key, names=(section.title.vi, field.label.vi))
            if field.show_if and not world.can_hold(_both(section.show_if, field.show_if)):
                found.append(SchemaFault(where, _("its condition can never hold, so nobody is asked this question")))
            row = _World.of_row(field)
            for column in field.columns:
                if column.show_if and not row.can_hold(column.show_if):
                    inside = Place(section.key, field.key, column.key, (*where.names, column.label.vi))
                    found.append(
                        SchemaFault(inside, _("its condition can never hold, so nobody is asked this question"))
                    )
    return found


def _both(first: Mapping[str, Any] | None, second: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"all": [first, second]} if first else second


class _World:
    """The questions that conditions read, with the answers worth trying for each."""

    def __init__(self, schema: Schema | None = None) -> None:
        self.fields: dict[str, Field] = {}
        # When a question is asked at all: its own condition and its section's.
        self.asked: dict[str, Mapping[str, Any] | None] = {}
        self.conditions: list[Mapping[str, Any]] = []
        for section in schema.sections if schema else ():
            self._add_section(section)

    @classmethod
    def of_row(cls, table: Field) -> "_World":
        """Return the questions of one row of a table."""
        world = cls()
        for column in table.columns:
            world._add(column, column.show_if)
        return world

    def _add_section(self, section: Section) -> None:
        if section.show_if:
            self.conditions.append(section.show_if)
        for field in section.fields:
            self._add(field, _both(section.show_if, field.show_if) if field.show_if else section.show_if)

    def _add(self, field: Field, asked: Mapping[str, Any] | None) -> None:
        self.fields[field.key], self.asked[field.key] = field, asked
        self.conditions += [field.show_if] if field.show_if else []

    def can_hold(self, condition: Mapping[str, Any]) -> bool:
        """Tell whether some answers meet a condition; True when there are too many to try."""
        keys = self._closure(condition)
        order = [key for key in self.fields if key in keys]
        self._left = MAX_TRIALS
        return self._try(condition, order, {})

    def _closure(self, condition: Mapping[str, Any]) -> set[str]:
        keys: set[str] = set()
        waiting = list(condition_fields(condition))
        while waiting:
            key = waiting.pop()
            if key not in keys:
                keys.add(key)
                waiting += condition_fields(self.asked[key])
        return keys

    def _try(self, condition: Mapping[str, Any], order: list[str], answers: dict[str, Any]) -> bool:
        self._left -= 1
        if self._left <= 0:
            return True
        if not order:
            return show(condition, answers)
        key, rest = order[0], order[1:]
        for value in self._candidates(self.fields[key], answers):
            if self._try(condition, rest, {**answers, key: value}):
                return True
        return False

    def _candidates(self, field: Field, answers: Mapping[str, Any]) -> Iterator[Any]:
        if not show(self.asked[field.key], answers):
            yield None
            return
        yield from self._values(field)
        if not field.is_required or field.derive:
            yield None

    def _values(self, field: Field) -> Iterator[Any]:
        """Yield answers of every sort that the conditions tell apart, as far as its own checks allow them."""
        wanted = [value for condition in self.conditions for value in _compared(condition, field.key)]
        match field.type:
            case "choice" | "yes_no":
                values = [option.value for option in field.options]
                named = [value for value in values if value in wanted]
                yield from named
                yield from [value for value in values if value not in wanted][:1]
            case "choices":
                values = [option.value for option in field.options]
                named = list(dict.fromkeys(value for value in values if value in wanted))
                other = [value for value in values if value not in wanted][:1]
                for bits in range(2 ** min(len(named), 8)):
                    chosen = [value for n, value in enumerate(named[:8]) if bits >> n & 1]
                    yield chosen or other or named[:1]
            case "number" | "money":
                limits = {rule.name: rule.args[0] for rule in field.rules if rule.name in ("min", "max")}
                least = limits.get("min", 0 if field.type == "money" else None)
                tries = {value + step for value in wanted for step in (-1, 0, 1)} | {*limits.values(), 1}
                for number in sorted(tries):
                    if (least is None or number >= least) and number <= limits.get("max", number):
                        yield number
            case "date":
                for iso in dict.fromkeys([*wanted, "2000-01-01"]):
                    first, last = partial_date.earliest(iso), partial_date.latest(iso)
                    yield iso
                    yield (first - timedelta(days=1)).isoformat()
                    yield (last + timedelta(days=1)).isoformat()
            case _:
                yield from dict.fromkeys([value for value in wanted if isinstance(value, str)])
                yield "\0 anything else"


def _compared(condition: Mapping[str, Any], key: str) -> Iterator[Any]:
    """Yield the values with which a condition compares a question."""
    if "not" in condition:
        yield from _compared(condition["not"], key)
    for part in [*condition.get("all", ()), *condition.get("any", ())]:
        yield from _compared(part, key)
    if condition.get("field") == key and "value" in condition:
        value = condition["value"]
        yield from value if isinstance(value, list) else [value]


def _label_warnings(data: Any) -> list[SchemaFault]:
    """Warn of equal labels in one section, of whatever can be read of a raw schema."""
    found = []
    sections = data.get("sections") if isinstance(data, Mapping) else None
    for section in sections if isinstance(sections, list) else []:
        if not isinstance(section, Mapping):
            continue
        met: set[str] = set()
        for field in section["fields"] if isinstance(section.get("fields"), list) else []:
            label = _vi(field.get("label")) if isinstance(field, Mapping) else ""
            if label and fold(label) in met:
                place = Place(str(section.get("key")), str(field.get("key")), names=(_vi(section.get("title")), label))
                message = _("another question of this section has the same label")
                found.append(SchemaFault(place, message, is_warning=True))
            met.add(fold(label))
    return found


def _vi(words: Any) -> str:
    vi = words.get("vi") if isinstance(words, Mapping) else None
    return "" if is_empty(vi) or not isinstance(vi, str) else vi.encode("utf-8", "replace").decode()
