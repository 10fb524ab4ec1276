"""A statement compiled once finds what its queryset finds, again and again, for every kind of value."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db.models import F
from django.utils import timezone

from common.database.compiled import Compiled
from offices.models import Post, Role, Unit
from tests.present import present

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(commune):
    return commune.unit


@pytest.fixture
def posts(citizen, unit, now):
    day = now.date()
    return [
        Post.objects.create(user=citizen, unit=unit, role=role, sectors=["HT"], valid_from=day)
        for role in (Role.CLERK, Role.LEADER)
    ]


def test_rows_carry_what_was_joined_and_what_was_not_there(posts, citizen, unit, django_assert_num_queries):
    of_person: Compiled[Any] = Compiled(
        lambda user, day: (
            Post.objects.filter(user=user, valid_from__lte=day)
            .select_related("unit", "given_by", "unit__parent")
            .order_by("id")
        )
    )
    for _again in range(2):
        with django_assert_num_queries(1):
            found = of_person.all(citizen.pk, posts[0].valid_from)
            assert [post.unit.name for post in found] == [unit.name] * 2
            assert [post.given_by for post in found] == [None, None]
        assert found == posts
        assert found[0].sectors == ["HT"]
        assert found[0].valid_from == posts[0].valid_from
    assert of_person.all(citizen.pk, posts[0].valid_from - timedelta(days=1)) == []
    assert of_person.first(0, posts[0].valid_from) is None


def test_a_row_can_be_changed_and_saved(posts, citizen):
    found: Any = Compiled(lambda pk: Post.objects.filter(pk=pk)).first(posts[0].pk)
    found.title = "Công chức"
    found.save()
    assert Post.objects.get(pk=posts[0].pk).title == "Công chức"


def test_deferred_columns_are_read_when_they_are_asked_for(posts, django_assert_num_queries):
    found: Any = Compiled(lambda pk: Post.objects.filter(pk=pk).defer("title")).first(posts[0].pk)
    with django_assert_num_queries(1):
        assert found.title == ""


def test_tuples_and_computed_columns(posts, unit):
    computed: Compiled[Any] = Compiled(lambda slug: Unit.objects.filter(slug=slug).annotate(next=F("pk") + 1))
    assert present(computed.first(unit.slug)).next == unit.pk + 1
    columns = ("role", "sectors", "unit__name")
    bare: Compiled[Any] = Compiled(
        lambda pk: Post.objects.filter(unit=pk, title="").order_by("pk").values_list(*columns)
    )
    named: Compiled[Any] = Compiled(
        lambda pk: Post.objects.annotate(next=F("pk") + 1).filter(pk=pk).values_list(*columns, "next", named=True)
    )
    assert (posts[0].role, ["HT"], unit.name) in bare.all(unit.pk)
    row: Any = named.first(posts[0].pk)
    assert (row.unit__name, row.sectors, row.next) == (unit.name, ["HT"], posts[0].pk + 1)


def test_moments_compare_as_they_are_stored(db):
    moment = timezone.now()
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=moment)
    later_than: Compiled[Any] = Compiled(lambda moment: Session.objects.filter(expire_date__gt=moment))
    assert later_than.first(moment) is None
    assert later_than.first(moment - timedelta(microseconds=1)) is not None
