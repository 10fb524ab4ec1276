"""What the applicant's pages show, prepared so that their templates only write it down.

Reading only; every function returns template context or rows. ``language`` is
'vi' or 'en'.
"""

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from common import onetime
from common.clock import LOCAL
from common.forms.typed import as_sent
from common.templatetags.ui import STATUS_TAGS
from common.values.divisions import address_text
from eforms import schema as form_schema
from eforms.answering import anchor, section_form
from notifications.models import Notification
from procedures import labels as words
from procedures.catalogue import effective_level
from procedures.models import Offering, Procedure, ProcedureVersion
from procedures.public import detail

from .. import hooks
from ..filing import drafts, submission, supplements
from ..models import FINAL, Delivery, Dossier, PaperKind, ScanState, Status, SupplementRequest
from ..models.papers import Paper
from ..timeline import history

PAGE = 20
MAX_FILES_LISTED = 100
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The order of "my dossiers" and the heading each rank stands under.
RANK = Case(
    When(status=Status.AWAITING_SUPPLEMENT, then=Value(0)),
    When(Q(status=Status.DECIDED) & ~Q(delivery=Delivery.POST), then=Value(1)),
    When(status=Status.DRAFT, then=Value(2)),
    When(status__in=FINAL, then=Value(4)),
    default=Value(3),
    output_field=IntegerField(),
)
GROUPS: dict[int, Any] = {
    0: gettext_lazy("Waiting for you"),
    1: gettext_lazy("Waiting for you"),
    2: gettext_lazy("Waiting for you"),
    3: gettext_lazy("Under way"),
    4: gettext_lazy("Closed dossiers"),
}


def kilobytes(size: int) -> str:
    """Return a file size in words: '340 KB', '2,4 MB'."""
    if size < 1024 * 1024:
        return f"{max(size // 1024, 1)} KB"
    return f"{size / 1024**2:.1f} MB".replace(".", ",")


# Before you start -----------------------------------------------------------------------------------------------------


def preset_unit(request: HttpRequest, entry: drafts.Entry) -> str:
    """Return the unit asked for in the address, else that of the person's residence, else ''."""
    asked = entry.offering(request.GET.get("unit", ""))
    if asked is not None:
        return asked.unit.slug
    address = request.user.address if request.user.is_authenticated else None
    commune = (address or {}).get("commune")
    home = next((offering for offering in entry.offerings if commune and offering.unit.division_code == commune), None)
    return home.unit.slug if home else ""


def before_you_start(request: HttpRequest, procedure: Procedure, entry: drafts.Entry, form: Any) -> dict[str, Any]:
    """Return the start page: papers, minutes, fee, deadline, units. Four queries, one more when signed in."""
    version = entry.version
    assert version is not None
    papers = [paper for paper in version.papers.all() if not (paper.from_form and version.form)]
    drafts = []
    if request.user.is_authenticated:
        drafts = list(
            Dossier.objects.of_owner(request.user)
            .filter(status=Status.DRAFT, version__procedure=procedure)
            .exclude(revision=0, saved_at=F("created_at"))
            .order_by("-saved_at")
            .values("ref", "saved_at")[:3]
        )
    return {
        "procedure": procedure,
        "version": version,
        "form": form,
        "chooses_unit": len(entry.offerings) > 1,
        "unit": entry.offerings[0].unit,
        "papers": papers,
        "minutes": minutes_needed(version, len(papers)),
        "deadline": words.time_words(version),
        "fees": fee_lines(version, entry.offerings),
        "level": max(effective_level(version, offering) for offering in entry.offerings),
        "drafts": drafts,
        "key": onetime.new_key() if request.user.is_authenticated else "",
        "next": request.get_full_path(),
    }


def minutes_needed(version: ProcedureVersion, papers: int) -> int:
    """Return about how long filling in takes, in steps of five minutes."""
    questions = sum(len(section["fields"]) for section in (version.form or {}).get("sections", []))
    return max(5, math.ceil((questions * 0.4 + papers * 2 + 2) / 5) * 5)


def fee_lines(version: ProcedureVersion, offerings: tuple[Offering, ...]) -> list[str]:
    """Return the fee and a caution as lines; a local fee stands when every unit sets the same one. One query."""
    local = {offering.fee_vnd for offering in offerings}
    common = offerings[0] if len(local) == 1 else None
    fee, caution = words.fee_words(version.fees.all(), common)
    return [line for line in (fee, caution) if line]


