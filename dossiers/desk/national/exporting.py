"""The statuses of a period for the national portal: its own codes of ten, nothing that is not known."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from common.clock import LOCAL
from common.refusals import Refused
from common.values.working_time import at
from dossiers.models import DossierEvent, Status, System

MAX_ROWS = 20_000
# As the national portal calls them.
NATIONAL: dict[int, str] = {
    Status.SUBMITTED: "Mới đăng ký",
    Status.RECEIVED: "Được tiếp nhận",
    Status.REFUSED: "Không được tiếp nhận",
    Status.PROCESSING: "Đang xử lý",
    Status.AWAITING_SUPPLEMENT: "Yêu cầu bổ sung giấy tờ",
    Status.AWAITING_PAYMENT: "Yêu cầu thực hiện nghĩa vụ tài chính",
    Status.WITHDRAWAL_REQUESTED: "Công dân yêu cầu rút hồ sơ",
    Status.STOPPED: "Dừng xử lý",
    Status.DECIDED: "Đã xử lý xong",
    Status.RETURNED: "Đã trả kết quả",
}
HEAD = (
    "Mã hồ sơ quốc gia",
    "Mã hồ sơ tại đơn vị",
    "Mã thủ tục",
    "Mã trạng thái",
    "Trạng thái",
    "Từ lúc",
    "Tiếp nhận",
    "Hẹn trả",
    "Có kết quả",
    "Kết thúc",
)


def rows(units: Collection[int], first: date, last: date) -> list[tuple[Any, ...]]:
    """Return for each dossier of the national portal that moved in a period where it stood at its end; one query.

    ``units`` received them. A moment that has not come is empty. Raises Refused for more than :data:`MAX_ROWS`.
    """
    events = DossierEvent.objects.filter(
        dossier__external_system=System.NATIONAL,
        dossier__received_by__in=list(units),
        at__gte=at(first, time.min),
        at__lt=at(last + timedelta(days=1), time.min),
    )
    # A correction or a new date leaves the status as it was: it stands since an earlier step.
    steps = DossierEvent.objects.filter(dossier=OuterRef("dossier"), n__lte=OuterRef("n"))
    entered = steps.exclude(from_status=F("to_status")).order_by("-n").values("at")[:1]
    found = (
        events.annotate(entered_at=Subquery(entered))
        .order_by("dossier", "-n")
        .values_list(
            "dossier",
            "to_status",
            "entered_at",
            "dossier__external_code",
            "dossier__code",
            "dossier__version__procedure__code",
            "dossier__received_at",
            "dossier__due_at",
            "dossier__decided_at",
            "dossier__closed_at",
        )
    )
    made = list(_last_of_each(found, at(last + timedelta(days=1), time.min)))
    if len(made) > MAX_ROWS:
        raise Refused(_("There are too many lines for one file. Choose a shorter time."), code="size", field="first")
    return sorted(made, key=lambda row: row[1])


def _last_of_each(events: Any, end: datetime) -> Iterator[tuple[Any, ...]]:
    """Yield the last event of each dossier as a row; what came after the period's end is not in it."""
    seen = None
    for dossier, status, moved, external, code, procedure, *moments in events.iterator():
        if dossier == seen:
            continue
        seen = dossier
        received, due, *ends = moments
        come = [_said(each) if each is not None and each < end else "" for each in (received, *ends)]
        # The promised day lies ahead: it was known once the dossier was received.
        promised = _said(due) if come[0] else ""
        yield external, code, procedure, status, NATIONAL[status], _said(moved), come[0], promised, *come[1:]


def _said(moment: datetime | None) -> str:
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}" if moment else ""
