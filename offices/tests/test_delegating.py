"""Signing delegated: who may give it to whom, for which days, and that it ends at once."""

from datetime import date, timedelta

import pytest

from common.refusals import Refused
from offices.access import has_role, read_posts
from offices.models import AuditEntry, Delegation, Post, Role
from offices.people import changes, delegating

TODAY = date(2026, 3, 23)


def delegate(commune, now, taker=None, since=TODAY, until=date(2026, 3, 27), giver=None):
    return delegating.delegate(
        giver or commune.leader, commune.unit, taker or commune.specialist, since, until, "Nghỉ phép", now=now
    )


def leads(user, day) -> bool:
    return any(post.role == Role.LEADER for post in read_posts(user, day))


def test_a_delegate_leads_within_the_days_and_not_beyond(commune, now):
    delegate(commune, now)
    held = Post.objects.get(user=commune.specialist, role=Role.LEADER)
    assert (held.signs_for, held.given_by) == (commune.leader.get_full_name(), commune.leader)
    shown = {day: leads(commune.specialist, TODAY + timedelta(days=day)) for day in (-1, 0, 4, 5)}
    assert shown == {-1: False, 0: True, 4: True, 5: False}
    assert AuditEntry.objects.get(action="delegation.give").subject_name == commune.specialist.full_name


def test_the_leader_ends_it_at_once(commune, now):
    row = delegate(commune, now)
    delegating.end(row, by=commune.leader, now=now)
    assert not leads(commune.specialist, TODAY)
    row.refresh_from_db()
    assert (row.ended_at, row.ended_by, row.post) == (now, commune.leader, None)
    with pytest.raises(Refused):
        delegating.end(row, by=commune.leader, now=now)
    assert AuditEntry.objects.filter(action="delegation.end").count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"since": date(2026, 3, 22)}, "valid_from"),
        ({"until": date(2026, 3, 22)}, "valid_until"),
        ({"until": date(2026, 12, 31)}, "valid_until"),
        ({"taker": "leader"}, "taker"),
        ({"taker": "cashier"}, "taker"),
        ({"giver": "clerk"}, None),
        ({"giver": "administrator"}, None),
    ],
)
def test_what_cannot_be_delegated(commune, now, changed, field):
    people = {key: getattr(commune, value) if isinstance(value, str) else value for key, value in changed.items()}
    with pytest.raises(Refused) as caught:
        delegate(commune, now, **people)
    assert (caught.value.field or None) == field
    assert not Delegation.objects.exists()


def test_nobody_of_another_unit_and_no_second_time_in_the_same_days(commune, other_commune, now):
    with pytest.raises(Refused):
        delegate(commune, now, taker=other_commune.clerk)
    delegate(commune, now)
    with pytest.raises(Refused):
        delegate(commune, now)
    delegate(commune, now, taker=commune.clerk)


def test_a_delegate_does_not_pass_it_on(commune, now):
    delegate(commune, now)
    with pytest.raises(Refused) as caught:
        delegate(commune, now, giver=commune.specialist, taker=commune.clerk)
    assert caught.value.code == "who"


def test_it_does_not_outlast_the_leaders_post_or_account(commune, now):
    post = commune.leader.posts.get()
    Post.objects.filter(pk=post.pk).update(valid_until=date(2026, 3, 25))
    with pytest.raises(Refused):
        delegate(commune, now)
    Post.objects.filter(pk=post.pk).update(valid_until=None)
    for let_go in (
        lambda: changes.end_post(
            commune.leader.posts.get(),
            TODAY,
            revision=changes_revision(commune.leader.posts.get()),
            by=commune.administrator,
            now=now,
        ),
        lambda: changes.close_account(commune.leader, {commune.unit.pk}, by=commune.administrator, now=now),
    ):
        Post.objects.filter(user=commune.leader).update(valid_until=None)
        delegate(commune, now)
        let_go()
        assert not has_role(commune.specialist, Role.LEADER, TODAY)
        commune.specialist.__dict__.pop("_posts_by_day", None)


def changes_revision(post) -> str:
    from common.refusals import fingerprint

    return fingerprint(*changes.post_values(post))


def test_an_administrator_does_not_lengthen_it(commune, now):
    delegate(commune, now)
    held = Post.objects.get(user=commune.specialist, role=Role.LEADER)
    with pytest.raises(Refused):
        changes.change_post(
            held,
            title="x",
            sectors=[],
            until=date(2027, 1, 1),
            revision=changes_revision(held),
            by=commune.administrator,
            now=now,
        )
