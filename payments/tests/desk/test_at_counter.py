"""The fee on the counter's page: shown, decided and taken in the step that takes the papers in."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from common.onetime import new_key
from dossiers.models import Dossier, FeeState, Slip
from dossiers.tests.desk.test_intake import GOOD
from notifications.models import Notification
from offices.models import Post, Role
from payments.collecting import cashier
from payments.models import Attempt, Charge, ChargeStatus, CopyOrder, ExemptionClaim, Receipt
from procedures.models import FeeLine, Offering
from tests import factories
from tests.pages import checks

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/counter/new/1.000001/"


@pytest.fixture(autouse=True)
def at_work(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def desk(client, commune):
    """A clerk's browser; 20.000 đồng (10.000 online), 8.000 for each copy that is wanted, the poor are exempt."""
    version = factories.version(commune.unit, level=1)
    factories.fee(version, key="le-phi", amount_vnd=20_000, amount_online_vnd=10_000, exemptions=[{"who": "Hộ nghèo"}])
    factories.fee(version, key="ban-sao", kind="phi", name="Bản sao", unit="copy", is_optional=True)
    client.force_login(commune.clerk)
    return client


@pytest.fixture
def shift(commune, now):
    """The clerk is the cashier too, with an open box."""
    Post.objects.create(user=commune.clerk, unit=commune.unit, role=Role.CASHIER, valid_from=date(2025, 7, 1))
    return cashier.open_shift(commune.unit, commune.clerk, 0, now)


def send(desk, **changes):
    """Send the page as it is shown."""
    page = desk.get(ADDRESS).context["form"]
    return desk.post(ADDRESS, GOOD | {"channel": "counter", "key": new_key(), "fee-shown": page.fee_total} | changes)


def test_a_clerk_sees_the_fee_and_the_dossier_goes_on_unpaid(desk):
    page = desk.get(ADDRESS)
    form = page.context["form"]
    assert form.fee.note and form.fee.url == "" and "fee-take" not in form.fields
    assert form.fee_total == "20.000 đồng" and checks.faults(page.content.decode()) == []
    assert send(desk, **{"fee-take": "on"}).status_code == 302
    assert Dossier.objects.get().fee_state == FeeState.OWED and not Attempt.objects.exists()


def test_a_cashier_without_an_open_box_is_told_where_to_open_it(desk, commune):
    Post.objects.create(user=commune.clerk, unit=commune.unit, role=Role.CASHIER, valid_from=date(2025, 7, 1))
    form = desk.get(ADDRESS).context["form"]
    assert form.fee.url == reverse("money:open_shift") and "fee-take" not in form.fields


def test_the_fee_is_taken_in_the_same_step(desk, commune, shift):
    answer = send(desk, **{"fee-take": "on"})
    dossier = Dossier.objects.get()
    assert dossier.fee_state == FeeState.PAID and cashier.taken_vnd(shift) == 20_000
    receipt = Receipt.objects.get()
    page = desk.get(answer.url).content.decode()
    assert reverse("money:receipt", args=[receipt.pk]) in page and receipt.full_number in page
    assert "20.000 đồng" in Slip.objects.get(kind="receipt").data["fee"]
    # Who has paid is not asked to pay.
    assert commune.unit.address not in Notification.objects.get(kind="dossier_received").body
    key = new_key()
    assert send(desk, key=key, again="on", **{"fee-take": "on"}).url == send(desk, key=key, again="on").url
    assert cashier.taken_vnd(shift) == 40_000


def test_not_taken_it_stays_owed(desk, commune, shift):
    assert send(desk).status_code == 302
    assert commune.unit.address in Notification.objects.get(kind="dossier_received").body
    assert Dossier.objects.get().fee_state == FeeState.OWED and cashier.taken_vnd(shift) == 0


def test_another_sum_than_the_page_said_is_shown_before_it_is_taken(desk, shift):
    changes = {"fee-take": "on", "fee-2": "3"}
    page = send(desk, **changes)
    assert page.status_code == 422 and set(page.context["form"].errors) == {"fee-take"}
    assert page.context["form"].fee_total == "44.000 đồng" and not Dossier.objects.exists()
    assert send(desk, **changes, **{"fee-shown": "44.000 đồng"}).status_code == 302
    dossier = Dossier.objects.get()
    assert Charge.objects.get(dossier=dossier).amount_vnd == cashier.taken_vnd(shift) == 44_000
    assert CopyOrder.objects.get(dossier=dossier).count == 3
    assert "44.000 đồng" in Slip.objects.get(kind="receipt").data["fee"]


