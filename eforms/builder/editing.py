"""Changes of a form schema while it is being built: each takes the raw schema and returns a new one.

Pure: no database, no request. A draft may be incomplete (a section without
questions), so the raw data are read with patience; but no change may make a
form wrong that was not wrong before (a condition on a later question, say):
then :class:`Refused` tells why. Keys are made from labels once and stay.
"""

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Refused
from common.text import fold

from ..loading import is_box_of, load
from ..parts import MAX_COLUMNS, MAX_FIELDS, MAX_SECTIONS, SchemaError, SchemaFault
from .raw import (
    Form,
    Part,
    Reader,
    columns_of,
    fields_of,
    find_field,
    find_section,
    groups_of,
    name_of,
    parts_of,
    sections_of,
    text_of,
)
from .usage import in_use, reads_value, used_by

MAX_KEY = 36


# Reading a raw form -------------------------------------------------------------------------------------------------


def blank(title: str) -> Form:
    """Return a form with a title and nothing else."""
    return {"schema": 1, "title": {"vi": title}, "sections": []}


# Keys ---------------------------------------------------------------------------------------------------------------


def key_from(label: str, taken: Iterable[str]) -> str:
    """Make a key from a label: folded, beginning with a letter, none of those taken; 'ngay_sinh2' of 'Ngày sinh 2'."""
    stem = ""
    for word in re.findall("[a-z]+|[0-9]+", fold(label)):
        # A digit after '_' would read like one of the boxes of a date.
        stem += word if word.isdigit() or not stem else f"_{word}"
    stem = stem[:MAX_KEY].strip("_")
    if not stem or stem[0].isdigit():
        stem = f"muc{stem}"[:MAX_KEY]
    used, key, n = set(taken), stem, 1
    while key in used:
        n += 1
        key = f"{stem}{n}"
    return key


def _taken(form: Mapping[str, Any], table: str) -> set[str]:
    if table:
        _section, holder = find_field(form, table)
        return {str(column.get("key")) for column in columns_of(holder)}
    return {str(field.get("key")) for section in sections_of(form) for field in fields_of(section)}


def _field_key(form: Mapping[str, Any], label: str, kind: str, table: str) -> str:
    """Make the key of a new question; it is no name of a box of another question, and none of its boxes is a key."""
    taken = _taken(form, table)
    while True:
        key = key_from(label, taken)
        others = [field for section in sections_of(form) for field in fields_of(section)]
        is_clear = not any(
            is_box_of(key, str(other.get("key")), str(other.get("type"))) or is_box_of(str(other.get("key")), key, kind)
            for other in others
        )
        if table or is_clear:
            return key
        taken.add(key)


def remove_form(form: Mapping[str, Any], readers: Iterable[Reader]) -> None:
    """Take the whole form away; raises Refused naming what hangs on an answer."""
    users = [words for words, condition in readers if condition is not None]
    if users:
        raise Refused(in_use(users))


# Sections -----------------------------------------------------------------------------------------------------------


def change_title(
    form: Mapping[str, Any], title: Mapping[str, str], basis: str, signatures: Sequence[Mapping[str, str]] = ()
) -> Form:
    """Change the title, the legal basis that stands under it and who signs; no signatures leave the usual one."""
    made = copied(form)
    made["title"] = dict(title)
    _put(made, {"basis": basis, "signatures": [dict(words) for words in signatures]})
    return made


