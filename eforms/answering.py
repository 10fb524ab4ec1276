"""Django forms made from one section of a form schema.

The server decides what counts: a question whose condition is false is never
required and its answer stays in the draft. Without scripts it is shown under
"Only answer if …"; with scripts ``data-conditional`` hides it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from accounts import remembering
from accounts.models import Kind, User
from common.forms.fields import ANSWERS
from common.forms.typed import Typed, typed_of
from common.text import page_language
from common.values.identity import birth_warning, id_kind

from . import schema as form_schema
from .filling.arranging import Questions
from .filling.boxes import as_typed, form_field
from .filling.filled import SentSection
from .filling.pages import ANSWER, beforehand, folded_questions, known_answer, own_questions
from .schema import Answers, Question, Schema, Section

# Says what is wrong with an answer, '' for nothing.
Check = Callable[[Any], str]
_OF_BIRTH = ("personal_number", "birth", "sex")


def known_data(user: User) -> dict[str, Any]:
    """Return what an account knows for filling in forms, by pre-fill source; empty values left out.

    For organisations and enterprises the person is their representative. One
    query for those, none for citizens.
    """
    data: dict[str, Any] = {
        "full_name": user.full_name,
        "birth": user.birth,
        "sex": user.sex,
        "personal_number": user.identity_number,
        "id_kind": user.identity_kind,
        "phone": user.phone,
        "email": user.email or "",
        "address": user.address or {},
        **remembering.values(user),
    }
    if user.kind != Kind.CITIZEN:
        person = getattr(user, "representative", None)
        data |= {"organisation_name": user.full_name, "tax_code": user.tax_code, "birth": "", "sex": "", "id_kind": ""}
        data |= {
            "full_name": person.full_name if person else "",
            "representative_position": person.position if person else "",
            "personal_number": person.personal_number if person else "",
        }
    if data["personal_number"] and not data["id_kind"]:
        data["id_kind"] = remembering.PAPERS.get(id_kind(data["personal_number"]), "")
    if data["full_name"]:
        number = data["personal_number"]
        data["person"] = {
            "full_name": data["full_name"],
            "birth": data["birth"],
            "sex": data["sex"],
            "id_kind": data["id_kind"],
            "id_number": number,
        }
    return {source: value for source, value in data.items() if value}


def section_form(
    schema: Schema,
    section: Section,
    answers: Answers,
    *,
    data: Mapping[str, Any] | None = None,
    prefill: Mapping[str, Any] | None = None,
    language: str | None = None,
    today: date,
    filed: date | None = None,
) -> "AnswerForm":
    """Return the form of a section: unbound it shows ``answers`` and pre-fills the rest, bound it checks ``data``.

    ``prefill`` is :func:`known_data` of the account. ``filed``: the day on which the answers were filed, of a section
    that alone is open again. What is worked out and compared counts as on that day, and what goes against an answer of
    another section is told here. No queries.
    """
    return AnswerForm(
        schema,
        section,
        answers,
        data=data,
        prefill=prefill or {},
        language=language or page_language(),
        today=today,
        filed=filed,
    )


def anchor(key: str) -> str:
    """Return the id of a question on the page of its section: where a link to change the answer leads."""
    return f"id_{ANSWERS}-{key}-group"


class AnswerForm(forms.Form):
    """The questions of one section; their boxes are called ``answer-<key>``."""

    prefix = ANSWERS
    use_required_attribute = False
    # What packages above check besides the schema.
    further: Mapping[str, Check] = MappingProxyType({})

    def __init__(
        self,
        schema: Schema,
        section: Section,
        answers: Answers,
        *,
        data: Mapping[str, Any] | None,
        prefill: Mapping[str, Any],
        language: str,
        today: date,
        filed: date | None = None,
    ) -> None:
        super().__init__(data)
        self.filed, self.counted_on = filed, filed or today
        # By section what was sent where something of it is at fault; known once the form is checked.
        self.typed_in: dict[str, Typed] = {}
        # The answers that count, once the form is checked.
        self.counted: dict[str, Any] = {}
        # Who can be filled in on the page (filling.offers.groups).
        self.offers: list[dict[str, Any]] = []
        self.schema, self.section, self.language, self.today = schema, section, language, today
        self.stored = form_schema.with_calculated(schema, answers, today=self.counted_on)
        own = {field.key for field in section.fields}
        live = form_schema.live_answers(schema, self.stored)
        self.known = prefill
        self.before = {key: value for key, value in live.items() if key not in own}
        self.asked = [field for field in section.fields if self._may_show(field, live)]
        for field in self.asked:
            if field.is_asked:
                self.fields[field.key] = form_field(field, language)
                self.initial[field.key] = as_typed(field, self._initial(field))
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Questions(self)

    def _may_show(self, field: Question, live: Answers) -> bool:
        """Whether the field belongs on the page: its condition holds, or hangs on a question of this page.

        A calculated one stands there once it is known.
        """
        if field.derive is not None:
            # What is only written out, in words, is for the paper.
            return field.type != "text" and field.key in live
        local = form_schema.condition_fields(field.show_if) & {other.key for other in self.section.fields}
        return bool(local) or form_schema.show(field.show_if, self.before)

    def _initial(self, field: Question) -> Any:
        if field.key in self.stored:
            return self.stored[field.key]
        found = known_answer(field, self.section, self.known)
        if not found and field.prefill.startswith(ANSWER):
            found = self.stored.get(field.prefill.removeprefix(ANSWER))
        return found or field.default or None

    def folded(self, section: Section) -> list[Question]:
        """Return the questions of a section of the page that are folded away, as long as they stand as known."""
        if self.is_bound:
            return []
        return [
            field
            for field in folded_questions(section, self.known)
            if field.key in self.fields and self.initial[field.key] == beforehand(field, section, self.known)
        ]

    @property
    def title(self) -> str:
        """Return the title of the section in the language of the form; where several share the page, of the form."""
        topic = self.section if len(self.section.members) == 1 else self.schema
        return topic.title.say(self.language)

    @property
    def intro(self) -> str:
        """Return the introduction of the section in the language of the form; of several, each has its own below."""
        return self.section.intro.say(self.language) if len(self.section.members) == 1 else ""

    @property
    def typed(self) -> Typed:
        """Return the boxes of the sections in which something typed is at fault, as they were sent."""
        return {box: texts for boxes in self.typed_in.values() for box, texts in boxes.items()}

    @property
    def wants_row(self) -> bool:
        """Whether the button for another table row was pressed: the page is shown again, without faults."""
        return any(f"{self.add_prefix(field.key)}_more" in self.data for field in self.asked if field.type == "table")

    def full_clean(self) -> None:
        """Check what was sent; when only another row was asked for, report nothing."""
        super().full_clean()
        if self.is_bound:
            for section in self.section.members:
                self.typed_in[section.key] = typed_of(self, {field.key for field in section.fields})
        if self.is_bound and self.wants_row:
            self.errors.clear()

    def is_valid(self) -> bool:
        """Whether the page may be left: all answers right, and no further row asked for."""
        return super().is_valid() and not self.wants_row

    def clean(self) -> dict[str, Any]:
        """Apply the schema: hidden questions are never at fault, visible ones are checked against its rules."""
        cleaned = self.cleaned_data
        known = dict(self.before)
        for field in self.section.fields:
            if field.type == "note" or (field.is_asked and field.key not in self.fields):
                continue
            if not form_schema.show(field.show_if, known):
                self.errors.pop(field.key, None)
                continue
            if field.key in self.errors:
                continue
            try:
                day = self.today if field.is_asked else self.counted_on
                value = form_schema.clean_value(field, cleaned.get(field.key), known, today=day)
            except ValidationError as error:
                self.add_error(field.key, error)
                continue
            known[field.key] = value
            if field.is_asked:
                cleaned[field.key] = value
            further = self.further.get(field.key)
            if further and not form_schema.is_empty(value) and (fault := further(value)):
                self.add_error(field.key, fault)
            for check in form_schema.errors_at(self.schema, field.key, known, self.counted_on):
                self.add_error(check.box if check.box in self.fields else None, check.said)
                known.pop(field.key, None)
        if self.filed:
            made = form_schema.with_calculated(self.schema, known, today=self.filed)
            live = form_schema.live_answers(self.schema, made)
            for check, box in form_schema.errors_beyond(self.schema, self.section, live, self.filed):
                self.add_error(box if box in self.fields else None, check.said)
        self.counted = known
        return cleaned

    @property
    def warning(self) -> str:
        """What to look at again, never a refusal: checks that warn; a number that fits neither birth nor sex."""
        cleaned = getattr(self, "cleaned_data", {})
        told: dict[str, dict[str, str]] = {}
        for field in self.asked:
            person, fact = field.fact
            told.setdefault(person, {})[fact] = str(cleaned.get(field.key) or "")
        found = (birth_warning(*(facts.get(fact, "") for fact in _OF_BIRTH)) for facts in told.values())
        number = next(filter(None, found), "")
        checks = form_schema.warnings(self.schema, self.counted, self.counted_on, self.section)
        return " ".join([*filter(None, [number]), *(check.said for check in checks)])

    def answers(self) -> dict[str, Any]:
        """Return the answers of this page that could be read, hidden ones too; a cleared one is None.

        Merge it into the draft: ``answers | form.answers()``.
        """
        cleaned = getattr(self, "cleaned_data", {})
        return {
            key: None if form_schema.is_empty(cleaned[key]) else cleaned[key] for key in self.fields if key in cleaned
        }

    def taken_for_applicant(self, person: str) -> set[str]:
        """Return the questions of the page that are answered beforehand because somebody is who applies."""
        own = (field for section in self.section.members for field in own_questions(section, self.known))
        return {field.key for field in own if field.fact[0] == person}

    def sent_without(self, person: str) -> list[SentSection]:
        """Return what was sent with nothing of somebody who is not who applies after all; nothing of it is done yet."""
        gone = self.taken_for_applicant(person)
        boxes = tuple(self.add_prefix(key) for key in gone)
        return [
            replace(
                sent,
                answers={key: None if key in gone else value for key, value in sent.answers.items()},
                typed={box: texts for box, texts in (sent.typed or {}).items() if not box.startswith(boxes)},
            )
            for sent in self.sent_sections(lambda section: False)
        ]

    def sent_sections(self, is_done: Callable[[Section], bool]) -> list[SentSection]:
        """Return what was sent, section by section; one without a fault is done when ``is_done`` says so, too."""
        answers, found = self.answers(), []
        for section in self.section.members:
            keys = {field.key for field in section.fields}
            is_right = not self.wants_row and not keys & set(self.errors)
            found.append(
                SentSection(
                    section.key,
                    {key: value for key, value in answers.items() if key in keys},
                    is_right and is_done(section),
                    self.typed_in.get(section.key),
                )
            )
        return found
