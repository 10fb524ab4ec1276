"""What the pages of a draft show: its parts, its papers, its review."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.clock import local_day
from common.text import translated
from eforms.filling.progress import Progress
from eforms.schema import Section
from procedures import labels

from ... import hooks
from ...actions.readiness import Gap, Readiness
from ...filing import again, drafts
from ...hooks import DraftStep
from ...models import Dossier
from ...records.applicants import authority_words
from ...records.fees import fee_of
from .given import delivery_words, file_rows
from .starting import why_not


def part(url: str, title: str, state: str) -> dict[str, Any]:
    """Return one part of the task list; ``state`` is done, optional, begun, new, changed or faulty."""
    states = {"done": pgettext("part", "Done"), "begun": pgettext("part", "In progress"), "new": _("Not started")}
    states |= {"changed": _("Look again"), "faulty": _("To be corrected")}
    states["optional"] = pgettext("part", "Nothing required")
    tags = {"done": "ok", "optional": "neutral", "begun": "soon", "new": "neutral", "changed": "late", "faulty": "late"}
    return {
        "url": url,
        "title": title,
        "state": states[state],
        "tag": tags[state],
        "is_done": state in ("done", "optional"),
    }


def task_list(ready: Readiness, language: str) -> dict[str, Any]:
    """Return the parts of a draft with their states and the next one to do. Five queries at most."""
    dossier, form = ready.dossier, ready.form
    parts = [
        part(section_url(dossier, section), section.title.say(language), section_state(form, section))
        for section in form.sections
    ]
    if ready.asks_authority:
        state = "new" if not dossier.authority else "faulty" if ready.authority_fault else "done"
        parts.append(part(reverse("applicant:authority", args=[dossier.ref]), _("Power of attorney"), state))
    if ready.cards:
        # Papers that nobody has to give are not called done before somebody gave one.
        given, lacking = ("done", "begun") if any(card.is_given for card in ready.cards) else ("optional", "new")
        state = given if ready.has_papers else lacking
        parts.append(part(reverse("applicant:papers", args=[dossier.ref]), _("Papers"), state))
    state = "faulty" if ready.has_faulty_delivery else "done" if ready.has_delivery else "new"
    parts.append(part(reverse("applicant:delivery", args=[dossier.ref]), _("Receiving the result"), state))
    review = reverse("applicant:review", args=[dossier.ref])
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "parts": parts,
        "steps": [part(step.url, step.title, "done" if step.is_done else "optional") for step in draft_steps(ready)],
        "done": ready.parts_done,
        "total": ready.parts,
        "is_complete": not ready.missing,
        **taking(ready),
        "next_url": next((item["url"] for item in parts if not item["is_done"]), review),
        "is_new": dossier.revision == 0,
        "expires": drafts.expires(dossier),
    }


def draft_steps(ready: Readiness) -> list[DraftStep]:
    """Return the pages of a draft that may be left out, as the packages above have them."""
    return [step for make in hooks.draft_steps if (step := make(ready.dossier, ready.day)) is not None]


def taking(ready: Readiness) -> dict[str, Any]:
    """Return whether the draft can still be filed, and why its procedure has ended, if so; three queries more then."""
    ended = None
    if ready.not_taken and (ready.entry.version is None or ready.entry.is_over):
        ended = why_not(ready.dossier.version.procedure, ready.entry, ready.day)
    return {"is_taken": not ready.not_taken, "ended": ended}


def section_url(dossier: Dossier, section: Section) -> str:
    """Return the address of a section of the form."""
    return reverse("applicant:section", args=[dossier.ref, section.key])


def section_state(form: Progress, section: Section) -> str:
    """Return how far a section is, as :func:`part` takes it."""
    if form.is_faulty(section):
        return "faulty"
    if form.is_changed(section):
        return "changed"
    return "done" if form.is_done(section) else "begun" if form.is_begun(section) else "new"


def paper_cards(
    ready: Readiness, user: Any, moment: datetime, error_key: str = "", error: str = ""
) -> list[dict[str, Any]]:
    """Return the cards of the papers page; the one a file was refused for carries the reason. One query."""
    ref = ready.dossier.ref
    offered = again.offers(user, [card.required for card in ready.cards if not card.files], moment)
    return [
        {
            "key": card.required.key,
            "name": translated(card.required, "name"),
            # What is needed is needed: its condition has been answered.
            "condition": "" if card.required.is_required else translated(card.required, "condition"),
            "is_optional": not card.required.is_required,
            "is_given": card.is_given,
            "files": file_rows(card.files, user),
            "again": offer_row(ref, card.required.key, offered.get(card.required.key)),
            "promise": card.promise,
            "may_promise": card.required.may_bring_original and not card.is_given,
            "error": error if card.required.key == error_key else "",
            "upload_url": reverse("applicant:paper_upload", args=[ref, card.required.key]),
            "promise_url": reverse("applicant:paper_promise", args=[ref, card.required.key]),
            "paper_ref": ref,
        }
        for card in ready.cards
    ]


def offer_row(ref: str, key: str, offer: again.Offer | None) -> dict[str, Any] | None:
    """Return how a card offers a paper that was filed before."""
    if offer is None or offer.dossier.submitted_at is None:
        return None
    return {
        "day": local_day(offer.dossier.submitted_at),
        "code": offer.dossier.code,
        "name": offer.pages[0].original_name,
        "further": len(offer.pages) - 1,
        "url": reverse("applicant:paper_again", args=[ref, key, offer.pages[0].ref]),
        "file_url": reverse("applicant:paper_file", args=[offer.dossier.ref, offer.pages[0].ref]),
    }


def following_url(ready: Readiness, section: Section) -> str:
    """Return the page after a section: the next section, the power of attorney, the papers, or the delivery."""
    following = ready.form.following(section)
    if following is not None:
        return section_url(ready.dossier, following)
    name = "authority" if ready.authority_fault else "papers" if ready.cards else "delivery"
    return reverse(f"applicant:{name}", args=[ready.dossier.ref])


def missing_part(dossier: Dossier, gap: Gap, language: str) -> dict[str, Any]:
    """Return the link to a part that is not finished."""
    if isinstance(gap.part, Section):
        url, text = section_url(dossier, gap.part), gap.part.title.say(language)
    elif gap.part is not None:
        url = f"{reverse('applicant:papers', args=[dossier.ref])}#paper-{gap.part.key}"
        text = gap.part.name
    elif gap.code == "authority":
        url, text = reverse("applicant:authority", args=[dossier.ref]), _("Power of attorney")
    else:
        url, text = reverse("applicant:delivery", args=[dossier.ref]), _("Receiving the result")
    return {"url": url, "text": text, "is_faulty": gap.is_faulty}


def review(ready: Readiness, language: str) -> dict[str, Any]:
    """Return everything the applicant is about to submit, with what is missing as links. Eleven queries at most."""
    dossier = ready.dossier
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "sections": ready.form.review(language, lambda section: section_url(dossier, section)),
        "papers": [
            {
                "name": translated(card.required, "name"),
                "texts": [paper.original_name for paper in card.files]
                or [_("The original will be brought to the commune") if card.promise else _("Nothing yet")],
                "is_missing": card.is_missing,
            }
            for card in ready.cards
            if card.required.is_required or card.is_given
        ],
        "authority": authority_words(dossier.authority),
        "asks_authority": ready.asks_authority,
        "delivery": delivery_words(dossier),
        "fee": fee_of(dossier, ready.day),
        "steps": draft_steps(ready),
        "missing": [missing_part(dossier, gap, language) for gap in ready.missing],
        **taking(ready),
        "expires": drafts.expires(dossier),
    }
