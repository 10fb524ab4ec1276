"""What the pages of a draft show: its parts, its papers, its review."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from common.forms.typed import as_sent
from eforms import schema as form_schema
from eforms.answering import anchor, section_form
from procedures import labels

from ...filing import drafts, submission
from ...models import Dossier
from .given import delivery_words, file_row


def part(url: str, title: str, state: str) -> dict[str, Any]:
    """Return one part of the task list; ``state`` is done, begun, new, changed or faulty."""
    states = {"done": pgettext("part", "Done"), "begun": pgettext("part", "In progress"), "new": _("Not started")}
    states |= {"changed": _("Look again"), "faulty": _("To be corrected")}
    tags = {"done": "ok", "begun": "soon", "new": "neutral", "changed": "late", "faulty": "late"}
    return {"url": url, "title": title, "state": states[state], "tag": tags[state], "is_done": state == "done"}


def task_list(dossier: Dossier, day: date, language: str) -> dict[str, Any]:
    """Return the parts of a draft with their states and the next one to do. Two queries."""
    progress = submission.Progress(dossier, day)
    parts = []
    for section in progress.sections:
        state = "done" if progress.is_done(section) else "begun" if progress.is_begun(section) else "new"
        if progress.is_faulty(section):
            state = "faulty"
        elif progress.is_changed(section):
            state = "changed"
        url = reverse("applicant:section", args=[dossier.ref, section.key])
        parts.append(part(url, section.title.say(language), state))
    if progress.cards:
        given = any(card.is_given for card in progress.cards)
        state = "done" if progress.has_papers else "begun" if given else "new"
        parts.append(part(reverse("applicant:papers", args=[dossier.ref]), _("Papers"), state))
    state = "faulty" if progress.has_faulty_delivery else "done" if progress.has_delivery else "new"
    parts.append(part(reverse("applicant:delivery", args=[dossier.ref]), _("Receiving the result"), state))
    review = reverse("applicant:review", args=[dossier.ref])
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "parts": parts,
        "done": progress.parts_done,
        "total": progress.parts,
        "is_complete": progress.is_complete,
        "next_url": next((item["url"] for item in parts if not item["is_done"]), review),
        "is_new": dossier.revision == 0,
        "expires": drafts.expires(dossier),
    }


def paper_cards(progress: submission.Progress, user: Any, error_key: str = "", error: str = "") -> list[dict[str, Any]]:
    """Return the cards of the papers page; the one a file was refused for carries the reason."""
    ref = progress.dossier.ref
    return [
        {
            "key": card.required.key,
            "name": card.required.name,
            # What is needed is needed: its condition has been answered.
            "condition": "" if card.is_needed else card.required.condition,
            "is_optional": not card.is_needed,
            "is_given": card.is_given,
            "files": [file_row(paper, user) for paper in card.files],
            "promise": card.promise,
            "may_promise": card.required.may_bring_original and not card.is_given,
            "error": error if card.required.key == error_key else "",
            "upload_url": reverse("applicant:paper_upload", args=[ref, card.required.key]),
            "promise_url": reverse("applicant:paper_promise", args=[ref, card.required.key]),
            "paper_ref": ref,
        }
        for card in progress.cards
    ]


def following_url(progress: submission.Progress, section: form_schema.Section) -> str:
    """Return the page after a section: the next section, the papers, or the delivery."""
    ref = progress.dossier.ref
    keys = [other.key for other in progress.sections]
    position = keys.index(section.key) + 1 if section.key in keys else len(keys)
    if position < len(keys):
        return reverse("applicant:section", args=[ref, keys[position]])
    return reverse("applicant:papers" if progress.cards else "applicant:delivery", args=[ref])


def faults(progress: submission.Progress, section: form_schema.Section) -> dict[str, str]:
    """Return what is wrong in a section by question: in what is kept as typed, else in the answers."""
    kept = (progress.dossier.typed or {}).get(section.key)
    if not kept or progress.schema is None:
        return progress.errors.get(section.key, {})
    form = section_form(progress.schema, section, progress.dossier.answers, data=as_sent(kept), today=progress.day)
    return {key: " ".join(map(str, messages)) for key, messages in form.errors.items()}


def review(progress: submission.Progress, language: str) -> dict[str, Any]:
    """Return everything the applicant is about to submit, with what is missing as links."""
    dossier = progress.dossier
    ref = dossier.ref
    sections = [
        {
            "title": section.title.say(language),
            "is_begun": progress.is_begun(section),
            "is_faulty": progress.is_faulty(section),
            "url": reverse("applicant:section", args=[ref, section.key]) + "?back=review",
            "rows": [
                {
                    "anchor": anchor(key),
                    "label": label,
                    # What was answered before stands for nothing while something else is typed there.
                    "text": "" if progress.is_faulty(section) and key in wrong else text,
                    "error": wrong.get(key, ""),
                }
                for key, label, text in rows
            ],
        }
        for section, rows in (
            form_schema.summary(progress.schema, dossier.answers, language) if progress.schema else []
        )
        for wrong in [faults(progress, section)]
    ]
    missing = [
        {
            "url": reverse("applicant:section", args=[ref, section.key]),
            "text": section.title.say(language),
            "is_faulty": progress.is_faulty(section),
        }
        for section in progress.missing_sections
    ]
    missing += [
        {"url": f"{reverse('applicant:papers', args=[ref])}#paper-{card.required.key}", "text": card.required.name}
        for card in progress.missing_papers
    ]
    if not progress.has_delivery:
        unchosen = {"text": _("Receiving the result"), "is_faulty": progress.has_faulty_delivery}
        missing.append(unchosen | {"url": reverse("applicant:delivery", args=[ref])})
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "sections": sections,
        "papers": [
            {
                "name": card.required.name,
                "texts": [paper.original_name for paper in card.files]
                or [_("The original will be brought to the commune") if card.promise else _("Nothing yet")],
                "is_missing": card.is_needed and not card.is_given,
            }
            for card in progress.cards
            if card.is_needed or card.is_given
        ],
        "delivery": delivery_words(dossier),
        "missing": missing,
    }
