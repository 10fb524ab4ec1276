"""What the page of a submitted dossier and its supplement show."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from common.database.compiled import Compiled
from eforms import schema as form_schema
from notifications.models import Notification
from procedures import labels

from ... import hooks
from ...actions.supplement import states
from ...filing import supplements
from ...models import Delivery, Dossier, PaperKind, Slip, Status, SupplementRequest
from ...models.papers import Paper
from ...records.papers import present
from ...table import TABLE, Action
from ...timeline import history
from .given import delivery_words, file_row

MAX_FILES_LISTED = 100


WITHDRAWABLE = TABLE[Action.REQUEST_WITHDRAWAL].sources


_slips: Compiled[Slip] = Compiled(lambda dossier: Slip.objects.filter(dossier=dossier).only("pk", "kind", "issued_at"))
_messages: Compiled[Any] = Compiled(
    lambda ref, user: (
        Notification.objects.filter(subject_type="dossier", subject_ref=ref, recipient=user)
        .order_by("-pk")
        .values_list("subject", "created_at", "body", named=True)[:30]
    )
)


def tracking(dossier: Dossier, user: User, now: datetime, language: str) -> dict[str, Any]:
    """Return the page of a submitted dossier. Five queries, whatever its length."""
    form = dossier.version.form
    given = present(dossier)[:MAX_FILES_LISTED]
    sections = form_schema.summary(form_schema.load(form), dossier.answers, language) if form else []
    entries = history.timeline(dossier, history.OWNER)
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "sentence": history.status_sentence(dossier, history.OWNER, now),
        "next_step": bring_words(dossier, given) or history.next_step_for_applicant(dossier),
        "reason": reason_now(dossier, entries),
        "holder": history.holder_panel(dossier, now),
        "is_timed": dossier.status in (Status.RECEIVED, Status.PROCESSING),
        "is_paused": dossier.paused_since is not None,
        "entries": entries,
        "papers": [file_row(paper, user) | {"kind": paper_words(paper), "for": paper.name} for paper in given],
        "sections": [{"title": section.title.say(language), "rows": rows} for section, rows in sections],
        "delivery": delivery_words(dossier),
        "messages_sent": messages_sent(dossier, user),
        "slips": _slips.all(dossier.pk),
        "panels": hooks.ask(hooks.panels[history.OWNER], dossier, user),
        "buttons": hooks.ask(hooks.buttons[history.OWNER], dossier, user),
        "may_supplement": dossier.status == Status.AWAITING_SUPPLEMENT,
        "may_withdraw": dossier.status in WITHDRAWABLE,
        "may_copy": dossier.status in (Status.REFUSED, Status.STOPPED),
        "may_receive": dossier.status == Status.DECIDED and dossier.delivery == Delivery.ONLINE,
        "may_download": dossier.status == Status.RETURNED,
    }


def messages_sent(dossier: Dossier, user: User) -> list[dict[str, Any]]:
    """Return the latest messages to the applicant; their page need not name its own code again. One query."""
    return [
        {
            "subject": capfirst(message.subject.partition(f"{dossier.code}: ")[2] or message.subject),
            "created_at": message.created_at,
            "body": message.body,
        }
        for message in _messages.all(dossier.ref, user.pk)
    ]


def bring_words(dossier: Dossier, given: list[Paper]) -> str:
    """Return which promised originals the commune waits for; '' when none."""
    promised = [paper.name for paper in given if paper.kind == PaperKind.ORIGINAL_PROMISED]
    if dossier.status != Status.SUBMITTED or not promised:
        return ""
    return _("Bring these papers to the commune: %(papers)s.") % {"papers": "; ".join(promised)}


def reason_now(dossier: Dossier, entries: list[history.TimelineEntry]) -> str:
    """Return why a dossier was refused, stopped, or what it lacks; '' in other statuses."""
    if dossier.status not in (Status.REFUSED, Status.STOPPED, Status.AWAITING_SUPPLEMENT):
        return ""
    return next((entry.text for entry in entries if entry.status == dossier.status and entry.text), "")


def paper_words(paper: Paper) -> str:
    """Return how a paper was given; '' for a file."""
    return "" if paper.kind == PaperKind.FILE else str(paper.get_kind_display())


def supplement_cards(dossier: Dossier, request: SupplementRequest, user: Any, language: str) -> list[dict[str, Any]]:
    """Return the items of an open request as cards: a paper to give anew, or a section to correct."""
    titles = {}
    if dossier.version.form:
        titles = {
            section.key: section.title.say(language) for section in form_schema.load(dossier.version.form).sections
        }
    cards = []
    for state in states(request, dossier):
        item = state.item
        key = f"{supplements.ITEM_PREFIX}{item.pk}"
        may_bring = item.required is None or item.required.may_bring_original
        cards.append(
            {
                "key": key,
                "name": titles.get(item.section, item.name) if item.section else item.name,
                "reason": item.reason,
                "is_given": state.is_answered,
                "section_url": reverse("applicant:section", args=[dossier.ref, item.section]) if item.section else "",
                "files": [file_row(paper, user) for paper in state.given if paper.kind == PaperKind.FILE],
                "promise": next((paper for paper in state.given if paper.kind != PaperKind.FILE), None),
                "may_promise": may_bring and not item.section and not state.given,
                "upload_url": reverse("applicant:paper_upload", args=[dossier.ref, key]),
                "promise_url": reverse("applicant:paper_promise", args=[dossier.ref, key]),
                "paper_ref": dossier.ref,
            }
        )
    return cards
