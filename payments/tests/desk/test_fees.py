"""The fees of a dossier: who sees them, and what officers decide about them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers import actions
from dossiers.models import Dossier, FeeState, Status
from payments.charges import charging, claiming, copies
from payments.models import Charge, ChargeStatus, ExemptionClaim
from tests import factories

from .conftest import code, fill, see, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed(road) -> ExemptionClaim:
    """An exemption claimed while filing."""
    who = {"who": "Hộ nghèo", "proof": "Giấy chứng nhận hộ nghèo"}
    line = factories.fee(road.version, key="le-phi", amount_vnd=20_000, exemptions=[who])
    claiming.claim(road.dossier, [line.exemptions.get().pk], road.now)
    road.submitted()
    return ExemptionClaim.objects.get()


def state(dossier: Dossier) -> str:
    return Dossier.objects.values_list("fee_state", flat=True).get(pk=dossier.pk)


def test_who_sees_the_fees(owing, commune, other_commune, citizen) -> None:
    expected = {"clerk": 200, "specialist": 200, "leader": 200, "cashier": 200, "publisher": 403, "administrator": 403}
    assert {role: see(getattr(commune, role), "fees", code(owing)).status_code for role in expected} == expected
    for role in ("clerk", "leader", "cashier"):
        assert see(getattr(other_commune, role), "fees", code(owing)).status_code == 404
    assert see(citizen, "fees", code(owing)).status_code == 403
    assert see(commune.cashier, "fees", "không có").status_code == 404


def test_the_cashier_learns_code_name_and_charges_only(owing, commune) -> None:
    page = text(see(commune.cashier, "fees", code(owing)))
    dossier = owing.dossier
    assert dossier.applicant.name in page and "28.000 đồng" in page
    to_dossier = f'href="{reverse("desk:dossier", args=[dossier.code])}"'
    for hidden in (dossier.applicant.phone, "Giấy chứng sinh", to_dossier):
        assert hidden not in page
    browser = Client()
    browser.force_login(commune.cashier)
    assert browser.get(reverse("desk:dossier", args=[dossier.code])).status_code == 403


def test_the_dossiers_page_shows_the_fee_and_costs_the_same(owing, road, commune, client) -> None:
    client.force_login(commune.clerk)
    address = reverse("desk:dossier", args=[code(owing)])
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        page = client.get(address).content.decode()
    assert "28.000 đồng" in page and reverse("money:fees", args=[code(owing)]) in page
    owing = charging.reassess(owing, quantities={"ban-sao": 3}, by=commune.clerk, reason="Ba bản", now=road.now)
    with CaptureQueriesContext(connection) as more:
        page = client.get(address).content.decode()
    assert "44.000 đồng" in page
    assert len(more) <= len(few)


def test_a_claim_is_declined_with_a_reason_and_granted_without(claimed, road, commune) -> None:
    at = [road.dossier.code, claimed.pk]
    page = text(see(commune.clerk, "fees", road.dossier.code))
    assert "Giấy chứng nhận hộ nghèo" in page and reverse("money:claim", args=at) in page
    assert [card.status for card in see(commune.clerk, "fees", road.dossier.code).context["money"].charges] == [
        _("Not to be paid yet")
    ]
    assert "money:take" not in page and reverse("money:take_cash", args=[road.dossier.code]) not in page
    assert fill(commune.cashier, "claim", *at, granted="1").status_code == 403
    assert fill(commune.clerk, "claim", *at, granted="0").status_code == 422
    answer = fill(commune.clerk, "claim", *at, granted="0", reason="Giấy đã hết hạn")
    assert answer.status_code == 302
    assert state(road.dossier) == FeeState.OWED
    # Decided meanwhile by a colleague.
    assert fill(commune.specialist, "claim", *at, granted="1").status_code == 409
    assert "Giấy đã hết hạn" in text(see(commune.cashier, "fees", road.dossier.code))


def test_a_granted_claim_leaves_nothing_due(claimed, road, commune) -> None:
    assert fill(commune.specialist, "claim", road.dossier.code, claimed.pk, granted="1").status_code == 302
    assert state(road.dossier) == FeeState.NONE
    browser = Client()
    browser.force_login(commune.clerk)
    page = text(browser.get(reverse("desk:dossier", args=[road.dossier.code])))
    assert reverse("money:fees", args=[road.dossier.code]) in page, "who decided it can still be read"
    assert fill(commune.cashier, "take_cash", road.dossier.code).status_code == 302
    assert see(commune.clerk, "claim", road.dossier.code, claimed.pk + 1).status_code == 404


def test_a_fee_is_assessed_anew(owing, commune) -> None:
    at = [code(owing), owing.n]
    form = see(commune.clerk, "reassess", *at).context["form"]
    name = next(name for name, key in form.names.items() if key == "ban-sao")
    assert fill(commune.clerk, "reassess", *at, **{name: "2"}).status_code == 422
    assert fill(commune.clerk, "reassess", *at, reason="x", **{name: "-1"}).status_code == 422
    assert fill(commune.clerk, "reassess", *at, reason="Hai bản", **{name: "2"}).status_code == 302
    fresh = Charge.objects.get(replaces=owing)
    assert (fresh.amount_vnd, fresh.reason, fresh.assessed_by) == (36_000, "Hai bản", commune.clerk)
    # The page of the former charge is old.
    assert fill(commune.clerk, "reassess", *at, reason="Ba bản", **{name: "3"}).status_code == 409
    page = text(see(commune.leader, "fees", code(owing)))
    assert "36.000 đồng" in page and "28.000 đồng" in page


def test_what_nobody_has_decided_is_an_empty_box(road, commune) -> None:
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    late = factories.fee(road.version, key="qua-han", amount_vnd=5_000, applies="Đăng ký quá hạn")
    road.submitted()
    charge = Charge.objects.get()
    assert not charge.is_complete
    form = see(commune.clerk, "reassess", road.dossier.code, 1).context["form"]
    assert form[f"line_{late.pk}"].value() is None
    assert fill(commune.clerk, "reassess", road.dossier.code, 1, reason="x").status_code == 422
    typed = {f"line_{late.pk}": "1", "reason": "Quá hạn"}
    assert fill(commune.clerk, "reassess", road.dossier.code, 1, **typed).status_code == 302
    assert Charge.objects.get(replaces=charge).amount_vnd == 25_000


def test_an_exemption_is_granted_at_the_desk_with_its_proof(road, commune) -> None:
    line = factories.fee(road.version, key="le-phi", amount_vnd=20_000, exemptions=[{"who": "Hộ nghèo"}])
    road.submitted()
    typed: dict[str, Any] = {"exemptions": [line.exemptions.get().pk], "reason": "Đã xem giấy chứng nhận"}
    assert fill(commune.clerk, "reassess", road.dossier.code, 1, **typed).status_code == 302
    assert state(road.dossier) == FeeState.NONE
    assert "Hộ nghèo" in text(see(commune.leader, "fees", road.dossier.code))


def test_a_fee_is_added_once(owing, commune) -> None:
    form = see(commune.clerk, "add", code(owing)).context["form"]
    name = next(name for name, key in form.names.items() if key == "ban-sao")
    assert fill(commune.clerk, "add", code(owing), reason="Thêm bản").status_code == 422
    assert fill(commune.clerk, "add", code(owing), reason="Thêm bản", **{name: "2"}).status_code == 302
    assert list(owing.dossier.charges.values_list("n", "amount_vnd")) == [(1, 28_000), (2, 16_000)]
    page = text(see(commune.cashier, "fees", code(owing)))
    assert "44.000 đồng" in page


def test_copies_of_an_online_result_are_handed_over(road, commune, citizen) -> None:
    factories.fee(road.version, key="ban-sao", unit="copy", is_optional=True, name="Bản sao")
    Dossier.objects.filter(pk=road.dossier.pk).update(delivery="online")
    road.dossier.refresh_from_db()
    copies.order(road.dossier, 3, road.now)
    road.submitted().do(actions.Receive(), commune.clerk).do(actions.Forward(commune.specialist), commune.clerk)
    road.do(actions.Propose(is_granted=True), commune.specialist).do(actions.Approve(), commune.leader)
    charging.waive(Charge.objects.get(), by=commune.leader, reason="Thử", now=road.now)
    Dossier.objects.filter(pk=road.dossier.pk).update(status=Status.RETURNED, closed_at=road.now)
    assert road.dossier.code in text(see(commune.clerk, "copies_waiting"))
    assert "3 " in text(see(commune.clerk, "fees", road.dossier.code))
    assert fill(commune.clerk, "copies", road.dossier.code).status_code == 302
    assert fill(commune.clerk, "copies", road.dossier.code).status_code == 409
    assert copies.waiting(road.dossier) == 0
    assert road.dossier.code not in text(see(commune.clerk, "copies_waiting"))


def test_the_leader_alone_waives_and_not_what_is_his_own(owing, commune) -> None:
    at = [code(owing), owing.n]
    assert fill(commune.clerk, "waive", *at, reason="Thiên tai").status_code == 403
    assert fill(commune.cashier, "waive", *at, reason="Thiên tai").status_code == 403
    assert fill(commune.leader, "waive", *at, reason=" ").status_code == 422
    Dossier.objects.filter(pk=owing.dossier_id).update(owner=commune.leader)
    assert fill(commune.leader, "waive", *at, reason="Thiên tai").status_code == 403
    Dossier.objects.filter(pk=owing.dossier_id).update(owner=None)
    assert fill(commune.leader, "waive", *at, reason="Thiên tai").status_code == 302
    owing.refresh_from_db()
    assert (owing.status, owing.reason) == (ChargeStatus.WAIVED, "Thiên tai")
    assert state(owing.dossier) == FeeState.WAIVED


def test_another_payer_stands_on_the_receipt(owing, commune, shift) -> None:
    at = [code(owing), owing.n]
    assert fill(commune.clerk, "payer", *at, payer_name="Công ty Mây Tre", payer_address="Ấp 2").status_code == 302
    fill(commune.cashier, "take_cash", code(owing))
    receipt = owing.receipts.get()
    assert (receipt.payer_name, receipt.payer_address) == ("Công ty Mây Tre", "Ấp 2")
    assert fill(commune.clerk, "payer", *at, payer_name="Người khác").status_code == 409


def test_the_queue_shows_and_filters_the_fee(owing, commune, client) -> None:
    client.force_login(commune.clerk)
    address = f"{reverse('desk:list')}?view=all"
    assert str(FeeState.OWED.label) in client.get(address).content.decode()
    assert len(client.get(f"{address}&fee=owed").context["page"].rows) == 1
    assert client.get(f"{address}&fee=paid").context["page"].rows == []
    assert len(client.get(f"{address}&fee=nonsense").context["page"].rows) == 1
