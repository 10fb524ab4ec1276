"""What differs between two versions of a procedure, section by section, in sentences of the active language.

Works on the plain data of the exchange format; no database.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eforms.comparing import compare_forms, condition_in_words, moved_keys
from offices.models import Role

from ... import labels
from ...models import Book, TimeUnit
from ..serialising import Plain, digested
from .changes import LONG_TEXT, Change, ChangedSection, changed, pieces, schema_of
from .fees import compare_fees


def compare(before: Plain, after: Plain, language: str = "vi") -> list[ChangedSection]:
    """Return the sections in which two versions differ, in the order of SECTIONS; dates apart.

    ``before`` and ``after`` are whole versions in the exchange format.
    """
    found = {
        "info": [*_columns(before, after, _INFO), *_time(before, after)],
        "papers": _papers(before, after, language),
        "fees": compare_fees(before, after, language),
        "form": _form(before, after, language),
        "workflow": _steps(before, after),
        "documents": list(_columns(before, after, _DOCUMENTS)),
    }
    return [ChangedSection(key, changes) for key, changes in found.items() if changes]


def compare_procedures(before: Plain, after: Plain) -> list[ChangedSection]:
    """Return in what two states of a procedure differ beside its versions: one section, or none."""
    changes = list(_columns(before, after, _PROCEDURE))
    return [ChangedSection("procedure", changes)] if changes else []


# Columns ------------------------------------------------------------------------------------------------------------


def _plain(value: Any) -> str:
    return str(value)


def _yes(value: Any) -> str:
    return _("yes") if value else _("no")


def _book(value: Any) -> str:
    return str(Book(value).label)


def _lines(value: Any) -> str:
    return "; ".join(str(entry) for entry in value)


def _day(value: Any) -> str:
    return "/".join(reversed(value.split("-"))) if value else ""


def _faq(value: Any) -> str:
    return "\n".join(f"{entry['question']} – {entry['answer']}" for entry in value)


def _names(value: Any) -> str:
    return ", ".join(entry["name"] for entry in value)


Shower = Callable[[Any], str]
_INFO: dict[str, tuple[Any, Shower]] = {
    "name": (gettext_lazy("Name"), _plain),
    "name_en": (gettext_lazy("Name in English"), _plain),
    "level": (gettext_lazy("Level"), labels.level_set_words),
    "needs_presence": (gettext_lazy("Presence in person is needed"), _yes),
    "audience": (gettext_lazy("Who may file"), labels.audience_words),
    "channels": (gettext_lazy("Ways of filing"), lambda value: ", ".join(labels.channel_words(value))),
    "processing_note": (gettext_lazy("Note on the processing time"), _plain),
    "processing_note_en": (gettext_lazy("Note on the processing time, in English"), _plain),
    "outcome": (gettext_lazy("Result"), _plain),
    "outcome_en": (gettext_lazy("Result in English"), _plain),
    "conditions": (gettext_lazy("Requirements and conditions"), _plain),
    "conditions_en": (gettext_lazy("Conditions and requirements in English"), _plain),
    "note": (gettext_lazy("Note"), _plain),
    "note_en": (gettext_lazy("Good to know, in English"), _plain),
    "legal_bases": (gettext_lazy("Legal bases"), _lines),
    "dossier_sets": (gettext_lazy("Sets of the dossier"), _plain),
    "book": (gettext_lazy("Settled in one visit and entered in a book"), _book),
}
_DOCUMENTS: dict[str, tuple[Any, Shower]] = {
    "receipt_note": (gettext_lazy("Note on the receipt"), _plain),
    "letter_text": (gettext_lazy("Beginning of the decision’s letter"), _plain),
    "reasons": (gettext_lazy("Ready-made reasons"), _lines),
}
_PROCEDURE: dict[str, tuple[Any, Shower]] = {
    "sector": (gettext_lazy("Field"), lambda value: str(value["name"])),
    "life_events": (gettext_lazy("Life events"), _names),
    "synonyms": (gettext_lazy("Other names for the search"), _lines),
    "faq": (gettext_lazy("Questions and answers"), _faq),
    "notice": (gettext_lazy("Notice"), _plain),
    "accept_until": (gettext_lazy("Last day of acceptance"), _day),
    "supplement_days": (gettext_lazy("Working days in which a supplement is awaited"), str),
    "related": (gettext_lazy("Related procedures"), ", ".join),
}


def _columns(before: Plain, after: Plain, columns: Mapping[str, tuple[Any, Shower]]) -> Iterator[Change]:
    for name, (label, show) in columns.items():
        if before[name] != after[name]:
            old, new = show(before[name]), show(after[name])
            if old == new:
                old = new = ""
            yield changed(str(label), old, new) if old != new else Change(_("%(what)s: changed.") % {"what": label})


def _time(before: Plain, after: Plain) -> Iterator[Change]:
    old, new = (time_words(one["processing_amount"], one["processing_unit"]) for one in (before, after))
    if old != new:
        yield changed(_("Processing time"), old, new)


def time_words(amount: int, unit: str) -> str:
    """Write a processing time: '3 working days'."""
    label = str(TimeUnit(unit).label)
    return label if unit == TimeUnit.SAME_DAY else f"{amount} {label}"


# Papers, fees, steps --------------------------------------------------------------------------------------------------


def _papers(before: Plain, after: Plain, language: str) -> list[Change]:
    old, new = ({paper["key"]: paper for paper in one["papers"]} for one in (before, after))
    found = []
    schemas = [schema_of(before), schema_of(after)]
    moved = moved_keys(list(old), list(new))
    for key, paper in new.items():
        if key not in old:
            found.append(Change(_("New paper “%(name)s”%(count)s.") % {"name": paper["name"], "count": _counts(paper)}))
            continue
        found += _paper(old[key], paper, schemas, language)
        if key in moved:
            found.append(Change(_("“%(name)s” stands in another place.") % {"name": paper["name"]}))
    found += [
        Change(_("The paper “%(name)s” is no longer asked for.") % {"name": paper["name"]})
        for key, paper in old.items()
        if key not in new
    ]
    return found


def _counts(paper: Mapping[str, Any]) -> str:
    counts = []
    if paper["originals"]:
        counts.append(_("%(count)d original") % {"count": paper["originals"]})
    if paper["copies"]:
        counts.append(_("%(count)d copy") % {"count": paper["copies"]})
    if not paper["is_required"]:
        counts.append(_("not always needed"))
    return f" ({', '.join(counts)})" if counts else ""


def _paper(before: Plain, after: Plain, schemas: list[Any], language: str) -> Iterator[Change]:
    name = after["name"]

    def say(text: str) -> str:
        return text % {"name": name}

    if before["name"] != name:
        yield changed(_("Name of the paper"), before["name"], name)
    if before["name_en"] != after["name_en"]:
        yield changed(say(_("“%(name)s” in English")), before["name_en"], after["name_en"])
    for column, label in (
        ("originals", _("Originals of “%(name)s”")),
        ("copies", _("Copies of “%(name)s”")),
        ("valid_days", _("How many days old “%(name)s” may be")),
    ):
        if before[column] != after[column]:
            yield changed(say(label), str(before[column]), str(after[column]))
    if before["is_required"] != after["is_required"]:
        yield Change(
            say(
                _("“%(name)s” is now always needed.")
                if after["is_required"]
                else _("“%(name)s” is no longer always needed.")
            )
        )
    if before["condition"] != after["condition"]:
        yield changed(say(_("When “%(name)s” is needed")), before["condition"], after["condition"])
    if before["condition_en"] != after["condition_en"]:
        yield changed(say(_("When “%(name)s” is needed, in English")), before["condition_en"], after["condition_en"])
    if before["show_if"] != after["show_if"]:
        old, new = (
            condition_in_words(schema, paper["show_if"], language)
            for schema, paper in zip(schemas, (before, after), strict=True)
        )
        yield changed(say(_("When “%(name)s” is asked for in the online form")), old, new)
    if before["from_form"] != after["from_form"]:
        yield Change(
            say(
                _("“%(name)s” is now made from the form.")
                if after["from_form"]
                else _("“%(name)s” is no longer made from the form.")
            )
        )
    if before["may_bring_original"] != after["may_bring_original"]:
        yield Change(
            say(
                _("“%(name)s” may now be brought to the commune.")
                if after["may_bring_original"]
                else _("“%(name)s” may no longer be brought to the commune: it must be uploaded.")
            )
        )
    yield from _template(digested(before["template_file"]), digested(after["template_file"]), say)


def _template(before: Plain | None, after: Plain | None, say: Callable[[str], str]) -> Iterator[Change]:
    if before and not after:
        yield Change(say(_("“%(name)s” no longer has a template.")))
    elif after and not before:
        yield Change(say(_("“%(name)s” now has a template.")))
    elif before and after and before["sha256"] != after["sha256"]:
        yield Change(say(_("“%(name)s” has another template.")))


def _steps(before: Plain, after: Plain) -> list[Change]:
    old, new = before["steps"], after["steps"]
    found = []
    keys = [[(step["role"], step.get("unit"), step["text"]) for step in one] for one in (old, new)]
    for kind, i, j, k, m in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if kind == "equal":
            for was, now, n in zip(old[i:j], new[k:m], range(k + 1, m + 1), strict=True):
                if was["allotted"] != now["allotted"]:
                    found.append(
                        changed(_("Time of step %(n)d") % {"n": n}, _hours(was["allotted"]), _hours(now["allotted"]))
                    )
                if was["text_en"] != now["text_en"]:
                    found.append(changed(_("Step %(n)d in English") % {"n": n}, was["text_en"], now["text_en"]))
            continue
        paired = min(j - i, m - k)
        for offset in range(paired):
            label = _("Step %(n)d") % {"n": k + offset + 1}
            found.append(changed(label, step_words(old[i + offset]), step_words(new[k + offset])))
        for step in old[i + paired : j]:
            found.append(Change(_("This step is gone: %(step)s.") % {"step": step_words(step)}))
        for n, step in enumerate(new[k + paired : m], start=k + paired + 1):
            found.append(Change(_("New step %(n)d: %(step)s.") % {"n": n, "step": step_words(step)}))
    return found


def step_words(step: Plain) -> str:
    """Write one step: 'Specialist – checks the dossier (4 hours)'."""
    who = str(Role(step["role"]).label) if step["role"] else _("Applicant")
    where = f" ({step['unit']})" if step.get("unit") else ""
    text = f"{who}{where} – {step['text'].rstrip('.')}"
    return f"{text} ({_hours(step['allotted'])})" if step["allotted"] else text


def _hours(amount: float) -> str:
    return _("%(count)s hours") % {"count": f"{amount:g}".replace(".", ",")}


# The form -----------------------------------------------------------------------------------------------------------


def _form(before: Plain, after: Plain, language: str) -> list[Change]:
    if before["form"] == after["form"]:
        return []
    if before["form"] is None or after["form"] is None:
        return [Change(_("There is a form now.") if after["form"] is not None else _("There is no form any more."))]
    old, new = schema_of(before), schema_of(after)
    if old is None or new is None:
        return [Change(_("The form has changed; one of the two is unfinished and cannot be compared in words."))]
    found = [
        Change(item.text, item.before, item.after, tuple(pieces(item.before, item.after)) if _is_long(item) else ())
        for item in compare_forms(old, new, language)
    ]
    if not found and old.basis != new.basis:
        return [changed(_("Legal basis of the form"), old.basis, new.basis)]
    return found


def _is_long(item: Any) -> bool:
    return max(len(item.before), len(item.after)) > LONG_TEXT
