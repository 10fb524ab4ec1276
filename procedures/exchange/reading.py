"""The properties of a procedure in exchange files: every value is checked, every fault is named with its place.

A property that is missing stays missing: what that means is decided where the
file meets the catalogue. No database.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import clean, clean_text, is_broken
from eforms import schema as form_schema
from eforms.reading import OPERATORS
from offices.models import Role

from ..models import FeeKind, TimeUnit
from ..versions.drafting import is_code
from ..versions.serialising import Plain
from ..versions.template_files import KINDS as TEMPLATE_KINDS
from .item import Fault, ImportItem, Row

MAX_DEPTH = 30


MAX_ENTRIES = 60


MAX_FAULTS = 500


LONG = 20_000


ROLES = ("", Role.CLERK.value, Role.SPECIALIST.value, Role.LEADER.value, Role.CASHIER.value)


_SLUG = re.compile(r"[-a-zA-Z0-9_]+", re.ASCII)


class _Gathering:
    """The faults of one procedure."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: str, reason: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(place, reason))


class _Wrong(Exception):
    """A value that is not taken; ``args[0]`` says why."""


Check = Callable[[Any, str, _Gathering], Any]


# Single values ------------------------------------------------------------------------------------------------------


def _text(
    found: Any, place: str, into: _Gathering, *, maximum: int = LONG, lines: bool = False, needed: bool = False
) -> str:
    if not isinstance(found, str):
        raise _Wrong(_("A text is needed here."))
    if len(found) > LONG * 2:
        raise _Wrong(_("Use %(count)d characters or fewer.") % {"count": maximum})
    try:
        text = clean_text(found, lines=lines)
    except ValidationError as error:
        raise _Wrong(" ".join(error.messages)) from error
    if len(text) > maximum:
        raise _Wrong(_("Use %(count)d characters or fewer.") % {"count": maximum})
    if needed and not text:
        raise _Wrong(_("This may not be empty."))
    return text


def _number(found: Any, place: str, into: _Gathering, *, minimum: int = 0, maximum: int = 9999) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not minimum <= found <= maximum:
        raise _Wrong(
            _("A whole number from %(least)d to %(most)d is needed here.") % {"least": minimum, "most": maximum}
        )
    return found


def _hours(found: Any, place: str, into: _Gathering) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal) or not 0 <= found < 10_000:
        raise _Wrong(_("A number of hours from 0 to 9999 is needed here."))
    exact = Decimal(str(found))
    if exact != exact.quantize(Decimal("0.1")):
        raise _Wrong(_("Hours have at most one decimal place."))
    return float(exact)


def _truth(found: Any, place: str, into: _Gathering) -> bool:
    if not isinstance(found, bool):
        raise _Wrong(_("Yes or no is needed here."))
    return found


def _one_of(found: Any, place: str, into: _Gathering, *, known: tuple[str, ...]) -> str:
    if not isinstance(found, str) or found not in known:
        shown = ", ".join(value for value in known if value)
        raise _Wrong(_("One of these is needed here: %(known)s.") % {"known": shown})
    return found


def _day(found: Any, place: str, into: _Gathering) -> str:
    try:
        if not isinstance(found, str) or len(found) != 10:
            raise ValueError
        day = date.fromisoformat(found)
        if not 1900 <= day.year <= 2200:
            raise ValueError
    except ValueError as error:
        raise _Wrong(_("A day that exists is needed here, such as 2026-07-01.")) from error
    return day.isoformat()


def _or_none(check: Check) -> Check:
    return lambda found, place, into: None if found is None else check(found, place, into)


def _list(found: Any, place: str, into: _Gathering, *, each: Check) -> list[Any]:
    if not isinstance(found, list) or len(found) > MAX_ENTRIES:
        raise _Wrong(_("A list of at most %(count)d entries is needed here.") % {"count": MAX_ENTRIES})
    kept = []
    for n, item in enumerate(found):
        try:
            kept.append(each(item, f"{place}[{n}]", into))
        except _Wrong as wrong:
            into.fault(f"{place}[{n}]", str(wrong))
    return kept


def _several(found: Any, place: str, into: _Gathering, *, known: tuple[str, ...]) -> list[str]:
    values = _list(found, place, into, each=partial(_one_of, known=known))
    return list(dict.fromkeys(values))


