"""Lists and page of repayments, prepared."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.values.money import format_vnd
from common.web.paging import keyset_page
from dossiers.desk.officer import Officer
from dossiers.hooks import Button

from ..collecting import refunding
from ..models import Refund, RefundStatus
from .acts import Act, may
from .fees_page import REFUND_TAGS, way_words
from .scopes import refunds_for

PAGE_SIZE = 50
# What repayments wait for, in the order in which they pass.
GROUPS: dict[str, tuple[Any, Q]] = {
    "asked": (gettext_lazy("Waiting for approval"), Q(status=RefundStatus.REQUESTED)),
    "approved": (gettext_lazy("Approved, to be paid out"), Q(status=RefundStatus.APPROVED)),
    "moving": (gettext_lazy("On the way, outcome not known"), Q(status__in=refunding.ON_ITS_WAY)),
    "ended": (
        gettext_lazy("Ended"),
        Q(status__in=(RefundStatus.SUCCEEDED, RefundStatus.FAILED, RefundStatus.DECLINED)),
    ),
}


@dataclass(frozen=True)
class Row:
    """One repayment of a list."""

    url: str
    codes: str
    amount: str
    way: str
    status: str
    tag: str
    asked_by: str
    asked_at: Any
    reason: str


def page_of(officer: Officer, group: str, *, after: str = "", before: str = "") -> dict[str, Any]:
    """Return one page of a group of repayments, the oldest first; ended ones the newest first. Four queries."""
    rows = refunds_for(officer)
    waiting = {key: condition for key, (_label, condition) in GROUPS.items() if key != "ended"}
    asked = {key: Count("pk", filter=condition) for key, condition in waiting.items()}
    counts = rows.order_by().aggregate(**asked)
    label, condition = GROUPS[group]
    order = ("-requested_at", "-pk") if group == "ended" else ("requested_at", "pk")
    listed = rows.filter(condition).prefetch_related("lines__charge__dossier")
    page = keyset_page([listed], order, after=after, before=before, size=PAGE_SIZE)
    base = reverse("money:refunds")
    return {
        "page": page,
        "rows": [row_of(refund) for refund in page.rows],
        "label": label,
        "view": group,
        "tabs": [
            {
                "label": name,
                "count": counts.get(key, ""),
                "url": f"{base}?view={key}",
                "is_current": key == group,
            }
            for key, (name, _condition) in GROUPS.items()
        ],
    }


def row_of(refund: Refund) -> Row:
    """Return a repayment in words; no query once its lines are prefetched."""
    codes = dict.fromkeys(line.charge.dossier.code or "" for line in refund.lines.all() if line.charge)
    return Row(
        url=reverse("money:refund", args=[refund.pk]),
        codes=", ".join(codes) or "–",
        amount=format_vnd(refund.amount_vnd),
        way=way_words(refund.attempt.provider),
        status=refund.get_status_display(),
        tag=REFUND_TAGS.get(RefundStatus(refund.status), "neutral"),
        asked_by=refund.requested_by.full_name if refund.requested_by else _("The portal"),
        asked_at=refund.requested_at,
        reason=refund.reason,
    )


def refund_page(officer: Officer, refund: Refund) -> dict[str, Any]:
    """Return what the page of one repayment shows, and what the officer may do with it; two queries."""
    is_sent_by_itself = refunding.is_sent(refund)
    here, unit = [refund.pk], refund.attempt.unit_id
    is_approved = refund.status == RefundStatus.APPROVED
    is_own = refund.requested_by_id == officer.user.pk
    buttons = []
    if refund.status == RefundStatus.REQUESTED and may(officer, Act.DECIDE_REFUND, unit) and not is_own:
        buttons.append(Button(reverse("money:refund_decide", args=here), _("Approve or decline"), "K"))
    if is_approved and not is_sent_by_itself and may(officer, Act.PAY_OUT, unit):
        buttons.append(Button(reverse("money:refund_transferred", args=here), _("It was transferred")))
    lines = list(refund.lines.select_related("charge__dossier"))
    return {
        "refund": refund,
        "row": row_of(refund),
        "lines": [
            (line.charge.dossier.code if line.charge else _("Paid beyond what was owed"), format_vnd(line.amount_vnd))
            for line in lines
        ],
        "fees": [reverse("money:fees", args=[line.charge.dossier.code]) for line in lines if line.charge][:1],
        "words": state_words(refund, is_sent_by_itself),
        "is_own": is_own and refund.status == RefundStatus.REQUESTED,
        "can_hand_out": is_approved and not is_sent_by_itself and may(officer, Act.PAY_OUT, unit),
        "can_ask": refund.status in refunding.ON_ITS_WAY and is_sent_by_itself,
        "buttons": buttons,
    }


def state_words(refund: Refund, is_sent_by_itself: bool) -> str:
    """Say how a repayment stands and what comes next."""
    if refund.status == RefundStatus.APPROVED:
        if is_sent_by_itself:
            return _("The portal sends it to the provider within minutes.")
        return _("Hand it out at the counter, or transfer it and enter the bank's reference.")
    return {
        RefundStatus.REQUESTED: _("A leader who did not ask for it decides."),
        RefundStatus.DECLINED: _("Nothing is paid back."),
        RefundStatus.SUBMITTED: _("It has been sent; the provider has not answered yet. The portal goes on asking."),
        RefundStatus.PROCESSING: _("The provider is working on it. The portal goes on asking."),
        RefundStatus.UNKNOWN: _(
            "Nobody knows yet whether it was made. It is not sent again: the portal asks the provider until it says."
        ),
        RefundStatus.SUCCEEDED: _("The money has been paid back."),
        RefundStatus.FAILED: _("It was not made; the money is still here. Ask for it anew."),
    }[RefundStatus(refund.status)]
