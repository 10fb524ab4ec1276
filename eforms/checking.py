"""Checks of a form before it is published: faults of loading, questions nobody can reach, equal labels."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.text import fold

from . import reachable
from .loading import condition_faults, load
from .parts import Place, Question, Schema, SchemaError, SchemaFault, Section, Words, condition_fields, is_empty

__all__ = ["check_form", "condition_faults", "unreachable"]


def check_form(data: Any) -> list[SchemaFault]:
    """Return every fault and warning of a raw schema, in the active language; faults first."""
    try:
        schema = load(data)
    except SchemaError as error:
        return [*error.faults, *_label_warnings(data)]
    return [*unreachable(schema), *not_yet_known(schema), *_label_warnings(data)]


def unreachable(schema: Schema) -> list[SchemaFault]:
    """Return a fault for every section, question and column whose condition no answers can meet."""
    hidden = {anchor for anchor, _label in reachable.unreachable(schema)}
    places = [Place(section.key, names=(section.title.vi,)) for section in schema.sections]
    for section, field in schema.fields():
        place = Place(section.key, field.key, names=(section.title.vi, field.label.vi))
        places.append(place)
        lost = {anchor for anchor, _label in reachable.unreachable(_row(field))}
        columns = [
            Place(section.key, field.key, column.key, (*place.names, column.label.vi)) for column in field.columns
        ]
        places += [column for column in columns if f"field-{column.column}" in lost]
    message = _("its condition can never hold, so nobody is asked this")
    return [SchemaFault(place, message) for place in places if place.column or place.anchor in hidden]


def not_yet_known(schema: Schema) -> list[SchemaFault]:
    """Return a fault for every question that hangs on an answer of its own page which is not known there yet.

    A page is filled in before it is sent: what is typed on it pre-fills nothing there, and what is calculated of it
    shows and hides nothing there.
    """
    found = []
    for section in schema.sections:
        own = {field.key: field for field in section.fields}
        for field in section.fields:
            place = Place(section.key, field.key, names=(section.title.vi, field.label.vi))
            source = own.get(field.prefill.removeprefix("answer:")) if ":" in field.prefill else None
            read = condition_fields(field.show_if)
            made = next((own[key] for key in own if key in read and own[key].derive), None)
            if source is not None:
                text = _(
                    "cannot be filled in from “%(name)s”, which is asked on the same page; ask it on an earlier one"
                )
                found.append(SchemaFault(place, text % {"name": source.label.vi}))
            if made is not None:
                text = _("cannot hang on “%(name)s”, which is worked out once the page is sent; ask it on a later page")
                found.append(SchemaFault(place, text % {"name": made.label.vi}))
    found += [
        SchemaFault(Place(part=_("check “%(name)s”") % {"name": check.message.vi}), _("its condition can never hold"))
        for check in schema.checks
        if check.when is not None and not reachable.can_hold(schema, check.when)
    ]
    return found


def _row(table: Question) -> Schema:
    """Return the columns of a table as a form of their own: their conditions read the same row."""
    return Schema(Words(), "", (Section("row", Words(), Words(), None, table.columns),))


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
