"""Parsing a form schema: every fault is found in one pass and named with its place."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.values.frozen import FrozenDict

from .across.reading import read_checks, read_derivation
from .lists import named_lists
from .parts import (
    _KEY,
    APPLICANT,
    COLUMN_TYPES,
    FACTS,
    MAX_COLUMNS,
    MAX_DECIMALS,
    MAX_FIELDS,
    MAX_OPTIONS,
    MAX_ROWS,
    MAX_SECTIONS,
    MAX_SIGNATURE,
    MAX_SIGNATURES,
    MAX_UNIT,
    PREFILLS,
    SIGNATURES,
    TYPES,
    Option,
    Place,
    Question,
    Schema,
    SchemaError,
    SchemaFault,
    Section,
    Words,
)
from .reading import Reader, is_int, quoted


def load(data: Any) -> Schema:
    """Parse and check a form schema; raises SchemaError with every reason. One that is frozen is parsed once."""
    return data.once(_load) if isinstance(data, FrozenDict) else _load(data)


def _load(data: Any) -> Schema:
    return _Loader().load(data)


def condition_faults(schema: Schema, condition: Any) -> list[SchemaFault]:
    """Return what is wrong with a condition over the questions of a form, such as a paper's."""
    loader = Reader()
    loader.earlier = {field.key: field for _section, field in schema.fields()}
    loader.condition(condition, Place())
    return loader.faults


