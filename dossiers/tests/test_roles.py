"""In which roles a person stands towards a dossier, and in which of them an action is performed."""

from datetime import date, timedelta

import pytest

from common.refusals import Refused
from dossiers import actions, workflow
from dossiers.models import Applicant, Dossier, Status
from dossiers.records.applicants import number_index
from dossiers.table import APPLICANT, SYSTEM, TABLE, Action
from dossiers.workflow import ActionBase, Move, role_among, roles_of
from offices.models import Post, Role, Unit
from tests import factories

pytestmark = pytest.mark.django_db
LAND = "dat-dai"


@pytest.fixture
def sent_on(road, other_commune):
    """A dossier of the sector 'ho-tich', received by one commune, handled by another, held by a specialist there."""
    road.processing()
    Dossier.objects.update(unit=other_commune.unit, holder=other_commune.specialist, holder_unit=other_commune.unit)
    road.dossier = Dossier.objects.get()
    return road


def province(*below: Unit) -> Unit:
    """Put a unit above others."""
    made = Unit.objects.create(kind="province", slug="dong-nai", name="UBND tỉnh", short_name="Tỉnh", identifier="H19")
    Unit.objects.filter(pk__in=[unit.pk for unit in below]).update(parent=made)
    return made


def post(user, unit: Unit, role: str, **fields) -> None:
    Post.objects.create(user=user, unit=unit, role=role, **({"valid_from": date(2025, 7, 1)} | fields))


def test_officers_of_both_units_have_their_roles_and_a_specialist_only_where_it_is_handled(
    sent_on, commune, other_commune
):
    for role in (Role.CLERK, Role.LEADER, Role.CASHIER, Role.PUBLISHER, Role.ADMINISTRATOR):
        for unit in (commune, other_commune):
            assert roles_of(getattr(unit, role), sent_on.dossier, sent_on.now) == {role}
    assert roles_of(commune.specialist, sent_on.dossier, sent_on.now) == set()
    assert roles_of(other_commune.specialist, sent_on.dossier, sent_on.now) == {Role.SPECIALIST}


def test_a_third_unit_has_no_role(sent_on):
    stranger = factories.commune(slug="xuan-hoa", name="Xã Xuân Hòa", identifier="000.00.18.H19")
    for role in Role.values:
        assert roles_of(getattr(stranger, role), sent_on.dossier, sent_on.now) == set()


def test_a_specialist_handles_the_sectors_of_the_post_and_what_they_hold(sent_on, other_commune):
    holder = other_commune.specialist
    colleague = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    post(colleague, other_commune.unit, Role.SPECIALIST, sectors=["ho-tich", LAND])
    assert roles_of(colleague, sent_on.dossier, sent_on.now) == {Role.SPECIALIST}
    Post.objects.filter(user__in=[holder, colleague]).update(sectors=[LAND])
    assert roles_of(colleague, sent_on.dossier, sent_on.now) == set()
    assert roles_of(holder, sent_on.dossier, sent_on.now) == {Role.SPECIALIST}


def test_of_the_units_above_only_the_administrator_has_a_role(sent_on, commune, other_commune):
    above = province(other_commune.unit)
    sent_on.dossier = Dossier.objects.get()
    for role in Role:
        user = factories.user(full_name=f"Cán bộ {role}", email=f"{role}@tinh.example.com")
        post(user, above, role)
        expected = {Role.ADMINISTRATOR} if role == Role.ADMINISTRATOR else set()
        assert roles_of(user, sent_on.dossier, sent_on.now) == expected, role
    Dossier.objects.update(holder_unit=commune.unit)
    assert roles_of(user_of(above), Dossier.objects.get(), sent_on.now) == set()


def user_of(unit: Unit):
    """Return a unit's administrator."""
    return Post.objects.get(unit=unit, role=Role.ADMINISTRATOR).user


def test_a_role_lasts_as_long_as_its_post_and_several_add_up(sent_on, commune):
    user = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    day = sent_on.now.date()
    post(user, commune.unit, Role.CLERK, valid_until=day - timedelta(days=1))
    post(user, commune.unit, Role.CASHIER, valid_from=day + timedelta(days=1))
    assert roles_of(user, sent_on.dossier, sent_on.now) == set()
    post(user, commune.unit, Role.LEADER, valid_from=day, valid_until=day)
    post(user, commune.unit, Role.PUBLISHER, valid_from=day)
    assert roles_of(user, sent_on.dossier, sent_on.now) == {Role.LEADER, Role.PUBLISHER}


def test_the_owner_is_the_applicant_also_beside_a_post(road, citizen, commune):
    road.submitted()
    assert roles_of(citizen, road.dossier, road.now) == {APPLICANT}
    post(citizen, commune.unit, Role.CLERK)
    assert roles_of(citizen, road.dossier, road.now) == {APPLICANT, Role.CLERK}


