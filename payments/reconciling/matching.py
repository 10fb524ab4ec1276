"""The nightly comparison: our payments and repayments, the lines of the providers' files, the bank's credits.

A line is compared once: what agrees is booked as paid out, all else becomes a discrepancy. Comparing again changes
nothing. Providers are asked outside transactions.
"""

import logging
from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from common.clock import local_day
from common.database.contention import once_more
from common.text import fold

from ..books import ledger
from ..books.checking import Finding
from ..books.discrepancies import found_wrong, is_settled
from ..books.ledger import Side
from ..collecting import settling
from ..collecting.refunding import ON_ITS_WAY
from ..models import (
    LIVE,
    MATCHED,
    Attempt,
    AttemptStatus,
    Booking,
    Deposit,
    Discrepancy,
    DiscrepancyKind,
    LedgerEntry,
    LedgerTransaction,
    LineKind,
    Refund,
    RefundStatus,
    SettlementBatch,
    SettlementLine,
)
from ..providers import TRANSFER, VIETQR, VNPAY, VNPOST, provider
from ..providers.base import NotGenuine, Outcome, ProviderState, Unreachable
from . import asking

logger = logging.getLogger(__name__)

# So many days a payment may be on no file before it counts as missing there.
LATE = {VNPAY: 2, VIETQR: 2, TRANSFER: 3, VNPOST: 35}
# So many days before the attempt began, and after it was settled, its line may lie: at the desk the payer shows an
# older transfer, and the bank enters one later.
LEEWAY = {TRANSFER: (7, 3)}
# So many days a provider's transfer may take to the bank; older files and lines are not looked for any more.
PAY_OUT_DAYS, LOOK_BACK = 4, 60
# So long a repayment that the file calls done may still be on its way here.
REFUND_PATIENCE = timedelta(days=7)
# Those whose word is the bank's own.
OF_THE_BANK = (VIETQR, TRANSFER)
# What comes to the bank from a provider in one sum.
PAID_OUT_BY = (VNPAY, VNPOST)
UNKNOWN = DiscrepancyKind.UNKNOWN_REFERENCE


def reconcile(now: datetime) -> Counter[str]:
    """Compare every line that has not been, and look for what no file names; return how many came to which result.

    About 12 queries a line that agrees. A line whose provider does not answer waits for the next run; one that fails
    does not hold up the others.
    """
    results = compare_all(SettlementLine.objects.all(), now)
    results[DiscrepancyKind.MISSING_THERE] += missing_there(now)
    results[DiscrepancyKind.NOT_PAID_OUT] += not_paid_out(now)
    return results


def compare_all(lines: QuerySet[SettlementLine], now: datetime) -> Counter[str]:
    """Compare those of some lines that have not been; return how many came to which result."""
    results: Counter[str] = Counter()
    for line in lines.filter(result="").select_related("batch").order_by("id").iterator(500):
        try:
            results[compare(line, now)] += 1
        except Exception:
            logger.exception("Line %s could not be compared", line.pk)
    return results


def compare(line: SettlementLine, now: datetime) -> str:
    """Compare one line; return MATCHED, the kind of its discrepancy, or '' when nobody knows yet."""
    if line.kind == LineKind.REFUND:
        if not _learn_of_refund(line, now):
            return ""
    else:
        attempt = attempt_of(line)
        if attempt is not None and attempt.amount_vnd == line.amount_vnd and not _learn_of_payment(line, attempt, now):
            return ""
    return once_more(lambda: _compare(line.pk, now))


def attempt_of(line: SettlementLine) -> Attempt | None:
    """Return the attempt that a line names: by our reference, its parcel, or the bank's number that the desk typed."""
    rows = Attempt.objects.select_related("unit")
    if line.kind == LineKind.COD:
        return rows.filter(provider=line.batch.provider, parcel__order_code=line.reference).first()
    if line.kind != LineKind.CREDIT:
        return rows.filter(provider=line.batch.provider, ref=line.reference).first()
    if line.reference:
        return rows.filter(provider__in=OF_THE_BANK, ref=line.reference).first()
    seen = rows.filter(provider=TRANSFER).exclude(provider_ref="")
    return seen.filter(provider_ref=line.provider_ref).first() if line.provider_ref else None


def missing_there(now: datetime) -> int:
    """Keep what was paid here long enough ago and stands on no file; return how much is new. Two queries and more."""
    settled = LedgerTransaction.objects.filter(
        source=Concat(Value("attempt:"), OuterRef("ref")), kind=Booking.SETTLEMENT
    )
    known = Discrepancy.objects.filter(attempt=OuterRef("pk")).filter(
        Q(kind=DiscrepancyKind.MISSING_THERE) | Q(line__isnull=False, closed_at=None)
    )
    overdue = Q()
    for key, days in LATE.items():
        overdue |= Q(provider=key, settled_at__lt=now - timedelta(days=days))
    rows = Attempt.objects.filter(
        overdue,
        ~Exists(settled),
        ~Exists(known),
        status=AttemptStatus.SUCCEEDED,
        settled_at__gte=now - timedelta(days=400),
    )
    found = list(rows.select_related("unit").order_by("pk"))
    for attempt in found:
        found_wrong(DiscrepancyKind.MISSING_THERE, attempt, now, ours=attempt.amount_vnd, theirs=0)
    return len(found)


