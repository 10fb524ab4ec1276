"""Reading the pieces of a form schema: texts, keys, and what looks back at earlier questions (rules, conditions)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.text import nfc
from common.values import partial_date

from .parts import (
    _KEY,
    MAX_DEPTH,
    MAX_NUMBER,
    MAX_OPTIONS,
    MAX_RULES,
    MAX_TEXT,
    TYPES,
    Place,
    Question,
    Rule,
    SchemaFault,
    Words,
)
from .rules import RULES, RuleKind

_PLAIN = frozenset({"text", "choice", "yes_no", "full_name", "id_number", "tax_code", "phone", "email"})
_ORDERED = frozenset({"number", "money", "date"})
OPERATORS: dict[str, frozenset[str]] = {
    "eq": _PLAIN | _ORDERED,
    "ne": _PLAIN | _ORDERED,
    "in": _PLAIN | _ORDERED,
    "contains": frozenset({"choices"}),
    "filled": TYPES - {"note"},
    "empty": TYPES - {"note"},
    **{op: _ORDERED for op in ("gt", "gte", "lt", "lte")},
}


class Reader:
    """Gathers faults with their places instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[SchemaFault] = []
        # Questions met so far, by key: conditions and rules may only look back.
        self.earlier: dict[str, Question] = {}

    def fault(self, place: Place, message: str, *, is_gap: bool = False) -> None:
        self.faults.append(SchemaFault(place, message, is_gap=is_gap))

    def items(self, found: Any, place: Place, maximum: int) -> list[Mapping[str, Any]]:
        if found is None or found == []:
            self.fault(place, _("a list with at least one entry is needed"), is_gap=True)
            return []
        if not isinstance(found, list):
            self.fault(place, _("a list with at least one entry is needed"))
            return []
        if len(found) > maximum:
            self.fault(place, _("at most %(count)d entries") % {"count": maximum})
        for item in found[:maximum]:
            if not isinstance(item, Mapping):
                self.fault(place, _("every entry must be an object"))
        return [item for item in found[:maximum] if isinstance(item, Mapping)]

    def only(self, data: Mapping[str, Any], allowed: set[str], place: Place) -> None:
        for name in data:
            if name not in allowed:
                self.fault(place, _("unknown property %(name)s") % {"name": quoted(name)})

    def words(self, found: Any, place: Place, *, needed: bool = False) -> Words:
        if found is None and not needed:
            return Words()
        if not isinstance(found, Mapping) or not isinstance(found.get("vi"), str) or not found["vi"].strip():
            self.fault(place, _("a text with 'vi' is needed"), is_gap=found is None or isinstance(found, Mapping))
            return Words(str(place))
        vi, en = found["vi"], found.get("en", "")
        if not isinstance(en, str) or set(found) - {"vi", "en"}:
            self.fault(place, _("a text has 'vi' and 'en' only"))
            return Words(str(place))
        for text in (vi, en):
            if len(text) > MAX_TEXT or any(ord(ch) < 32 and ch != "\n" or 0xD800 <= ord(ch) <= 0xDFFF for ch in text):
                self.fault(
                    place,
                    _("a text has at most %(count)d characters and no control characters") % {"count": MAX_TEXT},
                )
        return Words(nfc(vi), nfc(en))

    def key(self, found: Any, place: Place, taken: set[str]) -> str:
        if not isinstance(found, str) or not _KEY.fullmatch(found):
            self.fault(place, _("key must be lower-case letters, digits and _, at most 40, beginning with a letter"))
            return ""
        if found in taken:
            self.fault(place, _("key %(key)s is used twice") % {"key": quoted(found)})
        taken.add(found)
        return found

    def rules(self, found: Any, kind: str, place: Place, earlier: dict[str, Question]) -> tuple[Rule, ...]:
        if not isinstance(found, list) or len(found) > MAX_RULES:
            self.fault(place, _("rules must be a list of at most %(count)d") % {"count": MAX_RULES})
            return ()
        kept = []
        for item in found:
            name = item.get("name") if isinstance(item, Mapping) else None
            rule = RULES.get(name) if isinstance(name, str) else None
            if rule is None or not isinstance(item, Mapping) or set(item) - {"name", "args"}:
                self.fault(place, _("unknown rule %(name)s") % {"name": quoted(name)})
                continue
            args = item.get("args", [])
            where = place.within(_("check “%(name)s”") % {"name": rule.title})
            if kind not in rule.types:
                self.fault(where, _("rule %(name)s does not fit type %(kind)s") % {"name": name, "kind": kind})
            elif not isinstance(args, list) or len(args) != len(rule.args):
                self.fault(
                    where, _("rule %(name)s needs %(count)d arguments") % {"name": name, "count": len(rule.args)}
                )
            elif self.args_fit(rule, kind, args, where, earlier):
                kept.append(Rule(str(name), tuple(args)))
        return tuple(kept)

    def args_fit(self, rule: RuleKind, kind: str, args: list[Any], place: Place, earlier: dict[str, Question]) -> bool:
        before = len(self.faults)
        for wanted, arg in zip(rule.args, args, strict=True):
            if wanted == "int" and not (is_int(arg) and abs(arg) <= MAX_NUMBER):
                self.fault(place, _("a whole number is needed"))
            if wanted == "field":
                source = earlier.get(arg) if isinstance(arg, str) else None
                if source is None or source.type not in rule.reads:
                    names = " / ".join(sorted(rule.reads))
                    self.fault(place, _("%(key)s is no earlier %(kind)s") % {"key": quoted(arg), "kind": names})
            if wanted == "condition":
                if arg is None:
                    self.fault(place, _("a condition is needed"))
                self.condition(arg, place, earlier)
        return len(self.faults) == before

    def condition(
        self, found: Any, place: Place, earlier: dict[str, Question] | None = None, depth: int = 0
    ) -> Mapping[str, Any] | None:
        earlier = self.earlier if earlier is None else earlier
        if found is None and depth == 0:
            return None
        if not isinstance(found, Mapping) or depth > MAX_DEPTH:
            self.fault(place, _("a condition is an object, at most %(count)d deep") % {"count": MAX_DEPTH})
            return None
        if set(found) in ({"all"}, {"any"}):
            for part in self.items(next(iter(found.values())), place.within(_("condition")), 20):
                self.condition(part, place, earlier, depth + 1)
        elif set(found) == {"not"}:
            self.condition(found["not"], place, earlier, depth + 1)
        else:
            self.comparison(found, place, earlier)
        return dict(found)

    def comparison(self, found: Mapping[str, Any], place: Place, earlier: dict[str, Question]) -> None:
        key, op = found.get("field"), found.get("op")
        source = earlier.get(key) if isinstance(key, str) else None
        if not isinstance(op, str) or op not in OPERATORS:
            self.fault(place, _("unknown comparison %(name)s") % {"name": quoted(op)})
            return
        if set(found) != ({"field", "op"} if op in ("filled", "empty") else {"field", "op", "value"}):
            self.fault(place, _("comparison %(name)s has the wrong parts") % {"name": op})
            return
        if source is None:
            self.fault(place, _("condition on %(key)s, which is missing or comes later") % {"key": quoted(key)})
            return
        words = {"name": op, "key": quoted(source.label.vi or key), "kind": source.type}
        if source.type not in OPERATORS[op]:
            self.fault(place, _("comparison %(name)s does not fit %(key)s, a %(kind)s") % words)
            return
        if op in ("filled", "empty"):
            return
        values = found["value"] if op == "in" else [found["value"]]
        if not isinstance(values, list) or not values or len(values) > MAX_OPTIONS:
            self.fault(place, _("comparison %(name)s needs a list") % words)
            return
        for value in values:
            said = words | {"value": quoted(value)}
            if source.options:
                if not isinstance(value, str) or value not in {option.value for option in source.options}:
                    self.fault(place, _("%(value)s is no option of %(key)s") % said)
            elif not (is_int(value) if source.type in ("number", "money") else isinstance(value, str)):
                self.fault(place, _("%(value)s does not fit %(key)s, a %(kind)s") % said)
            elif source.type == "date" and not _is_date(value):
                self.fault(place, _("%(value)s is no date") % said)


def quoted(value: Any) -> str:
    """Return a value as it stands in a reason: in quotes, and never long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of levels
        return "…"
    return text if len(text) <= 80 else text[:79] + "…"


def is_int(value: Any) -> bool:
    """Tell whether a value is a whole number; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    try:
        partial_date.check(value)
    except ValueError:
        return False
    return True
