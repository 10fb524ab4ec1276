"""Whose facts the pages of a draft can fill in: the account's, and those of people whom its own dossiers name."""

from collections.abc import Iterable
from typing import Any

from eforms.answering import AnswerForm, known_data
from eforms.filling.offers import Known, known_here
from eforms.filling.people import Person, asked_about, facts_in, known_beforehand, people, subject
from eforms.parts import APPLICANT
from eforms.schema import answer_text, is_empty, live_answers

from ...actions.readiness import schema_of
from ...models import Dossier

# Of so many dossiers, the newest, and so many people of them.
DOSSIERS, PEOPLE = 5, 8


def known_for(form: AnswerForm, dossier: Dossier, user: Any) -> list[Known]:
    """Return whose facts a page offers; one query, none where it asks about the applicant alone."""
    if not set(asked_about(form.section)) - {APPLICANT}:
        return []
    return known_here(form, known_data(user), earlier_people(dossier, user))


def known_of(dossier: Dossier, user: Any, but: Iterable[str] = ()) -> dict[str, Any]:
    """Return what pre-fills a draft; ``but`` are people of the form who are not who applies after all.

    One query for an organisation, none for a citizen.
    """
    schema, own = schema_of(dossier.version), known_data(user)
    if dossier.acting:
        # Who applies is somebody else; letters and calls reach who files.
        own = {fact: value for fact, value in own.items() if fact in ("phone", "email")}
    return known_beforehand(schema, dossier.answers, own, but) if schema else own


def applicant_of(dossier: Dossier) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what a filed form says of an owner who applies: its facts as answers and, for people, in Vietnamese.

    Nothing where the owner filed for somebody else, though that person may have the same name.
    """
    schema = schema_of(dossier.version)
    if schema is None or dossier.acting:
        return {}, {}
    live = live_answers(schema, dossier.answers)
    fields = [(field.fact[1], field) for _section, field in schema.fields() if field.fact[0] == APPLICANT]
    # As of the facts, the first answer of each counts.
    texts: dict[str, str] = {}
    for fact, field in fields:
        if not is_empty(live.get(field.key)):
            texts.setdefault(fact, answer_text(field, live[field.key], "vi"))
    return facts_in(fields, live), texts


def subject_of(dossier: Dossier) -> str:
    """Return the name of whom a draft is about, or is filed for; '' while nobody is named. No query."""
    schema = schema_of(dossier.version)
    if schema is None:
        return ""
    named = subject(schema, dossier.answers)
    return named or (next((one.name for one in people(schema, dossier.answers)), "") if dossier.acting else "")


def earlier_people(dossier: Dossier, user: Any) -> list[tuple[str, Person]]:
    """Return the people named in the person's own submitted dossiers, newest first, with the ref of each. One query."""
    others = Dossier.objects.of_owner(user).filter(status__gt=0).exclude(pk=dossier.pk)
    found: list[tuple[str, Person]] = []
    for other in others.only("ref", "version", "answers").order_by("-saved_at", "-pk")[:DOSSIERS]:
        schema = schema_of(other.version)
        found += [(other.ref, one) for one in (people(schema, other.answers) if schema else [])]
    return found[:PEOPLE]
