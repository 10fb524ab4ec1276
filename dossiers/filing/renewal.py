"""Moves a draft to a newer version of its procedure and says what is kept and what must be looked at again.

Nothing here writes; ``filing.renew`` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.text import fold, translated
from eforms import schema as form_schema
from eforms.comparing import ASKED_ELSEWHERE, GONE, NEW, WORDS, FormChange, compare_forms
from eforms.schema import Answers, Question, Schema
from procedures import fees, labels
from procedures.models import Offering, ProcedureVersion
from procedures.papers import asked_papers

from ..actions.readiness import schema_of
from ..models import Dossier, Paper, PaperKind

# Text of these kinds fits a question of the other kind as it is.
_TEXTS = frozenset({"text", "long_text", "full_name", "id_number", "tax_code", "phone", "email"})


@dataclass(frozen=True)
class Carried:
    """What of a draft goes along.

    ``done`` are the sections that need no second look, ``changed`` those that
    were done and need one. ``again`` are the questions whose answer does not
    fit any more, ``lost`` the answered ones that are no longer asked,
    ``renamed`` those that go by another key now.
    """

    answers: dict[str, Any]
    done: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    again: list[Question] = field(default_factory=list)
    lost: list[Question] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)


def carry(old: Schema | None, new: Schema | None, answers: Answers, done: Iterable[str], *, today: date) -> Carried:
    """Take answers from one form to the next: every one that still fits stays."""
    if new is None:
        return Carried({})
    before = form_schema.live_answers(old, answers) if old else dict(answers)
    kept, errors = form_schema.clean_all(new, _translated(old, new, answers), today=today)
    old_fields = {item.key: item for _section, item in old.fields()} if old else {}
    new_fields = {item.key: item for _section, item in new.fields()}
    renamed = dict(_renamed(old_fields, new_fields))
    asked = {item.key for section in new.visible_sections(kept) for item in _visible(section, kept)}
    again, lost = [], []
    for key, item in old_fields.items():
        target = renamed.get(key, key)
        if form_schema.is_empty(before.get(key)) or not form_schema.is_empty(kept.get(target)):
            continue
        if target in asked and new_fields[target].is_asked:
            again.append(new_fields[target])
        elif target not in new_fields:
            lost.append(item)
    was_done = set(done)
    still = [key for key in done if old and _is_untouched(key, old, new, before, kept) and key not in errors]
    changed = [
        section.key for section in new.visible_sections(kept) if section.key in was_done and section.key not in still
    ]
    return Carried(kept, still, changed, again, lost, renamed)


def _visible(section: form_schema.Section, answers: Answers) -> tuple[Question, ...]:
    """Return the fields of a section that the answers call for; a hidden answer shows nothing further."""
    known = dict(answers)
    shown = []
    for item in section.fields:
        if form_schema.show(item.show_if, known):
            shown.append(item)
        else:
            known.pop(item.key, None)
    return tuple(shown)


def _is_untouched(key: str, old: Schema, new: Schema, before: Answers, kept: Answers) -> bool:
    """Tell whether a section asks the same questions as before and keeps all its answers."""
    was = next((section for section in old.sections if section.key == key), None)
    now = next((section for section in new.visible_sections(kept) if section.key == key), None)
    if was is None or now is None or was != now:
        return False
    questions = [[item.key for item in _asked(section, known)] for section, known in ((was, before), (now, kept))]
    return questions[0] == questions[1] and all(before.get(key) == kept.get(key) for key in questions[1])


def _asked(section: form_schema.Section, known: Answers) -> Iterable[Question]:
    return (item for item in _visible(section, known) if item.is_asked)


def _translated(old: Schema | None, new: Schema, answers: Answers) -> dict[str, Any]:
    """Return the answers in the shapes of the newer form: renamed questions and choices, other kinds of question."""
    if old is None:
        return dict(answers)
    old_fields = {item.key: item for _section, item in old.fields()}
    new_fields = {item.key: item for _section, item in new.fields()}
    made = dict(answers)
    for key, target in list(_renamed(old_fields, new_fields)):
        if key in made and target not in made:
            made[target] = made.pop(key)
            old_fields[target] = old_fields[key]
    for key, item in new_fields.items():
        if key in made and key in old_fields:
            made[key] = _fitting(made[key], old_fields[key], item)
    return made


def _renamed(old: Mapping[str, Question], new: Mapping[str, Question]) -> Iterable[tuple[str, str]]:
    """Yield (old key, new key) of questions that kept their words and kind but not their key."""
    fresh = {(fold(item.label.vi), item.type): key for key, item in new.items() if key not in old and item.is_asked}
    for key, item in old.items():
        target = fresh.pop((fold(item.label.vi), item.type), None) if key not in new else None
        if target is not None:
            yield key, target


def _fitting(value: Any, old: Question, new: Question) -> Any:
    """Return an answer as the newer question takes it, as far as that can be told."""
    if new.type in ("choice", "choices", "yes_no") and old.options:
        labels = {fold(option.label.vi): option.value for option in new.options}
        values = {option.value for option in new.options}
        found = [
            item if item in values else labels.get(fold(old.option_label(str(item), "vi")), item)
            for item in (value if isinstance(value, list) else [value])
        ]
        if new.type == "choices":
            return found
        return found[0] if len(found) == 1 else None
    if new.type in _TEXTS and old.type in _TEXTS:
        return value
    if new.type == "table" and old.type == "table" and isinstance(value, list):
        columns = {column.key: column for column in old.columns}
        return [
            {
                column.key: _fitting(row[column.key], columns.get(column.key, column), column)
                for column in new.columns
                if column.key in row
            }
            for row in value
            if isinstance(row, Mapping)
        ]
    if new.type in ("text", "long_text") and old.type in ("number", "money"):
        return str(value)
    return value


# The page before it happens -------------------------------------------------------------------------------------------


def page(dossier: Dossier, newer: ProcedureVersion, day: date, language: str) -> dict[str, Any]:
    """Say what a newer version changes for this draft. Seven queries."""
    old, new = schema_of(dossier.version), schema_of(newer)
    carried = carry(old, new, dossier.answers, dossier.completed_sections, today=day)
    sections = new.visible_sections(carried.answers) if new else ()
    shown = {section.key for section in sections}
    # Whether a question is asked depends on answers: what this person never sees is left out.
    concerned = {item.key for section in sections for item in _visible(section, carried.answers)}
    known = {*carried.renamed, *carried.renamed.values()}
    changes = [
        change
        for change in compare_forms(old, new, language)
        if not (change.kind in (NEW, GONE) and change.field in known) and _concerns(change, shown, concerned, dossier)
    ]
    groups: dict[str, list[FormChange]] = {}
    for change in changes:
        groups.setdefault(change.section, []).append(change)
    titles = {section.key: section.title.say(language) for form in (old, new) if form for section in form.sections}
    given = list(dossier.papers.filter(replaced_at=None).select_related("required"))
    before = form_schema.live_answers(old, dossier.answers) if old else dossier.answers
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "newer": newer,
        "facts": _facts(dossier, newer, day),
        "groups": [{"title": titles.get(key, ""), "changes": found} for key, found in groups.items()],
        "kept": len(carried.answers),
        "again": [item.label.say(language) for item in carried.again],
        "lost": [item.label.say(language) for item in carried.lost],
        "done": [titles[key] for key in carried.done],
        "changed": [titles[key] for key in carried.changed],
        "papers": _paper_words(dossier, newer, before, carried.answers, given),
    }


def _facts(dossier: Dossier, newer: ProcedureVersion, day: date) -> list[tuple[str, str, str]]:
    """Return time and fee where they are others now: what it is, before, now. Three queries."""
    offering = Offering.objects.filter(unit=dossier.received_by, procedure=newer.procedure_id).first()
    own = fees.own_fees(offering, day)
    old, new = ([labels.time_words(version), *_fee(version, own)] for version in (dossier.version, newer))
    names = (_("Time"), _("Fee"), _("Fee in some cases"))
    return [row for row in zip(names, old, new, strict=True) if row[1] != row[2]]


def _fee(version: ProcedureVersion, own: fees.Own) -> tuple[str, str]:
    return fees.fee_words(version.fees.with_exemptions(), own)


def _concerns(change: FormChange, shown: set[str], concerned: set[str], dossier: Dossier) -> bool:
    """Tell whether an applicant needs to know of a change: of what they see now, or had answered."""
    if change.kind == GONE:
        return bool(change.field) and not form_schema.is_empty(dossier.answers.get(change.field))
    if change.section not in shown or change.kind in (WORDS, ASKED_ELSEWHERE):
        return False
    return change.field in concerned if change.field else change.kind == NEW


def _paper_words(
    dossier: Dossier, newer: ProcedureVersion, before: Answers, kept: Answers, given: list[Paper]
) -> list[str]:
    """Say which papers are asked for newly, which no longer, and what becomes of files sent already."""
    papers = asked_papers(newer, kept)
    known = set(newer.papers.values_list("key", flat=True))
    asked_before = {required.key: required for required in asked_papers(dossier.version, before)}
    asked_now = {required.key for required in papers}
    found = []
    for required in papers:
        if required.key not in asked_before:
            text = _("New: “%(name)s”.") if required.is_required else _("New, when it applies to you: “%(name)s”.")
            found.append(text % {"name": translated(required, "name")})
        elif required.is_required and not asked_before[required.key].is_required:
            found.append(_("Now always needed: “%(name)s”.") % {"name": translated(required, "name")})
    gone = {key: translated(required, "name") for key, required in asked_before.items() if key not in asked_now}
    files = {paper.required.key for paper in given if paper.required and paper.kind == PaperKind.FILE}
    for key, name in gone.items():
        text = (
            _("No longer needed: “%(name)s”. Your file is removed.")
            if key in files and key not in known
            else _("No longer needed: “%(name)s”.")
        )
        found.append(text % {"name": name})
    return found
