"""Posts count on the days they are held, at one query per request."""

from datetime import date, timedelta

from django.contrib.auth.models import AnonymousUser

from offices import access
from offices.models import Post, Role

DAY = date(2026, 3, 23)


def test_current_posts_cost_one_query_however_often_asked(commune, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [post.role for post in access.current_posts(commune.clerk, DAY)] == [Role.CLERK]
        assert access.has_role(commune.clerk, Role.CLERK, DAY)
        assert not access.has_role(commune.clerk, Role.LEADER, DAY)


def test_a_post_counts_from_its_first_to_its_last_day(commune, citizen):
    Post.objects.create(
        user=citizen, unit=commune.unit, role=Role.CLERK, valid_from=DAY, valid_until=DAY + timedelta(days=1)
    )
    held = [bool(access.current_posts(citizen, DAY + timedelta(days=n))) for n in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]


def test_a_citizen_and_an_anonymous_visitor_are_no_officers(citizen, django_assert_num_queries):
    assert not access.current_posts(citizen, DAY)
    with django_assert_num_queries(0):
        assert not access.current_posts(AnonymousUser(), DAY)


def test_a_user_read_anew_is_asked_anew(commune):
    assert access.current_posts(commune.clerk, DAY)
    Post.objects.filter(user=commune.clerk).update(valid_until=date(2025, 12, 31))
    fresh = type(commune.clerk).objects.get(pk=commune.clerk.pk)
    assert not access.current_posts(fresh, DAY)


def test_posts_come_in_the_order_in_which_they_were_given(commune, other_commune, citizen):
    for unit, role in ((other_commune.unit, Role.LEADER), (commune.unit, Role.CLERK)):
        Post.objects.create(user=citizen, unit=unit, role=role, valid_from=DAY)
    assert [post.role for post in access.current_posts(citizen, DAY)] == [Role.LEADER, Role.CLERK]