def why_not(procedure: Procedure, entry: drafts.Entry, day: date) -> dict[str, Any] | None:
    """Return why a procedure cannot be filed online and where to go on; None when nothing of it was ever published.

    Three queries at most. ``begins`` is the day on which a version or an online offering begins.
    """
    published = procedure.versions.exclude(published_at=None)
    version = entry.version or published.filter(effective_from__lte=day).last() or published.first()
    if version is None:
        return None
    name, language = words.name_in(version)
    is_coming = version.effective_from > day
    begins = version.effective_from if is_coming else None
    if not entry.is_over and not is_coming and version.level >= drafts.ONLINE_LEVEL:
        later = Offering.objects.filter(procedure=procedure, since__gt=day, level__gte=drafts.ONLINE_LEVEL)
        begins = later.order_by("since").values_list("since", flat=True).first()
    return {
        "procedure": procedure,
        "name": name,
        "language": language,
        "is_over": entry.is_over,
        # Retired, or closed for new dossiers while it still applies?
        "is_retired": entry.version is None,
        "accepted_until": procedure.accept_until,
        "successor": detail.successor_of(version, day) if entry.is_over else None,
        "begins": begins,
        "has_page": not is_coming,
        "level": entry.level,
    }


# The list -------------------------------------------------------------------------------------------------------------


def list_page(user: Any, cursor: str, *, language: str) -> tuple[list[dict[str, Any]], str]:
    """Return one page of a person's dossiers as rows and the cursor of the next ('' on the last).

    First what waits for the person (a supplement, a result, a draft), then what
    the authority works on, then what has ended; each newest first. One query,
    answers are not read.
    """
    after = Q()
    place = read_cursor(cursor)
    if place is not None:
        rank, saved_at, pk = place
        after = Q(rank__gt=rank) | Q(rank=rank, saved_at__lt=saved_at)
        after |= Q(rank=rank, saved_at=saved_at, pk__lt=pk)
    name = "version__name_en" if language == "en" else "version__name"
    found = list(
        Dossier.objects.of_owner(user)
        .annotate(rank=RANK)
        .filter(after)
        .order_by("rank", "-saved_at", "-pk")
        .values(
            "pk", "ref", "code", "status", "delivery", "saved_at", "submitted_at", "due_at", "rank",
            "received_by__short_name", "version__name", name,
        )[: PAGE + 1]
    )  # fmt: skip
    last = found[PAGE - 1] if len(found) > PAGE else None
    labels = dict(Status.choices)
    rows = [list_row(item, item[name] or item["version__name"], labels) for item in found[:PAGE]]
    return rows, cursor_of(last) if last else ""


def cursor_of(item: dict[str, Any]) -> str:
    """Return the place of a row in the list as a text for addresses."""
    return f"{item['rank']}.{(item['saved_at'] - EPOCH) // timedelta(microseconds=1)}.{item['pk']}"


def read_cursor(text: str) -> tuple[int, datetime, int] | None:
    """Return the place that a text of :func:`cursor_of` names; None for anything else."""
    if not re.fullmatch(r"[0-4]\.\d{1,17}\.\d{1,18}", text, re.ASCII):
        return None
    rank, microseconds, pk = (int(number) for number in text.split("."))
    return rank, EPOCH + timedelta(microseconds=microseconds), pk


def list_row(item: dict[str, Any], title: str, labels: dict[int, Any]) -> dict[str, Any]:
    """Return one dossier of the list, ready to print."""
    status = item["status"]
    is_draft = status == Status.DRAFT
    todo, page = todo_of(status, item["delivery"])
    return {
        "url": reverse("applicant:dossier", args=[item["ref"]]),
        "group": GROUPS[item["rank"]],
        "title": title,
        "code": item["code"] or "",
        "unit": item["received_by__short_name"],
        "is_draft": is_draft,
        "tag": STATUS_TAGS[status],
        "status": labels[status],
        "saved": day_text(item["saved_at"]) if is_draft else "",
        "expires": day_text(item["saved_at"] + timedelta(days=drafts.DRAFT_DAYS)) if is_draft else "",
        "submitted": day_text(item["submitted_at"]),
        "due": day_and_time(item["due_at"]) if status in (Status.RECEIVED, Status.PROCESSING) else "",
        "todo": todo,
        "todo_url": reverse(page, args=[item["ref"]]) if page else "",
    }


