"""Posts given, changed, ended and stood in for; the last administrator stays."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from common.refusals import Refused, fingerprint
from offices.models import AuditEntry, Post, Role
from offices.people import changes
from tests import factories
from tests.pages import checks

from .steps import address, carried, fill, page, send

TODAY = date(2026, 3, 23)
YESTERDAY = TODAY - timedelta(days=1)


def test_a_given_post_counts_in_an_open_session(admin, commune):
    cashier = Client()
    cashier.force_login(commune.cashier)
    assert cashier.get(reverse("desk:home")).status_code == 403
    html = page(admin, "post_give", commune.cashier.pk)
    assert checks.faults(html) == []
    values = {"unit": commune.unit.slug, "role": "clerk", "since": TODAY}
    response = send(admin, "post_give", commune.cashier.pk, carried=carried(html), **values)
    assert response.url == address("person", commune.cashier.pk)
    assert cashier.get(reverse("desk:home")).status_code == 200
    # The same page once more gives nothing more; another page is told that the post is held.
    assert send(admin, "post_give", commune.cashier.pk, carried=carried(html), **values).status_code == 302
    assert fill(admin, "post_give", commune.cashier.pk, **values).status_code == 422
    assert commune.cashier.posts.count() == 2
    entry = AuditEntry.objects.get(action="post.give")
    assert entry.unit == commune.unit
    assert {change["field"]: change["after"] for change in entry.changes}["role"] == "clerk"


def test_fields_are_for_specialists(admin, commune):
    factories.version(commune.unit)
    fill(admin, "post_give", commune.cashier.pk, unit="xuan-bac", role="clerk", sectors=["ho-tich"], since=TODAY)
    fill(admin, "post_give", commune.cashier.pk, unit="xuan-bac", role="specialist", sectors=["ho-tich"], since=TODAY)
    assert list(commune.cashier.posts.order_by("pk").values_list("sectors", flat=True)) == [[], [], ["ho-tich"]]


def test_a_post_is_changed_unless_somebody_was_faster(admin, commune):
    factories.version(commune.unit)
    post = commune.specialist.posts.get()
    html = page(admin, "post_change", commune.specialist.pk, post.pk)
    assert checks.faults(html) == []
    Post.objects.filter(pk=post.pk).update(title="Đã đổi")
    where = ("post_change", commune.specialist.pk, post.pk)
    response = send(admin, *where, carried=carried(html), title="Hộ tịch", sectors=["ho-tich"], until=None)
    assert response.status_code == 409
    assert 'value="Hộ tịch"' in response.content.decode()
    again = carried(response.content.decode())
    assert send(admin, *where, carried=again, title="Hộ tịch", sectors=["ho-tich"], until=None).status_code == 302
    post.refresh_from_db()
    assert (post.title, post.sectors) == ("Hộ tịch", ["ho-tich"])


def test_a_post_ends_today_or_later(admin, commune):
    post = commune.clerk.posts.get()
    where = ("post_end", commune.clerk.pk, post.pk)
    assert checks.faults(page(admin, *where)) == []
    assert fill(admin, *where, until=YESTERDAY).status_code == 422
    assert fill(admin, *where, until=TODAY).status_code == 302
    post.refresh_from_db()
    assert post.valid_until == TODAY
    entry = AuditEntry.objects.get(action="post.end")
    assert {"field": "valid_until", "before": "", "after": "2026-03-23"} in entry.changes


def test_a_post_to_come_is_taken_back(admin, commune):
    post = Post.objects.create(user=commune.clerk, unit=commune.unit, role=Role.LEADER, valid_from=date(2026, 5, 1))
    fill(admin, "post_end", commune.clerk.pk, post.pk, until=TODAY)
    assert not Post.objects.filter(pk=post.pk).exists()
    assert AuditEntry.objects.filter(action="post.take_back").count() == 1


def test_somebody_stands_in_for_some_days(admin, commune, other_commune):
    post = commune.leader.posts.get()
    where = ("post_substitute", commune.leader.pk, post.pk)
    html = page(admin, *where)
    assert checks.faults(html) == []
    assert other_commune.clerk.full_name not in html
    until = TODAY + timedelta(days=6)
    assert fill(admin, *where, person=commune.clerk.pk, since=TODAY, until=until).status_code == 302
    stand_in = commune.clerk.posts.get(role=Role.LEADER)
    assert (stand_in.valid_from, stand_in.valid_until) == (TODAY, until)
    assert commune.leader.full_name in stand_in.title
    assert commune.clerk.full_name in page(admin, "person", commune.leader.pk)
    for person in (other_commune.clerk.pk, commune.leader.pk, "", "9" * 40):
        assert fill(admin, *where, person=person, since=TODAY, until=until).status_code == 422


# The last administrator


def end_of(post, by, now):
    changes.end_post(post, TODAY, revision=fingerprint(*changes.post_values(post)), by=by, now=now)


def second_administrator(commune):
    user = factories.user(full_name="Quản trị Hai", email="hai@example.com")
    Post.objects.create(user=user, unit=commune.unit, role=Role.ADMINISTRATOR, valid_from=date(2026, 1, 1))
    return user


def test_nobody_ends_their_own_post_of_administrator(admin, commune):
    second_administrator(commune)
    post = commune.administrator.posts.get()
    response = fill(admin, "post_end", commune.administrator.pk, post.pk, until=TODAY)
    assert response.status_code == 422
    assert fill(admin, "post_change", commune.administrator.pk, post.pk, title="x", until=TODAY).status_code == 422
    post.refresh_from_db()
    assert post.valid_until is None


@pytest.mark.parametrize("remedy", ["invited", "limited", "closed"])
def test_the_last_administrator_who_can_sign_in_stays(commune, now, remedy):
    second = second_administrator(commune)
    if remedy == "invited":
        commune.administrator.set_unusable_password()
        commune.administrator.save()
    elif remedy == "limited":
        commune.administrator.posts.update(valid_until=TODAY)
    else:
        type(second).objects.filter(pk=commune.administrator.pk).update(is_active=False)
    with pytest.raises(Refused):
        end_of(second.posts.get(), commune.administrator, now)
    with pytest.raises(Refused):
        changes.close_account(second, {commune.unit.pk}, by=commune.administrator, now=now)
    assert second.posts.get().valid_until is None


def test_one_of_two_administrators_may_end(commune, now):
    second = second_administrator(commune)
    end_of(second.posts.get(), commune.administrator, now)
    with pytest.raises(Refused):
        end_of(commune.administrator.posts.get(), second, now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["end", "close"])
def test_two_administrators_who_remove_each_other_leave_one(commune, now, how):
    first, second = commune.administrator, second_administrator(commune)
    ready = threading.Barrier(2)
    outcomes = []

    def remove(victim, by):
        try:
            post = victim.posts.get()
            ready.wait(timeout=10)
            if how == "end":
                end_of(post, by, now)
            else:
                changes.close_account(victim, {post.unit_id}, by=by, now=now)
            outcomes.append("done")
        except Refused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"], connection.vendor


def test_nobody_becomes_administrator_for_longer_by_themselves(commune, other_commune):
    until = TODAY + timedelta(days=5)
    for unit, since in ((commune.unit, until + timedelta(days=1)), (other_commune.unit, TODAY)):
        terms = changes.Terms(unit, Role.ADMINISTRATOR, "", (), since)
        with pytest.raises(Refused):
            changes.give_post(commune.administrator, terms, by=commune.administrator, now=factories.NOW)
    assert commune.administrator.posts.count() == 1


@pytest.mark.parametrize("change", ["change", "end"])
def test_a_post_that_has_ended_stays_ended(commune, change):
    post = commune.clerk.posts.get()
    Post.objects.filter(pk=post.pk).update(valid_until=YESTERDAY)
    post.refresh_from_db()
    revision = fingerprint(*changes.post_values(post))
    with pytest.raises(Refused, match="đã kết thúc"):
        if change == "end":
            changes.end_post(post, TODAY, revision=revision, by=commune.administrator, now=factories.NOW)
        else:
            changes.change_post(
                post, title="", sectors=(), until=None, revision=revision, by=commune.administrator, now=factories.NOW
            )
