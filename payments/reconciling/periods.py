"""What came in a period, by fee and channel, and what was paid back, waived and exempted; by the ledger alone."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Count, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Concat

from offices.models import Unit

from ..labels import CASH, REVENUE, fee_names
from ..models import Booking, Charge, ChargeLine, ExemptionClaim, LedgerEntry, Refund, RefundStatus
from .reporting import bounds

# Where money came, by the account that it came to.
COUNTER, TRANSFER, ONLINE, POST = "counter", "transfer", "online", "post"
CHANNELS = {
    "clearing:transfer": TRANSFER,
    "clearing:vnpay": ONLINE,
    "clearing:vietqr": ONLINE,
    "clearing:vnpost": POST,
}


@dataclass(frozen=True)
class Cell:
    """How many payments brought how many đồng."""

    count: int = 0
    vnd: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.count + other.count, self.vnd + other.vnd)


@dataclass(frozen=True)
class FeeRow:
    """One fee: its kind, its key and name, what came of it by channel, and in all."""

    kind: str
    key: str
    name: str
    by_channel: dict[str, Cell]
    total: Cell


@dataclass(frozen=True)
class PeriodReport:
    """A period of some units. ``excess`` came beyond what was owed; ``paid_back`` by channel of the payment."""

    rows: list[FeeRow]
    by_channel: dict[str, Cell]
    total: Cell
    excess: Cell
    paid_back: dict[str, Cell]
    refunded: Cell
    waived: Cell
    claims: dict[str, int]


def period(units: list[Unit], first: date, last: date) -> PeriodReport:
    """Return what money did in some units from one local day to another, both included; seven queries.

    A fee that came in two payments counts twice. Money that was corrected away later still came.
    """
    start, end = bounds(first, last)
    span = {"transaction__at__gte": start, "transaction__at__lt": end}
    came = LedgerEntry.objects.filter(unit__in=units, transaction__kind=Booking.CAPTURE, **span)
    to = LedgerEntry.objects.filter(transaction=OuterRef("transaction"), debit_vnd__gt=0).values("account")[:1]
    kind = ChargeLine.objects.annotate(account=Concat(Value(REVENUE), F("key"), output_field=CharField())).filter(
        charge=OuterRef("charge"), account=OuterRef("account")
    )
    fees = (
        came.filter(account__startswith=REVENUE)
        .annotate(to=Subquery(to), kind=Subquery(kind.values("kind")[:1]))
        .values("account", "to", "kind")
        .annotate(count=Count("transaction", distinct=True), vnd=Sum("credit_vnd"))
        .order_by("kind", "account", "to")
    )
    table: dict[tuple[str, str], dict[str, Cell]] = defaultdict(lambda: defaultdict(Cell))
    by_channel: dict[str, Cell] = defaultdict(Cell)
    for fee in fees:
        channel, cell = channel_of(fee["to"]), Cell(fee["count"], fee["vnd"])
        table[fee["kind"] or "", fee["account"]][channel] += cell
        by_channel[channel] += cell
    names = fee_names(account for _kind, account in table)
    rows = [
        FeeRow(
            kind, account.removeprefix(REVENUE), names.get(account.removeprefix(REVENUE), ""), dict(cells), _sum(cells)
        )
        for (kind, account), cells in sorted(table.items())
    ]
    beyond = came.filter(account="liability:unapplied").aggregate(count=Count("pk"), vnd=Sum("credit_vnd"))
    paid_back: dict[str, Cell] = defaultdict(Cell)
    refunds = Refund.objects.filter(
        attempt__unit__in=units, status=RefundStatus.SUCCEEDED, ended_at__gte=start, ended_at__lt=end
    )
    for key, count, vnd in refunds.order_by().values_list("attempt__provider").annotate(Count("pk"), Sum("amount_vnd")):
        paid_back[channel_of(CASH if key == "counter" else f"clearing:{key}")] += Cell(count, vnd)
    return PeriodReport(
        rows=rows,
        by_channel=dict(by_channel),
        total=_sum(by_channel),
        excess=Cell(beyond["count"], beyond["vnd"] or 0),
        paid_back=dict(paid_back),
        refunded=_sum(paid_back),
        waived=_waived(units, first, last),
        claims=_claims(units, first, last),
    )


def channel_of(account: str) -> str:
    """Return the channel by which money came to an account."""
    return COUNTER if account.startswith(CASH) else CHANNELS.get(account, ONLINE)


def _sum(cells: dict[str, Cell]) -> Cell:
    return sum(cells.values(), Cell())


def _waived(units: list[Unit], first: date, last: date) -> Cell:
    """Return what was waived in a period, whenever it had been charged; one query."""
    start, end = bounds(first, last)
    charges = Charge.objects.filter(unit__in=units, waived_at__gte=start, waived_at__lt=end)
    found = charges.aggregate(count=Count("pk"), vnd=Sum(F("amount_vnd") - F("paid_vnd")))
    return Cell(found["count"], found["vnd"] or 0)


def _claims(units: list[Unit], first: date, last: date) -> dict[str, int]:
    """Return how many exemptions were granted and declined in a period; one query."""
    start, end = bounds(first, last)
    decided = ExemptionClaim.objects.filter(dossier__unit__in=units, decided_at__gte=start, decided_at__lt=end)
    found = dict(decided.order_by().values_list("granted").annotate(Count("pk")))
    return {"granted": found.get(True, 0), "declined": found.get(False, 0)}
