"""Reading what stands between questions in a form schema: ways of calculating, and checks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from ..parts import MAX_CHECKS, Check, Derivation, Place, Question, Section, condition_fields
from ..reading import Reader, is_int, quoted
from . import spans
from .calculating import WAYS, Way
from .checks import KINDS, SEVERITIES, SEXES, Kind

MAX_BASIS = 1000


def read_derivation(
    reader: Reader, found: Any, kind: str, place: Place, earlier: Mapping[str, Question], options: int
) -> Derivation | None:
    """Read how an answer is made of earlier ones: ``{"name", "of"}``, with a span ``{"amount", "unit"}`` where needed.

    ``of`` is a key or a list of them, 'table.column' for a column; ``options`` is how many the question has.
    """
    if found is None:
        return None
    name = found.get("name") if isinstance(found, Mapping) else None
    way = WAYS.get(name) if isinstance(name, str) else None
    if way is None or not isinstance(found, Mapping):
        reader.fault(place, _("derive needs a known 'name' and 'of'"))
        return None
    of = found.get("of")
    keys: list[Any] = of if isinstance(of, list) else [of]
    is_list = all(isinstance(key, str) for key in keys)
    if not is_list or set(found) != ({"name", "of", "amount", "unit"} if way.has_span else {"name", "of"}):
        reader.fault(place, _("derive needs a known 'name' and 'of'"))
        return None
    if kind not in way.types:
        words = {"name": way.title, "kind": kind}
        reader.fault(place, _("“%(name)s” does not fit type %(kind)s") % words)
    if not way.least <= len(keys) <= way.most:
        reader.fault(place, _("“%(name)s” is made of another number of answers") % {"name": way.title})
    if kind == "choice" and options != 2:
        reader.fault(place, _("“%(name)s” needs two answers: in time, late") % {"name": way.title})
    for key in keys:
        if not _is_source(way, key, earlier):
            text = _("“%(name)s” cannot be made of %(key)s, which comes later or is of another type")
            reader.fault(place, text % {"name": way.title, "key": quoted(key)})
    amount, unit = _span(reader, found, place) if way.has_span else (0, "")
    return Derivation(str(name), tuple(keys), amount, unit)


def _is_source(way: Way, key: str, earlier: Mapping[str, Question]) -> bool:
    table, dot, column = key.partition(".")
    source = earlier.get(table)
    if dot:
        columns = source.columns if source and way.takes_columns else ()
        return any(one.key == column and one.type in way.sources for one in columns)
    return source is not None and source.type in way.sources


def _span(reader: Reader, found: Mapping[str, Any], place: Place) -> tuple[int, str]:
    amount: Any = found.get("amount")
    unit = found.get("unit")
    if not is_int(amount) or not 0 <= amount <= spans.MAX_SPAN or unit not in spans.UNITS:
        reader.fault(place, _("a span of time is a whole number and one of days, months, years"))
        return 0, "days"
    return amount, str(unit)


def read_checks(reader: Reader, found: Any, sections: Sequence[Section]) -> tuple[Check, ...]:
    """Read the checks of a whole form; each is looked at where the last question that it reads stands."""
    if found is None:
        return ()
    if not isinstance(found, list) or len(found) > MAX_CHECKS:
        reader.fault(Place(), _("checks must be a list of at most %(count)d") % {"count": MAX_CHECKS})
        return ()
    taken: set[str] = set()
    order = [field for section in sections for field in section.fields]
    made = []
    for item in found:
        before = len(reader.faults)
        check = _check(reader, item, order, taken)
        if check and len(reader.faults) == before:
            made.append(_placed(check, sections))
    return tuple(made)


def _check(reader: Reader, item: Any, order: Sequence[Question], taken: set[str]) -> Check | None:
    place = Place(part=_("check “%(name)s”") % {"name": _name_of(item)})
    name = item.get("kind") if isinstance(item, Mapping) else None
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(item, Mapping):
        reader.fault(place, _("unknown check %(name)s") % {"name": quoted(name)})
        return None
    argument = {"span": {"amount", "unit"}, "sex": {"value"}, "": set()}[kind.argument]
    reader.only(item, {"key", "kind", "fields", "severity", "message", "when", "basis", *argument}, place)
    keys = item.get("fields", [])
    if not isinstance(keys, list) or not kind.least <= len(keys) <= kind.most:
        reader.fault(place, _("“%(name)s” compares another number of questions") % {"name": kind.title})
        keys = []
    known = {field.key: field for field in order}
    for key in keys:
        _compared(reader, kind, known.get(key) if isinstance(key, str) else None, key, place)
    if len(keys) == 2 and keys[0] == keys[1]:
        reader.fault(place, _("a question cannot be compared with itself"))
    when = reader.condition(item.get("when"), place)
    if not kind.most and when is None:
        reader.fault(place, _("a condition is needed"), is_gap=item.get("when") is None)
    if item.get("severity") not in SEVERITIES:
        reader.fault(place, _("severity must be error or warning"))
    if kind.argument == "sex" and item.get("value") not in SEXES:
        reader.fault(place, _("value must be nam or nu"))
    amount, unit = _span(reader, item, place) if kind.argument == "span" else (0, "")
    basis = item.get("basis", "")
    if not isinstance(basis, str) or len(basis) > MAX_BASIS:
        reader.fault(place, _("basis must be a text of at most %(count)d characters") % {"count": MAX_BASIS})
    return Check(
        key=reader.key(item.get("key"), place, taken),
        kind=str(name),
        fields=tuple(map(str, keys)),
        amount=amount,
        unit=unit,
        value=str(item.get("value", "")),
        when=when,
        is_error=item.get("severity") == "error",
        message=reader.words(item.get("message"), place, needed=True),
        basis=str(basis),
        at="",
        box="",
    )


def _compared(reader: Reader, kind: Kind, field: Question | None, key: Any, place: Place) -> None:
    if field is None:
        reader.fault(place, _("%(key)s is no question of the form") % {"key": quoted(key)})
    elif field.type not in kind.types or (kind.argument == "sex" and not _tells_sex(field)):
        words = {"name": kind.title, "key": quoted(field.label.vi or key)}
        reader.fault(place, _("“%(name)s” does not fit the question %(key)s") % words)


def _tells_sex(field: Question) -> bool:
    return field.type != "choice" or set(SEXES) <= {option.value for option in field.options}


def _placed(check: Check, sections: Sequence[Section]) -> Check:
    """Say where a check is looked at, and at which box it is told: that of the last question which is answered there.

    What is calculated has no box; it is told where its numbers come from, as far as they stand on the same page.
    """
    read = {*check.fields, *condition_fields(check.when)}
    section, at = next(
        (section, field) for section in reversed(sections) for field in reversed(section.fields) if field.key in read
    )
    wider = set(read)
    for field in reversed(section.fields):
        if field.key in wider and field.derive:
            wider |= {key.partition(".")[0] for key in field.derive.of}
    boxes = [field.key for field in section.fields if field.key in wider and field.is_asked]
    return replace(check, at=at.key, box=(boxes or [at.key])[-1])


def _name_of(item: Any) -> str:
    words = item.get("message") if isinstance(item, Mapping) else None
    vi = words.get("vi") if isinstance(words, Mapping) else None
    name = (vi if isinstance(vi, str) and vi.strip() else "") or (item.get("key") if isinstance(item, Mapping) else "")
    text = str(name or "?").encode("utf-8", "replace").decode()
    return text if len(text) <= 80 else text[:79] + "…"
