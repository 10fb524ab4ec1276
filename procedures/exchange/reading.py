"""The properties of a procedure in exchange files: every value is checked, every fault is named with its place.

A property that is missing stays missing: what that means is decided where the
file meets the catalogue. No database.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from offices.models import Role

from ..marks import is_part
from ..models import Book, Confidence, FeeChannel, FeeKind, FeeUnit, TimeUnit
from ..versions.serialising import Plain
from .item import ImportItem, Row, part_of
from .values import (
    Check,
    Gathering,
    Wrong,
    code_of,
    condition_of,
    day_of,
    form_of,
    hours_of,
    list_of,
    number_of,
    one_of,
    or_none,
    several_of,
    slug_of,
    template_of,
    text_of,
    truth_of,
)

MAX_MARKS = 500
ROLES = ("", Role.CLERK.value, Role.SPECIALIST.value, Role.LEADER.value, Role.CASHIER.value)


def _record(
    found: Any, place: str, into: Gathering, *, spec: Mapping[str, Check], needed: tuple[str, ...] = ()
) -> Plain:
    if not isinstance(found, Mapping):
        raise Wrong(_("An object is needed here."))
    kept: Plain = {}
    for name, value in found.items():
        where = found.cell(name) if isinstance(found, Row) else part_of(place, name)
        check = spec.get(name)
        if check is None:
            into.fault(where[:200], _("This property is unknown."))
            continue
        try:
            kept[name] = check(value, where, into)
        except Wrong as wrong:
            into.fault(where, str(wrong))
    for name in needed:
        if name not in found and name not in getattr(found, "bad", ()):
            where, shown = (found.cell(name), found.columns[name].text) if isinstance(found, Row) else (place, name)
            into.fault(where, _("“%(name)s” is missing.") % {"name": shown})
    return kept


_LINE = partial(text_of, maximum=300)


_NAME = partial(text_of, maximum=300, needed=True)


_TEXT = partial(text_of, lines=True)


_WHOLE = partial(number_of, maximum=2**31 - 1)


_EVENT: dict[str, Check] = {
    "code": partial(slug_of, maximum=40),
    "name": partial(text_of, maximum=80, needed=True),
    "name_en": partial(text_of, maximum=80),
    "n": partial(number_of, maximum=9999),
}


_SECTOR: dict[str, Check] = {
    "code": partial(slug_of, maximum=60),
    "name": partial(text_of, maximum=120, needed=True),
    "name_en": partial(text_of, maximum=120),
}


_FAQ: dict[str, Check] = {
    "question": _NAME,
    "answer": partial(text_of, lines=True, needed=True),
    "question_en": _LINE,
    "answer_en": _TEXT,
}


_PAPER: dict[str, Check] = {
    "key": partial(slug_of, maximum=40),
    "name": partial(text_of, maximum=400, needed=True),
    "name_en": partial(text_of, maximum=400),
    "originals": partial(number_of, maximum=99),
    "copies": partial(number_of, maximum=99),
    "is_required": truth_of,
    "condition": _LINE,
    "condition_en": _LINE,
    "show_if": or_none(condition_of),
    "from_form": truth_of,
    "may_bring_original": truth_of,
    "valid_days": partial(number_of, maximum=999),
    "template_file": or_none(template_of),
}


_TIER: dict[str, Check] = {
    "from": partial(number_of, minimum=1, maximum=9999),
    "to": or_none(partial(number_of, minimum=1, maximum=9999)),
    "amount_vnd": _WHOLE,
}


def _tier(found: Any, place: str, into: Gathering) -> Plain:
    return _record(found, place, into, spec=_TIER, needed=("from", "to", "amount_vnd"))


_EXEMPTION: dict[str, Check] = {
    "who": partial(text_of, maximum=1000, needed=True),
    "who_en": partial(text_of, maximum=1000),
    "proof": partial(text_of, maximum=1000),
    "proof_en": partial(text_of, maximum=1000),
    "since": or_none(day_of),
    "until": or_none(day_of),
    "channel": or_none(partial(one_of, known=(FeeChannel.ONLINE.value,))),
}


def _exemption(found: Any, place: str, into: Gathering) -> Plain:
    kept = _record(found, place, into, spec=_EXEMPTION, needed=("who",))
    since, until = kept.get("since"), kept.get("until")
    if since and until and until < since:
        raise Wrong(_("The last day lies before the first."))
    return kept


_FEE: dict[str, Check] = {
    "key": partial(slug_of, maximum=40),
    "kind": partial(one_of, known=tuple(FeeKind.values)),
    "name": partial(text_of, maximum=200, needed=True),
    "name_en": partial(text_of, maximum=200),
    "amount_vnd": _WHOLE,
    "amount_online_vnd": or_none(_WHOLE),
    "unit": partial(one_of, known=tuple(FeeUnit.values)),
    "tiers": partial(list_of, each=_tier),
    "cap_vnd": or_none(partial(number_of, minimum=1, maximum=2**31 - 1)),
    "is_optional": truth_of,
    "applies": _LINE,
    "applies_en": _LINE,
    "applies_if": or_none(condition_of),
    "is_guide": truth_of,
    "note": _TEXT,
    "note_en": _TEXT,
    "exemptions": partial(list_of, each=_exemption),
}


_STEP: dict[str, Check] = {
    "role": partial(one_of, known=ROLES),
    "text": partial(text_of, maximum=400, needed=True),
    "text_en": partial(text_of, maximum=400),
    "unit": partial(text_of, maximum=20),
    "allotted": hours_of,
}


def _part(found: Any, place: str, into: Gathering) -> str:
    text = text_of(found, place, into, maximum=100)
    if not is_part(text):
        raise Wrong(_("This names no part of a procedure that can be marked."))
    return text


_MARK: dict[str, Check] = {
    "part": _part,
    "confidence": partial(one_of, known=tuple(Confidence.values)),
    "source": _TEXT,
    "note": _TEXT,
}


_VERSION: dict[str, Check] = {
    "name": _NAME,
    "name_en": _LINE,
    "level": partial(number_of, minimum=1, maximum=4),
    "needs_presence": truth_of,
    "audience": partial(several_of, known=("citizen", "organisation", "enterprise")),
    "channels": partial(several_of, known=("online", "direct", "post")),
    "processing_amount": partial(number_of, maximum=999),
    "processing_unit": partial(one_of, known=tuple(TimeUnit.values)),
    "processing_note": _TEXT,
    "processing_note_en": _TEXT,
    "outcome": _LINE,
    "outcome_en": _LINE,
    "conditions": _TEXT,
    "conditions_en": _TEXT,
    "note": _TEXT,
    "note_en": _TEXT,
    "legal_bases": partial(list_of, each=partial(text_of, maximum=500, needed=True)),
    "dossier_sets": partial(number_of, minimum=1, maximum=99),
    "book": partial(one_of, known=tuple(Book.values)),
    "receipt_note": _TEXT,
    "letter_text": _TEXT,
    "reasons": partial(list_of, each=partial(text_of, maximum=2000, lines=True, needed=True)),
    "effective_from": day_of,
    "effective_until": or_none(day_of),
    "form": or_none(form_of),
    "papers": partial(list_of, each=partial(_record, spec=_PAPER, needed=("name",))),
    "fees": partial(list_of, each=partial(_record, spec=_FEE, needed=("kind", "name", "amount_vnd"))),
    "steps": partial(list_of, each=partial(_record, spec=_STEP, needed=("text",))),
    "marks": partial(list_of, each=partial(_record, spec=_MARK, needed=("part", "confidence")), maximum=MAX_MARKS),
}


_PROCEDURE: dict[str, Check] = {
    "code": code_of,
    "sector": partial(_record, spec=_SECTOR),
    "life_events": partial(list_of, each=partial(_record, spec=_EVENT, needed=("code", "name"))),
    "synonyms": partial(list_of, each=partial(text_of, maximum=120, needed=True)),
    "faq": partial(list_of, each=partial(_record, spec=_FAQ, needed=("question", "answer"))),
    "notice": _TEXT,
    "accept_until": or_none(day_of),
    "supplement_days": partial(number_of, minimum=1, maximum=250),
    "related": partial(list_of, each=code_of),
    "popularity": _WHOLE,
    "version": partial(_record, spec=_VERSION),
}


def read_procedure(found: Any, place: str) -> ImportItem:
    """Check one procedure of a file."""
    into = Gathering()
    values: Plain = {}
    try:
        values = _record(found, place, into, spec=_PROCEDURE, needed=("code",))
    except Wrong as wrong:
        into.fault(place, str(wrong))
    parcel = ImportItem(values.get("code", ""), place, values, into.faults)
    _check_together(parcel, into, found)
    return parcel


def _check_together(parcel: ImportItem, into: Gathering, found: Any) -> None:
    """Check what no value shows by itself: keys used twice, dates in the wrong order."""
    version = parcel.values.get("version", {})
    twice = {"papers": _("Two papers have the key “%(key)s”."), "fees": _("Two fees have the key “%(key)s”.")}
    for part, message in twice.items():
        keys = [row["key"] for row in version.get(part, []) if "key" in row]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            into.fault(_place_of_twin(parcel, found, part, key), message % {"key": key})
    marked = [mark["part"] for mark in version.get("marks", []) if "part" in mark]
    for part in sorted({part for part in marked if marked.count(part) > 1}):
        into.fault(parcel.place, _("The part “%(part)s” is marked twice.") % {"part": part})
    start, until = version.get("effective_from"), version.get("effective_until")
    if start and until and until < start:
        into.fault(parcel.place, _("The last day lies before the first."))


def _place_of_twin(parcel: ImportItem, found: Any, part: str, key: str) -> str:
    """Return the cell in which a key stands again; the procedure's own place in a file without sheets."""
    version = found["version"]
    twins = [row for row in version[part] if row.get("key") == key] if isinstance(version, Row) else []
    return twins[1].cell("key") if len(twins) > 1 else parcel.place
