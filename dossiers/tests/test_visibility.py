"""Which dossiers an officer may open, and which the lists show: by role, unit, sector, day and what was held."""

from datetime import date, timedelta

import pytest

from common.clock import local_day
from dossiers import worklist
from dossiers.models import Dossier, Status, WorklistRow
from offices.models import Post, Role
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
DAY = local_day(NOW)
LAND = "dat-dai"


@pytest.fixture
def sent_on(road, other_commune):
    """A dossier of the sector 'ho-tich', received by one commune and handled by another."""
    road.submitted()
    Dossier.objects.update(unit=other_commune.unit)
    worklist.write(road.dossier.pk)
    return road


def opened(user, day: date = DAY) -> bool:
    """Tell whether a person may open the one dossier there is."""
    return Dossier.objects.visible_with(user, Post.objects.valid_on(day).of(user)).exists()


def listed(user, day: date = DAY) -> bool:
    """Tell whether a person's lists show the one dossier there is."""
    found = WorklistRow.objects.listed_for(Post.objects.valid_on(day).of(user)).values_list("dossier_id", flat=True)
    assert len(found) <= 1, "a dossier stands in a list once"
    return bool(found)


def handles(user, *sectors: str) -> None:
    """Limit a specialist's post to sectors."""
    Post.objects.filter(user=user).update(sectors=list(sectors))


def test_clerk_and_leader_open_what_their_unit_received_or_handles(sent_on, commune, other_commune):
    for user in (commune.clerk, commune.leader, other_commune.clerk, other_commune.leader):
        assert (opened(user), listed(user)) == (True, True)
    stranger = factories.commune(slug="xuan-hoa", name="Xã Xuân Hòa", identifier="000.00.18.H19")
    for user in (stranger.clerk, stranger.leader, stranger.specialist):
        assert (opened(user), listed(user)) == (False, False)


def test_a_specialist_opens_the_sectors_of_the_post_only(road, commune):
    road.submitted()
    for sectors, expected in (((), True), (("ho-tich",), True), ((LAND, "ho-tich"), True), ((LAND,), False)):
        handles(commune.specialist, *sectors)
        assert (opened(commune.specialist), listed(commune.specialist)) == (expected, expected), sectors


def test_a_sector_opens_nothing_in_another_unit(sent_on, commune, other_commune):
    handles(commune.specialist, "ho-tich")
    handles(other_commune.specialist, "ho-tich")
    assert not opened(commune.specialist)
    assert opened(other_commune.specialist)


def test_a_specialist_opens_what_was_once_held_though_the_lists_no_longer_show_it(road, commune):
    road.proposed()
    assert road.dossier.holder_role == Role.LEADER
    handles(commune.specialist, LAND)
    assert opened(commune.specialist)
    assert not listed(commune.specialist)


def test_what_a_colleague_held_stays_closed(road, commune):
    road.proposed()
    colleague = factories.user(full_name="Lê Văn Tám", email="tam@example.com")
    Post.objects.create(
        user=colleague, unit=commune.unit, role=Role.SPECIALIST, sectors=[LAND], valid_from=date(2025, 7, 1)
    )
    assert not opened(colleague)


def test_having_held_a_dossier_opens_nothing_to_another_role(road, commune, other_commune):
    road.processing()
    Post.objects.filter(user=commune.specialist).update(role=Role.CASHIER)
    assert not opened(commune.specialist)
    Post.objects.filter(user=commune.specialist).update(role=Role.CLERK, unit=other_commune.unit)
    assert not opened(commune.specialist)


def test_other_roles_and_citizens_open_nothing(road, commune, citizen):
    road.processing()
    for user in (commune.cashier, commune.publisher, commune.administrator, citizen):
        assert (opened(user), listed(user)) == (False, False)


def test_several_posts_open_what_each_of_them_opens(sent_on, commune, other_commune):
    Post.objects.create(
        user=commune.publisher, unit=other_commune.unit, role=Role.CLERK, valid_from=DAY - timedelta(days=1)
    )
    Post.objects.create(user=commune.publisher, unit=commune.unit, role=Role.SPECIALIST, sectors=[LAND], valid_from=DAY)
    assert (opened(commune.publisher), listed(commune.publisher)) == (True, True)
    for role, fields in ((Role.CLERK, []), (Role.SPECIALIST, ["ho-tich"]), (Role.LEADER, [])):
        Post.objects.filter(user=commune.publisher, unit=commune.unit).update(role=role, sectors=fields)
        assert listed(commune.publisher), (role, fields)


def test_a_post_opens_dossiers_from_its_first_day_to_its_last(road, commune):
    road.submitted()
    Post.objects.filter(user=commune.clerk).update(valid_from=DAY, valid_until=DAY + timedelta(days=1))
    days = [DAY + timedelta(days=n) for n in range(-1, 3)]
    assert [opened(commune.clerk, day) for day in days] == [False, True, True, False]


def test_nobody_opens_a_draft_at_the_desk(road, commune):
    assert Dossier.objects.get().status == Status.DRAFT
    Dossier.objects.get().assignments.create(
        n=1, step=1, unit=commune.unit, role=Role.SPECIALIST, person=commune.specialist, since=NOW
    )
    for user in (commune.clerk, commune.specialist, commune.leader):
        assert (opened(user), listed(user)) == (False, False)


def test_a_person_finds_only_what_they_filed(road, citizen, other_citizen):
    road.submitted()
    assert Dossier.objects.of_owner(citizen).get() == road.dossier
    assert not Dossier.objects.of_owner(other_citizen).exists()