def not_paid_out(now: datetime) -> int:
    """Keep which files' sums the bank's statements do not show, where statements come; return how many are new."""
    today = local_day(now)
    statements = SettlementBatch.objects.filter(provider__in=OF_THE_BANK).order_by("-day")
    last = statements.values_list("day", flat=True).first()
    if last is None:
        return 0
    until = min(last, today) - timedelta(days=PAY_OUT_DAYS)
    first = statements.values_list("day", flat=True).last()
    start = max(today - timedelta(days=LOOK_BACK), first or today)
    credits_ = SettlementLine.objects.filter(kind=LineKind.CREDIT, reference="", batch__day__gte=start)
    words = [plain(text) for text in credits_.exclude(text="").values_list("text", flat=True)]
    count = 0
    for batch in SettlementBatch.objects.filter(provider__in=PAID_OUT_BY, day__gte=start, day__lte=until):
        net = net_of(batch)
        if net > 0 and not any(payout_name(batch) in text for text in words):
            found = found_wrong(
                DiscrepancyKind.NOT_PAID_OUT,
                None,
                now,
                provider=batch.provider,
                reference=batch.batch_id,
                ours=net,
                theirs=0,
            )
            count += found.found_at == now
    return count


def half_settled() -> list[Finding]:
    """Return what was booked as paid out and yet leaves something with the provider, by unit; one query.

    With that, a provider's account holds what its files have still to name, and nothing else.
    """
    settled = LedgerTransaction.objects.filter(source=OuterRef("transaction__source"), kind=Booking.SETTLEMENT)
    entries = LedgerEntry.objects.filter(Exists(settled), account__startswith=ledger.clearing(""))
    rows = entries.values("unit__slug", "transaction__source").annotate(rest=Sum("debit_vnd") - Sum("credit_vnd"))
    found: dict[str, list[tuple[str, int]]] = {}
    for row in rows.exclude(rest=0).order_by("unit__slug", "transaction__source"):
        found.setdefault(row["unit__slug"], []).append((row["transaction__source"], row["rest"]))
    return [
        Finding("half_settled", unit, tuple(source for source, _rest in each), sum(rest for _source, rest in each))
        for unit, each in found.items()
    ]


def net_of(batch: SettlementBatch) -> int:
    """Return what a provider pays out by its file: payments less repayments and what it keeps; one query."""
    rows = batch.lines.values_list("kind", "amount_vnd", "withheld_vnd")
    return sum((amount - withheld) * (-1 if kind == LineKind.REFUND else 1) for kind, amount, withheld in rows)


def payout_name(batch: SettlementBatch) -> str:
    """Return what the bank's statement says of the transfer of a file's sum, as :func:`plain` writes it."""
    return plain(batch.bank_ref or batch.batch_id)


def plain(text: str) -> str:
    """Return the letters and digits of a text in capitals: banks change marks and spaces."""
    return "".join(character for character in fold(text).upper() if character.isalnum())


def _learn_of_payment(line: SettlementLine, attempt: Attempt, now: datetime) -> bool:
    """Ask about an attempt that a line calls paid and we do not; False when the provider did not answer."""
    if attempt.status == AttemptStatus.SUCCEEDED:
        return True
    if attempt.provider in OF_THE_BANK:
        state = ProviderState(
            attempt.ref, Outcome.SUCCEEDED, line.amount_vnd, line.provider_ref[:40], "statement", is_asked=True
        )
    else:
        try:
            state = provider(attempt.provider).query(attempt, now)
        except (Unreachable, NotGenuine) as error:
            logger.warning("Attempt %s could not be asked about: %s", attempt.ref, error)
            return False
    settling.apply(state, now=now)
    return True


def _learn_of_refund(line: SettlementLine, now: datetime) -> bool:
    """Ask about repayments of a line's attempt whose end is not known; False while one of that amount is waited for."""
    rows = Refund.objects.filter(attempt__ref=line.reference, amount_vnd=line.amount_vnd, status__in=ON_ITS_WAY)
    for refund in rows.select_related("attempt"):
        asking.settle_refund(refund, now)
    return local_day(now) - line.batch.day > REFUND_PATIENCE or not rows.exists()


def _compare(pk: int, now: datetime) -> str:
    with transaction.atomic():
        line = SettlementLine.objects.select_for_update(of=("self",)).select_related("batch").get(pk=pk)
        if not line.result:
            result = _refund(line, now) if line.kind == LineKind.REFUND else _payment(line, now)
            SettlementLine.objects.filter(pk=pk).update(result=result)
            line.result = result
    return line.result


