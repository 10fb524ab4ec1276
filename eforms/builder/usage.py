"""What reads an answer: conditions, checks, pre-filled answers, dates in words, and what stands outside the form."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from .raw import Reader, checks_of, columns_of, fields_of, find_field, list_of, name_of, parts_of, sections_of, text_of


def used_by(
    form: Mapping[str, Any], key: str, readers: Iterable[Reader] = (), *, table: str = "", outside: str | None = None
) -> list[str]:
    """Name everything that reads an answer: conditions, checks, pre-filled answers, dates in words, ``readers``.

    With ``outside`` the readers within that section do not count.
    """
    if table:
        _section, holder = find_field(form, table)
        found = [_question_words(name_of(column)) for column in columns_of(holder) if _reads_field(column, key)]
        return found + [
            _question_words(name_of(field))
            for section in sections_of(form)
            for field in fields_of(section)
            if isinstance(field.get("derive"), Mapping) and f"{table}.{key}" in sources_of(field["derive"])
        ]
    found = []
    for section in sections_of(form):
        if outside is not None and section.get("key") == outside:
            continue
        if key in _keys_read(section.get("show_if")):
            found.append(_("the condition of the section “%(name)s”") % {"name": name_of(section)})
        found += [_question_words(name_of(field)) for field in fields_of(section) if _reads_field(field, key)]
    found += [
        _("the check “%(name)s”") % {"name": text_of(check.get("message"))}
        for check in checks_of(form)
        if key in list_of(check.get("fields")) or key in _keys_read(check.get("when"))
    ]
    return found + [words for words, condition in readers if key in _keys_read(condition)]


def _reads_field(field: Mapping[str, Any], key: str) -> bool:
    derive = field.get("derive")
    return (
        key in _keys_read(field.get("show_if"))
        or field.get("prefill") == f"answer:{key}"
        or (isinstance(derive, Mapping) and key in {one.partition(".")[0] for one in sources_of(derive)})
        or any(
            arg == key or key in _keys_read(arg)
            for rule in parts_of(field.get("rules"))
            for arg in list_of(rule.get("args"))
        )
    )


def sources_of(derive: Mapping[str, Any]) -> list[str]:
    """Return what a calculated answer is made of, as it is written: one key, or a list of them."""
    of = derive.get("of")
    return [str(one) for one in (of if isinstance(of, list) else [of])]


def _comparisons(condition: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(condition, Mapping):
        if isinstance(condition.get("field"), str):
            yield condition
        for name in ("all", "any", "not"):
            yield from _comparisons(condition.get(name))
    elif isinstance(condition, list):
        for part in condition:
            yield from _comparisons(part)


def _keys_read(condition: Any) -> set[str]:
    return {str(part["field"]) for part in _comparisons(condition)}


def reads_value(condition: Any, key: str, values: set[str]) -> bool:
    """Tell whether a condition compares a question with one of these values."""
    for part in _comparisons(condition):
        wanted = part.get("value")
        listed = wanted if isinstance(wanted, list) else [wanted]
        if part["field"] == key and any(isinstance(value, str) and value in values for value in listed):
            return True
    return False


def _question_words(name: str) -> str:
    return _("the question “%(name)s”") % {"name": name}


def in_use(users: list[str]) -> str:
    """Say that something cannot go because others read it."""
    names = ", ".join(dict.fromkeys(users))
    return _("This is still used by %(names)s. Change that first.") % {"names": names}