def test_an_exemption_is_granted_by_who_saw_its_proof(desk, commune, shift):
    exemption = desk.get(ADDRESS).context["form"].fields["fee-exemptions"].choices[0][0]
    changes = {"fee-exemptions": [exemption]}
    page = send(desk, **changes, **{"fee-take": "on"})
    assert set(page.context["form"].errors) == {"fee-take"}
    assert send(desk, **changes).status_code == 302
    dossier = Dossier.objects.get()
    claim = ExemptionClaim.objects.get(dossier=dossier)
    assert (claim.granted, claim.decided_by) == (True, commune.clerk)
    assert dossier.fee_state == FeeState.NONE and not Charge.objects.exists()
    assert "Hộ nghèo" in Slip.objects.get(kind="receipt").data["fee"]


def test_a_box_that_was_closed_meanwhile_takes_nothing_and_loses_nothing(desk, commune, shift, now, monkeypatch):
    """Between page and press the shift ends: neither dossier nor money is there, the page keeps what was typed."""
    take = cashier.take_cash

    def late(charges, box, moment):
        cashier.close_shift(shift, 0, "", now)
        return take(charges, box, moment)

    monkeypatch.setattr(cashier, "take_cash", late)
    page = send(desk, **{"fee-take": "on"})
    assert page.status_code == 422 and not Dossier.objects.exists() and not Charge.objects.exists()
    assert page.context["form"]["name"].value() == GOOD["name"]


def test_a_procedure_without_a_fee_has_no_word_of_it(client, commune, django_assert_max_num_queries):
    factories.version(commune.unit, level=1)
    client.force_login(commune.clerk)
    assert client.get(ADDRESS).context["form"].fee is None
    with django_assert_max_num_queries(14):
        client.get(ADDRESS)


def test_a_letter_owes_by_its_own_channel(desk):
    assert send(desk, channel="post").status_code == 302
    charge = Charge.objects.get()
    assert (charge.amount_vnd, charge.status) == (20_000, ChargeStatus.OPEN)


@pytest.mark.parametrize(
    ("way", "sum_shown"),
    [
        ({"competent": "xa-ben-canh"}, "35.000 đồng"),
        (
            {"external_system": "national", "external_code": "G22-1", "external_at": "20/03/2026 10:00"},
            "10.000 đồng",
        ),
    ],
)
def test_the_sum_is_that_of_the_unit_and_the_channel_which_the_page_says(
    desk, commune, other_commune, shift, way, sum_shown
):
    """Another unit decides at its own price, what was filed online costs less: no sum is taken that was not shown."""
    line = FeeLine.objects.get(key="le-phi")
    Offering.objects.create(unit=other_commune.unit, procedure=line.version.procedure, level=1, since=date(2025, 7, 1))
    factories.own_fee(line, other_commune.unit, amount_vnd=35_000)
    way = {name: other_commune.unit.slug if name == "competent" else value for name, value in way.items()}
    page = send(desk, **way, **{"fee-take": "on"})
    assert page.status_code == 422 and page.context["form"].fee_total == sum_shown and not Dossier.objects.exists()
    assert set(page.context["form"].errors) == {"fee-take"}
    assert send(desk, **way, **{"fee-take": "on", "fee-shown": sum_shown}).status_code == 302
    assert f"{cashier.taken_vnd(shift):,}".replace(",", ".") + " đồng" == sum_shown


def test_what_was_paid_at_the_national_portal_is_neither_taken_nor_asked_for(desk, commune, shift):
    there = {"external_system": "national", "external_code": "G22-1", "external_at": "20/03/2026 10:00"}
    sent = there | {"external_paid": "10.000", "fee-shown": "10.000 đồng"}
    page = send(desk, **sent, **{"fee-take": "on"})
    assert page.status_code == 422 and set(page.context["form"].errors) == {"external_paid"}
    assert send(desk, **sent).status_code == 302
    dossier = Dossier.objects.get()
    assert dossier.fee_state == FeeState.NONE and not Charge.objects.exists()
    assert dossier.events.get().data["fee_paid_vnd"] == 10_000
    assert commune.unit.address not in Notification.objects.get(kind="dossier_received").body
