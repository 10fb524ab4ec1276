"""What a page offers for filling in a person: an identity card, the one who is signed in, people already named.

The page's buttons are called ``fill``; their values are ``<person>`` for the card, else ``<person>:<source>``.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.forms.card import ACCEPT, BUTTON, boxes_of, is_given, read_card
from common.refusals import Refused
from common.templatetags.ui import spoken
from common.text import page_language
from common.values import partial_date

from ..answering import AnswerForm
from ..parts import APPLICANT
from ..rules import age
from ..schema import Section
from .people import Facts, Laid, Person, asked_about, lay, people, subject_key

SELF = "self"
# Whoever is younger has parents and guardians, and is none.
GROWN_UP = 14


@dataclass(frozen=True)
class Known:
    """Somebody whose facts are known: ``source`` names them in a button, ``label`` on it; '' in ``person`` for oneself.

    ``is_earlier``: from a dossier filed before, offered in a fold, but for the newest in the same place there: a
    child's father of then is most likely the next one's. ``places`` are the keys under which dossiers name them.
    """

    source: str
    label: str
    facts: Facts
    person: str = ""
    is_earlier: bool = False
    places: tuple[str, ...] = ()


def known_here(form: AnswerForm, own: Facts, earlier: Iterable[tuple[str, Person]] = ()) -> list[Known]:
    """Return whose facts can be put into a page: one's own, people whom the answers name, people of earlier dossiers.

    ``own`` is what the account knows; who applies under the same name adds to it. ``earlier`` are people with the ref
    of their dossier. Nobody comes twice.
    """
    here = people(form.schema, form.stored)
    applicant = next((one for one in here if one.key == APPLICANT and (not own or one.is_same(own))), None)
    mine = {**own, **(applicant.facts if applicant else {})} if own else {}
    found = [Known(SELF, _("This person is me"), mine)] if mine.get("full_name") else []
    met = [Person(SELF, mine, applicant.where if applicant else form.section.title)] if found else []
    for ref, one in [*(("", one) for one in here), *earlier]:
        n = next((n for n, other in enumerate(met) if one.is_same(other.facts)), None)
        if n is not None:
            found[n] = replace(found[n], places=(*found[n].places, one.key))
            continue
        met.append(one)
        # Both are escaped, and marked where the page is in another language.
        words = {"name": spoken(one.name), "where": spoken(one.where.say(page_language()))}
        label = (_("%(where)s: %(name)s") if ref else _("The same as %(name)s (%(where)s)")) % words
        source = f"{ref or 'here'}.{one.key}"
        made = Known(source, mark_safe(label), one.facts, one.key, bool(ref), (one.key,))  # noqa: S308
        found.append(made)
    return found


def groups(form: AnswerForm, known: list[Known]) -> list[dict[str, Any]]:
    """Return the people whom a page asks about, each with the boxes and buttons that fill it in."""
    asked = asked_about(form.section)
    told = {field.key for section in form.section.members for field in form.folded(section)}
    where = {field.key: section.key for section in form.section.members for field in section.fields}
    return [
        {
            "key": key,
            "section": where[field.key],
            "label": spoken(field.label.say(form.language)) if len(asked) > 1 else "",
            "boxes": boxes_of(key),
            "accept": ACCEPT,
            **_sorted(form, key, known),
        }
        for key, field in asked.items()
        if field.key not in told
    ]


def _sorted(form: AnswerForm, key: str, known: list[Known]) -> dict[str, list[Known]]:
    """Return who is offered in a person's place at once, and who in a fold: most of earlier dossiers."""
    offered = _offered(form, key, known)
    again = [one for one in offered if one.is_earlier and key in one.places and key != subject_key(form.schema)][:1]
    words = _("This person is %(name)s, as in your earlier dossier")
    named = [(one, words % {"name": spoken(str(one.facts["full_name"]))}) for one in again]
    return {
        "near": [
            *(replace(one, label=mark_safe(text)) for one, text in named),
            *(one for one in offered if not one.is_earlier),
        ],
        "earlier": [one for one in offered if one.is_earlier and one not in again],
    }


def _offered(form: AnswerForm, key: str, known: list[Known]) -> list[Known]:
    """Return who can be put in a person's place: of children only in that of whom the form is about.

    Who applies is filled in from the account.
    """
    if key == APPLICANT:
        return []
    others = [one for one in known if one.is_earlier or one.person != key]
    if any(":" in fact and not fact.startswith(f"{key}:") for fact in form.known):
        # Who applies stands in somebody else's place already.
        others = [one for one in others if one.source != SELF]
    return others if key == subject_key(form.schema) else [one for one in others if not _is_child(one, form.today)]


def _is_child(one: Known, today: date) -> bool:
    years = age(one.facts.get("birth"), today, partial_date.earliest)
    return years is not None and years < GROWN_UP


def wish(request: HttpRequest, form: AnswerForm) -> str:
    """Return the person whom a sent page wants filled in, with the source behind a colon; '' for none.

    A card that was chosen or scanned counts whichever button was pressed.
    """
    asked = asked_about(form.section)
    pressed = request.POST.get(BUTTON, "")
    if pressed.partition(":")[0] in asked:
        return pressed
    return "" if "X-Autosave" in request.headers else next((key for key in asked if is_given(request, key)), "")


def topic_of(form: AnswerForm, wished: str) -> Section:
    """Return the topic of a page that asks about the person to be filled in."""
    person = wished.partition(":")[0]
    return next(section for section in form.section.members if person in asked_about(section))


def fill(request: HttpRequest, form: AnswerForm, wished: str, known: list[Known], now: datetime) -> Laid:
    """Put the facts of a card or of somebody known into a page that was sent.

    Raises :class:`~common.refusals.Refused` for a card that cannot be read, Http404 for somebody who is not offered.
    """
    key, _colon, source = wished.partition(":")
    if not source:
        return lay(form, key, read_card(request, key, now).facts(), is_self=False)
    one = next((one for one in _offered(form, key, known) if one.source == source), None)
    if one is None:
        raise Http404
    return lay(form, key, one.facts, is_self=source == SELF)


def fill_in(request: HttpRequest, form: AnswerForm, wished: str, known: list[Known], now: datetime) -> AnswerForm:
    """Return the form of a page that was sent as it is to be kept: with somebody's facts, or as typed.

    What was filled in, or why nothing was, is told on the next page.
    """
    form.is_valid()
    try:
        laid = fill(request, form, wished, known, now)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return form
    tell(request, laid)
    return laid.form


def tell(request: HttpRequest, laid: Laid) -> None:
    """Say on the next page what was filled in, and what is still to be typed."""
    if not laid.filled:
        messages.warning(request, _("Nothing of this person is asked here."))
        return
    messages.success(request, _("Filled in: %(labels)s. Please check.") % {"labels": ", ".join(laid.filled)})
    if laid.left:
        messages.info(request, _("Not known, so fill it in yourself: %(labels)s.") % {"labels": ", ".join(laid.left)})
    if laid.has_free_address:
        text = _("The address names no one commune of today and stays as text. Choose province and commune if you can.")
        messages.warning(request, text)