def day_text(moment: datetime | None) -> str:
    """Return a moment's local day as 27/03/2026."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y}" if moment else ""


def day_and_time(moment: datetime | None) -> str:
    """Return a moment as 14:05, 27/03/2026 in local time."""
    return f"{moment.astimezone(LOCAL):%H:%M, %d/%m/%Y}" if moment else ""


def todo_of(status: int, delivery: str) -> tuple[str, str]:
    """Return what waits for the applicant in a status and the URL name where to do it; ('', '') for nothing."""
    if status == Status.DRAFT:
        return _("Continue filling in"), "applicant:dossier"
    if status == Status.AWAITING_SUPPLEMENT:
        return _("Add what is missing"), "applicant:supplement"
    if status == Status.DECIDED and delivery != Delivery.POST:
        is_online = delivery == Delivery.ONLINE
        return _("Receive the result") if is_online else _("See how to receive the result"), "applicant:result"
    return "", ""


# A draft --------------------------------------------------------------------------------------------------------------


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
        "title": words.name_in(dossier.version)[0],
        "parts": parts,
        "done": progress.parts_done,
        "total": progress.parts,
        "is_complete": progress.is_complete,
        "next_url": next((item["url"] for item in parts if not item["is_done"]), review),
        "is_new": dossier.revision == 0,
        "expires": drafts.expires(dossier),
    }


def file_row(paper: Paper, user: Any) -> dict[str, Any]:
    """Return one given paper as its card shows it; a link only when this person may open the file."""
    return {
        "ref": paper.ref,
        "name": paper.original_name or paper.name,
        "size": kilobytes(paper.size) if paper.file else "",
        "pages": paper.pages if paper.media_type == "application/pdf" else 0,
        "can_open": may_open(paper, user),
        "scan": paper.get_scan_state_display() if paper.scan_state in (ScanState.PENDING, ScanState.INFECTED) else "",
    }


def may_open(paper: Paper, user: Any) -> bool:
    """Tell whether a person who may see the dossier may fetch this file: until it is clean only its uploader."""
    if not paper.file or paper.scan_state == ScanState.INFECTED:
        return False
    return paper.scan_state != ScanState.PENDING or paper.uploaded_by_id == user.pk


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
        "title": words.name_in(dossier.version)[0],
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


def delivery_words(dossier: Dossier) -> list[str]:
    """Return how the result travels as lines; empty when not chosen yet."""
    if not dossier.delivery:
        return []
    lines = [str(dossier.get_delivery_display())]
    target = dossier.delivery_address if dossier.delivery == Delivery.POST else None
    if target:
        lines += [f"{target.get('name', '')}, {target.get('phone', '')}", address_text(target.get("address"))]
    return lines


# A submitted dossier --------------------------------------------------------------------------------------------------


def tracking(dossier: Dossier, user: User, now: datetime, language: str) -> dict[str, Any]:
    """Return the page of a submitted dossier. About eight queries, whatever its length."""
    form = dossier.version.form
    given = list(dossier.papers.filter(replaced_at=None)[:MAX_FILES_LISTED])
    sections = form_schema.summary(form_schema.load(form), dossier.answers, language) if form else []
    shown_panels = [panel(dossier, user) for panel in hooks.panels]
    entries = history.timeline(dossier, history.OWNER)
    return {
        "dossier": dossier,
        "title": words.name_in(dossier.version)[0],
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
        "slips": dossier.slips.only("pk", "kind", "number", "issued_at", "dossier_id"),
        "panels": [panel for panel in shown_panels if panel is not None],
        "may_supplement": dossier.status == Status.AWAITING_SUPPLEMENT,
        "may_withdraw": dossier.status in WITHDRAWABLE,
        "may_copy": dossier.status in (Status.REFUSED, Status.STOPPED),
        "may_receive": dossier.status == Status.DECIDED and dossier.delivery == Delivery.ONLINE,
        "may_download": dossier.status == Status.RETURNED,
    }


def messages_sent(dossier: Dossier, user: User) -> list[dict[str, Any]]:
    """Return the latest messages to the applicant; their page need not name its own code again. One query."""
    sent = Notification.objects.filter(subject_type="dossier", subject_ref=dossier.ref, recipient=user)
    return [
        {
            "subject": capfirst(message.subject.partition(f"{dossier.code}: ")[2] or message.subject),
            "created_at": message.created_at,
            "body": message.body,
        }
        for message in sent.order_by("-pk")[:30]
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


WITHDRAWABLE = (
    Status.SUBMITTED,
    Status.RECEIVED,
    Status.PROCESSING,
    Status.AWAITING_SUPPLEMENT,
    Status.AWAITING_PAYMENT,
)


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
    for state in supplements.states(request):
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
