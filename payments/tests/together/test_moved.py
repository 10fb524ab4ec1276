"""A received dossier that is moved to another procedure owes that one's fee; what was paid before is paid back."""

import pytest

from dossiers import actions
from dossiers.models import Dossier, FeeState, Slip
from dossiers.records.fees import fee_of
from dossiers.workflow import perform
from payments.charges import claiming
from payments.collecting import cashier
from payments.models import Charge, ChargeStatus, Refund
from tests import factories
from tests.factories import NOW
from tests.present import present

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(commune, citizen):
    """A received dossier that owes 8.000 đồng, and the procedure that it belongs to, of 20.000 đồng."""
    version = factories.version(commune.unit)
    factories.fee(version, exemptions=[{"who": "Hộ nghèo"}])
    other = factories.version(commune.unit, code="1.000077", name="Khai tử")
    factories.fee(other, amount_vnd=20_000, exemptions=[{"who": "Hộ nghèo"}])
    return factories.draft(citizen, commune.unit, version), other


def moved(filed, commune) -> Dossier:
    dossier, other = filed
    anew = actions.OtherProcedure(other, dict(dossier.answers), ["requester"])
    perform(actions.Correct("Nhầm thủ tục", procedure=anew), dossier, by=commune.clerk, now=NOW)
    return Dossier.objects.get(pk=dossier.pk)


def receive(dossier, commune, citizen) -> None:
    perform(actions.Submit(), dossier, by=citizen, now=NOW)
    perform(actions.Receive(), dossier, by=commune.clerk, now=NOW)


def test_an_unpaid_fee_gives_way_to_that_of_the_other_procedure(filed, commune, citizen):
    claiming.claim(filed[0], [filed[0].version.fees.get().exemptions.get().pk], NOW)
    receive(filed[0], commune, citizen)
    dossier = moved(filed, commune)
    former, fresh = dossier.charges.order_by("n")
    assert (former.status, fresh.status, fresh.amount_vnd) == (ChargeStatus.CANCELLED, ChargeStatus.OPEN, 20_000)
    # The same exemption is claimed of the other procedure, for an officer to decide.
    assert dossier.fee_state == FeeState.CLAIMED
    assert dossier.exemption_claims.get(granted=None).exemption.line.version_id == dossier.version_id
    assert not Refund.objects.exists()
    assert "20.000" in present(Slip.objects.filter(kind="receipt").last()).data["fee"]


def test_what_was_paid_is_paid_back_and_the_other_fee_owed(filed, commune, citizen):
    receive(filed[0], commune, citizen)
    cashier.take_cash([Charge.objects.get()], cashier.open_shift(commune.unit, commune.cashier, 0, NOW), NOW)
    dossier = moved(filed, commune)
    assert (present(Refund.objects.get()).amount_vnd, dossier.fee_state) == (8_000, FeeState.OWED)
    assert fee_of(dossier).total_vnd == 20_000


def test_a_cancelled_reception_leaves_the_fee_of_an_online_dossier(filed, commune, citizen):
    receive(filed[0], commune, citizen)
    perform(actions.CancelReception("Nhầm"), filed[0], by=commune.clerk, now=NOW)
    assert present(Charge.objects.get()).status == ChargeStatus.OPEN
