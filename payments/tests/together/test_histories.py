"""Any history of charging, paying, paying back and counting leaves the books in order, whatever is refused."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from common.refusals import Refused
from dossiers.models import Dossier, FeeState
from payments.books import checking, ledger
from payments.charges import charging
from payments.collecting import attempts, cashier, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import LIVE, OWED, Attempt, Charge, Discrepancy, Receipt, ReceiptSeries, Refund, Shift
from payments.providers.base import Outcome, ProviderState, RefundOutcome, RefundState
from tests import factories

pytestmark = pytest.mark.django_db
OUTCOMES = [*[Outcome.SUCCEEDED] * 3, Outcome.FAILED, Outcome.CANCELLED, Outcome.PENDING, Outcome.REVIEW]
STEPS = (
    *("begin", "begin", "say", "say", "say", "say", "cash", "transfer", "waive", "reassess", "add", "begin"),
    *("ask_refund", "ask_refund", "decide_refund", "decide_refund", "pay_out", "pay_out", "send_refund"),
    *("open_box", "open_box", "close_box", "deposit", "cash", "transfer"),
)


@dataclass
class History:
    """One unit's money; every step is tried as it is drawn, and may be refused."""

    road: Any
    now: datetime
    deposits: int = 0
    done: list[str] = field(default_factory=list)

    def step(self, name: str, n: int, amount: int) -> None:
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, name)(n, amount)
        except (Refused, IndexError):
            return
        self.done.append(name)

    def begin(self, n: int, amount: int) -> None:
        charges = list(Charge.objects.filter(status__in=OWED).exclude(attempt_lines__is_live=True))[: 1 + n % 2]
        attempts.begin(charges, "vnpay", Payer(self.road.citizen), self.now, is_polled=True)

    def say(self, n: int, amount: int) -> None:
        told = Attempt.objects.filter(provider="vnpay")
        attempt = pick(told if n > 5 else told.filter(status__in=LIVE), n)
        wrong = amount if n == 7 else attempt.amount_vnd
        state = ProviderState(attempt.ref, OUTCOMES[amount % 7], wrong, "1", is_asked=bool(n % 2))
        settling.apply(state, now=self.now)

    def cash(self, n: int, amount: int) -> None:
        charge = pick(Charge.objects.filter(status__in=OWED, attempt_lines=None), n)
        cashier.take_cash([charge], self.box(), self.now)

    def transfer(self, n: int, amount: int) -> None:
        charge = pick(Charge.objects.filter(status__in=OWED, attempt_lines=None), n)
        cashier.take_transfer([charge], "FT", by=self.road.commune.cashier, now=self.now)

    def waive(self, n: int, amount: int) -> None:
        charge = pick(Charge.objects.filter(status__in=OWED), n)
        charging.waive(charge, by=self.road.commune.leader, reason="Thử", now=self.now)

    def reassess(self, n: int, amount: int) -> None:
        charge = pick(Charge.objects.filter(status__in=OWED), n)
        given = {"by": self.road.commune.clerk, "reason": "Thử", "now": self.now}
        charging.reassess(charge, quantities={"ban-sao": amount % 4}, **given)

    def add(self, n: int, amount: int) -> None:
        given = {"by": self.road.commune.clerk, "reason": "Thử", "now": self.now}
        charging.add(self.road.dossier, quantities={"ban-sao": amount % 3}, **given)

    def ask_refund(self, n: int, amount: int) -> None:
        attempt = pick(Attempt.objects.filter(status="succeeded"), n)
        left = refunding.refundable(attempt)
        chosen = list(left)[n % len(left)] if left else None
        # More than there is, at times.
        amounts = {chosen: min(amount, left.get(chosen, 0) + 1)}
        refunding.request(attempt, amounts, by=self.road.commune.clerk, reason="Thử", now=self.now)

    def decide_refund(self, n: int, amount: int) -> None:
        refund = pick(Refund.objects.filter(status="requested"), n)
        refunding.decide(refund, approved=bool(amount % 3), by=self.road.commune.leader, now=self.now)

    def pay_out(self, n: int, amount: int) -> None:
        refund = pick(Refund.objects.exclude(status__in=["requested", "declined"]), n)
        if n % 2:
            refunding.hand_out(refund, self.box(), self.now)
        else:
            refunding.transferred(refund, "FT", by=self.road.commune.cashier, now=self.now)

    def send_refund(self, n: int, amount: int) -> None:
        refund = pick(Refund.objects.exclude(status__in=["requested", "declined"]), n)
        refunding.submitting(refund, self.now)
        outcome = list(RefundOutcome)[amount % 4]
        refunding.apply(refund, RefundState(outcome), self.now)

    def open_box(self, n: int, amount: int) -> None:
        cashier.open_shift(self.road.commune.unit, self.road.commune.cashier, amount, self.now)

    def close_box(self, n: int, amount: int) -> None:
        box = self.box()
        counted = box.opening_vnd + cashier.taken_vnd(box) + (n - 3 if n > 5 else 0)
        cashier.close_shift(box, max(counted, 0), "Thử", self.now)

    def deposit(self, n: int, amount: int) -> None:
        given = {"by": self.road.commune.cashier, "now": self.now}
        self.deposits += 1
        cashier.deposit(self.road.commune.unit, amount, f"GNT-{self.deposits}", self.now.date(), **given)

    def box(self) -> Shift:
        found = cashier.shift_of(self.road.commune.cashier, self.road.commune.unit)
        if found is None:
            raise IndexError("box")
        return found


