"""What the list of a person's dossiers shows, in order of what waits for the person."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.clock import LOCAL
from common.templatetags.ui import STATUS_TAGS

from ...filing import drafts
from ...models import FINAL, Delivery, Dossier, Status

PAGE = 20


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
