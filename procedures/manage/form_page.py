"""What the pages of the form builder show, prepared for their templates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.text import in_order, lower_first
from eforms.answering import AnswerForm, section_form
from eforms.builder.cross_checks import words_of
from eforms.builder.forms import PaperForm, kind_of
from eforms.builder.labels import PREFILL_WORDS, about_words, condition_text, rule_words, type_name
from eforms.builder.raw import Part, Reader, checks_of, columns_of, fields_of, groups_of, name_of, sections_of, text_of
from eforms.builder.usage import sources_of
from eforms.checking import check_form
from eforms.parts import Schema, SchemaError, SchemaFault, Section
from eforms.schema import load

from ..models import ProcedureVersion, RequiredPaper, VersionStatus
from ..versions import parts

MAX_COPIES_OFFERED = 300


@dataclass(slots=True)
class Row:
    """One question or column as a line of the builder."""

    key: str
    name: str
    kind: str
    facts: list[str]
    faults: list[SchemaFault]
    columns: list[str] = field(default_factory=list)
    group: "GroupRow | None" = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """The title of a group above the question that begins it, and whether the group can go up or down."""

    title: str
    can_rise: bool
    can_sink: bool


def overview(version: ProcedureVersion, papers: Sequence[Reader], asked: str, day: date) -> dict[str, Any]:
    """Return everything the page of the whole form shows; ``asked`` is the section to preview, '' for none."""
    form = version.form or {}
    faults = check_form(form) if version.form is not None else []
    known = {str(part.get("key")): part for section in sections_of(form) for part in fields_of(section)}
    sections = [
        {
            "key": str(section.get("key")),
            "name": name_of(section),
            "intro": text_of(section.get("intro")),
            "condition": condition_text(section.get("show_if"), known),
            "faults": [one for one in faults if one.place.section == section.get("key") and not one.place.field],
            "rows": grouped_rows(section, faults, known),
        }
        for section in sections_of(form)
    ]
    keys = [str(section["key"]) for section in sections]
    # Nobody looks at a section before asking: the page stays light.
    chosen = asked if asked in keys else ""
    return {
        "title": text_of(form.get("title")),
        "basis": form.get("basis", "") if isinstance(form.get("basis", ""), str) else "",
        "sections": sections,
        "faults": [one for one in faults if not one.place.section],
        "checks": [
            {"key": str(check.get("key")), "name": text_of(check.get("message")), "effect": words_of(check)}
            for check in checks_of(form)
        ],
        "wrong": sum(not one.is_warning for one in faults),
        "count": sum(len(fields_of(section)) for section in sections_of(form)),
        "papers": [(name, condition_text(condition, known)) for name, condition in papers],
        "preview": preview_of(version, chosen, day) if chosen else None,
        "chosen": chosen,
    }


def note(page: dict[str, Any], anchor: str, text: str) -> bool:
    """Put a text beside the section or question that an anchor names; says whether there is one."""
    for section in page["sections"]:
        if anchor == f"section-{section['key']}":
            section["note"] = text
            return True
        for row in section["rows"]:
            if anchor == f"field-{row.key}":
                row.note = text
                return True
    for check in page["checks"]:
        if anchor == f"check-{check['key']}":
            check["note"] = text
            return True
    return False


def rows(
    parts: Iterable[Part], faults: Sequence[SchemaFault] = (), known: Mapping[str, Part] | None = None
) -> list[Row]:
    """Return questions or columns as lines; ``known`` are the questions that their conditions read."""
    parts = list(parts)
    known = known if known is not None else {str(part.get("key")): part for part in parts}
    return [
        Row(
            str(part.get("key")),
            name_of(part),
            type_name(kind_of(part)),
            _facts(part, known),
            [one for one in faults if one.place.field == part.get("key")],
            [name_of(column) for column in columns_of(part)],
        )
        for part in parts
    ]


def grouped_rows(section: Part, faults: Sequence[SchemaFault], known: Mapping[str, Part]) -> list[Row]:
    """Return the questions of a section as lines, those that begin a group with its title."""
    found = rows(fields_of(section), faults, known)
    groups = groups_of(section)
    starts = {group[0].get("key"): n for n, group in enumerate(groups) if "group" in group[0]}
    for row in found:
        if row.key in starts:
            n = starts[row.key]
            title = text_of(groups[n][0]["group"])
            # Questions without a title come first: nothing goes above them.
            row.group = GroupRow(title, n > 0 and "group" in groups[n - 1][0], n + 1 < len(groups))
    return found


def _facts(part: Part, known: Mapping[str, Part]) -> list[str]:
    names = {key: name_of(other) for key, other in known.items()}
    facts = []
    if part.get("required") is True:
        facts.append(_("must be answered"))
    if part.get("show_if") is not None:
        facts.append(_("only if %(condition)s") % {"condition": condition_text(part["show_if"], known)})
    if part.get("unit") is not None:
        facts.append(_("unit: %(unit)s") % {"unit": text_of(part["unit"])})
    if isinstance(part.get("derive"), Mapping):
        keys = [key.partition(".") for key in sources_of(part["derive"])]
        found = [names.get(key, key) + (f".{column}" if column else "") for key, _dot, column in keys]
        facts.append(_("made of: %(names)s") % {"names": ", ".join(found)})
    rules = part.get("rules")
    facts += [rule_words(rule, names) for rule in (rules if isinstance(rules, list) else []) if isinstance(rule, dict)]
    prefill = part.get("prefill")
    if isinstance(prefill, str) and prefill:
        key = prefill.removeprefix("answer:")
        source = PREFILL_WORDS.get(prefill) or names.get(key, key)
        facts.append(_("filled in beforehand: %(source)s") % {"source": source})
    if part.get("about"):
        facts.append(_("asks of a person: %(fact)s") % {"fact": about_words(str(part["about"]))})
    if part.get("prints") is False:
        facts.append(_("not printed"))
    return facts


# Preview ------------------------------------------------------------------------------------------------------------


def readable(form: Any) -> Schema | None:
    """Return the schema of a draft without the sections that are still empty; None while something is wrong."""
    if not isinstance(form, Mapping):
        return None
    try:
        return load({**form, "sections": [part for part in sections_of(form) if fields_of(part)]})
    except SchemaError:
        return None


def preview_of(version: ProcedureVersion, key: str, day: date) -> AnswerForm | None:
    """Return a section as citizens get it, its ids apart from those of the page; None when it cannot be shown yet."""
    schema = readable(version.form)
    section = next((one for one in schema.sections if one.key == key), None) if schema else None
    return preview_form(schema, section, {}, day) if schema and section else None


def preview_form(
    schema: Schema, section: Section, answers: Mapping[str, Any], day: date, data: Any = None
) -> AnswerForm:
    """Return the form of a section for trying it out, shown after ``answers``."""
    made = section_form(schema, section, answers, data=data, today=day)
    made.auto_id = "try_%s"
    made.helper.disable_csrf = True
    return made


# Beginning with another form ----------------------------------------------------------------------------------------


def forms_to_copy(version: ProcedureVersion) -> list[tuple[str, str]]:
    """Return code and name of the procedures whose newest published version has a form. One query."""
    published = ProcedureVersion.objects.filter(status=VersionStatus.PUBLISHED, form__isnull=False)
    others = published.exclude(procedure=version.procedure_id)
    found = others.order_by("procedure__sort_key", "procedure__code", "-number")
    names: dict[str, str] = {}
    for code, name in found.values_list("procedure__code", "name")[:MAX_COPIES_OFFERED]:
        names.setdefault(code, name)
    return in_order(names.items(), name=lambda row: row[1])


def form_of(code: str) -> dict[str, Any] | None:
    """Return a copy of the newest published form of a procedure, None when it has none. One query."""
    if "\0" in code or len(code) > 20:
        return None
    published = ProcedureVersion.objects.filter(
        procedure__code=code, status=VersionStatus.PUBLISHED, form__isnull=False
    )
    form: dict[str, Any] | None = published.order_by("-number").values_list("form", flat=True).first()
    return form


# Papers -------------------------------------------------------------------------------------------------------------


def add_paper(
    version: ProcedureVersion, revision: int, by: User, now: datetime, form: PaperForm, before: Sequence[Part]
) -> None:
    """Add the paper that a file question means; raises Refused when the draft has moved on."""
    cleaned = form.cleaned_data
    known = {str(part.get("key")): part for part in before}
    condition = cleaned["condition"]
    if cleaned["show_if"] and not condition:
        condition = _("When %(condition)s") % {"condition": lower_first(condition_text(cleaned["show_if"], known))}
    elif not cleaned["required"] and not condition:
        condition = _("If there is one")
    values = {name: cleaned[name] for name in ("name", "name_en", "originals", "copies", "show_if")}
    values |= {"is_required": cleaned["required"], "condition": condition[:300]}
    parts.add(RequiredPaper, version, revision, values, by, now)
