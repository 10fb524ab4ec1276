"""How money stands: the trial balance in words, and what waits for somebody."""

from dataclasses import dataclass

from django.db.models import Count, Min

from ..books import ledger
from ..labels import CASH, account_words, fee_names
from ..models import DayReport
from .guards import Reader


@dataclass(frozen=True)
class AccountRow:
    """One account with its balance on the side where it stands, in đồng; ``account`` is its name in the ledger."""

    account: str
    words: str
    debit_vnd: int
    credit_vnd: int


@dataclass(frozen=True)
class Overview:
    """What the first page shows of some units: accounts with a balance, sums, open discrepancies, the last report."""

    rows: list[AccountRow]
    debit_vnd: int
    credit_vnd: int
    cash_vnd: int
    clearing_vnd: int
    unapplied_vnd: int
    refunds_vnd: int
    open_count: int
    days_open: int
    report: DayReport | None


def overview(reader: Reader) -> Overview:
    """Return how the money of a reader's units stands now; four queries."""
    balances = ledger.trial_balance(reader.units)
    names = fee_names(balances)
    rows = [
        AccountRow(account, account_words(account, names), max(vnd, 0), max(-vnd, 0))
        for account, vnd in balances.items()
        if vnd
    ]
    waiting = reader.discrepancies().filter(closed_at=None).aggregate(count=Count("pk"), first=Min("found_at"))
    return Overview(
        rows=rows,
        debit_vnd=sum(row.debit_vnd for row in rows),
        credit_vnd=sum(row.credit_vnd for row in rows),
        cash_vnd=_sum(balances, CASH),
        clearing_vnd=_sum(balances, "clearing:"),
        unapplied_vnd=-balances.get(ledger.UNAPPLIED, 0),
        refunds_vnd=-balances.get(ledger.REFUNDS, 0),
        open_count=waiting["count"],
        days_open=(reader.now - waiting["first"]).days if waiting["first"] else 0,
        report=DayReport.objects.first(),
    )


def _sum(balances: dict[str, int], prefix: str) -> int:
    return sum(vnd for account, vnd in balances.items() if account.startswith(prefix))