class _Loader(Reader):
    """One pass over a whole schema."""

    def __init__(self) -> None:
        super().__init__()
        self.section_keys: set[str] = set()
        self.keys: set[str] = set()
        self.facts: set[str] = set()
        # The people whom chosen answers name, with where.
        self.named: list[tuple[str, Place]] = []

    def load(self, data: Any) -> Schema:
        place = Place()
        if not isinstance(data, Mapping):
            raise SchemaError([SchemaFault(place, _("this is not an object"))])
        if data.get("schema") != 1 or isinstance(data.get("schema"), bool):
            self.fault(place, _("schema must be 1"))
        self.only(data, {"schema", "title", "basis", "signatures", "sections", "checks"}, place)
        title = self.words(data.get("title"), place.within(_("title")), needed=True)
        basis = data.get("basis", "")
        if not isinstance(basis, str) or len(basis) > 1000:
            self.fault(place, _("basis must be a text of at most %(count)d characters") % {"count": 1000})
        signatures = self.signatures(data, place.within(_("signatures")))
        sections = tuple(
            self.section(item, n)
            for n, item in enumerate(self.items(data.get("sections"), place.within(_("sections")), MAX_SECTIONS))
        )
        people = {fact.partition(":")[0] for fact in self.facts}
        for person, where in self.named:
            if person not in people:
                self.fault(where, _("no question is about %(name)s") % {"name": quoted(person)})
        checks = read_checks(self, data.get("checks"), sections)
        if self.faults:
            raise SchemaError(self.faults)
        return Schema(title, basis, sections, signatures, checks)

    def signatures(self, data: Mapping[str, Any], place: Place) -> tuple[Words, ...]:
        if "signatures" not in data:
            return SIGNATURES
        items = self.items(data["signatures"], place, MAX_SIGNATURES)
        found = tuple(self.words(item, place, needed=True) for item in items)
        for words in found:
            if any(len(text) > MAX_SIGNATURE or "\n" in text for text in (words.vi, words.en)):
                message = _("a signature is one line of at most %(count)d characters")
                self.fault(place, message % {"count": MAX_SIGNATURE})
        return found

    def section(self, data: Mapping[str, Any], n: int) -> Section:
        place = Place(_key_of(data), names=(_name_of(data, "title", n),))
        self.only(data, {"key", "title", "intro", "show_if", "fields"}, place)
        key = self.key(data.get("key"), place, self.section_keys)
        show_if = self.condition(data.get("show_if"), place)
        fields: list[Question] = []
        for item in self.items(data.get("fields"), place.within(_("questions")), MAX_FIELDS):
            where = Place(place.section, _key_of(item), names=(*place.names, _name_of(item, "label", len(fields))))
            field = self.field(item, where, self.keys, self.earlier)
            self.check_boxes(field, where)
            fields.append(field)
            self.earlier.setdefault(field.key, field)
        if fields and all(field.type == "note" for field in fields):
            self.fault(place, _("a section needs at least one question"), is_gap=True)
        return Section(
            key,
            self.words(data.get("title"), place.within(_("title")), needed=True),
            self.words(data.get("intro"), place.within(_("introduction"))),
            show_if,
            tuple(fields),
        )

    def check_boxes(self, field: Question, place: Place) -> None:
        """Refuse a key that is the name of a box of another question: 'ngay_2' is the third box of the date 'ngay'."""
        for other in self.earlier.values():
            if is_box_of(field.key, other.key, other.type) or is_box_of(other.key, field.key, field.type):
                self.fault(
                    place,
                    _("key %(key)s clashes with %(other)s") % {"key": quoted(field.key), "other": quoted(other.key)},
                )

    def field(
        self,
        data: Mapping[str, Any],
        place: Place,
        taken: set[str],
        earlier: dict[str, Question],
        *,
        is_column: bool = False,
    ) -> Question:
        self.only(data, _PROPERTIES - {"group"} if is_column else _PROPERTIES, place)
        kind = data.get("type")
        if not isinstance(kind, str) or kind not in (COLUMN_TYPES if is_column else TYPES):
            self.fault(place, _("unknown type %(name)s") % {"name": quoted(kind)})
            kind = "text"
        for name in ("required", "partial", "prints"):
            if not isinstance(data.get(name, False), bool):
                self.fault(place, _("%(name)s must be true or false") % {"name": name})
        options = self.options(data, kind, place)
        derive = read_derivation(self, data.get("derive"), kind, place, earlier, len(options))
        unit, decimals = self.unit(data, kind, place)
        prefill = self.prefill(data.get("prefill", ""), kind, place, earlier)
        about = self.about(data.get("about", ""), kind, place, is_column=is_column)
        default = data.get("default", "")
        if not isinstance(default, str) or (default and default not in {option.value for option in options}):
            self.fault(place, _("default must be the value of one of the options"))
            default = ""
        if data.get("partial") and kind != "date":
            self.fault(place, _("partial belongs to dates"))
        columns, minimum, maximum = self.table(data, kind, place)
        return Question(
            key=self.key(data.get("key"), place, taken),
            type=kind,
            label=self.words(data.get("label"), place.within(_("label")), needed=True),
            group=self.words(data.get("group"), place.within(_("title of the group"))),
            help=self.words(data.get("help"), place.within(_("help"))),
            example=self.words(data.get("example"), place.within(_("example"))),
            is_required=data.get("required") is True and kind != "note",
            options=options,
            rules=self.rules(data.get("rules", []), kind, place, earlier),
            show_if=self.condition(data.get("show_if"), place, earlier),
            prefill=prefill,
            about=about,
            default=default,
            partial=data.get("partial") is True,
            derive=derive,
            unit=unit,
            decimals=decimals,
            prints=data.get("prints", True) is not False,
            columns=columns,
            min_rows=minimum,
            max_rows=maximum,
        )

    def options(self, data: Mapping[str, Any], kind: str, place: Place) -> tuple[Option, ...]:
        named = data.get("options_from")
        if kind == "yes_no":
            return (Option("co", Words("Có", "Yes")), Option("khong", Words("Không", "No")))
        if kind not in ("choice", "choices"):
            if "options" in data or named is not None:
                self.fault(place, _("only choices have options"))
            return ()
        if named is not None:
            if not isinstance(named, str) or named not in named_lists() or "options" in data:
                self.fault(place, _("unknown list %(name)s, or a list beside options") % {"name": quoted(named)})
                return ()
            return tuple(Option(row["value"], Words(row["vi"], row["en"])) for row in named_lists()[named])
        found = []
        values: set[str] = set()
        where = place.within(_("answers to choose from"))
        for item in self.items(data.get("options"), where, MAX_OPTIONS):
            self.only(item, {"value", "label", "person"}, where)
            value = item.get("value")
            if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9_\-]{1,40}", value, re.ASCII):
                self.fault(where, _("a value is letters, digits, _ and -, at most 40"))
                value = ""
            elif value in values:
                self.fault(where, _("value %(value)s is used twice") % {"value": quoted(value)})
            values.add(value)
            person = item.get("person", "")
            if not isinstance(person, str) or (person and kind != "choice"):
                self.fault(where, _("an answer of one choice may name a person"))
                person = ""
            if person:
                self.named.append((person, where))
            found.append(Option(value, self.words(item.get("label"), where, needed=True), person))
        return tuple(found)

    def unit(self, data: Mapping[str, Any], kind: str, place: Place) -> tuple[Words, int]:
        """Read what a number counts, such as m², and how many digits a decimal has after the comma, by itself two."""
        unit = self.words(data.get("unit"), place.within(_("unit")))
        if "unit" in data and kind not in ("number", "decimal"):
            self.fault(place, _("unit belongs to numbers"))
        if any(len(text) > MAX_UNIT or "\n" in text for text in (unit.vi, unit.en)):
            self.fault(place, _("a unit is one line of at most %(count)d characters") % {"count": MAX_UNIT})
        decimals = data.get("decimals", 2 if kind == "decimal" else 0)
        is_right = is_int(decimals) and 1 <= decimals <= MAX_DECIMALS
        if ("decimals" in data and kind != "decimal") or (kind == "decimal" and not is_right):
            self.fault(place, _("decimals of a decimal number are 1 to %(count)d") % {"count": MAX_DECIMALS})
            return unit, 0
        return unit, decimals

    def prefill(self, found: Any, kind: str, place: Place, earlier: dict[str, Question]) -> str:
        if not isinstance(found, str):
            self.fault(place, _("prefill must be a text"))
            return ""
        if not found:
            return ""
        if found.startswith("answer:"):
            source = earlier.get(found.removeprefix("answer:"))
            is_known, fits = source is not None, source is not None and source.type == kind
        else:
            is_known, fits = found in PREFILLS, kind in PREFILLS.get(found, frozenset())
        if not is_known:
            self.fault(place, _("unknown prefill %(name)s") % {"name": quoted(found)})
        elif not fits:
            self.fault(place, _("prefill %(name)s does not fit type %(kind)s") % {"name": quoted(found), "kind": kind})
        return found

    def about(self, found: Any, kind: str, place: Place, *, is_column: bool) -> str:
        """Read whose fact a question asks, such as 'mother:birth'; one fact of a person is asked once."""
        if found == "":
            return ""
        person, _colon, fact = found.partition(":") if isinstance(found, str) else ("", "", "")
        if not _KEY.fullmatch(person) or person == APPLICANT or fact not in FACTS or is_column:
            words = _("about names a person and a fact, such as mother:birth; not %(name)s")
            self.fault(place, words % {"name": quoted(found)})
            return ""
        if kind not in FACTS[fact]:
            self.fault(place, _("the fact %(name)s does not fit type %(kind)s") % {"name": quoted(fact), "kind": kind})
        if found in self.facts:
            self.fault(place, _("%(name)s is asked twice") % {"name": quoted(found)})
        self.facts.add(found)
        return str(found)

    def table(self, data: Mapping[str, Any], kind: str, place: Place) -> tuple[tuple[Question, ...], int, int]:
        if kind != "table":
            if "columns" in data or "repeat" in data:
                self.fault(place, _("only tables have columns and repeat"))
            return (), 0, 0
        columns: list[Question] = []
        taken: set[str] = set()
        earlier: dict[str, Question] = {}
        for item in self.items(data.get("columns"), place.within(_("columns")), MAX_COLUMNS):
            names = (*place.names, _name_of(item, "label", len(columns)))
            where = Place(place.section, place.field, _key_of(item), names)
            columns.append(self.field(item, where, taken, earlier, is_column=True))
            earlier.setdefault(columns[-1].key, columns[-1])
        repeat = data.get("repeat", {})
        bounds: tuple[Any, Any] = (None, None)
        if isinstance(repeat, Mapping):
            bounds = repeat.get("min", 0), repeat.get("max", 10)
        minimum, maximum = bounds
        if not (is_int(minimum) and is_int(maximum) and 0 <= minimum <= maximum <= MAX_ROWS and maximum):
            self.fault(place, _("repeat needs 0 ≤ min ≤ max ≤ %(count)d") % {"count": MAX_ROWS})
            return tuple(columns), 0, 1
        return tuple(columns), minimum, maximum


