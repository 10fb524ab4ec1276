"""What the page of a submitted dossier and its supplement show."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from common.database.compiled import Compiled
from common.templatetags.ui import spoken
from eforms import schema as form_schema
from notifications.models import Notification
from procedures import labels
from procedures.papers import is_asked

from ... import hooks
from ...actions.payment import UNSETTLED
from ...actions.supplement import Item, states
from ...filing import supplements
from ...models import CorrectionRequest, Delivery, Dossier, PaperKind, Side, Slip, Status, TalkFile
from ...models.papers import Paper
from ...records import papers
from ...records.papers import present
from ...table import CORRECTABLE, TABLE, Action
from ...talk.thread import Thread, thread
from ...timeline import history, next_steps, promises
from ...timeline.awaited import awaited_until
from ...timeline.meeting import Meeting, meeting
from . import calendar_file
from .given import delivery_words, file_row, file_rows

MAX_FILES_LISTED = 100


WITHDRAWABLE = TABLE[Action.REQUEST_WITHDRAWAL].sources


_slips: Compiled[Slip] = Compiled(
    lambda dossier: Slip.objects.filter(dossier=dossier).only("pk", "kind", "issued_at", "voided_at")
)
_messages: Compiled[Any] = Compiled(
    lambda ref, user: (
        Notification.objects.filter(subject_type="dossier", subject_ref=ref, recipient=user)
        .order_by("-pk")
        .values_list("subject", "created_at", "body", "language", named=True)[:30]
    )
)


def tracking(dossier: Dossier, user: User, now: datetime, language: str) -> dict[str, Any]:
    """Return the page of a submitted dossier. Six queries, whatever its length; one more for files of the talk."""
    form = dossier.version.form
    given = present(dossier)[:MAX_FILES_LISTED]
    sections = form_schema.summary(form_schema.load(form), dossier.answers, language) if form else []
    entries = history.timeline(dossier, history.OWNER)
    promised = papers.promised(dossier, given, language)
    signing = meeting(dossier, promised, now)
    return {
        "dossier": dossier,
        "title": labels.name_in(dossier.version)[0],
        "sentence": history.status_sentence(dossier, history.OWNER, now),
        "stages": promises.stages(dossier),
        "received": promises.received_words(dossier),
        "meeting": signing,
        "may_add_meeting": calendar_file.has_meeting(signing),
        "next_step": next_step(dossier, promised, signing, entries, now),
        "reason": reason_now(dossier, entries),
        "holder": history.holder_panel(dossier, now),
        "may_add_to_calendar": calendar_file.has_promise(dossier, now),
        "entries": entries,
        "papers": [paper_row(dossier, paper, user, language) for paper in given],
        "sections": [{"title": section.title.say(language), "rows": rows} for section, rows in sections],
        "delivery": delivery_words(dossier),
        "messages_sent": messages_sent(dossier, user),
        "slips": _slips.all(dossier.pk),
        "talk": talk_of(dossier, now),
        "panels": hooks.ask(hooks.panels[history.OWNER], dossier, user),
        "buttons": hooks.ask(hooks.buttons[history.OWNER], dossier, user),
        "answer_by": awaited_until(dossier),
        "may_supplement": dossier.status == Status.AWAITING_SUPPLEMENT,
        "may_correct": dossier.status in CORRECTABLE,
        "correction": correction_of(dossier),
        "may_withdraw": dossier.status in WITHDRAWABLE,
        "may_copy": dossier.status in (Status.REFUSED, Status.STOPPED),
        "may_receive": dossier.status == Status.DECIDED
        and dossier.delivery == Delivery.ONLINE
        and dossier.fee_state not in UNSETTLED,
        "may_download": dossier.status == Status.RETURNED,
    }


_correction: Compiled[CorrectionRequest] = Compiled(
    lambda dossier: CorrectionRequest.objects.filter(dossier=dossier, closed_at=None)
)


def correction_of(dossier: Dossier) -> CorrectionRequest | None:
    """Return the open correction of a dossier that may still be corrected; one query at most."""
    return _correction.first(dossier.pk) if dossier.status in CORRECTABLE else None


def correctable(dossier: Dossier, language: str) -> dict[str, tuple[str, Item]]:
    """Return what may be corrected, by the key of its choice: the sections of the form, then the papers. One query.

    Of papers those that were given and those of the list; the item is recorded in Vietnamese.
    """
    found: dict[str, tuple[str, Item]] = {}
    if dossier.version.form:
        schema = form_schema.load(dossier.version.form)
        for section in schema.visible_sections(dossier.answers):
            found[f"section-{section.key}"] = (
                section.title.say(language),
                Item(None, section.key, section.title.vi, ""),
            )
    version, given = dossier.version, present(dossier)
    beyond = [paper for paper in given if paper.required_id is None]
    listed = [paper for paper in version.papers.all() if is_asked(version, paper, dossier.answers)]
    for required in listed:
        name = required.name_en if language == "en" and required.name_en else required.name
        found[f"paper-{required.pk}"] = (name, Item(required.pk, "", required.name, ""))
    for n, name in enumerate(dict.fromkeys(paper.name for paper in beyond)):
        found[f"further-{n}"] = (name, Item(None, "", name, ""))
    return found


def talk_of(dossier: Dossier, now: datetime) -> Thread:
    """Return the talk of a dossier as its owner reads it; one query, one more where files came along."""

    def url_of(file: TalkFile) -> str:
        return reverse("applicant:talk_file", args=[dossier.ref, file.ref])

    return thread(dossier, Side.OWNER, now, url_of)


def messages_sent(dossier: Dossier, user: User) -> list[dict[str, Any]]:
    """Return the latest messages to the applicant; their page need not name its own code again. One query."""
    return [
        {
            "subject": capfirst(message.subject.partition(f"{dossier.code}: ")[2] or message.subject),
            "created_at": message.created_at,
            "body": message.body,
            "language": message.language,
        }
        for message in _messages.all(dossier.ref, user.pk)
    ]


def next_step(
    dossier: Dossier,
    promised: list[str],
    signing: Meeting | None,
    entries: list[history.TimelineEntry],
    now: datetime,
) -> str:
    """Return what the applicant does now: before reception first the ``promised`` originals the commune waits for.

    Those who come to sign bring the originals then.
    """
    if dossier.status != Status.SUBMITTED or not promised or signing:
        return next_steps.for_applicant(dossier, entries, now, signing.to_do if signing else "")
    bring: str = hooks.next_step(dossier)
    if not bring:
        names = "; ".join(map(spoken, promised))
        bring = mark_safe(escape(_("Bring these papers to the commune: %(papers)s.")) % {"papers": names})  # noqa: S308
    return format_html("{} {}", bring, promises.answer_of(dossier, next_steps.waits_since(dossier, entries), now).words)


def paper_row(dossier: Dossier, paper: Paper, user: User, language: str) -> dict[str, Any]:
    """Return a given paper as the page shows it: the file by its own name, ``for`` which paper it is."""
    name = papers.name_in(dossier.version, paper, language)
    row = file_row(paper, user) | {"kind": paper_words(paper), "for": name}
    return row if paper.original_name else row | {"name": name}


def reason_now(dossier: Dossier, entries: list[history.TimelineEntry]) -> str:
    """Return why a dossier was refused, stopped, or what it lacks; '' in other statuses."""
    if dossier.status not in (Status.REFUSED, Status.STOPPED, Status.AWAITING_SUPPLEMENT):
        return ""
    return next((entry.text for entry in entries if entry.status == dossier.status and entry.text), "")


def paper_words(paper: Paper) -> str:
    """Return how a paper was given; '' for a file."""
    return "" if paper.kind == PaperKind.FILE else str(paper.get_kind_display())


def supplement_cards(dossier: Dossier, request: Any, user: Any, language: str) -> list[dict[str, Any]]:
    """Return the items of an open request as cards: a paper to give anew, or a section to correct.

    ``request`` is what ``filing.supplements.opened`` returns.
    """
    cards = []
    for state in states(request, dossier):
        item = state.item
        key = f"{supplements.ITEM_PREFIX}{item.pk}"
        may_bring = item.required is None or item.required.may_bring_original
        cards.append(
            {
                "key": key,
                "name": papers.name_in(dossier.version, item, language),
                "reason": item.reason,
                "is_given": state.is_answered,
                "section_url": reverse("applicant:section", args=[dossier.ref, item.section]) if item.section else "",
                "files": file_rows([paper for paper in state.given if paper.kind == PaperKind.FILE], user),
                "promise": next((paper for paper in state.given if paper.kind != PaperKind.FILE), None),
                "may_promise": may_bring and not item.section and not state.given,
                "upload_url": reverse("applicant:paper_upload", args=[dossier.ref, key]),
                "promise_url": reverse("applicant:paper_promise", args=[dossier.ref, key]),
                "paper_ref": dossier.ref,
            }
        )
    return cards