# In which role


def refusal(action: type[ActionBase], dossier: Dossier, by, roles: set[str]) -> str:
    with pytest.raises(Refused) as caught:
        role_among(action, dossier, by, roles)
    return caught.value.code


def test_the_system_acts_where_the_table_says_so(road):
    road.submitted()
    assert role_among(actions.Stop, road.dossier, None, set()) == SYSTEM
    assert refusal(actions.Receive, road.dossier, None, set()) == "who"
    assert refusal(actions.Submit, road.dossier, None, {APPLICANT}) == "who"


def test_the_owner_acts_as_the_applicant_and_never_as_an_officer(road, citizen):
    road.submitted()
    both = {APPLICANT, Role.CLERK}
    assert role_among(actions.RequestWithdrawal, road.dossier, citizen, both) == APPLICANT
    assert refusal(actions.Receive, road.dossier, citizen, both) == "own"
    assert refusal(actions.Receive, road.dossier, citizen, set()) == "who"


@pytest.mark.parametrize(
    ("officers", "applicants", "is_own"),
    [
        ("075199000011", "075199000011", True),
        ("075199000099", "075199000011", False),
        ("", "075199000011", False),
        ("", "", False),
    ],
)
def test_a_dossier_is_an_officers_own_when_both_carry_the_same_number(road, commune, officers, applicants, is_own):
    road.submitted()
    commune.clerk.set_personal_number(officers)
    Applicant.objects.update(number_index=number_index(applicants))
    dossier = Dossier.objects.get()
    assert workflow.is_own(commune.clerk, dossier) is is_own
    if is_own:
        assert refusal(actions.Receive, dossier, commune.clerk, {Role.CLERK}) == "own"
    else:
        assert role_among(actions.Receive, dossier, commune.clerk, {Role.CLERK}) == Role.CLERK


def test_a_draft_without_an_applicant_is_nobodys_own_but_its_owners(road, citizen, commune):
    commune.clerk.set_personal_number("075199000011")
    assert not workflow.is_own(commune.clerk, road.dossier)
    assert workflow.is_own(citizen, road.dossier)


def test_only_the_holder_proposes_and_a_leader_may_forward_all_the_same(road, commune):
    road.processing()
    colleague = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    specialist = {Role.SPECIALIST.value}
    assert role_among(actions.Propose, road.dossier, commune.specialist, specialist) == Role.SPECIALIST
    assert refusal(actions.Propose, road.dossier, colleague, specialist) == "holder"
    assert refusal(actions.Forward, road.dossier, colleague, specialist) == "holder"
    assert role_among(actions.Forward, road.dossier, colleague, {Role.LEADER, Role.SPECIALIST}) == Role.LEADER


def test_what_is_given_to_a_role_anybody_in_it_holds(road, commune):
    road.processing().do(actions.Forward(None), commune.specialist)
    colleague = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    assert (road.dossier.holder, road.dossier.holder_role) == (None, Role.SPECIALIST)
    assert role_among(actions.Propose, road.dossier, colleague, {Role.SPECIALIST}) == Role.SPECIALIST
    assert workflow.holds(colleague, [Role.SPECIALIST], road.dossier)
    assert not workflow.holds(colleague, [Role.CLERK, Role.LEADER], road.dossier)


def test_who_has_several_roles_acts_in_the_one_that_holds_the_dossier(road, commune):
    road.received()
    everything: set[str] = {Role.CLERK, Role.SPECIALIST, Role.LEADER}
    assert road.dossier.holder_role == Role.CLERK
    assert role_among(actions.Forward, road.dossier, commune.clerk, everything) == Role.CLERK
    road.do(actions.Forward(commune.specialist), commune.clerk)
    assert role_among(actions.ProposeStop, road.dossier, commune.specialist, everything) == Role.SPECIALIST
    assert role_among(actions.Stop, road.dossier, commune.specialist, everything) == Role.LEADER


# What an action may rely on


def move(road, by) -> Move:
    return Move(Action.STOP, road.dossier, by, SYSTEM, road.now, Status.PROCESSING, Status.STOPPED, road.now)


def test_an_action_that_needs_a_person_says_so_when_the_system_acts(road, citizen):
    assert move(road, citizen).person == citizen
    with pytest.raises(TypeError, match="stop"):
        move(road, None).person  # noqa: B018


def test_an_action_says_where_it_leads_when_the_table_leaves_that_open(road):
    for action, cls in actions.CLASSES.items():
        says_it_itself = any("target" in vars(base) for base in cls.__mro__ if base is not ActionBase)
        assert says_it_itself == (TABLE[action].target is None), action
    with pytest.raises(TypeError, match="receive"):
        actions.Receive.target(move(road, None))