def _code(found: Any, place: str, into: _Gathering) -> str:
    text = _text(found, place, into, maximum=40)
    if not is_code(text):
        raise _Wrong(_("Enter the national code, for example 1.001193, or a local one, for example XA-0001."))
    return text


def _slug(found: Any, place: str, into: _Gathering, *, maximum: int) -> str:
    if not isinstance(found, str) or len(found) > maximum or not _SLUG.fullmatch(found):
        raise _Wrong(
            _("Letters without marks, digits, - and _ are needed here, at most %(count)d.") % {"count": maximum}
        )
    return found


def _template(found: Any, place: str, into: _Gathering) -> Plain:
    if not isinstance(found, Mapping) or set(found) != {"name", "content"}:
        raise _Wrong(_("A file is {“name”, “content”}, its content in base64."))
    name = _text(found["name"], place, into, maximum=100, needed=True)
    content = found["content"]
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise _Wrong(_("The file’s content is not base64.")) from error
    if name.rpartition(".")[2].lower() not in TEMPLATE_KINDS:
        raise _Wrong(_("A template file is a PDF, DOCX, ODT or XLSX."))
    return {"name": name, "content": content}


def _form(found: Any, place: str, into: _Gathering) -> Any:
    found = _tidied(found)
    try:
        form_schema.load(found)
    except form_schema.SchemaError as error:
        for reason in error.reasons[:MAX_ENTRIES]:
            into.fault(place, reason)
    return found


def _condition(found: Any, place: str, into: _Gathering) -> Any:
    if not _is_condition(found, 0):
        raise _Wrong(_("This is no condition of the form schema."))
    return _tidied(found)


def _tidied(found: Any) -> Any:
    """Return data in NFC; raises _Wrong for texts that cannot be stored and for fractions, which no form has."""
    if isinstance(found, str):
        if is_broken(found):
            raise _Wrong(_("This text holds characters that cannot be read. Type it again."))
        return clean(found)
    if isinstance(found, Decimal | float):
        raise _Wrong(_("Only whole numbers are taken here."))
    if isinstance(found, Mapping):
        return {name: _tidied(value) for name, value in found.items()}
    return [_tidied(value) for value in found] if isinstance(found, list) else found


def _is_condition(found: Any, depth: int) -> bool:
    if not isinstance(found, Mapping) or depth > MAX_DEPTH:
        return False
    if set(found) in ({"all"}, {"any"}):
        parts = next(iter(found.values()))
        return isinstance(parts, list) and bool(parts) and all(_is_condition(part, depth + 1) for part in parts)
    if set(found) == {"not"}:
        return _is_condition(found["not"], depth + 1)
    op, wanted = found.get("op"), found.get("value")
    if not isinstance(found.get("field"), str) or not isinstance(op, str) or op not in OPERATORS:
        return False
    if op in ("filled", "empty"):
        return set(found) == {"field", "op"}
    values = wanted if op == "in" else [wanted]
    return isinstance(values, list) and bool(values) and all(isinstance(value, str | int) for value in values)


# Records ------------------------------------------------------------------------------------------------------------


def _record(
    found: Any, place: str, into: _Gathering, *, spec: Mapping[str, Check], needed: tuple[str, ...] = ()
) -> Plain:
    if not isinstance(found, Mapping):
        raise _Wrong(_("An object is needed here."))
    kept: Plain = {}
    for name, value in found.items():
        where = found.cell(name) if isinstance(found, Row) else f"{place}.{name}"
        check = spec.get(name)
        if check is None:
            into.fault(where[:200], _("This property is unknown."))
            continue
        try:
            kept[name] = check(value, where, into)
        except _Wrong as wrong:
            into.fault(where, str(wrong))
    for name in needed:
        if name not in found and name not in getattr(found, "bad", ()):
            where, shown = (found.place, found.columns.get(name, name)) if isinstance(found, Row) else (place, name)
            into.fault(where, _("“%(name)s” is missing.") % {"name": shown})
    return kept


_LINE = partial(_text, maximum=300)


_NAME = partial(_text, maximum=300, needed=True)


_TEXT = partial(_text, lines=True)


_WHOLE = partial(_number, maximum=2**31 - 1)


_EVENT: dict[str, Check] = {
    "code": partial(_slug, maximum=40),
    "name": partial(_text, maximum=80, needed=True),
    "name_en": partial(_text, maximum=80),
    "n": partial(_number, maximum=9999),
}


