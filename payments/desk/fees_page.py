"""What the pages of a dossier's money show, prepared: charges, claims, payments, repayments, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from common.values.money import format_vnd
from common.web.paging import Page, keyset_page
from dossiers.desk.officer import Officer
from dossiers.hooks import Button
from dossiers.models import Dossier, FeeState, Status
from offices.models import Role

from ..charges import copies
from ..collecting import correcting
from ..models import (
    ENDED_WITHOUT_MONEY,
    Attempt,
    AttemptLine,
    AttemptStatus,
    Charge,
    ChargeStatus,
    CopyOrder,
    ExemptionClaim,
    Receipt,
    Refund,
    RefundStatus,
)
from ..providers import COUNTER, TRANSFER, providers
from . import scopes
from .acts import Act, may
from .fee_lines import Line, charge_lines

# How the states of money are coloured; words stand in them.
CHARGE_TAGS = {
    ChargeStatus.OPEN: "soon",
    ChargeStatus.PARTLY_PAID: "soon",
    ChargeStatus.PAID: "ok",
    ChargeStatus.WAIVED: "ok",
}
ATTEMPT_TAGS = {
    AttemptStatus.SUCCEEDED: "ok",
    AttemptStatus.CREATED: "paused",
    AttemptStatus.PENDING: "paused",
    AttemptStatus.REVIEW: "late",
}
REFUND_TAGS = {
    RefundStatus.SUCCEEDED: "ok",
    RefundStatus.FAILED: "late",
    RefundStatus.UNKNOWN: "late",
    RefundStatus.REQUESTED: "soon",
    RefundStatus.APPROVED: "soon",
}


@dataclass(frozen=True)
class ChargeCard:
    """One charge with its lines, in words; ``owed`` is '' when nothing is."""

    n: int
    kind: str
    status: str
    tag: str
    amount: str
    owed: str
    lines: list[Line]
    decided_at: Any
    decided_by: str
    reason: str
    payer: str
    is_past: bool
    buttons: list[Button]


@dataclass(frozen=True)
class ClaimCard:
    """One claimed exemption: for whom, with which proof, how it was decided."""

    who: str
    proof: str
    claimed_at: Any
    decision: str
    tag: str
    decided_by: str
    decided_at: Any
    reason: str
    button: Button | None


@dataclass(frozen=True)
class ReceiptRow:
    """One receipt: its page to print, its PDF once it is made, and where it may be replaced."""

    number: str
    url: str
    pdf_url: str
    replace_url: str
    is_cancelled: bool


@dataclass(frozen=True)
class RefundRow:
    """One repayment in words."""

    amount: str
    status: str
    tag: str
    reason: str
    url: str
    is_asked: bool


@dataclass(frozen=True)
class AttemptCard:
    """One payment: how, how much, how it ended, its receipts and repayments; ``ask_url`` asks the provider again."""

    ref: str
    way: str
    amount: str
    status: str
    tag: str
    at: Any
    by: str
    number: str
    came: str
    ask_url: str
    proof_url: str
    receipts: list[ReceiptRow]
    refunds: list[RefundRow]
    buttons: list[Button]


@dataclass(frozen=True)
class Money:
    """All that was owed and paid for one dossier."""

    charges: list[ChargeCard]
    claims: list[ClaimCard]
    attempts: list[AttemptCard]
    owed_vnd: int
    waits: str
    copies: int = 0
    copies_button: Button | None = None
    take: list[Button] = field(default_factory=list)
    # What the fee would be by corrected answers, and the way to let it follow them.
    anew: str = ""
    follow: Button | None = None


def way_words(key: str) -> str:
    """Return a way of paying in words; its key when this installation has it no longer."""
    found = providers().get(key)
    return str(found.label) if found else key


def money_of(dossier: Dossier, officer: Officer) -> Money | None:
    """Return the money of a dossier as an officer sees it, None when nothing was ever due.

    At most twelve queries, and ten once answers were corrected.
    """
    charges = list(dossier.charges.select_related("unit", "assessed_by").prefetch_related("lines"))
    anew = correcting.look(dossier, charges)
    if not charges and anew is None:
        return None
    claims = list(dossier.exemption_claims.select_related("exemption", "decided_by"))
    receipts: Any = Receipt.objects.filter(charge__dossier=dossier).select_related("series").order_by("pk")
    attempts = list(
        scopes.attempts_of(dossier)
        .select_related("begun_by", "proof")
        .prefetch_related(
            Prefetch("receipts", receipts),
            Prefetch("refunds", Refund.objects.order_by("pk")),
            Prefetch("lines", AttemptLine.objects.all()),
        )
    )
    in_flight = {line.charge_id for attempt in attempts for line in attempt.lines.all() if line.is_live}
    waiting = any(claim.granted is None for claim in claims)
    count = copies.waiting(dossier) if dossier.status in (Status.DECIDED, Status.RETURNED) else 0
    return Money(
        charges=[_charge_card(dossier, charge, officer, charge.pk in in_flight, waiting) for charge in charges],
        claims=_claim_cards(dossier, claims, officer),
        attempts=[_attempt_card(dossier, attempt, officer) for attempt in attempts],
        owed_vnd=sum(charge.owed_vnd for charge in charges),
        waits=_waits(dossier, waiting, is_incomplete=any(row.is_owed and not row.is_complete for row in charges)),
        copies=count,
        copies_button=_copies_button(dossier, officer) if count else None,
        take=_ways_to_take(dossier, officer, [row for row in charges if row.is_owed], in_flight, waiting),
        anew=_anew_words(anew) if anew else "",
        follow=_follow_button(dossier, officer) if anew else None,
    )


def _anew_words(anew: correcting.Anew) -> str:
    facts = {"after": format_vnd(anew.total_vnd), "before": format_vnd(anew.charged_vnd)}
    return _("Answers were corrected: by them the fee is %(after)s, charged is %(before)s.") % facts


def _follow_button(dossier: Dossier, officer: Officer) -> Button | None:
    if not may(officer, Act.REASSESS, dossier.unit_id):
        return None
    return Button(reverse("money:follow", args=[dossier.code]), _("Let the fee follow the answers"))


def _copies_button(dossier: Dossier, officer: Officer) -> Button | None:
    """Return the way to hand over copies that no handing over of the result takes along."""
    is_clerk = any(post.role == Role.CLERK for post in officer.posts)
    if not is_clerk or dossier.status != Status.RETURNED:
        return None
    return Button(reverse("money:copies", args=[dossier.code]), _("Hand over paper copies"), "C")


def copies_page(officer: Officer, *, after: str = "", before: str = "") -> Page:
    """Return one page of the copies that wait at the desk after their result was taken online; one query."""
    seen = officer.dossiers().filter(status=Status.RETURNED)
    rows = CopyOrder.objects.filter(handed_at=None, dossier__in=seen).select_related("dossier__applicant")
    page = keyset_page([rows], ("ordered_at", "id"), after=after, before=before, size=50)
    shown = [
        {
            "url": reverse("money:fees", args=[row.dossier.code]),
            "code": row.dossier.code,
            "name": row.dossier.applicant.name,
            "count": row.count,
            "fee": row.dossier.get_fee_state_display() if row.dossier.fee_state else "",
        }
        for row in page.rows
    ]
    return Page(shown, page.next, page.previous)


def _waits(dossier: Dossier, is_claimed: bool, *, is_incomplete: bool) -> str:
    """Say what the fee holds up."""
    if dossier.fee_state not in (FeeState.OWED, FeeState.CLAIMED):
        return ""
    if is_claimed:
        return _("An exemption is claimed. Decide it first: until then nobody can pay.")
    if is_incomplete:
        return _("An officer has still to decide about a line of the fee: assess it anew before it is paid.")
    if dossier.status == Status.DECIDED:
        return _("The result is handed over once this fee is paid or waived.")
    return ""


def _ways_to_take(
    dossier: Dossier, officer: Officer, owed: list[Charge], in_flight: set[int], is_claimed: bool
) -> list[Button]:
    mine = [row for row in owed if row.pk not in in_flight and may(officer, Act.TAKE, row.unit_id)]
    if not mine or is_claimed:
        return []
    return [
        Button(reverse("money:take_cash", args=[dossier.code]), _("Take cash"), "T"),
        Button(reverse("money:take_transfer", args=[dossier.code]), _("Record a transfer"), "K"),
    ]


def _charge_card(
    dossier: Dossier, charge: Charge, officer: Officer, is_in_flight: bool, is_claimed: bool
) -> ChargeCard:
    def button(act: Act, name: str, label: str, *, is_danger: bool = False) -> list[Button]:
        allowed = may(officer, act, charge.unit_id)
        return [Button(reverse(name, args=[dossier.code, charge.n]), label, "", is_danger)] if allowed else []

    is_not_yet = is_claimed and charge.status == ChargeStatus.OPEN
    buttons = []
    if charge.status == ChargeStatus.OPEN and not is_in_flight:
        buttons += button(Act.NAME_PAYER, "money:payer", _("Name another payer"))
        if not charge.is_rest:
            buttons += button(Act.REASSESS, "money:reassess", _("Assess anew"))
    if charge.is_owed and not is_in_flight:
        buttons += button(Act.WAIVE, "money:waive", _("Waive"), is_danger=True)
    return ChargeCard(
        n=charge.n,
        kind=charge.get_kind_display(),
        status=_("Not to be paid yet") if is_not_yet else charge.get_status_display(),
        tag="neutral" if is_not_yet else CHARGE_TAGS.get(ChargeStatus(charge.status), "neutral"),
        amount=format_vnd(charge.amount_vnd),
        owed=format_vnd(charge.owed_vnd) if charge.owed_vnd else "",
        lines=charge_lines(charge),
        decided_at=charge.waived_at or charge.assessed_at,
        decided_by=charge.assessed_by.full_name if charge.assessed_by else "",
        reason=charge.reason,
        payer=charge.payer_name,
        is_past=charge.status == ChargeStatus.CANCELLED,
        buttons=buttons,
    )


def _claim_cards(dossier: Dossier, claims: list[ExemptionClaim], officer: Officer) -> list[ClaimCard]:
    """Return the claims in words, the same reason for several fees once."""
    same = {(row.exemption.who, row.exemption.proof, row.granted): row for row in reversed(claims)}
    return [_claim_card(dossier, claim, officer) for claim in reversed(same.values())]


def _claim_card(dossier: Dossier, claim: ExemptionClaim, officer: Officer) -> ClaimCard:
    words = {None: _("Waits for a decision"), True: _("Granted"), False: _("Declined")}
    decide = claim.granted is None and may(officer, Act.DECIDE_CLAIM, dossier.unit_id)
    address = reverse("money:claim", args=[dossier.code, claim.pk])
    return ClaimCard(
        who=claim.exemption.who,
        proof=claim.exemption.proof,
        claimed_at=claim.claimed_at,
        decision=words[claim.granted],
        tag={None: "soon", True: "ok", False: "late"}[claim.granted],
        decided_by=claim.decided_by.full_name if claim.decided_by else "",
        decided_at=claim.decided_at,
        reason=claim.reason,
        button=Button(address, _("Decide the exemption"), "X") if decide else None,
    )


def _attempt_card(dossier: Dossier, attempt: Attempt, officer: Officer) -> AttemptCard:
    refunds = list(attempt.refunds.all())
    left = attempt.amount_vnd - sum(row.amount_vnd for row in refunds if row.status not in ENDED_WITHOUT_MONEY)
    at = [dossier.code, attempt.ref]
    buttons = []
    if attempt.status == AttemptStatus.REVIEW and may(officer, Act.RESOLVE, attempt.unit_id):
        buttons.append(Button(reverse("money:resolve", args=at), _("Say how it ended")))
    if attempt.status == AttemptStatus.SUCCEEDED and left > 0 and may(officer, Act.ASK_REFUND, attempt.unit_id):
        buttons.append(Button(reverse("money:ask_refund", args=at), _("Ask for a repayment")))
    return AttemptCard(
        ref=attempt.ref,
        way=way_words(attempt.provider),
        amount=format_vnd(attempt.amount_vnd),
        status=attempt.get_status_display(),
        tag=ATTEMPT_TAGS.get(AttemptStatus(attempt.status), "neutral"),
        at=attempt.settled_at or attempt.begun_at,
        by=attempt.begun_by.full_name if attempt.begun_by and attempt.provider in (COUNTER, TRANSFER) else "",
        number=attempt.provider_ref,
        came=came_words(attempt),
        ask_url=reverse("money:ask", args=at) if can_ask(attempt) else "",
        proof_url=reverse("money:proof", args=at) if hasattr(attempt, "proof") else "",
        receipts=[_receipt_row(row, officer) for row in attempt.receipts.all()],
        refunds=refund_rows(refunds),
        buttons=buttons,
    )


def came_words(attempt: Attempt) -> str:
    """Return what came of a transfer that is too small, and what is missing or came besides; '' for any other."""
    if attempt.besides_vnd:
        return _("Besides, %(besides)s came in smaller transfers; they are not booked but stand as a discrepancy.") % {
            "besides": format_vnd(attempt.besides_vnd)
        }
    if attempt.status != AttemptStatus.REVIEW or not attempt.came_vnd:
        return ""
    return _("%(asked)s were asked for, %(came)s came, %(missing)s are missing.") % {
        "asked": format_vnd(attempt.amount_vnd),
        "came": format_vnd(attempt.came_vnd),
        "missing": format_vnd(max(attempt.amount_vnd - attempt.came_vnd, 0)),
    }


def _receipt_row(receipt: Receipt, officer: Officer) -> ReceiptRow:
    is_cancelled, here = receipt.cancelled_at is not None, [receipt.pk]
    may_replace = not is_cancelled and may(officer, Act.REPLACE_RECEIPT, receipt.series.unit_id)
    return ReceiptRow(
        receipt.full_number,
        reverse("money:receipt", args=here),
        reverse("money:receipt_file", args=here) if receipt.file else "",
        reverse("money:receipt_replace", args=here) if may_replace else "",
        is_cancelled,
    )


def can_ask(attempt: Attempt) -> bool:
    """Tell whether a payment's end is open and its provider can be asked about it."""
    known = providers().get(attempt.provider)
    return known is not None and known.capabilities.query and attempt.is_live


def refund_rows(refunds: Iterable[Refund]) -> list[RefundRow]:
    """Return repayments in words; no query."""
    return [
        RefundRow(
            format_vnd(row.amount_vnd),
            row.get_status_display(),
            REFUND_TAGS.get(RefundStatus(row.status), "neutral"),
            row.reason,
            reverse("money:refund", args=[row.pk]),
            row.status in (RefundStatus.SUBMITTED, RefundStatus.PROCESSING, RefundStatus.UNKNOWN),
        )
        for row in refunds
    ]
