"""A fee that its applicant left to the postman: whose it is until there is a parcel, and how it is paid otherwise."""

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import gettext as _

from common.onetime import new_key
from dossiers import actions, worklist
from dossiers.models import Dossier, FeeState, WorklistRow
from dossiers.tests.desk.test_intake import GOOD, scanned
from notifications.models import Notification
from payments.charges import charging, claiming
from payments.collecting import cashier
from payments.models import Charge, ChargeStatus, Parcel
from payments.post import parcels
from payments.tests.post.conftest import ADDRESS
from procedures.models import Offering
from procedures.paper import prepared
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_work(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def left(road, office):
    """A draft of 20.000 đồng whose fee is left to the postman."""
    factories.fee(road.version, key="le-phi", amount_vnd=20_000)
    road.dossier.delivery, road.dossier.delivery_address, road.dossier.pays_on_delivery = "post", ADDRESS, True
    road.dossier.save()
    return road


def listed() -> str:
    """Return the state of the fee in the desk's lists, which a rebuilding leaves as it is."""
    assert not list(worklist.rebuild(is_dry=True))
    return WorklistRow.objects.get().fee_state


def pay_cash(road) -> None:
    commune = road.commune
    shift = cashier.open_shift(commune.unit, commune.cashier, 0, road.now)
    cashier.take_cash(list(Charge.objects.filter(status=ChargeStatus.OPEN)), shift, road.now)


def test_lists_show_it_as_the_postmans_until_it_is_asked_for_or_a_parcel_decides(left) -> None:
    left.processing()
    assert (Dossier.objects.get().fee_state, listed()) == (FeeState.OWED, FeeState.ON_DELIVERY)
    charging.reassess(Charge.objects.get(), quantities={}, by=left.commune.clerk, reason="Xem lại", now=left.now)
    assert listed() == FeeState.ON_DELIVERY
    left.dossier.refresh_from_db()
    left.do(actions.RequirePayment(left.now.date().replace(day=31)), left.commune.specialist)
    assert listed() == FeeState.OWED
    pay_cash(left)
    assert listed() == FeeState.PAID


def test_a_cancelled_parcel_leaves_it_to_be_paid(left) -> None:
    left.decided()
    assert listed() == FeeState.ON_DELIVERY
    parcels.cancel(Parcel.objects.get(), left.now, by=left.commune.clerk)
    assert listed() == FeeState.OWED


def test_its_owner_reads_whose_it_is_and_may_pay_before_the_result_leaves(client, left) -> None:
    left.processing()
    client.force_login(left.citizen)
    page = client.get(reverse("applicant:dossiers")).content.decode()
    assert _("%(amount)s, to the postman") % {"amount": "20.000 đồng"} in page and _("Pay the fee now") in page
    page = client.get(reverse("applicant:dossier", args=[left.dossier.ref])).content.decode()
    instead = _(
        "Until the result leaves the commune you can pay the commune instead; then the postman takes only the postage."
    )
    assert _("You chose to pay the postman who brings the result.") in page and instead in page
    assert reverse("paying:pay", args=[left.dossier.ref]) in page
    left.do(actions.RequirePayment(left.now.date().replace(day=31)), left.commune.specialist)
    page = client.get(reverse("applicant:dossier", args=[left.dossier.ref])).content.decode()
    assert instead not in page, "the work waits for it"
    pay_cash(left)
    left.dossier.refresh_from_db()
    left.do(actions.Propose(is_granted=True), left.commune.specialist).do(actions.Approve(), left.commune.leader)
    parcel = Parcel.objects.get()
    assert (parcel.cod_vnd, parcel.attempt, listed()) == (0, None, FeeState.PAID)


def test_its_owner_takes_it_from_the_postman(client, left) -> None:
    left.processing()
    client.force_login(left.citizen)
    dossier, address = left.dossier, reverse("paying:no_postman", args=[left.dossier.ref])
    assert address in client.get(reverse("applicant:dossier", args=[dossier.ref])).content.decode()
    page = client.get(reverse("paying:owed")).content.decode()
    assert _("You chose to pay the postman who brings the result; you may pay now instead.") in page
    assert "checked" not in page
    assert listed() == FeeState.ON_DELIVERY
    assert client.post(address).status_code == 302
    assert listed() == FeeState.OWED
    assert address not in client.get(reverse("applicant:dossier", args=[dossier.ref])).content.decode()
    # Twice changes nothing.
    client.post(address)
    assert not Dossier.objects.get(pk=dossier.pk).pays_on_delivery


def test_what_a_parcel_collects_stays_the_postmans(client, left) -> None:
    left.decided()
    client.force_login(left.citizen)
    page = client.get(reverse("paying:owed")).content.decode()
    assert _("The postman who brings the result collects it; nothing is to be paid now.") in page
    assert _("A payment is on its way") not in page
    client.post(reverse("paying:no_postman", args=[left.dossier.ref]))
    assert Dossier.objects.get().pays_on_delivery


def test_the_cashiers_list_says_whose_it_is(client, left) -> None:
    left.processing()
    client.force_login(left.commune.cashier)
    page = client.get(reverse("money:cash")).content.decode()
    assert str(FeeState.ON_DELIVERY.label) in page and str(FeeState.OWED.label) not in page


def test_once_the_desk_has_cancelled_the_parcel_it_is_paid_and_sent_without_collecting(client, left) -> None:
    left.decided()
    client.force_login(left.citizen)
    address = reverse("applicant:dossier", args=[left.dossier.ref])
    call = _("To pay in another way, call the commune before the result leaves it.")
    assert call in client.get(address).content.decode()
    first = Parcel.objects.get()
    parcels.cancel(first, left.now, by=left.commune.clerk)
    assert call not in client.get(address).content.decode()
    pay_cash(left)
    again = parcels.again(first, left.now, by=left.commune.clerk)
    assert (first.cod_vnd, again.cod_vnd, listed()) == (20_000, 0, FeeState.PAID)


ONLINE = "Pay it online, now or later:"
AT_DESK = "You pay it at UBND"
POSTMAN = "You chose to pay the postman"
CLAIMED = "You have claimed an exemption."


@pytest.mark.parametrize(
    ("level", "amount", "pays_on_delivery", "has_claimed", "words"),
    [
        (4, 20_000, False, False, ONLINE),
        (3, 20_000, False, False, AT_DESK),
        (4, 20_000, True, False, POSTMAN),
        (4, 20_000, True, True, CLAIMED),
        (4, 0, False, False, ""),
    ],
)
def test_the_message_of_a_filing_says_how_much_and_how(road, level, amount, pays_on_delivery, has_claimed, words):
    if amount:
        line = factories.fee(road.version, key="le-phi", amount_vnd=amount, exemptions=[{"who": "Hộ nghèo"}])
        claiming.claim(road.dossier, [line.exemptions.get().pk] if has_claimed else [], road.now)
    Offering.objects.update(level=level)
    road.dossier.pays_on_delivery = pays_on_delivery
    road.dossier.save()
    road.citizen.language = "en"
    road.citizen.save()
    road.submitted()
    body = Notification.objects.get(kind="dossier_submitted").body
    assert ("Fee: 20.000 đồng. " in body) is bool(amount)
    assert [text for text in (ONLINE, AT_DESK, POSTMAN, CLAIMED) if text in body] == [words] * bool(words)
    assert (f"http://testserver/my/dossiers/{road.dossier.ref}/pay/" in body) is (words == ONLINE)
    road.do(actions.Receive(), road.commune.clerk)
    assert "Fee: " not in Notification.objects.get(kind="dossier_received").body


@pytest.mark.parametrize(("delivery", "is_left"), [("post", True), ("desk", False)])
def test_a_clerk_asks_whoever_brings_papers(client, commune, office, now, delivery, is_left) -> None:
    version = factories.version(commune.unit, level=2)
    factories.fee(version, key="le-phi", amount_vnd=20_000)
    form = prepared.start(version, commune.unit.slug, now, {"requester_name": "Nguyễn Thị Ổn"})
    prepared.make_ready(form, now)
    form.refresh_from_db()
    scanned(client, commune, form)
    address = reverse("desk:counter_declaration", args=[form.pk])
    assert 'name="pays_on_delivery"' in client.get(address).content.decode()
    client.post(address, GOOD | {"key": new_key(), "delivery": delivery, "pays_on_delivery": "on"})
    dossier = Dossier.objects.get()
    assert (dossier.pays_on_delivery, dossier.fee_state) == (is_left, FeeState.OWED)
    assert listed() == (FeeState.ON_DELIVERY if is_left else FeeState.OWED)
    body = Notification.objects.get(kind="dossier_received").body
    assert "20.000 đồng" in body and ("bưu tá" in body) is is_left


def test_a_clerk_is_not_asked_where_nobody_could_take_the_fee(client, commune, office, now, settings) -> None:
    version = factories.version(commune.unit, level=2)
    form = prepared.start(version, commune.unit.slug, now, {"requester_name": "Nguyễn Thị Ổn"})
    prepared.make_ready(form, now)
    form.refresh_from_db()
    scanned(client, commune, form)
    address = reverse("desk:counter_declaration", args=[form.pk])
    assert "pays_on_delivery" not in client.get(address).content.decode()
    factories.fee(version, key="le-phi", amount_vnd=20_000)
    assert "pays_on_delivery" in client.get(address).content.decode()
    settings.VNPOST = settings.VNPOST | {"base_url": ""}
    assert "pays_on_delivery" not in client.get(address).content.decode()