_SECTOR: dict[str, Check] = {
    "code": partial(_slug, maximum=60),
    "name": partial(_text, maximum=120, needed=True),
    "name_en": partial(_text, maximum=120),
}


_FAQ: dict[str, Check] = {"question": _NAME, "answer": partial(_text, lines=True, needed=True)}


_PAPER: dict[str, Check] = {
    "key": partial(_slug, maximum=40),
    "name": partial(_text, maximum=400, needed=True),
    "name_en": partial(_text, maximum=400),
    "originals": partial(_number, maximum=99),
    "copies": partial(_number, maximum=99),
    "is_required": _truth,
    "condition": _LINE,
    "show_if": _or_none(_condition),
    "from_form": _truth,
    "may_bring_original": _truth,
    "template_file": _or_none(_template),
}


_FEE: dict[str, Check] = {
    "kind": partial(_one_of, known=tuple(FeeKind.values)),
    "amount_vnd": _WHOLE,
    "amount_online_vnd": _or_none(_WHOLE),
    "per": partial(_text, maximum=200),
    "exemption": _TEXT,
    "is_local": _truth,
}


_STEP: dict[str, Check] = {
    "role": partial(_one_of, known=ROLES),
    "text": partial(_text, maximum=400, needed=True),
    "text_en": partial(_text, maximum=400),
    "allotted": _hours,
}


_VERSION: dict[str, Check] = {
    "name": _NAME,
    "name_en": _LINE,
    "level": partial(_number, minimum=1, maximum=4),
    "needs_presence": _truth,
    "audience": partial(_several, known=("citizen", "organisation", "enterprise")),
    "channels": partial(_several, known=("online", "direct", "post")),
    "processing_amount": partial(_number, maximum=999),
    "processing_unit": partial(_one_of, known=tuple(TimeUnit.values)),
    "processing_note": _TEXT,
    "outcome": _LINE,
    "outcome_en": _LINE,
    "conditions": _TEXT,
    "note": _TEXT,
    "legal_bases": partial(_list, each=partial(_text, maximum=500, needed=True)),
    "dossier_sets": partial(_number, minimum=1, maximum=99),
    "receipt_note": _TEXT,
    "letter_text": _TEXT,
    "reasons": partial(_list, each=partial(_text, maximum=2000, lines=True, needed=True)),
    "effective_from": _day,
    "effective_until": _or_none(_day),
    "form": _or_none(_form),
    "papers": partial(_list, each=partial(_record, spec=_PAPER, needed=("name",))),
    "fees": partial(_list, each=partial(_record, spec=_FEE, needed=("kind", "amount_vnd"))),
    "steps": partial(_list, each=partial(_record, spec=_STEP, needed=("text",))),
}


_PROCEDURE: dict[str, Check] = {
    "code": _code,
    "sector": partial(_record, spec=_SECTOR),
    "life_events": partial(_list, each=partial(_record, spec=_EVENT, needed=("code", "name"))),
    "synonyms": partial(_list, each=partial(_text, maximum=120, needed=True)),
    "faq": partial(_list, each=partial(_record, spec=_FAQ, needed=("question", "answer"))),
    "notice": _TEXT,
    "accept_until": _or_none(_day),
    "related": partial(_list, each=_code),
    "version": partial(_record, spec=_VERSION),
}


def read_procedure(found: Any, place: str) -> ImportItem:
    """Check one procedure of a file."""
    into = _Gathering()
    values: Plain = {}
    try:
        values = _record(found, place, into, spec=_PROCEDURE, needed=("code",))
    except _Wrong as wrong:
        into.fault(place, str(wrong))
    parcel = ImportItem(values.get("code", ""), place, values, into.faults)
    _check_together(parcel, into)
    return parcel


def _check_together(parcel: ImportItem, into: _Gathering) -> None:
    """Check what no value shows by itself: keys used twice, dates in the wrong order."""
    version = parcel.values.get("version", {})
    keys = [paper["key"] for paper in version.get("papers", []) if "key" in paper]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        into.fault(parcel.place, _("Two papers have the key “%(key)s”.") % {"key": key})
    start, until = version.get("effective_from"), version.get("effective_until")
    if start and until and until < start:
        into.fault(parcel.place, _("The last day lies before the first."))
