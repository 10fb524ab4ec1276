"""Many payments whose notifications are doubled, shuffled, concurrent, forged, wrong, late or lost.

``STORM`` says how many, ``STORM_SEED`` how they go. Workers are killed in the middle, and the gateway is away for a
while. On PostgreSQL eight threads take the messages at once; a SQLite file has one writer, so there they come in turn.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dossiers import actions
from dossiers.workflow import perform
from payments.books import ledger, receipting
from payments.charges import charging
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import (
    LIVE,
    Attempt,
    AttemptStatus,
    Charge,
    ChargeLine,
    ChargeStatus,
    Discrepancy,
    LedgerTransaction,
    ProviderEvent,
    Receipt,
)
from payments.providers import provider, vnpay
from payments.public import views
from payments.reconciling import asking
from payments.tests.storm import CANCELLED, FAILED, OPEN, PAID, Gateway, Killed
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = int(os.environ.get("STORM", "200"))
SEED = int(os.environ.get("STORM_SEED", "2026"))
PER_DOSSIER = 5
FINAL = ("00", "02")


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch, settings, now) -> Gateway:
    """The only way to the gateway; and a world in which the worker's process may end at any step."""
    found = Gateway(SEED)
    monkeypatch.setattr(vnpay, "post_json", found.answer)
    monkeypatch.setattr(views, "recorded_now", lambda: found.moment)
    found.moment = now
    monkeypatch.setattr(ledger, "book", found.deadly(ledger.book, 0.02))
    monkeypatch.setattr(charging, "paid", found.deadly(charging.paid, 0.02))
    monkeypatch.setattr(receipting, "issue", found.deadly(receipting.issue, 0.02))
    monkeypatch.setattr(settling, "_move", found.deadly(settling._move, 0.02))
    settings.LIMITS = settings.LIMITS | {"forged_ip": (10**6, 3600)}
    return found


@pytest.fixture
def charges(commune, citizen, now) -> list[Charge]:
    """What many dossiers owe, five sums each: every message waits for its dossier's others."""
    version = factories.version(commune.unit)
    made = []
    for _n in range(SIZE // PER_DOSSIER):
        dossier = factories.draft(citizen, commune.unit, version)
        perform(actions.Submit(), dossier, by=citizen, now=now)
        made += [
            Charge(dossier=dossier, unit=commune.unit, n=n + 1, amount_vnd=1_000 * (n + 5), assessed_at=now)
            for n in range(PER_DOSSIER)
        ]
    Charge.objects.bulk_create(made)
    facts = {"n": 1, "key": "le-phi", "kind": "le_phi", "name": "Lệ phí", "unit": "dossier", "quantity": 1, "why": ""}
    ChargeLine.objects.bulk_create(ChargeLine(charge=row, amount_vnd=row.amount_vnd, **facts) for row in made)
    return made


def at_once(work: Callable[[Any], Any], things: Iterable[Any]) -> list[Any]:
    """Do something with each thing, in eight threads where the database bears it."""

    def one(thing: Any) -> Any:
        try:
            return work(thing)
        finally:
            if connection.vendor == "postgresql":
                connection.close()

    if connection.vendor != "postgresql":
        return [work(thing) for thing in things]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, things))


def deliver(params: dict[str, str]) -> str:
    """Send a notification as the gateway does; '' when nobody answered."""
    try:
        return str(Client().get("/pay/vnpay/ipn/", params).json()["RspCode"])
    except Killed:
        return ""


def deliver_all(gateway: Gateway, messages: list[dict[str, str]]) -> Counter[str]:
    """Send messages in any order, again at most ten times, until the portal has answered 00 or 02."""
    answers: Counter[str] = Counter()
    for _n in range(10):
        gateway.random.shuffle(messages)
        said = at_once(deliver, messages)
        answers.update(said)
        messages = [params for params, answer in zip(messages, said, strict=True) if answer not in FINAL]
    return answers


def poll(gateway: Gateway, hours: float) -> None:
    """Let so much time pass, and the worker ask about what is due; what it is killed over waits for another run."""
    gateway.moment += timedelta(hours=hours)

    def ask(attempt: Attempt) -> None:
        try:
            asking.ask(attempt, gateway.moment)
        except Killed:
            pass

    at_once(ask, asking.due(gateway.moment))


def begin(charges: list[Charge], now) -> Attempt:
    return attempts.begin(charges, "vnpay", Payer(), now, is_polled=True)


