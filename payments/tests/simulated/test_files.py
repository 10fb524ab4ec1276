"""Files of the gateway and the post as the simulator bends them, fetched over HTTP: every fault is found and named."""

from datetime import timedelta

import pytest

from common.clock import local_day
from common.clock import now as clock
from payments.books import ledger
from payments.collecting import attempts, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, Discrepancy, Parcel, SettlementLine
from payments.providers import provider
from payments.providers.base import Outcome, ProviderState
from payments.providers.vnpost import VnPost
from payments.reconciling import matching, settlements

pytestmark = pytest.mark.django_db(transaction=True)
# The fault, what becomes of the lines, which discrepancies stand two nights later.
FAULTS = [
    ("", ["matched"], []),
    ("short", ["amount"], ["amount"]),
    ("extra", ["matched", "unknown_ref"], ["unknown_ref"]),
    ("duplicated", ["matched", "duplicate"], ["duplicate"]),
    ("wrong_total", ["matched"], ["wrong_total"]),
    ("replayed", ["matched", "duplicate"], ["duplicate"]),
    ("late", ["matched"], []),
    ("never", [], []),
]


def nights(moment, count: int) -> list[str]:
    """Reconcile a few nights, twice each, and return what became of the lines; the second run changes nothing."""
    for n in range(1, count + 1):
        for _again in range(2):
            settlements.fetch(moment + timedelta(days=n))
            matching.reconcile(moment + timedelta(days=n))
    return list(SettlementLine.objects.order_by("id").values_list("result", flat=True))


def kinds() -> list[str]:
    return sorted(
        Discrepancy.objects.exclude(kind__in=["missing_file", "missing_there"]).values_list("kind", flat=True)
    )


@pytest.mark.parametrize(("how", "results", "found"), FAULTS)
def test_the_gateways_file(owing, simulator, how, results, found) -> None:
    moment = clock()
    attempt = attempts.begin([owing], "vnpay", Payer(), moment, is_polled=True)
    attempt.sent = provider("vnpay").prepare(attempt, "127.0.0.1", "vi")
    attempt.save()
    simulator.payer(attempt)
    settling.apply(provider("vnpay").query(attempt, moment), now=moment)
    if how == "replayed":
        # Its own day first, as it should be.
        assert nights(moment, 1) == ["matched"]
    simulator.fault("settlement", settlement=how)
    assert nights(moment, 2) == results
    assert kinds() == found
    assert ledger.balance(account="clearing:vnpay") == (0 if "matched" in results else 28_000)


@pytest.mark.parametrize(("how", "results", "found"), FAULTS)
def test_the_posts_remittance(owing, simulator, settings, how, results, found) -> None:
    settings.VNPOST = settings.VNPOST | {"base_url": f"{simulator.url}/post"}
    moment = clock()
    attempt = attempts.begin([owing], "vnpost", Payer(), moment, is_polled=False)
    parcel = ordered(attempt, moment)
    for _step in range(5):
        simulator.step(parcels=True)
    state = provider("vnpost").query(Attempt.objects.get(pk=attempt.pk), moment)
    assert (state.outcome, state.amount_vnd, parcel.item_code[:2]) == (Outcome.SUCCEEDED, 28_000, "EF")
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, 28_000, is_asked=True), now=moment)
    if how == "replayed":
        assert nights(moment, 1) == ["matched"]
    simulator.fault("remittance", remittance=how)
    assert nights(moment, 2) == results
    assert kinds() == found
    assert ledger.balance(account="clearing:vnpost") == (0 if "matched" in results else 28_000)


def ordered(attempt: Attempt, moment) -> Parcel:
    """Order a parcel that collects what an attempt is for."""
    charge = attempt.lines.get().charge
    parcel = Parcel.objects.create(
        dossier=charge.dossier, unit=charge.unit, carrier="vnpost", way="bring", order_code="PX0001", address={},
        attempt=attempt, cod_vnd=28_000, ordered_at=moment, moved_at=moment,
    )  # fmt: skip
    post = provider("vnpost")
    assert isinstance(post, VnPost)
    parcel.item_code = post.order(parcel, {"provinceCode": "75"}, {"provinceCode": "75"}).item_code
    parcel.save()
    assert settlements.missing_days("vnpost", local_day(moment)) == []
    return parcel
