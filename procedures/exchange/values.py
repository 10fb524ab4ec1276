"""Single values in exchange files: each check returns what is kept or raises :class:`Wrong`. No database."""

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

from ..versions.drafting import is_code
from ..versions.serialising import Plain
from ..versions.template_files import KINDS as TEMPLATE_KINDS
from .item import Cell, Fault, entry_of

MAX_DEPTH = 30


MAX_ENTRIES = 60


MAX_FAULTS = 500


LONG = 20_000


_SLUG = re.compile(r"[-a-zA-Z0-9_]+", re.ASCII)


class Gathering:
    """The faults of one procedure."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: str, reason: str) -> None:
        """Keep a fault, up to a limit."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(place, reason))


class Wrong(Exception):
    """A value that is not taken; ``args[0]`` says why."""


Check = Callable[[Any, str, Gathering], Any]


def text_of(
    found: Any, place: str, into: Gathering, *, maximum: int = LONG, lines: bool = False, needed: bool = False
) -> str:
    """Return a text of at most ``maximum`` characters, of several lines where ``lines`` are taken."""
    if not isinstance(found, str):
        raise Wrong(_("A text is needed here."))
    if len(found) > LONG * 2:
        raise Wrong(_("Use %(count)d characters or fewer.") % {"count": maximum})
    try:
        text = clean_text(found, lines=lines)
    except ValidationError as error:
        raise Wrong(" ".join(error.messages)) from error
    if len(text) > maximum:
        raise Wrong(_("Use %(count)d characters or fewer.") % {"count": maximum})
    if needed and not text:
        raise Wrong(_("This may not be empty."))
    return text


def number_of(found: Any, place: str, into: Gathering, *, minimum: int = 0, maximum: int = 9999) -> int:
    """Return a whole number between two limits."""
    if isinstance(found, bool) or not isinstance(found, int) or not minimum <= found <= maximum:
        raise Wrong(
            _("A whole number from %(least)d to %(most)d is needed here.") % {"least": minimum, "most": maximum}
        )
    return found


def hours_of(found: Any, place: str, into: Gathering) -> float:
    """Return working hours with at most one decimal place."""
    if isinstance(found, bool) or not isinstance(found, int | float | Decimal) or not 0 <= found < 10_000:
        raise Wrong(_("A number of hours from 0 to 9999 is needed here."))
    exact = Decimal(str(found))
    if exact != exact.quantize(Decimal("0.1")):
        raise Wrong(_("Hours have at most one decimal place."))
    return float(exact)


def truth_of(found: Any, place: str, into: Gathering) -> bool:
    """Return true or false."""
    if not isinstance(found, bool):
        raise Wrong(_("Yes or no is needed here."))
    return found


def one_of(found: Any, place: str, into: Gathering, *, known: tuple[str, ...]) -> str:
    """Return one of the known texts."""
    if not isinstance(found, str) or found not in known:
        shown = ", ".join(value for value in known if value)
        raise Wrong(_("One of these is needed here: %(known)s.") % {"known": shown})
    return found


def day_of(found: Any, place: str, into: Gathering) -> str:
    """Return a day as ISO date."""
    try:
        if not isinstance(found, str) or len(found) != 10:
            raise ValueError
        day = date.fromisoformat(found)
        if not 1900 <= day.year <= 2200:
            raise ValueError
    except ValueError as error:
        if isinstance(place, Cell):
            raise Wrong(_("A day is needed here, for example 01/07/2026.")) from error
        raise Wrong(_("A day that exists is needed here, such as 2026-07-01.")) from error
    return day.isoformat()


def or_none(check: Check) -> Check:
    """Let a check take null too."""
    return lambda found, place, into: None if found is None else check(found, place, into)


def list_of(found: Any, place: str, into: Gathering, *, each: Check, maximum: int = MAX_ENTRIES) -> list[Any]:
    """Return the entries of a list that pass; the others are faults."""
    if not isinstance(found, list) or len(found) > maximum:
        raise Wrong(_("A list of at most %(count)d entries is needed here.") % {"count": maximum})
    kept = []
    for n, item in enumerate(found):
        try:
            kept.append(each(item, entry_of(place, n), into))
        except Wrong as wrong:
            into.fault(entry_of(place, n), str(wrong))
    return kept


def several_of(found: Any, place: str, into: Gathering, *, known: tuple[str, ...]) -> list[str]:
    """Return known texts, each once."""
    values = list_of(found, place, into, each=partial(one_of, known=known))
    return list(dict.fromkeys(values))


def code_of(found: Any, place: str, into: Gathering) -> str:
    """Return a code of a procedure."""
    text = text_of(found, place, into, maximum=40)
    if not is_code(text):
        raise Wrong(_("Enter the national code, for example 1.001193, or a local one, for example XA-0001."))
    return text


def slug_of(found: Any, place: str, into: Gathering, *, maximum: int) -> str:
    """Return a key."""
    if not isinstance(found, str) or len(found) > maximum or not _SLUG.fullmatch(found):
        raise Wrong(
            _("Letters without marks, digits, - and _ are needed here, at most %(count)d.") % {"count": maximum}
        )
    return found


def template_of(found: Any, place: str, into: Gathering) -> Plain:
    """Return a template file, its content in base64."""
    if not isinstance(found, Mapping) or set(found) != {"name", "content"}:
        raise Wrong(_("A file is {“name”, “content”}, its content in base64."))
    name = text_of(found["name"], place, into, maximum=100, needed=True)
    content = found["content"]
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise Wrong(_("The file’s content is not base64.")) from error
    if name.rpartition(".")[2].lower() not in TEMPLATE_KINDS:
        raise Wrong(_("A template file is a PDF, DOCX, ODT or XLSX."))
    return {"name": name, "content": content}


def form_of(found: Any, place: str, into: Gathering) -> Any:
    """Return a form; what its loader refuses are faults."""
    found = _tidied(found)
    try:
        form_schema.load(found)
    except form_schema.SchemaError as error:
        for reason in error.reasons[:MAX_ENTRIES]:
            into.fault(place, reason)
    return found


def condition_of(found: Any, place: str, into: Gathering) -> Any:
    """Return a condition over the answers of a form."""
    if not _is_condition(found, 0):
        raise Wrong(_("This is no condition of the form schema."))
    return _tidied(found)


def _tidied(found: Any) -> Any:
    """Return data in NFC; raises Wrong for texts that cannot be stored and for fractions, which no form has."""
    if isinstance(found, str):
        if is_broken(found):
            raise Wrong(_("This text holds characters that cannot be read. Type it again."))
        return clean(found)
    if isinstance(found, Decimal | float):
        raise Wrong(_("Only whole numbers are taken here."))
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