def _payment(line: SettlementLine, now: datetime) -> str:
    attempt = attempt_of(line)
    if attempt is None:
        return _other_credit(line, now) if line.kind == LineKind.CREDIT else _wrong(line, UNKNOWN, now)
    ours = attempt.amount_vnd
    if is_settled(f"attempt:{attempt.ref}"):
        return _wrong(line, DiscrepancyKind.DUPLICATE, now, attempt, ours=ours)
    if line.amount_vnd != ours or line.withheld_vnd > line.amount_vnd:
        return _wrong(line, DiscrepancyKind.AMOUNT, now, attempt, ours=ours)
    if attempt.status != AttemptStatus.SUCCEEDED:
        kind = DiscrepancyKind.MISSING_HERE if attempt.status in LIVE else DiscrepancyKind.STATUS
        return _wrong(line, kind, now, attempt, ours=0)
    ledger.book(
        Booking.SETTLEMENT,
        f"attempt:{attempt.ref}",
        attempt.unit,
        now,
        [
            Side(ledger.TREASURY, ours - line.withheld_vnd),
            Side(ledger.GATEWAY_COST, line.withheld_vnd),
            Side(ledger.clearing(attempt.provider), -ours),
        ],
        note=f"{line.batch.batch_id} {line.n}",
    )
    if not _fits(line, attempt):
        return _wrong(line, DiscrepancyKind.WRONG_DATE, now, attempt, ours=ours)
    return MATCHED


def _fits(line: SettlementLine, attempt: Attempt) -> bool:
    """Tell whether a line's day lies between the beginning and the end of its attempt."""
    before, after = LEEWAY.get(attempt.provider, (0, 0))
    first = local_day(attempt.begun_at) - timedelta(days=before)
    last = local_day(attempt.settled_at or attempt.begun_at) + timedelta(days=after)
    return first <= line.day <= last


def _other_credit(line: SettlementLine, now: datetime) -> str:
    """Compare a credit that names no payment: a provider's sum, cash brought to the treasury, or nobody knows."""
    words = plain(line.text)
    start = line.day - timedelta(days=LOOK_BACK)
    for batch in SettlementBatch.objects.filter(provider__in=PAID_OUT_BY, day__gte=start, day__lte=line.day):
        if payout_name(batch) in words:
            net = net_of(batch)
            if net == line.amount_vnd:
                return MATCHED
            return _wrong(line, DiscrepancyKind.AMOUNT, now, ours=net, reference=batch.batch_id)
    for deposit in Deposit.objects.filter(day__gte=start, day__lte=line.day).select_related("unit"):
        if len(slip := plain(deposit.slip_number)) >= 4 and slip in words:
            if deposit.amount_vnd == line.amount_vnd:
                return MATCHED
            found_wrong(
                DiscrepancyKind.AMOUNT,
                None,
                now,
                provider=line.batch.provider,
                reference=deposit.slip_number,
                line=line,
                unit=deposit.unit,
                ours=deposit.amount_vnd,
                theirs=line.amount_vnd,
            )
            return DiscrepancyKind.AMOUNT
    return _wrong(line, UNKNOWN, now, reference=line.provider_ref)


def _refund(line: SettlementLine, now: datetime) -> str:
    attempt = attempt_of(line)
    if attempt is None:
        return _wrong(line, UNKNOWN, now)
    refunds = list(Refund.objects.filter(attempt=attempt).order_by("pk"))
    unsettled = [refund for refund in refunds if not is_settled(f"refund:{refund.request_id}")]
    done = [refund for refund in unsettled if refund.status == RefundStatus.SUCCEEDED]
    same = next((refund for refund in done if refund.amount_vnd == line.amount_vnd), None)
    if same is not None:
        sides = [
            Side(ledger.clearing(attempt.provider), line.amount_vnd),
            Side(ledger.TREASURY, -line.amount_vnd),
        ]
        note = f"{line.batch.batch_id} {line.n}"
        ledger.book(Booking.SETTLEMENT, f"refund:{same.request_id}", attempt.unit, now, sides, note=note)
        return MATCHED
    if done:
        return _wrong(line, DiscrepancyKind.AMOUNT, now, attempt, ours=done[0].amount_vnd, refund=done[0])
    equal = [refund for refund in refunds if refund.amount_vnd == line.amount_vnd]
    if any(refund not in unsettled for refund in equal):
        return _wrong(line, DiscrepancyKind.DUPLICATE, now, attempt, ours=line.amount_vnd)
    kind = DiscrepancyKind.STATUS if equal else DiscrepancyKind.MISSING_HERE
    return _wrong(line, kind, now, attempt, ours=0)


def _wrong(
    line: SettlementLine,
    kind: DiscrepancyKind,
    now: datetime,
    attempt: Attempt | None = None,
    *,
    ours: int | None = None,
    refund: Refund | None = None,
    reference: str = "",
) -> str:
    found_wrong(
        kind,
        attempt,
        now,
        provider=line.batch.provider,
        reference=reference or line.reference or line.provider_ref,
        line=line,
        refund=refund,
        ours=ours,
        theirs=line.amount_vnd,
    )
    return kind
