"""Parsing a form schema: every fault is found in one pass and named with its place."""

import re
from collections.abc import Mapping
from typing import Any

from common import partial_date
from common.text import nfc

from .form_parts import (
    _KEY,
    COLUMN_TYPES,
    DERIVATIONS,
    MAX_DEPTH,
    MAX_FIELDS,
    MAX_NUMBER,
    MAX_OPTIONS,
    MAX_ROWS,
    MAX_SECTIONS,
    MAX_TEXT,
    PREFILLS,
    TYPES,
    Field,
    Option,
    Rule,
    Schema,
    SchemaError,
    Section,
    Words,
)
from .form_values import RULES, RuleKind
from .lists import named_lists


def load(data: Any) -> Schema:
    """Parse and check a form schema; raises SchemaError with every reason."""
    return _Loader().load(data)


class _Loader:
    """One pass over the data that gathers faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.reasons: list[str] = []
        self.section_keys: set[str] = set()
        # Fields met so far, by key: conditions and rules may only look back.
        self.earlier: dict[str, Field] = {}
        self.keys: set[str] = set()

    def fault(self, place: str, reason: str) -> None:
        self.reasons.append(f"{place}: {reason}")

    def load(self, data: Any) -> Schema:
        if not isinstance(data, Mapping):
            raise SchemaError(["form: not an object"])
        if data.get("schema") != 1 or isinstance(data.get("schema"), bool):
            self.fault("form", "schema must be 1")
        self.only(data, {"schema", "title", "basis", "sections"}, "form")
        title = self.words(data.get("title"), "form title", needed=True)
        basis = data.get("basis", "")
        if not isinstance(basis, str) or len(basis) > 1000:
            self.fault("form", "basis must be a text of at most 1000 characters")
        sections = tuple(
            self.section(item, n)
            for n, item in enumerate(self.items(data.get("sections"), "form sections", MAX_SECTIONS))
        )
        if self.reasons:
            raise SchemaError(self.reasons)
        return Schema(title, basis, sections)

    def items(self, found: Any, place: str, most: int) -> list[Mapping[str, Any]]:
        if not isinstance(found, list) or not found:
            self.fault(place, "a list with at least one entry is needed")
            return []
        if len(found) > most:
            self.fault(place, f"at most {most} entries")
        for item in found:
            if not isinstance(item, Mapping):
                self.fault(place, "every entry must be an object")
        return [item for item in found[:most] if isinstance(item, Mapping)]

    def only(self, data: Mapping[str, Any], allowed: set[str], place: str) -> None:
        for name in data:
            if name not in allowed:
                self.fault(place, f"unknown property {name!r}")

    def words(self, found: Any, place: str, *, needed: bool = False) -> Words:
        if found is None and not needed:
            return Words()
        if not isinstance(found, Mapping) or not isinstance(found.get("vi"), str) or not found["vi"].strip():
            self.fault(place, "a text with 'vi' is needed")
            return Words(place)
        vi, en = found["vi"], found.get("en", "")
        if not isinstance(en, str) or set(found) - {"vi", "en"}:
            self.fault(place, "a text has 'vi' and 'en' only")
            return Words(place)
        for text in (vi, en):
            if len(text) > MAX_TEXT or any(ord(ch) < 32 and ch != "\n" or 0xD800 <= ord(ch) <= 0xDFFF for ch in text):
                self.fault(place, f"a text has at most {MAX_TEXT} characters and no control characters")
        return Words(nfc(vi), nfc(en))

    def key(self, found: Any, place: str, taken: set[str]) -> str:
        if not isinstance(found, str) or not _KEY.fullmatch(found):
            self.fault(place, "key must be lower-case letters, digits and _, at most 40, beginning with a letter")
            return ""
        if found in taken:
            self.fault(place, f"key {found!r} is used twice")
        taken.add(found)
        return found

    def section(self, data: Mapping[str, Any], n: int) -> Section:
        place = f"section {data.get('key') or n + 1}"
        self.only(data, {"key", "title", "intro", "show_if", "fields"}, place)
        key = self.key(data.get("key"), place, self.section_keys)
        show_if = self.condition(data.get("show_if"), place)
        fields: list[Field] = []
        for item in self.items(data.get("fields"), f"{place} fields", MAX_FIELDS):
            field = self.field(item, f"{place}, field {item.get('key') or len(fields) + 1}", self.keys, self.earlier)
            fields.append(field)
            self.earlier.setdefault(field.key, field)
        if fields and all(field.type == "note" for field in fields):
            self.fault(place, "a section needs at least one question")
        return Section(
            key,
            self.words(data.get("title"), f"{place} title", needed=True),
            self.words(data.get("intro"), f"{place} intro"),
            show_if,
            tuple(fields),
        )

    def field(
        self,
        data: Mapping[str, Any],
        place: str,
        taken: set[str],
        earlier: dict[str, Field],
        *,
        is_column: bool = False,
    ) -> Field:
        self.only(data, _PROPERTIES, place)
        kind = data.get("type")
        if not isinstance(kind, str) or kind not in (COLUMN_TYPES if is_column else TYPES):
            self.fault(place, f"unknown type {kind!r}")
            kind = "text"
        for name in ("required", "partial", "prints"):
            if not isinstance(data.get(name, False), bool):
                self.fault(place, f"{name} must be true or false")
        options = self.options(data, kind, place)
        derive = self.derive(data.get("derive"), kind, place, earlier)
        prefill = self.prefill(data.get("prefill", ""), place, earlier)
        default = data.get("default", "")
        if not isinstance(default, str) or (default and default not in {option.value for option in options}):
            self.fault(place, "default must be the value of one of the options")
            default = ""
        if data.get("partial") and kind != "date":
            self.fault(place, "partial belongs to dates")
        columns, least, most = self.table(data, kind, place)
        return Field(
            key=self.key(data.get("key"), place, taken),
            type=kind,
            label=self.words(data.get("label"), f"{place} label", needed=True),
            help=self.words(data.get("help"), f"{place} help"),
            example=self.words(data.get("example"), f"{place} example"),
            is_required=data.get("required") is True and kind != "note",
            options=options,
            rules=self.rules(data.get("rules", []), kind, place, earlier),
            show_if=self.condition(data.get("show_if"), place, earlier),
            prefill=prefill,
            default=default,
            partial=data.get("partial") is True,
            derive=derive,
            prints=data.get("prints", True) is not False,
            columns=columns,
            min_rows=least,
            max_rows=most,
        )

    def options(self, data: Mapping[str, Any], kind: str, place: str) -> tuple[Option, ...]:
        named = data.get("options_from")
        if kind == "yes_no":
            return (Option("co", Words("Có", "Yes")), Option("khong", Words("Không", "No")))
        if kind not in ("choice", "choices"):
            if "options" in data or named is not None:
                self.fault(place, "only choices have options")
            return ()
        if named is not None:
            if not isinstance(named, str) or named not in named_lists() or "options" in data:
                self.fault(place, f"unknown list {named!r}, or a list beside options")
                return ()
            return tuple(Option(row["value"], Words(row["vi"], row["en"])) for row in named_lists()[named])
        found = []
        values: set[str] = set()
        for item in self.items(data.get("options"), f"{place} options", MAX_OPTIONS):
            self.only(item, {"value", "label"}, f"{place} options")
            value = item.get("value")
            if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_\-]{1,40}", value, re.ASCII):
                self.fault(f"{place} options", "a value is letters, digits, _ and -, at most 40")
                value = ""
            elif value in values:
                self.fault(f"{place} options", f"value {value!r} is used twice")
            values.add(value)
            found.append(Option(value, self.words(item.get("label"), f"{place} option {value}", needed=True)))
        return tuple(found)

    def derive(self, found: Any, kind: str, place: str, earlier: dict[str, Field]) -> Mapping[str, str] | None:
        if found is None:
            return None
        is_known = (
            isinstance(found, Mapping)
            and set(found) == {"name", "of"}
            and isinstance(found["name"], str)
            and found["name"] in DERIVATIONS
            and isinstance(found["of"], str)
        )
        if not is_known or kind != "text":
            self.fault(place, "derive needs a text field, a known 'name' and 'of'")
            return None
        source = earlier.get(found["of"])
        if source is None or source.type != "date":
            self.fault(place, f"derive reads {found['of']!r}, which is no earlier date")
        return dict(found)

    def prefill(self, found: Any, place: str, earlier: dict[str, Field]) -> str:
        if not isinstance(found, str):
            self.fault(place, "prefill must be a text")
            return ""
        source = found.removeprefix("answer:")
        if found and (source not in earlier if found.startswith("answer:") else found not in PREFILLS):
            self.fault(place, f"unknown prefill {found!r}")
        return found

    def table(self, data: Mapping[str, Any], kind: str, place: str) -> tuple[tuple[Field, ...], int, int]:
        if kind != "table":
            if "columns" in data or "repeat" in data:
                self.fault(place, "only tables have columns and repeat")
            return (), 0, 0
        columns: list[Field] = []
        taken: set[str] = set()
        earlier: dict[str, Field] = {}
        for item in self.items(data.get("columns"), f"{place} columns", 12):
            where = f"{place}, column {item.get('key') or len(columns) + 1}"
            columns.append(self.field(item, where, taken, earlier, is_column=True))
            earlier.setdefault(columns[-1].key, columns[-1])
        repeat = data.get("repeat", {})
        bounds: tuple[Any, Any] = (None, None)
        if isinstance(repeat, Mapping):
            bounds = repeat.get("min", 0), repeat.get("max", 10)
        least, most = bounds
        if not (_is_int(least) and _is_int(most) and 0 <= least <= most <= MAX_ROWS and most):
            self.fault(place, f"repeat needs 0 ≤ min ≤ max ≤ {MAX_ROWS}")
            return tuple(columns), 0, 1
        return tuple(columns), least, most

    def rules(self, found: Any, kind: str, place: str, earlier: dict[str, Field]) -> tuple[Rule, ...]:
        if not isinstance(found, list) or len(found) > 10:
            self.fault(place, "rules must be a list of at most 10")
            return ()
        kept = []
        for item in found:
            name = item.get("name") if isinstance(item, Mapping) else None
            rule = RULES.get(name) if isinstance(name, str) else None
            if rule is None or not isinstance(item, Mapping) or set(item) - {"name", "args"}:
                self.fault(place, f"unknown rule {name!r}")
                continue
            args = item.get("args", [])
            if kind not in rule.types:
                self.fault(place, f"rule {name} does not fit type {kind}")
            elif not isinstance(args, list) or len(args) != len(rule.args):
                self.fault(place, f"rule {name} needs {len(rule.args)} arguments")
            elif self.args_fit(rule, args, f"{place}, rule {name}", earlier):
                kept.append(Rule(str(name), tuple(args)))
        return tuple(kept)

    def args_fit(self, rule: RuleKind, args: list[Any], place: str, earlier: dict[str, Field]) -> bool:
        before = len(self.reasons)
        for kind, arg in zip(rule.args, args, strict=True):
            if kind == "int" and not (_is_int(arg) and abs(arg) <= MAX_NUMBER):
                self.fault(place, "a whole number is needed")
            if kind == "field":
                wanted = "date" if "date" in rule.types else "choice"
                source = earlier.get(arg) if isinstance(arg, str) else None
                if source is None or source.type != wanted:
                    self.fault(place, f"{arg!r} is no earlier {wanted}")
            if kind == "condition":
                if arg is None:
                    self.fault(place, "a condition is needed")
                self.condition(arg, place, earlier)
        return len(self.reasons) == before

    def condition(
        self, found: Any, place: str, earlier: dict[str, Field] | None = None, depth: int = 0
    ) -> Mapping[str, Any] | None:
        earlier = self.earlier if earlier is None else earlier
        if found is None and depth == 0:
            return None
        if not isinstance(found, Mapping) or depth > MAX_DEPTH:
            self.fault(place, f"a condition is an object, at most {MAX_DEPTH} deep")
            return None
        if set(found) in ({"all"}, {"any"}):
            for part in self.items(next(iter(found.values())), f"{place} condition", 20):
                self.condition(part, place, earlier, depth + 1)
        elif set(found) == {"not"}:
            self.condition(found["not"], place, earlier, depth + 1)
        else:
            self.comparison(found, place, earlier)
        return dict(found)

    def comparison(self, found: Mapping[str, Any], place: str, earlier: dict[str, Field]) -> None:
        key, op = found.get("field"), found.get("op")
        source = earlier.get(key) if isinstance(key, str) else None
        if not isinstance(op, str) or op not in _OPERATORS:
            self.fault(place, f"unknown comparison {op!r}")
            return
        if set(found) != ({"field", "op"} if op in ("filled", "empty") else {"field", "op", "value"}):
            self.fault(place, f"comparison {op} has the wrong parts")
            return
        if source is None:
            self.fault(place, f"condition on {key!r}, which is missing or comes later")
            return
        if source.type not in _OPERATORS[op]:
            self.fault(place, f"comparison {op} does not fit {key}, a {source.type}")
            return
        if op in ("filled", "empty"):
            return
        values = found["value"] if op == "in" else [found["value"]]
        if not isinstance(values, list) or not values or len(values) > MAX_OPTIONS:
            self.fault(place, f"comparison {op} needs a list")
            return
        for value in values:
            if source.options:
                if not isinstance(value, str) or value not in {option.value for option in source.options}:
                    self.fault(place, f"{value!r} is no option of {key}")
            elif not (_is_int(value) if source.type in ("number", "money") else isinstance(value, str)):
                self.fault(place, f"{value!r} does not fit {key}, a {source.type}")
            elif source.type == "date" and not _is_date(value):
                self.fault(place, f"{value!r} is no date")


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    try:
        partial_date.check(value)
    except ValueError:
        return False
    return True


_PROPERTIES = set(
    "key type label help example required options options_from rules show_if prefill default partial derive prints "
    "columns repeat".split()
)
_PLAIN = frozenset({"text", "choice", "yes_no", "full_name", "id_number", "tax_code", "phone", "email"})
_ORDERED = frozenset({"number", "money", "date"})
_OPERATORS: dict[str, frozenset[str]] = {
    "eq": _PLAIN | _ORDERED,
    "ne": _PLAIN | _ORDERED,
    "in": _PLAIN | _ORDERED,
    "contains": frozenset({"choices"}),
    "filled": TYPES - {"note"},
    "empty": TYPES - {"note"},
    **{op: _ORDERED for op in ("gt", "gte", "lt", "lte")},
}
