"""What the list of a person's dossiers shows, in order of what waits for the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.clock import LOCAL
from common.database.compiled import Compiled
from common.templatetags.ui import STATUS_TAGS, spoken, vi_date
from common.web.paging import cursor_at, keyset_page
from procedures.models.names import short_name

from ... import hooks
from ...filing import drafts
from ...models import FINAL, Delivery, Dossier, FeeState, Status
from ...talk.thread import unread_by_owner
from .known import subject_of

PAGE = 20
# Nothing is owed any more, or perhaps not much longer.
NOT_PAID_FOR = (*FINAL, Status.WITHDRAWAL_REQUESTED)


# The rank of a result that its owner takes or collects.
FETCHED = 1


def rank() -> Case:
    """Return the order of "my dossiers"; :data:`GROUPS` has the heading each rank stands under."""
    is_fetched = ~Q(delivery=Delivery.POST)
    for held in hooks.held:
        is_fetched |= Q(held())
    return Case(
        When(status__in=[Status.AWAITING_SUPPLEMENT, Status.AWAITING_PAYMENT], then=Value(0)),
        When(Q(status=Status.DECIDED) & is_fetched, then=Value(FETCHED)),
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


COLUMNS = (
    "id", "rank", "ref", "code", "status", "delivery", "saved_at", "submitted_at", "due_at", "fee_state",
    "received_by__short_name", "version__name", "version__name_en", "has_news", "cancelled_at",
)  # fmt: skip
ORDER = ("rank", "-saved_at", "-pk")


def owned(user: Any) -> Any:
    """Return a person's dossiers as tuples of :data:`COLUMNS`; answers are not read."""
    found = Dossier.objects.of_owner(user).annotate(rank=rank(), has_news=unread_by_owner())
    return found.values_list(*COLUMNS, named=True)


# The page that everybody opens; the further ones are built anew.
_first_page: Compiled[Any] = Compiled(lambda user: owned(user).order_by(*ORDER)[: PAGE + 1])


@dataclass(frozen=True)
class ListRow:
    """One dossier of the list, ready to print; what does not concern it is empty."""

    url: str
    group: str
    title: str
    about: str
    code: str
    unit: str
    is_draft: bool
    tag: str
    status: str
    saved: str
    expires: str
    submitted: str
    due: str
    todo: str
    todo_url: str
    fee: str
    fee_url: str
    fee_label: str
    talk_url: str


def list_page(user: Any, cursor: str, *, language: str) -> tuple[list[ListRow], str]:
    """Return one page of a person's dossiers as rows and the cursor of the next ('' on the last).

    First what waits for the person (a supplement, a result, a draft), then what
    the authority works on, then what has ended; each newest first. One query, two more for drafts, one for
    fees that are owed.
    """
    if cursor:
        page = keyset_page(owned(user), ORDER, after=cursor, size=PAGE, has_empty=False)
        return list_rows(page.rows, language), page.next
    found = _first_page.all(user.pk)
    rows = found[:PAGE]
    following = cursor_at(rows[-1].rank, rows[-1].saved_at, rows[-1].id) if len(found) > PAGE else ""
    return list_rows(rows, language), following


def list_rows(found: Iterable[Any], language: str) -> list[ListRow]:
    """Return rows of :func:`owned` ready to print."""
    groups = {rank: str(words) for rank, words in GROUPS.items()}
    statuses = {status.value: str(status.label) for status in Status}
    # reverse() once a page: a reference is letters and digits.
    head, tail = reverse("applicant:dossier", args=["REF"]).split("REF")
    made, found = [], list(found)
    owing = [row.id for row in found if row.fee_state == FeeState.OWED and row.status not in NOT_PAID_FOR]
    owed = hooks.owed[0](owing) if owing else {}
    about = subjects([row.id for row in found if row.status == Status.DRAFT])
    for dossier in found:
        status = dossier.status
        is_draft = status == Status.DRAFT
        todo, page = todo_of(status, dossier.rank, dossier.delivery)
        fee = owed.get(dossier.id)
        # Its entry of a book was cancelled after it had been handed over.
        is_crossed_out = status == Status.RETURNED and dossier.cancelled_at is not None
        made.append(
            ListRow(
                url=f"{head}{dossier.ref}{tail}",
                group=groups[dossier.rank],
                title=spoken(
                    (dossier.version__name_en if language == "en" else "") or short_name(dossier.version__name)
                ),
                about=about.get(dossier.id, ""),
                code=dossier.code or "",
                unit=dossier.received_by__short_name,
                is_draft=is_draft,
                tag="neutral" if is_crossed_out else STATUS_TAGS[status],
                status=_("Cancelled") if is_crossed_out else statuses[status],
                saved=vi_date(dossier.saved_at) if is_draft else "",
                expires=vi_date(dossier.saved_at + timedelta(days=drafts.DRAFT_DAYS)) if is_draft else "",
                submitted=vi_date(dossier.submitted_at),
                due=day_and_time(dossier.due_at) if status in (Status.RECEIVED, Status.PROCESSING) else "",
                todo=todo,
                todo_url=reverse(page, args=[dossier.ref]) if page else "",
                fee=fee.words if fee else "",
                fee_url=fee.url if fee else "",
                fee_label=fee.label if fee else "",
                talk_url=reverse("applicant:talk", args=[dossier.ref]) if dossier.has_news else "",
            )
        )
    return made


def subjects(drafts: list[int]) -> dict[int, str]:
    """Return whom drafts are about, by their ids; one query, none without drafts."""
    rows = Dossier.objects.filter(pk__in=drafts).only("version", "answers", "acting") if drafts else ()
    return {row.pk: subject_of(row) for row in rows}


def day_and_time(moment: datetime | None) -> str:
    """Return a moment as 14:05, 27/03/2026 in local time."""
    return f"{moment.astimezone(LOCAL):%H:%M, %d/%m/%Y}" if moment else ""


def todo_of(status: int, rank: int, delivery: str) -> tuple[str, str]:
    """Return what waits for the applicant in a status and the URL name where to do it; ('', '') for nothing."""
    if status == Status.DRAFT:
        return _("Continue filling in"), "applicant:dossier"
    if status == Status.AWAITING_SUPPLEMENT:
        return _("Add what is missing"), "applicant:supplement"
    if rank == FETCHED:
        is_online = delivery == Delivery.ONLINE
        return _("Receive the result") if is_online else _("See how to receive the result"), "applicant:result"
    return "", ""
