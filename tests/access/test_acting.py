"""Who acts for an organisation opens what it opens, of dossiers and fees only; the world's citizen is one here."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.acting import members
from accounts.models import Kind, Member, User
from common.web.middleware import ACTING
from tests import factories
from tests.access.answers import Browsers, answer_of, undone
from tests.access.test_matrix import OWNER, rows
from tests.factories import NOW


def member_of(world, organisation: User) -> Member:
    """Make the world's other citizen one who may act for an organisation."""
    User.objects.filter(pk=organisation.pk).update(kind=Kind.ENTERPRISE)
    address, when = f"{organisation.pk}@example.com", {"invited_at": NOW, "accepted_at": NOW}
    return Member.objects.create(organisation=organisation, person=world.other_citizen, address=address, **when)


def acting(world, member: Member) -> Browsers:
    """Open browsers in which the other citizen acts by a membership."""
    browsers = Browsers(world.other_citizen)
    session = browsers.first.session
    session[ACTING] = member.pk
    session.save()
    return browsers


def wrong(world, browsers: Browsers, expected_of) -> list[str]:
    """Return the addresses that answer otherwise than expected."""
    found = []
    for name, method, arguments, expected in rows(world):
        wanted = expected_of(name, expected)
        if wanted:
            with undone():
                got = answer_of(browsers.new(), method, reverse(name, args=arguments))
            if got != wanted:
                found.append(f"{method.upper()} {name} {arguments}: {got}, expected {wanted}")
    return found


def test_a_member_who_acts_opens_what_is_the_organisations_and_the_rest_as_before(world):
    member = member_of(world, world.citizen)

    def expected_of(name: str, expected: dict[str, str]) -> str:
        who = "citizen" if name.partition(":")[0] in settings.ACTING_NAMESPACES else "other_citizen"
        return expected[who] if ":" in name else ""

    assert not wrong(world, acting(world, member), expected_of)


@pytest.mark.parametrize("who", ["not acting", "of another organisation"])
def test_who_does_not_act_for_it_learns_nothing_of_its_dossiers(world, who):
    member = member_of(world, world.citizen)
    browsers = Browsers(world.other_citizen)
    if who != "not acting":
        member.delete()
        browsers = acting(world, member_of(world, factories.user(full_name="HTX Xuân Bắc", email="htx@example.com")))

    def expected_of(name: str, expected: dict[str, str]) -> str:
        return "404" if expected is OWNER else ""

    assert not wrong(world, browsers, expected_of)


def test_an_ended_member_is_led_away_at_once_and_shown_nothing(world):
    member = member_of(world, world.citizen)
    browsers = acting(world, member)
    members.end(member.pk, world.citizen, NOW)
    for name, method, arguments, expected in rows(world):
        if expected is OWNER:
            with undone():
                browser: Client = browsers.new()
                answer = getattr(browser, method)(reverse(name, args=arguments))
                assert (answer.status_code, answer.url) == (302, "/my/dossiers/"), name