def pick(rows: Any, n: int) -> Any:
    """Return one of the rows. Raises IndexError when there is none."""
    found = list(rows.order_by("pk"))
    return found[n % len(found)] if found else [].pop()


@pytest.fixture
def history(road, now) -> History:
    factories.fee(road.version, key="ban-sao", kind="phi", name="Bản sao", unit="copy")
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.submitted()
    first = road.dossier
    road.dossier = factories.draft(road.citizen, road.commune.unit, road.version)
    road.submitted()
    assert Charge.objects.count() == 2 and first.pk != road.dossier.pk
    return History(road, road.now)


@pytest.mark.parametrize("seed", range(3))
def test_any_history_keeps_the_books(history, seed) -> None:
    draw = Random(seed)
    for n in range(100):
        history.step(draw.choice(STEPS), draw.randrange(8), draw.randrange(1, 30_000))
        if n % 20 == 19:
            look(history)
    # It was no idle walk: most kinds of steps were possible at some time.
    assert len(set(history.done)) > len(set(STEPS)) / 2


def look(history: History) -> None:
    """Compare the books with what the rows themselves say."""
    found = [finding for finding in checking.invariants(history.now) if finding.kind != "unapplied"]
    assert found == [], history.done
    assert sum(ledger.trial_balance([history.road.commune.unit]).values()) == 0
    for charge in Charge.objects.all():
        assert 0 <= charge.refunded_vnd <= charge.paid_vnd <= charge.amount_vnd
        assert all(vnd >= 0 for vnd in ledger.revenue_of(charge).values())
    numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert sum(ReceiptSeries.objects.values_list("last", flat=True)) == len(numbers)
    # Nothing owed beyond what was owed, and nothing of a wrong amount believed.
    assert ledger.balance(account=ledger.UNAPPLIED) <= 0 and ledger.balance(account=ledger.REFUNDS) <= 0
    brought = sum(Attempt.objects.filter(status="succeeded").values_list("amount_vnd", flat=True))
    back = sum(Refund.objects.filter(status="succeeded").values_list("amount_vnd", flat=True))
    holding = ("clearing:", "cash:", "bank:", "difference:")
    balance = ledger.trial_balance().items()
    assert sum(vnd for account, vnd in balance if account.startswith(holding)) == brought - back
    for wrong in Discrepancy.objects.filter(kind="amount"):
        assert wrong.ours_vnd != wrong.theirs_vnd
    for dossier in Dossier.objects.all():
        owed = dossier.charges.filter(status__in=OWED).exists()
        assert owed == (dossier.fee_state in (FeeState.OWED, FeeState.CLAIMED, FeeState.ON_DELIVERY)), history.done
