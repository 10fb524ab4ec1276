"""Who sees money: the payer, who works on the dossier, who keeps the unit's money, who audits it; nobody else."""

import pytest

from offices.models import Post, Role
from payments.collecting import attempts, refunding
from payments.collecting.attempts import Payer
from payments.models import Attempt, Charge, Receipt, Refund
from payments.tests.test_road import pay
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = (Charge, Attempt, Receipt, Refund)


@pytest.fixture
def money(owing, commune, now):
    """A charge, its payment, its receipt and a repayment."""
    attempt = pay(owing, now)
    refunding.request(attempt, {owing.pk: 8_000}, by=commune.clerk, reason="Thừa", now=now)
    return owing


def seen_by(user) -> list[int]:
    """Return how many rows of each model an officer sees."""
    posts = list(Post.objects.filter(user=user).select_related("unit"))
    return [model.objects.for_officer(user, posts).count() for model in MODELS]


@pytest.mark.parametrize("role", ["clerk", "specialist", "leader", "cashier"])
def test_officers_of_the_unit_see_its_money(money, commune, role) -> None:
    assert seen_by(getattr(commune, role)) == [1, 1, 1, 1]


@pytest.mark.parametrize("role", ["publisher", "administrator"])
def test_others_of_the_unit_do_not(money, commune, role) -> None:
    assert seen_by(getattr(commune, role)) == [0, 0, 0, 0]


@pytest.mark.parametrize("role", ["clerk", "specialist", "leader", "cashier"])
def test_nobody_of_another_unit_sees_it(money, other_commune, role) -> None:
    assert seen_by(getattr(other_commune, role)) == [0, 0, 0, 0]


def test_a_specialist_of_another_field_does_not(money, commune) -> None:
    commune.specialist.posts.update(sectors=["dat-dai"])
    assert seen_by(commune.specialist) == [0, 0, 0, 0]


def test_an_auditor_sees_the_unit_and_those_below(money, commune, other_commune) -> None:
    auditor = factories.user(email="kiem-toan@example.com")
    Post.objects.create(user=auditor, unit=other_commune.unit, role=Role.AUDITOR, valid_from="2025-07-01")
    assert seen_by(auditor) == [0, 0, 0, 0]
    commune.unit.parent = other_commune.unit
    commune.unit.is_active = False
    commune.unit.save(update_fields=["parent", "is_active"])
    assert seen_by(auditor) == [1, 1, 1, 1]


def test_the_payer_sees_what_concerns_the_own_dossiers(money, citizen, other_citizen) -> None:
    assert [model.objects.for_owner(citizen).count() for model in MODELS] == [1, 1, 1, 1]
    assert [model.objects.for_owner(other_citizen).count() for model in MODELS] == [0, 0, 0, 0]


def test_nobody_sees_a_payment_for_somebody_else_as_well(road, owing, citizen, other_citizen, now) -> None:
    road.dossier = factories.draft(other_citizen, road.commune.unit, road.version)
    road.citizen = other_citizen
    road.submitted()
    attempts.begin([owing, road.dossier.charges.get()], "counter", Payer(road.commune.cashier), now, is_polled=False)
    for person in (citizen, other_citizen):
        assert not Attempt.objects.for_owner(person).exists()
    assert seen_by(road.commune.cashier)[1] == 1


def test_scopes_cost_one_query(money, commune, django_assert_num_queries) -> None:
    for role, queries in (("clerk", 1), ("cashier", 1)):
        user = getattr(commune, role)
        posts = list(Post.objects.filter(user=user))
        for model in MODELS:
            with django_assert_num_queries(queries):
                list(model.objects.for_officer(user, posts))
