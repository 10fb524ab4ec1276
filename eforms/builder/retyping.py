"""Another type for a question that is there already: what stays, what gets lost, when it cannot be."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from common.refusals import Refused

from ..parts import COLUMN_TYPES, TYPES
from .editing import change_field
from .labels import PREFILL_WORDS, WITH_EXAMPLE, WITH_UNIT, about_words, facts_of, prefills_of, rule_words, rules_of
from .raw import Form, Part, Reader, find_field
from .usage import used_by

# Types whose answers are of one kind: what reads one of them can read the other.
_ALIKE = (
    frozenset({"text", "long_text", "full_name", "tax_code", "phone", "email"}),
    frozenset({"number", "money"}),
)
_WITH_OPTIONS = frozenset({"choice", "choices"})
_NEW_TABLE = {"min": 0, "max": 10}


def types_for(kind: str, *, is_column: bool) -> frozenset[str]:
    """Return the types that a question of a type (as it is offered) may be given instead."""
    return (COLUMN_TYPES if is_column else TYPES) - {kind}


def retype(
    form: Mapping[str, Any], key: str, kind: str, *, table: str = "", readers: Iterable[Reader] = ()
) -> tuple[Form, list[str]]:
    """Give a question or column another type; returns the form and, in words, what got lost.

    Label, help and condition stay; so do 'must be answered', printing, checks, pre-filling, example and answers to
    choose from where the new type has them. Raises Refused when something reads the answer and
    could not read the new one.
    """
    _holder, field = find_field(form, key, table)
    old = str(field.get("type"))
    readers = list(readers)
    users = used_by(form, key, readers, table=table)
    is_alike = any({old, kind} <= group for group in _ALIKE) and field.get("derive") is None
    if users and not is_alike:
        names = ", ".join(dict.fromkeys(users))
        raise Refused(_("This is still used by %(names)s. Change that first.") % {"names": names})
    values, lost = _values(field, kind)
    return change_field(form, key, values, table=table, readers=readers), lost


def _values(field: Part, kind: str) -> tuple[dict[str, Any], list[str]]:
    """Return the properties that change, as change_field takes them, and what gets lost in words."""
    values: dict[str, Any] = {"type": kind, "derive": None, "partial": field.get("partial") if kind == "date" else None}
    lost = []

    def drop(name: str, words: str) -> None:
        if field.get(name) not in (None, "", [], {}, False):
            lost.append(words)
        values[name] = None

    if field.get("derive") is not None:
        lost.append(_("the answers that it is made of"))
    if kind not in WITH_UNIT:
        drop("unit", _("the unit"))
    if kind != "decimal":
        values["decimals"] = None
    if kind == "note":
        drop("required", _("must be answered"))
        values["prints"] = None
    if kind not in WITH_EXAMPLE:
        drop("example", _("the example"))
    if kind not in _WITH_OPTIONS:
        drop("options", _("the answers to choose from"))
        drop("options_from", _("the answers to choose from"))
    if kind != "choice" or field.get("type") == "yes_no":
        drop("default", _("the answer chosen beforehand"))
    if kind == "table":
        values["repeat"] = field.get("repeat") or _NEW_TABLE
    else:
        drop("columns", _("the columns with their questions"))
        values["repeat"] = None
    values["rules"], gone = _rules(field, kind)
    prefill = field.get("prefill")
    if prefill and prefill not in prefills_of(kind):
        drop("prefill", _("filled in beforehand: %(source)s") % {"source": PREFILL_WORDS.get(str(prefill), prefill)})
    about = str(field.get("about") or "")
    if about and about.partition(":")[2] not in facts_of(kind):
        drop("about", _("asks of a person: %(fact)s") % {"fact": about_words(about)})
    return values, list(dict.fromkeys(lost)) + gone


def _rules(field: Part, kind: str) -> tuple[list[Any], list[str]]:
    stored = field.get("rules")
    rules = [rule for rule in (stored if isinstance(stored, list) else []) if isinstance(rule, Mapping)]
    known = rules_of(kind)
    gone = [rule_words(rule, {}) for rule in rules if rule.get("name") not in known]
    return [rule for rule in rules if rule.get("name") in known], gone