def first_round(gateway: Gateway, charges: list[Charge], now) -> tuple[list[dict[str, str]], list[Attempt]]:
    """Begin a payment for all, one in ten for two sums at once; return the messages about them, and all attempts."""
    messages: list[dict[str, str]] = []
    begun, waiting = [], list(charges)
    while waiting:
        together = 2 if gateway.random.random() < 0.1 and len(waiting) > 1 else 1
        attempt = begin([waiting.pop() for _n in range(together)], now)
        begun.append(attempt)
        if gateway.random.random() < 0.05:
            # The payer never gets there.
            if gateway.random.random() < 0.5:
                gateway.amounts[attempt.ref], gateway.numbers[attempt.ref] = attempt.amount_vnd, "0"
                messages.append(gateway.forged(attempt.ref))
            continue
        gateway.begin(attempt, gateway.random.choices([PAID, CANCELLED, FAILED, OPEN], [70, 12, 8, 10])[0])
        ref = attempt.ref
        if gateway.truth[ref] != OPEN:
            times = gateway.random.choices([0, 1, 2, 4], [10, 60, 20, 10])[0]
            messages += [gateway.message(ref)] * times
        if gateway.random.random() < 0.05:
            messages.append(gateway.forged(ref))
        if gateway.random.random() < 0.05:
            wrong = gateway.random.choice([1, attempt.amount_vnd * 100, 0])
            messages.append(gateway.message(ref, PAID, wrong))
    return messages, begun


def second_round(gateway: Gateway, begun: list[Attempt], now) -> list[dict[str, str]]:
    """Let half of those pay again whose payment came to nothing; of some the first turns out to be paid as well."""
    messages = []
    over = Attempt.objects.filter(pk__in=[row.pk for row in begun], status__in=settling.ENDED).order_by("pk")
    for attempt in over:
        if gateway.random.random() < 0.5:
            again = begin([line.charge for line in attempt.lines.all()], now)
            gateway.begin(again, PAID)
            messages.append(gateway.message(again.ref))
        if attempt.ref in gateway.truth and gateway.random.random() < 0.3:
            gateway.truth[attempt.ref] = PAID
            messages.append(gateway.message(attempt.ref))
    return messages


def test_none_is_credited_twice_none_forged_is_taken_and_none_is_forgotten(gateway, charges, now) -> None:
    messages, begun = first_round(gateway, charges, now)
    answers = deliver_all(gateway, messages)
    assert answers["97"] and answers["04"] and answers["02"] and answers[""], answers
    gateway.is_down = True
    poll(gateway, 0.05)
    poll(gateway, 0.1)
    gateway.is_down = False
    for hours in (0.2, 0.2, 1, 2):
        poll(gateway, hours)
    deliver_all(gateway, second_round(gateway, begun, gateway.moment))
    # Until every attempt's schedule has ended.
    for hours in (0.5, 0.5, 3, 8, *[24] * 10):
        poll(gateway, hours)
    verify(gateway, now)


def verify(gateway: Gateway, now) -> None:
    """Compare what the portal believes with what happened."""
    paid = gateway.paid()
    rows = Attempt.objects.filter(provider="vnpay")
    assert set(rows.filter(status=AttemptStatus.SUCCEEDED).values_list("ref", flat=True)) == paid
    assert not rows.filter(status__in=LIVE).exists(), "every end is known"
    sources = Counter(LedgerTransaction.objects.filter(kind="capture").values_list("source", flat=True))
    assert sources == Counter(f"attempt:{ref}" for ref in paid)
    assert not ProviderEvent.objects.filter(is_genuine=False).exists()

    file = provider("vnpay").parse_settlement(gateway.file(now))
    balances = ledger.trial_balance()
    assert sum(balances.values()) == 0
    assert balances["clearing:vnpay"] == file.total_vnd == sum(line.amount_vnd for line in file.lines)
    assert balances["revenue:le-phi"] + balances.get(ledger.UNAPPLIED, 0) == -file.total_vnd
    assert balances.get(ledger.UNAPPLIED, 0) < 0, "some were paid twice"

    of_paid = set(rows.filter(status=AttemptStatus.SUCCEEDED).values_list("lines__charge", flat=True))
    for charge in Charge.objects.all():
        expected = (ChargeStatus.PAID, charge.amount_vnd) if charge.pk in of_paid else (ChargeStatus.OPEN, 0)
        assert (charge.status, charge.paid_vnd) == expected
    receipts = Receipt.objects.order_by("number")
    assert [receipt.number for receipt in receipts] == list(range(1, len(of_paid) + 1)), "no gap, none twice"
    assert sum(receipt.amount_vnd for receipt in receipts) == -balances["revenue:le-phi"]
    assert Discrepancy.objects.filter(kind="amount").exists()
    twice = -balances[ledger.UNAPPLIED]
    print(f"\n{rows.count()} attempts, {len(paid)} paid, {file.total_vnd:,} đồng, {twice:,} of it beyond what was owed")
