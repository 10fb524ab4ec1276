"""A person's own dossiers in the copy of their data: what they declared, gave and were told."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.hooks import Part, Sheet
from accounts.models import User
from common.templatetags.ui import vi_datetime
from common.values.divisions import address_text
from eforms import schema as form_schema
from notifications.models import Notification

from .models import Applicant, Dossier, TalkKind
from .records.notices import SUBJECT_TYPE
from .timeline import history

BATCH = 100
_MOMENTS = ("created_at", "submitted_at", "received_at", "due_at", "decided_at", "closed_at")


def dossiers_of(user: User) -> Part:
    """Return all dossiers and drafts of a person, the oldest first. Six queries for each hundred."""
    data: list[dict[str, Any]] = []
    sheets: list[Sheet] = []
    mine = Dossier.objects.of_owner(user).order_by("pk").select_related("received_by", "applicant")
    last = 0
    while batch := list(mine.filter(pk__gt=last).prefetch_related("papers", "events", "talk__files")[:BATCH]):
        messages: dict[str, list[Notification]] = {}
        refs = [dossier.ref for dossier in batch]
        for message in Notification.objects.filter(
            subject_type=SUBJECT_TYPE, subject_ref__in=refs, recipient=user
        ).order_by("pk"):
            messages.setdefault(message.subject_ref, []).append(message)
        for dossier in batch:
            data.append(_data(dossier, messages.get(dossier.ref, [])))
            sheets.append(_sheet(dossier))
        if len(batch) < BATCH:
            break
        last = batch[-1].pk
    return Part("dossiers", data, sheets)


def _data(dossier: Dossier, messages: list[Notification]) -> dict[str, Any]:
    applicant: Applicant | None = getattr(dossier, "applicant", None)
    return {
        "code": dossier.code or "",
        "reference": dossier.ref,
        "procedure": {"code": dossier.version.procedure.code, "name": dossier.version.name},
        "unit": dossier.received_by.name,
        "status": dossier.status,
        "channel": dossier.channel,
        "filed_for": dossier.acting,
        "power_of_attorney": dossier.authority,
        **{name: _iso(getattr(dossier, name)) for name in _MOMENTS},
        "delivery": dossier.delivery,
        "delivery_address": dossier.delivery_address,
        "answers": dossier.answers,
        "applicant": None if applicant is None else _applicant(applicant),
        "papers": [
            {
                "name": paper.name,
                "kind": paper.kind,
                "file": paper.original_name,
                "size": paper.size,
                "given_at": _iso(paper.uploaded_at),
                "replaced_at": _iso(paper.replaced_at),
            }
            for paper in dossier.papers.all()
        ],
        "history": [
            {"at": _iso(event.at), "action": event.action, "reason": event.public_text} for event in _events(dossier)
        ],
        "talk": [
            {
                "at": _iso(entry.at),
                "side": entry.side,
                "kind": entry.kind,
                "name": entry.by_name,
                "text": entry.text,
                "phone": entry.phone,
                "when": entry.day_part,
                "files": [{"name": file.original_name, "size": file.size} for file in entry.files.all()],
            }
            for entry in dossier.talk.all()
        ],
        "messages": [
            {"at": _iso(message.created_at), "subject": message.subject, "text": message.body} for message in messages
        ],
    }


def _applicant(applicant: Applicant) -> dict[str, Any]:
    names = ("kind", "name", "birth", "sex", "id_kind", "id_number", "phone", "email", "address", "representative")
    return {name: getattr(applicant, name) for name in names}


def _events(dossier: Dossier) -> list[Any]:
    return sorted(dossier.events.all(), key=lambda event: event.n)


def _sheet(dossier: Dossier) -> Sheet:
    form = dossier.version.form
    rows = [
        (_("Procedure"), dossier.version.short_name),
        (_("Receiving unit"), dossier.received_by.name),
        (_("Status"), str(dossier.get_status_display())),
        (_("Submitted"), vi_datetime(dossier.submitted_at)),
        (pgettext("date", "Received"), vi_datetime(dossier.received_at)),
        (_("Ended"), vi_datetime(dossier.closed_at)),
        (_("Receiving the result"), str(dossier.get_delivery_display())),
    ]
    if dossier.delivery_address:
        rows.append((_("Sent to"), address_text(dossier.delivery_address.get("address"))))
    if form:
        for _section, answers in form_schema.summary(form_schema.load(form), dossier.answers, "vi"):
            rows += [(label, text) for _key, label, text in answers]
    rows += [(_("Paper"), paper.name) for paper in dossier.papers.all() if paper.replaced_at is None]
    rows += [
        (vi_datetime(event.at), "\n".join(filter(None, [history.describe_action(event), event.public_text])))
        for event in _events(dossier)
    ]
    rows += [
        (vi_datetime(entry.at), "\n".join(filter(None, [f"{entry.by_name}: {entry.get_kind_display()}", entry.text])))
        for entry in dossier.talk.all()
        if entry.kind != TalkKind.SEEN
    ]
    title = f"{_('Dossier')} {dossier.code}" if dossier.code else _("Draft")
    return Sheet(title, [row for row in rows if row[1]])


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
