"""Reading a raw form schema with patience: a draft may lack whatever is still to be written."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Refused

Form = dict[str, Any]


Part = dict[str, Any]


# A paper of the procedure that may hang on an answer: what it is called, its condition.
# What reads answers from outside the form, in words, and its condition.
Reader = tuple[str, Mapping[str, Any] | None]


def sections_of(form: Mapping[str, Any]) -> list[Part]:
    """Return the sections of a raw form that can be read."""
    return parts_of(form.get("sections"))


def fields_of(section: Mapping[str, Any]) -> list[Part]:
    """Return the questions of a raw section that can be read."""
    return parts_of(section.get("fields"))


def checks_of(form: Mapping[str, Any]) -> list[Part]:
    """Return the checks between answers of a raw form that can be read."""
    return parts_of(form.get("checks"))


def groups_of(section: Mapping[str, Any]) -> list[list[Part]]:
    """Return the questions of a raw section by group; those before the first title make one of their own."""
    found: list[list[Part]] = []
    for field in fields_of(section):
        if "group" in field or not found:
            found.append([])
        found[-1].append(field)
    return found


def columns_of(table: Mapping[str, Any]) -> list[Part]:
    """Return the columns of a raw table that can be read."""
    return parts_of(table.get("columns"))


def text_of(words: Any) -> str:
    """Return the Vietnamese of a raw text."""
    vi = words.get("vi") if isinstance(words, Mapping) else None
    return vi if isinstance(vi, str) else ""


def name_of(part: Mapping[str, Any]) -> str:
    """Return what people call a raw section, question or column."""
    return text_of(part.get("title")) or text_of(part.get("label")) or str(part.get("key", ""))


def find_section(form: Mapping[str, Any], key: str) -> Part:
    """Return a section; raises Refused when it is gone."""
    for section in sections_of(form):
        if section.get("key") == key:
            return section
    raise Refused(_("This section is no longer in the form."))


def find_field(form: Mapping[str, Any], key: str, table: str = "") -> tuple[Part, Part]:
    """Return a question with the section, or a column with the ``table``, that holds it; raises Refused."""
    holders = sections_of(form)
    if table:
        holders = [field for section in holders for field in fields_of(section) if field.get("key") == table]
    for holder in holders:
        for field in columns_of(holder) if table else fields_of(holder):
            if field.get("key") == key:
                return holder, field
    raise Refused(_("This question is no longer in the form."))


def find_check(form: Mapping[str, Any], key: str) -> Part:
    """Return a check between answers; raises Refused when it is gone."""
    for check in checks_of(form):
        if check.get("key") == key:
            return check
    raise Refused(_("This check is no longer in the form."))


def before(form: Mapping[str, Any], key: str | None, section: str, table: str = "") -> list[Part]:
    """Return the questions that a question (``key``, None for one to be added) or a section may look back at."""
    found: list[Part] = []
    if table:
        _section, holder = find_field(form, table)
        for column in columns_of(holder):
            if column.get("key") == key:
                break
            found.append(column)
        return found
    for part in sections_of(form):
        if part.get("key") == section and key == "":
            return found
        for field in fields_of(part):
            if field.get("key") == key:
                return found
            found.append(field)
        if part.get("key") == section:
            return found
    return found


def list_of(found: Any) -> list[Any]:
    """Return a raw list, an empty one for anything else."""
    return found if isinstance(found, list) else []


def parts_of(found: Any) -> list[Part]:
    """Return those entries of a raw list that are objects."""
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