# Names and ids of the boxes, by what follows the key.
_NUMBERED = re.compile(r"_\d+", re.ASCII)
_BOXES = {
    "date": re.compile(r"_([0-2]|day|month|year)", re.ASCII),
    "bank_account": re.compile(r"_([0-2]|bank|number|holder)", re.ASCII),
    **dict.fromkeys(("choice", "choices", "yes_no"), _NUMBERED),
    "address": re.compile(r"_(province|commune|commune_name|detail|elsewhere)"),
    "table": re.compile(r"_(more|\d+_.*)", re.ASCII),
}


def is_box_of(key: str, other: str, kind: str) -> bool:
    """Tell whether a key is also the name of one of the boxes in which another question, of ``kind``, is answered."""
    boxes = _BOXES.get(kind)
    return boxes is not None and key.startswith(other) and boxes.fullmatch(key[len(other) :]) is not None


def _key_of(data: Mapping[str, Any]) -> str:
    key = data.get("key")
    return key if isinstance(key, str) and _KEY.fullmatch(key) else ""


def _name_of(data: Mapping[str, Any], part: str, n: int) -> str:
    """Return what people call a section or question: its words, else its key, else its number."""
    words = data.get(part)
    vi = words.get("vi") if isinstance(words, Mapping) else None
    name = vi if isinstance(vi, str) and vi.strip() else _key_of(data) or str(n + 1)
    name = name.encode("utf-8", "replace").decode()
    return name if len(name) <= 80 else name[:79] + "…"


_PROPERTIES = set(
    "key type label group help example required options options_from rules show_if prefill about default partial "
    "derive unit decimals prints columns repeat".split()
)