def add_section(form: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[Form, str]:
    """Add a section at the end; returns the form and the new key."""
    made = copied(form)
    sections = sections_of(made)
    if len(sections) >= MAX_SECTIONS:
        raise Refused(_("A form can have up to %(count)d sections.") % {"count": MAX_SECTIONS})
    key = key_from(text_of(values.get("title")), {str(section.get("key")) for section in sections})
    section: Part = {"key": key, "fields": []}
    _put(section, values)
    made["sections"] = [*sections, section]
    return checked(form, made), key


def change_section(form: Mapping[str, Any], key: str, values: Mapping[str, Any]) -> Form:
    """Change title, introduction or condition of a section."""
    made = copied(form)
    _put(find_section(made, key), values)
    return checked(form, made)


def remove_section(form: Mapping[str, Any], key: str, readers: Iterable[Reader] = ()) -> Form:
    """Remove a section with its questions; raises Refused naming what elsewhere reads one of them."""
    readers = list(readers)
    own = [str(field.get("key")) for field in fields_of(find_section(form, key))]
    users = [user for field in own for user in used_by(form, field, readers, outside=key)]
    if users:
        raise Refused(in_use(users))
    made = copied(form)
    made["sections"] = [section for section in sections_of(made) if section.get("key") != key]
    return checked(form, made)


def move_section(form: Mapping[str, Any], key: str, to: int) -> Form:
    """Move a section to a place (from 0) among the sections."""
    made = copied(form)
    section = find_section(made, key)
    rest = [other for other in sections_of(made) if other is not section]
    rest.insert(max(0, min(to, len(rest))), section)
    made["sections"] = rest
    return checked(form, made)


# Questions ----------------------------------------------------------------------------------------------------------


def add_field(form: Mapping[str, Any], section: str, values: Mapping[str, Any], *, table: str = "") -> tuple[Form, str]:
    """Add a question at the end of a section, or a column at the end of a table; returns the form and the new key."""
    made = copied(form)
    holder, name, maximum = _holder(made, section, table)
    parts = parts_of(holder.get(name))
    if len(parts) >= maximum:
        raise Refused(_("At most %(count)d questions fit here.") % {"count": maximum})
    key = _field_key(form, text_of(values.get("label")), str(values.get("type")), table)
    field: Part = {"key": key, "type": values.get("type")}
    _put(field, values)
    holder[name] = [*parts, field]
    return checked(form, made), key


def change_field(
    form: Mapping[str, Any], key: str, values: Mapping[str, Any], *, table: str = "", readers: Iterable[Reader] = ()
) -> Form:
    """Change a question or column; a value of None takes the property away. The key stays.

    Raises Refused when an answer to choose from goes away that something reads.
    """
    made = copied(form)
    _holder_part, field = find_field(made, key, table)
    old = _values(field)
    _put(field, values)
    lost = old - _values(field)
    users = [words for words, condition in readers if not table and reads_value(condition, key, lost)]
    if users:
        raise Refused(in_use(users))
    return checked(form, made)


def remove_field(form: Mapping[str, Any], key: str, *, table: str = "", readers: Iterable[Reader] = ()) -> Form:
    """Remove a question or column; raises Refused naming everything that reads it."""
    find_field(form, key, table)
    users = used_by(form, key, readers, table=table)
    if users:
        raise Refused(in_use(users))
    made = copied(form)
    _take_out(made, key, table)
    return checked(form, made)


def duplicate_field(form: Mapping[str, Any], key: str, *, table: str = "") -> tuple[Form, str]:
    """Put a copy of a question or column right after it; returns the form and the copy's key."""
    made = copied(form)
    holder, field = find_field(made, key, table)
    name = "columns" if table else "fields"
    parts = parts_of(holder.get(name))
    maximum = MAX_COLUMNS if table else MAX_FIELDS
    if len(parts) >= maximum:
        raise Refused(_("At most %(count)d questions fit here.") % {"count": maximum})
    twin = copy.deepcopy(field)
    twin.pop("group", None)
    # One fact of a person is asked once.
    twin.pop("about", None)
    twin["key"] = _field_key(form, name_of(field), str(field.get("type")), table)
    at = next(n for n, other in enumerate(parts) if other is field)
    parts.insert(at + 1, twin)
    holder[name] = parts
    return checked(form, made), twin["key"]


def move_field(form: Mapping[str, Any], key: str, to: int, *, section: str = "", table: str = "") -> Form:
    """Move a question to a place (from 0) in its section or in another one, a column within its table."""
    made = copied(form)
    holder, field = _take_out(made, key, table)
    name = "columns" if table else "fields"
    target = find_section(made, section) if section and not table else holder
    parts = parts_of(target.get(name))
    if len(parts) >= MAX_FIELDS:
        raise Refused(_("At most %(count)d questions fit here.") % {"count": MAX_FIELDS})
    parts.insert(max(0, min(to, len(parts))), field)
    target[name] = parts
    return checked(form, made)


def move_group(form: Mapping[str, Any], key: str, by: int) -> Form:
    """Move the group that a question begins past the group before it (-1) or after it (1), within its section.

    Questions without a title stay at the head of their section.
    """
    made = copied(form)
    section, first = find_field(made, key)
    groups = groups_of(section)
    at = next((n for n, group in enumerate(groups) if group[0] is first), -1)
    to = at + by
    if at >= 0 and 0 <= to < len(groups) and "group" in first and "group" in groups[to][0]:
        groups.insert(to, groups.pop(at))
        section["fields"] = [field for group in groups for field in group]
    return checked(form, made)


def step(form: Mapping[str, Any], key: str, by: int, *, table: str = "") -> Form:
    """Move a question one place up (-1) or down (1); at the edge of a section it goes into the neighbouring one."""
    holder, field = find_field(form, key, table)
    parts = columns_of(holder) if table else fields_of(holder)
    to = parts.index(field) + by
    if 0 <= to < len(parts) or table:
        return move_field(form, key, to, table=table)
    sections = sections_of(form)
    n = sections.index(holder) + by
    if not 0 <= n < len(sections):
        return copied(form)
    return move_field(form, key, 0 if by > 0 else MAX_FIELDS, section=str(sections[n].get("key")))


def _take_out(form: Form, key: str, table: str) -> tuple[Part, Part]:
    """Take a question or column out of a form; the title of the group that it began goes to the next of the group."""
    holder, field = find_field(form, key, table)
    name = "columns" if table else "fields"
    parts = parts_of(holder.get(name))
    at = next(n for n, other in enumerate(parts) if other is field)
    following = parts[at + 1] if at + 1 < len(parts) else None
    if following is not None and "group" in field and "group" not in following:
        following["group"] = field.pop("group")
    holder[name] = [other for other in parts if other is not field]
    return holder, field


def _holder(form: Form, section: str, table: str) -> tuple[Part, str, int]:
    if table:
        return find_field(form, table)[1], "columns", MAX_COLUMNS
    return find_section(form, section), "fields", MAX_FIELDS


def _values(field: Mapping[str, Any]) -> set[str]:
    return {str(option.get("value")) for option in parts_of(field.get("options"))}


# Making sure --------------------------------------------------------------------------------------------------------


def wrong(form: Any) -> list[SchemaFault]:
    """Return the faults of a raw form that are more than something still to be filled in."""
    try:
        load(form)
    except SchemaError as error:
        return [fault for fault in error.faults if not fault.is_gap]
    return []


def checked(old: Mapping[str, Any], made: Form) -> Form:
    """Return the changed form; raises Refused when the change brought faults that were not there."""
    after = wrong(made)
    if after:
        known = wrong(old)
        if len(after) > len(known):
            reasons = {str(fault) for fault in known}
            raise Refused(
                "; ".join(str(fault) for fault in after if str(fault) not in reasons) or str(after[0]), code="form"
            )
    return made


def copied(form: Mapping[str, Any]) -> Form:
    """Return a copy of a raw form to be changed."""
    return copy.deepcopy(dict(form))


def _put(part: Part, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in ("key", "fields"):
            continue
        if value is None or value in ("", [], {}):
            part.pop(name, None)
        else:
            part[name] = copy.deepcopy(value)
