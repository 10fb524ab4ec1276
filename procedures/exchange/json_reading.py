"""Reading an exchange file of JSON as a whole."""

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ..versions.serialising import FORMAT, PORTAL
from .item import MAX_BYTES, MAX_PROCEDURES, ImportItem, Unreadable, checked, too_large
from .reading import read_procedure
from .values import MAX_DEPTH


def read_json(content: bytes) -> list[ImportItem]:
    """Read an exchange file; raises Unreadable when it is none."""
    if len(content) > MAX_BYTES:
        raise Unreadable(too_large())
    data = _parse(content)
    if not isinstance(data, dict) or data.get("portal") != PORTAL or not isinstance(data.get("procedures"), list):
        raise Unreadable(_("This is no file that a portal of this kind has exported."))
    if data.get("exchange") != FORMAT or isinstance(data["exchange"], bool):
        raise Unreadable(_("The file is of a newer kind than this portal can read."))
    if set(data) - {"portal", "exchange", "exported_at", "procedures"}:
        raise Unreadable(_("This is no file that a portal of this kind has exported."))
    parcels = [
        read_procedure(found, f"procedures[{n}]") for n, found in enumerate(data["procedures"][: MAX_PROCEDURES + 1])
    ]
    return checked(parcels)


def _parse(content: bytes) -> Any:
    damaged = _("The file is not JSON, or is damaged. Export it again.")
    try:
        text = content.decode("utf-8-sig")
        data = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise Unreadable(damaged) from error
    if not _is_sound(data, MAX_DEPTH):
        raise Unreadable(damaged)
    return data


def _no_number(found: str) -> Any:
    raise ValueError(found)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a property is there twice")
    return made


def _is_sound(found: Any, depth: int) -> bool:
    """Tell whether data are not nested too deep; names of properties are kept short and plain."""
    if depth < 0:
        return False
    if isinstance(found, dict):
        return all(
            len(name) <= 100 and name.isprintable() and _is_sound(value, depth - 1) for name, value in found.items()
        )
    return all(_is_sound(value, depth - 1) for value in found) if isinstance(found, list) else True
