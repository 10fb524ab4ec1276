"""The ways to pay by level of service, beginning one, and going on with it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from common.refusals import Refused
from payments.charges import charging
from payments.collecting import paying, settling
from payments.collecting.attempts import Payer
from payments.models import Attempt, AttemptStatus, Charge
from payments.providers import vietqr
from payments.providers.base import Outcome, ProviderState, QrPayload, Redirect
from procedures.models import Offering

pytestmark = pytest.mark.django_db


def keys(charges, now) -> list[str]:
    return [way.key for way in paying.ways(charges, now)]


def start(charges, now, key: str = "vnpay") -> Attempt:
    return paying.start(charges, key, Payer(address="203.0.113.7"), now)


def test_the_highest_level_offers_every_way_and_none_costs_anything(owing, now) -> None:
    found = paying.ways([owing], now)
    assert [way.key for way in found] == ["vnpay", "vietqr", "counter"]
    assert {way.cost_vnd for way in found} == {0}
    assert all(way.confirmed for way in found)


def test_below_it_the_fee_is_paid_at_the_desk_alone(owing, now) -> None:
    Offering.objects.update(level=3)
    assert keys([owing], now) == ["counter"]
    for key in ("vnpay", "vietqr", "nonsense"):
        with pytest.raises(Refused) as refusal:
            start([owing], now, key)
        assert refusal.value.code == "way"
    assert not Attempt.objects.exists()


def test_one_charge_below_it_keeps_all_at_the_desk(owing, now, road) -> None:
    Offering.objects.filter(procedure=road.version.procedure).delete()
    assert keys([owing], now) == ["counter"]


def test_what_owes_nothing_has_no_way(road, owing, now) -> None:
    charging.waive(owing, by=road.commune.leader, reason="Thiên tai", now=now)
    assert paying.ways([owing], now) == []
    with pytest.raises(Refused) as refusal:
        start([owing], now)
    assert refusal.value.code == "state"


def test_a_sum_beyond_the_gateways_twelve_digits_goes_by_transfer(owing, now) -> None:
    Charge.objects.update(amount_vnd=10_000_008_000)
    assert "vnpay" not in keys([owing], now)
    assert "vietqr" in keys([owing], now)


def test_an_attempt_keeps_what_is_sent_and_always_asks_for_the_same(owing, now, settings) -> None:
    attempt = Attempt.objects.get(pk=start([owing], now).pk)
    first, second = paying.go_on(attempt, now), paying.go_on(attempt, now + timedelta(minutes=14))
    assert first == second
    assert isinstance(first, Redirect)
    asked = {name: value for name, [value] in parse_qs(urlsplit(first.url).query).items()}
    assert asked["vnp_TxnRef"] == attempt.ref
    assert (asked["vnp_Amount"], asked["vnp_IpAddr"]) == ("2800000", "203.0.113.7")
    # One reading of the clock, in Vietnam.
    assert (asked["vnp_CreateDate"], asked["vnp_ExpireDate"]) == ("20260323090000", "20260323091500")
    assert asked["vnp_ReturnUrl"] == f"{settings.SITE_URL}/pay/vnpay/return/"
    assert attempt.ref in asked["vnp_OrderInfo"] and owing.dossier.code not in first.url


def test_nobody_is_sent_on_once_the_gateway_would_refuse(owing, now) -> None:
    attempt = start([owing], now)
    with pytest.raises(Refused) as refusal:
        paying.go_on(attempt, now + timedelta(minutes=15))
    assert refusal.value.code == "state"
    settling.apply(ProviderState(attempt.ref, Outcome.CANCELLED), now=now)
    attempt.refresh_from_db()
    with pytest.raises(Refused):
        paying.go_on(attempt, now)


def test_a_code_shows_what_a_transfer_needs_and_nobody_is_paid_by_it(owing, now, settings) -> None:
    attempt = start([owing], now, "vietqr")
    shown = paying.go_on(attempt, now)
    assert isinstance(shown, QrPayload)
    read = vietqr.parse(shown.text)
    assert (read.bank, read.amount_vnd, read.additional["08"]) == ("970000", 28_000, shown.reference)
    assert shown.holder == "KHÔNG CHUYỂN TIỀN"
    assert paying.simulated_transfer(attempt, shown).startswith(f"{settings.SIMULATOR_URL}/bank/transfer?")
    settings.SIMULATOR_URL = ""
    assert paying.simulated_transfer(attempt, shown) == ""


def test_a_provider_that_is_no_longer_there_leads_nowhere(owing, now, settings) -> None:
    attempt = start([owing], now)
    settings.VNPAY = settings.VNPAY | {"base_url": ""}
    with pytest.raises(Refused) as refusal:
        paying.go_on(attempt, now)
    assert refusal.value.code == "way"


def test_references_cannot_be_guessed_from_each_other(owing, now) -> None:
    found = set()
    for _n in range(20):
        attempt = start([owing], now)
        found.add(attempt.ref)
        settling.apply(ProviderState(attempt.ref, Outcome.CANCELLED), now=now)
    assert len(found) == 20 and {len(ref) for ref in found} == {14}
    assert Attempt.objects.filter(status=AttemptStatus.CANCELLED).count() == 20
