"""The fee follows answers that were corrected: what an officer sees before, and what becomes of the money."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from dossiers import actions
from dossiers.models import FeeState
from eforms.filling.filled import SentSection
from notifications.models import Notification
from payments.books import checking
from payments.charges import charging
from payments.charges import shown as shown_fee
from payments.collecting import attempts, correcting, refunding, settling
from payments.collecting.attempts import Payer
from payments.models import Charge, ChargeStatus, ExemptionClaim, Refund, RefundStatus
from payments.providers.base import Outcome, ProviderState
from tests import factories
from tests.factories import NOW
from tests.present import present

from ..desk.conftest import fill, see, text

pytestmark = pytest.mark.django_db
SECTION = actions.Item(None, "requester", "Người yêu cầu", "Ghi nhầm")


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now.replace(hour=15), tick=False):
        yield


@pytest.fixture
def owing(road) -> Charge:
    """A fee of 20.000 for each dossier, and 8.000 for one whose form says that copies are wanted."""
    only = {"field": "wants_copy", "op": "eq", "value": "co"}
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    factories.fee(road.version, key="ban-sao", amount_vnd=8000, applies="Khi cần bản sao", applies_if=only)
    road.processing()
    return Charge.objects.get()


def pay(charge: Charge, now: Any) -> None:
    attempt = attempts.begin([charge], "vnpay", Payer(), now, is_polled=True)
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "1", is_asked=True), now=now)


def correct(road: Any, **answers: Any) -> None:
    """The owner asks, the holder allows, the owner sends the section."""
    road.dossier.refresh_from_db()
    road.do(actions.RequestCorrection(SECTION), road.citizen).do(actions.AcceptCorrection(), road.commune.specialist)
    sent = {"requester_name": "Nguyễn Văn An"} | answers
    road.do(actions.SendCorrection(SentSection("requester", sent, is_done=True)), road.citizen)


def follow(road: Any, who: str = "specialist") -> Any:
    road.now += timedelta(minutes=1)
    with time_machine.travel(road.now, tick=False):
        return fill(getattr(road.commune, who), "follow", road.dossier.code, reason="Theo tờ khai đã sửa")


def test_an_unpaid_fee_is_assessed_anew_once_an_officer_has_seen_it(owing, road) -> None:
    code = road.dossier.code
    assert correcting.look(road.dossier) is None
    assert follow(road).status_code == 409
    correct(road, wants_copy="khong")
    for name, who in (("fees", "leader"), ("follow", "specialist")):
        page = text(see(getattr(road.commune, who), name, code))
        assert "28.000 đồng" in page and "20.000 đồng" in page
    assert fill(road.commune.cashier, "follow", code).status_code == 403
    assert fill(road.commune.clerk, "follow", code).status_code == 422
    assert follow(road).status_code == 302
    owing.refresh_from_db()
    fresh = Charge.objects.get(replaces=owing)
    assert (owing.status, fresh.amount_vnd, fresh.status) == (ChargeStatus.CANCELLED, 20_000, ChargeStatus.OPEN)
    assert (fresh.reason, fresh.assessed_by) == ("Theo tờ khai đã sửa", road.commune.specialist)
    told = Notification.objects.filter(kind="fee_changed").get()
    assert all(words in told.body for words in ("28.000 đồng", "20.000 đồng", "Theo tờ khai đã sửa"))
    assert correcting.look(road.dossier) is None and follow(road).status_code == 409


def test_what_was_paid_too_much_is_proposed_to_be_paid_back_and_a_rest_is_owed(owing, road) -> None:
    pay(owing, road.now)
    correct(road, wants_copy="khong")
    assert follow(road).status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount_vnd, refund.status, refund.requested_by) == (
        8000,
        RefundStatus.REQUESTED,
        road.commune.specialist,
    )
    assert correcting.look(road.dossier) is None
    # Declined, it is charged again as it was: nothing more is to be said of it but that.
    refunding.decide(refund, approved=False, by=road.commune.leader, now=road.now)
    assert present(correcting.look(road.dossier)).back_vnd == 8000
    correct(road, wants_copy="co", copies=2)
    assert correcting.look(road.dossier) is None and not checking.invariants(road.now)


def test_a_rest_is_charged_beside_what_was_paid(owing, road) -> None:
    correct(road, wants_copy="khong")
    assert follow(road).status_code == 302
    paid = Charge.objects.get(status=ChargeStatus.OPEN)
    pay(paid, road.now)
    correct(road, wants_copy="co", copies=1)
    assert "8.000 đồng" in text(see(road.commune.clerk, "follow", road.dossier.code))
    assert follow(road, "clerk").status_code == 302
    paid.refresh_from_db()
    rest = Charge.objects.get(status=ChargeStatus.OPEN)
    assert (paid.status, rest.amount_vnd, rest.replaces) == (ChargeStatus.PAID, 8000, None)
    assert [(line.key, line.amount_vnd) for line in rest.lines.all()] == [("ban-sao", 8000)]
    road.dossier.refresh_from_db()
    assert road.dossier.fee_state == FeeState.OWED and not checking.invariants(road.now)
    # Not needed after all: the rest goes, what was paid stays.
    correct(road, wants_copy="khong")
    assert follow(road).status_code == 302
    rest.refresh_from_db()
    assert (rest.status, Refund.objects.exists()) == (ChargeStatus.CANCELLED, False)
    road.dossier.refresh_from_db()
    assert road.dossier.fee_state == FeeState.PAID


def test_a_payment_on_its_way_comes_first_and_a_part_stays(owing, road) -> None:
    attempt = attempts.begin([owing], "vnpay", Payer(), road.now, is_polled=True)
    correct(road, wants_copy="khong")
    assert follow(road).status_code == 422
    settling.apply(ProviderState(attempt.ref, Outcome.SUCCEEDED, attempt.amount_vnd, "1", is_asked=True), now=road.now)
    assert follow(road).status_code == 302 and Refund.objects.get().amount_vnd == 8000


def test_a_fee_that_was_not_due_is_opened_and_one_that_is_no_longer_due_goes(road) -> None:
    only = {"field": "wants_copy", "op": "eq", "value": "co"}
    factories.fee(road.version, key="ban-sao", amount_vnd=8000, applies="Khi cần bản sao", applies_if=only)
    road.dossier.answers = {"requester_name": "Nguyễn Văn An", "wants_copy": "khong"}
    road.dossier.save(update_fields=["answers"])
    road.processing()
    assert not Charge.objects.exists()
    correct(road, wants_copy="co", copies=1)
    assert "8.000 đồng" in text(see(road.commune.clerk, "fees", road.dossier.code))
    assert follow(road).status_code == 302
    opened = Charge.objects.get()
    assert (opened.n, opened.amount_vnd, opened.status) == (1, 8000, ChargeStatus.OPEN)
    correct(road, wants_copy="khong")
    assert follow(road).status_code == 302
    opened.refresh_from_db()
    road.dossier.refresh_from_db()
    assert (opened.status, road.dossier.fee_state) == (ChargeStatus.CANCELLED, FeeState.NONE)


def shown(road: Any) -> correcting.Anew:
    return present(correcting.look(road.dossier))


def test_what_an_officer_added_is_counted_once_and_hides_nothing(owing, road) -> None:
    pay(owing, road.now)
    correct(road, wants_copy="khong")
    charging.add(
        road.dossier, quantities={"ban-sao": 1, "le-phi": 1}, by=road.commune.clerk, reason="Thêm", now=road.now
    )
    # Added after the correction and by the same hand: the correction is still to be followed.
    assert (shown(road).rest_vnd, shown(road).back_vnd, shown(road).added_vnd) == (0, 8000, 20_000)
    assert follow(road).status_code == 302 and Refund.objects.get().amount_vnd == 8000
    added = Charge.objects.get(status=ChargeStatus.OPEN)
    charging.reassess(added, quantities={"ban-sao": 0, "le-phi": 2}, by=road.commune.clerk, reason="2", now=road.now)
    correct(road, wants_copy="co", copies=1)
    assert (shown(road).rest_vnd, shown(road).added_vnd) == (8000, 40_000)
    assert "40.000 đồng" in text(see(road.commune.clerk, "follow", road.dossier.code))
    assert follow(road).status_code == 302
    rest = Charge.objects.latest("n")
    assert (rest.amount_vnd, rest.is_rest) == (8000, True) and correcting.look(road.dossier) is None
    # A rest has no counts of its own: assessed anew it would be the whole fee once more.
    assert fill(road.commune.clerk, "reassess", road.dossier.code, rest.n, reason="x").status_code == 409
    assert Charge.objects.latest("n") == rest


def test_what_an_officer_added_after_the_correction_is_not_charged_again(owing, road) -> None:
    correct(road, wants_copy="khong")
    assert follow(road).status_code == 302
    correct(road, wants_copy="co", copies=1)
    assert shown(road).total_vnd == 28_000
    charging.add(road.dossier, quantities={"ban-sao": 1}, by=road.commune.clerk, reason="Thêm", now=road.now)
    assert correcting.look(road.dossier) is None and follow(road).status_code == 409


def test_what_was_waived_is_no_repayment_and_what_was_paid_in_part_is_settled(owing, road) -> None:
    charging.paid(owing, 20_000, road.now)
    correct(road, wants_copy="khong")
    assert (shown(road).rest_vnd, shown(road).back_vnd) == (0, 0)
    assert follow(road).status_code == 302
    owing.refresh_from_db()
    assert (owing.status, owing.owed_vnd) == (ChargeStatus.PAID, 0) and not Refund.objects.exists()
    Charge.objects.filter(pk=owing.pk).update(
        status=ChargeStatus.WAIVED, waived_at=road.now, paid_vnd=0, amount_vnd=28_000, assessed_at=NOW
    )
    assert correcting.look(road.dossier) is None


def test_what_was_paid_at_the_national_portal_or_granted_elsewhere_changes_nothing(owing, road, monkeypatch) -> None:
    other = factories.version(road.commune.unit, code="1.000077", name="Khai tử")
    exempt = factories.fee(other, exemptions=[{"who": "Hộ nghèo"}]).exemptions.get()
    decided = {"granted": True, "decided_at": road.now, "claimed_at": road.now}
    ExemptionClaim.objects.create(dossier=road.dossier, exemption=exempt, **decided)
    correct(road, wants_copy="khong")
    assert "20.000 đồng" in text(see(road.commune.leader, "fees", road.dossier.code))
    assert shown_fee.fee_by(road.dossier, []).total_vnd == 20_000
    monkeypatch.setattr(charging, "was_paid_elsewhere", lambda dossier: True)
    assert correcting.look(road.dossier) is None
