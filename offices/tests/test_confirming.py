"""Nobody gives themselves what shows dossiers, and two people name leaders and administrators."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from common.refusals import Refused, fingerprint
from offices.access import has_role, looks_after_all
from offices.models import AuditEntry, Post, Role
from offices.people import changes, confirming, lists
from tests import factories
from tests.pages import checks

from .steps import address, fill, page, press

TODAY = date(2026, 3, 23)


@pytest.fixture
def second(commune):
    """A second administrator of the commune, who looks after nothing that all share."""
    user = factories.user(full_name="Quản trị Hai", email="hai@example.com")
    Post.objects.create(user=user, unit=commune.unit, role=Role.ADMINISTRATOR, valid_from=date(2026, 1, 1))
    return user


def terms(commune, role, **more):
    return changes.Terms(commune.unit, role, "", (), TODAY, **more)


def give(user, commune, role, by, **more):
    return changes.give_post(user, terms(commune, role, **more), by=by, now=factories.NOW)


def test_ones_own_pages_offer_only_what_is_not_refused(admin, commune, second):
    me = commune.administrator
    clerk = Post.objects.create(user=me, unit=commune.unit, role="clerk", valid_from=TODAY)
    html = page(admin, "post_give", me.pk)
    assert '<option value="publisher"' in html and "Không ai tự phân công" in html
    assert all(f'<option value="{role}"' not in html for role in confirming.NEVER_TO_ONESELF)
    assert 'name="sectors"' not in html and 'name="for_all"' not in html
    assert checks.faults(html) == []
    assert fill(admin, "post_give", me.pk, unit="xuan-bac", role="publisher", since=TODAY).status_code == 302
    own = page(admin, "person", me.pk)
    assert f'"{address("post_change", me.pk, clerk.pk)}"' not in own
    assert f'"{address("post_end", me.pk, clerk.pk)}"' in own
    assert "Người quản trị khác sửa phân công này" in own
    assert f'"{address("post_change", me.pk, me.posts.get(role="publisher").pk)}"' in own
    # Of others everything is offered, but not oneself as the stand-in of a clerk.
    assert '<option value="clerk"' in page(admin, "post_give", commune.clerk.pk)
    html = page(admin, "post_substitute", commune.clerk.pk, commune.clerk.posts.get().pk)
    assert f'<option value="{me.pk}"' not in html and f'<option value="{commune.leader.pk}"' in html
    html = page(admin, "post_substitute", commune.publisher.pk, commune.publisher.posts.get().pk)
    assert f'<option value="{me.pk}"' in html


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PUBLISHER])
def test_nobody_gives_themselves_a_role_that_sees_dossiers(admin, commune, second, role):
    me = commune.administrator
    response = fill(admin, "post_give", me.pk, unit="xuan-bac", role=role.value, since=TODAY + timedelta(days=1))
    assert response.status_code == 422
    with pytest.raises(Refused):
        changes.invite(me.full_name, me.email, [terms(commune, role)], attach=True, by=me, now=factories.NOW)
    held = Post.objects.get(unit=commune.unit, role=role, user=getattr(commune, role.value))
    if held.user != me:
        with pytest.raises(Refused):
            changes.substitute(held, me, TODAY, TODAY, by=me, now=factories.NOW)
    assert me.posts.count() == 1


def test_nobody_widens_a_post_of_their_own_that_sees_dossiers(commune):
    me = commune.administrator
    post = Post.objects.create(
        user=me, unit=commune.unit, role=Role.SPECIALIST, sectors=["dat-dai"], valid_from=TODAY, valid_until=TODAY
    )
    mark = fingerprint(*changes.post_values(post))
    with pytest.raises(Refused):
        changes.change_post(post, title="", sectors=[], until=None, revision=mark, by=me, now=factories.NOW)
    post.refresh_from_db()
    assert (post.sectors, post.valid_until) == (["dat-dai"], TODAY)


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_a_second_administrator_confirms_leaders_and_administrators(admin, commune, second, role):
    person = commune.clerk
    fill(admin, "post_give", person.pk, unit="xuan-bac", role=role.value, since=TODAY)
    post = person.posts.get(role=role)
    assert post.awaits_confirmation
    assert not has_role(person, role, TODAY)
    assert [letter.to for letter in mail.outbox] == [["hai@example.com"]]
    # Neither who gave it nor who gets it.
    shown = page(admin, "person", person.pk)
    assert reverse("manage:post_confirm", args=[person.pk, post.pk]) not in shown
    assert checks.faults(shown) == []
    assert press(admin, "post_confirm", person.pk, post.pk).status_code == 403
    browser = Client()
    browser.force_login(second)
    assert person.full_name in browser.get(address("people") + "?state=unconfirmed").content.decode()
    assert checks.faults(page(browser, "post_confirm", person.pk, post.pk)) == []
    assert press(browser, "post_confirm", person.pk, post.pk, password="sai").status_code == 422
    assert press(browser, "post_confirm", person.pk, post.pk).status_code == 302
    post.refresh_from_db()
    assert not post.awaits_confirmation
    person.__dict__.pop("_posts_by_day", None)
    assert has_role(person, role, TODAY)
    assert mail.outbox[-1].to == [person.email]
    assert AuditEntry.objects.filter(action="post.confirm").count() == 1
    assert press(browser, "post_confirm", person.pk, post.pk).status_code == 409


def test_the_holder_does_not_confirm_their_own(commune, second):
    third = factories.user(full_name="Quản trị Ba", email="ba@example.com")
    Post.objects.create(user=third, unit=commune.unit, role=Role.ADMINISTRATOR, valid_from=date(2026, 1, 1))
    post = give(second, commune, Role.LEADER, commune.administrator)
    with pytest.raises(Refused):
        changes.confirm_post(post, by=second, now=factories.NOW)
    changes.confirm_post(post, by=third, now=factories.NOW)


def test_a_single_administrator_is_not_stopped(commune):
    assert not give(commune.clerk, commune, Role.LEADER, commune.administrator).awaits_confirmation


@pytest.mark.parametrize("fault", ["invited", "closed", "elsewhere", "unconfirmed", "ended"])
def test_who_cannot_confirm_is_no_second_administrator(commune, other_commune, second, fault):
    if fault == "invited":
        second.set_unusable_password()
        second.save()
    elif fault == "closed":
        type(second).objects.filter(pk=second.pk).update(is_active=False)
    else:
        wrong = {
            "elsewhere": {"unit": other_commune.unit},
            "unconfirmed": {"awaits_confirmation": True},
            "ended": {"valid_until": date(2026, 3, 1)},
        }
        second.posts.update(**wrong[fault])
    assert not give(commune.clerk, commune, Role.LEADER, commune.administrator).awaits_confirmation


def test_what_waits_is_taken_back_and_is_no_last_administrator(admin, commune, second):
    post = give(commune.clerk, commune, Role.ADMINISTRATOR, commune.administrator)
    second.posts.update(valid_until=TODAY)
    mine = commune.administrator.posts.get()
    with pytest.raises(Refused):
        mark = fingerprint(*changes.post_values(mine))
        changes.end_post(mine, TODAY, revision=mark, by=second, now=factories.NOW)
    fill(admin, "post_end", commune.clerk.pk, post.pk, until=TODAY)
    assert not Post.objects.filter(pk=post.pk).exists()
    assert AuditEntry.objects.filter(action="post.take_back").count() == 1


def test_a_leaders_post_is_not_lengthened_alone(commune, second):
    post = commune.leader.posts.get()
    Post.objects.filter(pk=post.pk).update(valid_until=TODAY)
    post.refresh_from_db()
    mark = fingerprint(*changes.post_values(post))
    with pytest.raises(Refused):
        changes.change_post(
            post, title="", sectors=[], until=None, revision=mark, by=commune.administrator, now=factories.NOW
        )


# What all units share


def test_only_the_mark_makes_an_administrator_of_all(commune, second):
    assert looks_after_all(commune.administrator, TODAY)
    assert not looks_after_all(second, TODAY)


@pytest.mark.parametrize("name", ["sectors", "life_events"])
def test_what_all_share_is_closed_to_other_administrators_and_publishers(admin, commune, second, name):
    for user, status in ((commune.administrator, 200), (second, 403), (commune.publisher, 403)):
        browser = Client()
        browser.force_login(user)
        shown = browser.get(reverse(f"manage:{name}"))
        assert shown.status_code == status
        assert status == 403 or checks.faults(shown.content.decode()) == []
        assert browser.post(reverse(f"manage:{name}"), {"name": "Mới"}).status_code == (422 if status == 200 else 403)


def test_the_mark_is_given_by_those_who_have_it(admin, commune, second):
    browser = Client()
    browser.force_login(second)
    assert 'name="for_all"' not in page(browser, "post_give", commune.clerk.pk)
    with pytest.raises(Refused):
        give(commune.clerk, commune, Role.ADMINISTRATOR, second, for_all=True)
    where = {"unit": "xuan-bac", "role": "administrator", "since": TODAY, "for_all": "on"}
    assert fill(admin, "post_give", commune.clerk.pk, **where).status_code == 302
    post = commune.clerk.posts.get(role=Role.ADMINISTRATOR)
    assert post.for_all
    # And confirmed by them only: the second administrator lacks it.
    assert press(browser, "post_confirm", commune.clerk.pk, post.pk).status_code == 403


def test_the_last_one_for_all_stays(commune, second):
    post = commune.administrator.posts.get()
    mark = fingerprint(*changes.post_values(post))
    with pytest.raises(Refused):
        changes.end_post(post, TODAY, revision=mark, by=second, now=factories.NOW)
    with pytest.raises(Refused):
        changes.close_account(commune.administrator, {commune.unit.pk}, by=second, now=factories.NOW)


def test_a_unit_on_top_needs_the_mark(commune, second):
    values = {"parent": None, "name": "UBND xã Mới", "short_name": "Xã Mới"}
    from offices.units.changes import add_unit

    with pytest.raises(Refused):
        add_unit("commune", values, by=second, now=factories.NOW)
    add_unit("commune", values, by=commune.administrator, now=factories.NOW)


# Who has not accepted


def test_who_never_accepted_an_invitation_is_not_offered(commune):
    waiting = factories.user(full_name="Chưa Nhận", email="chua@example.com", password=None)
    Post.objects.create(user=waiting, unit=commune.unit, role=Role.SPECIALIST, valid_from=TODAY)
    key = (commune.unit.pk, Role.SPECIALIST)
    assert lists.colleagues([key], commune.clerk, TODAY)[key] == [commune.specialist]
    assert waiting not in lists.possible_substitutes([commune.unit], commune.clerk, TODAY)
