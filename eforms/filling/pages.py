"""Which sections share a page: short ones that follow each other, so that nobody turns pages for two questions.

What is known of the person who applies is answered beforehand and folded away; only what is left open counts. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..parts import APPLICANT, Question, Schema, Section, condition_fields

# So many questions that are open from the start share a page; a section of more has one for itself.
SHARED_UP_TO = 12
# So many facts of a person are folded away; fewer are seen at a glance.
FOLDED_FROM = 3
ANSWER = "answer:"


@dataclass(frozen=True, slots=True)
class Page(Section):
    """Several sections as one topic: the questions of all of them, under the key of the first."""

    topics: tuple[Section, ...] = ()

    @property
    def members(self) -> tuple[Section, ...]:
        """The sections on the page, in order."""
        return self.topics


def page_of(sections: Sequence[Section]) -> Section:
    """Return sections that follow each other as one topic; a single one stays what it is."""
    first = sections[0]
    if len(sections) == 1:
        return first
    fields = tuple(field for section in sections for field in section.fields)
    return Page(first.key, first.title, first.intro, first.show_if, fields, tuple(sections))


def pages(
    schema: Schema, asked: Sequence[Section], known: Mapping[str, Any], alone: Sequence[Section] = ()
) -> list[Section]:
    """Return the sections that answers call for as pages; ``known`` is what pre-fills them, ``alone`` share with none.

    A page ends before a section whose questions hang on answers of the page, asked yet or not.
    """
    made: list[list[Section]] = []
    room = 0
    for section in schema.sections:
        if section not in asked:
            if made and not _fits(section, made[-1]):
                room = -1  # Nothing more goes on the page.
            continue
        count = open_questions(section, known)
        if made and count <= room and section not in alone and made[-1][0] not in alone and _fits(section, made[-1]):
            made[-1].append(section)
            room -= count
        else:
            made.append([section])
            room = SHARED_UP_TO - count
    return [page_of(members) for members in made]


def _fits(section: Section, before: Sequence[Section]) -> bool:
    """Whether a section reads no answer of those before it on the page, nor asks about whom one of them may name."""
    own = {field.key for one in before for field in one.fields}
    named = {option.person for one in before for field in one.fields for option in field.options} - {""}
    if named & {field.fact[0] for field in section.fields}:
        return False
    read = condition_fields(section.show_if)
    for field in section.fields:
        read |= condition_fields(field.show_if) | {str(arg) for rule in field.rules for arg in rule.args}
        read |= {field.prefill.removeprefix(ANSWER)} if field.prefill.startswith(ANSWER) else set()
    return not read & own


def open_questions(section: Section, known: Mapping[str, Any]) -> int:
    """Return how many questions of a section are open from the start: asked of everybody, and not folded away.

    A table counts as many as it has columns.
    """
    folded = {field.key for field in folded_questions(section, known)}
    asked = [field for field in section.fields if field.is_asked and field.show_if is None and field.key not in folded]
    return sum(max(1, len(field.columns)) for field in asked)


def folded_questions(section: Section, known: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions about who applies that can be folded away: answered beforehand, or not needed."""
    found = tuple(
        field for field in own_questions(section, known) if beforehand(field, section, known) or not field.is_required
    )
    facts = sum(bool(known_answer(field, section, known)) for field in found)
    return found if facts >= FOLDED_FROM else ()


def own_questions(section: Section, known: Mapping[str, Any]) -> Iterator[Question]:
    """Yield the questions about who applies, under whatever name the form asks; with a number the kind of its paper."""
    kinds = _kinds(section, known)
    for field in section.fields:
        if field.is_asked and (_is_own(field, known) or field.key in kinds):
            yield field


def known_answer(field: Question, section: Section, known: Mapping[str, Any]) -> Any:
    """Return what answers a question beforehand of all that is known, None for nothing or what it does not offer."""
    found = known.get(field.about) or known.get(field.prefill)
    if not found and field.key in (kinds := _kinds(section, known)):
        found = known.get(kinds[field.key])
    # Another form may have offered other answers.
    if field.options and all(option.value != found for option in field.options):
        return None
    return found or None


def beforehand(field: Question, section: Section, known: Mapping[str, Any]) -> Any:
    """Return what stands in a question before anybody has answered it: what is known, else its default, else None."""
    return known_answer(field, section, known) or field.default or None


def _is_own(field: Question, known: Mapping[str, Any]) -> bool:
    person = field.fact[0]
    return person == APPLICANT or bool(person and f"{person}:full_name" in known)


def _kinds(section: Section, known: Mapping[str, Any]) -> dict[str, str]:
    """Return the questions which paper the number of who applies is of, each with what tells it."""
    return {
        field.kind_question: f"{field.fact[0]}:id_kind" if field.about else "id_kind"
        for field in section.fields
        if field.fact[1] == "personal_number" and field.kind_question and _is_own(field, known)
    }
