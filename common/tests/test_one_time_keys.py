"""A key acts once: the second caller is told what the first one made, and nobody uses another's."""

import pytest
from django.db import transaction

from common import onetime
from common.models import OneTimeKey
from common.onetime import KeyMisused, new_key, once, use_key

pytestmark = pytest.mark.django_db
KEY = "k" * 32


def test_the_first_caller_goes_on_and_later_ones_get_what_was_made(now):
    assert use_key(KEY, "submit", 1, "abc", now) is None
    assert use_key(KEY, "submit", 1, "xyz", now) == "abc"
    assert use_key(KEY, "submit", 1, "xyz", now) == "abc"
    row = OneTimeKey.objects.get()
    assert (row.purpose, row.user_id, row.subject, row.at) == ("submit", 1, "abc", now)


def test_each_purpose_uses_a_key_of_its_own(now):
    assert use_key(KEY, "submit", 1, "abc", now) is None
    assert use_key(KEY, "start_draft", 1, "xyz", now) is None
    assert use_key(KEY, "submit", 1, "", now) == "abc"


@pytest.mark.parametrize(("first", "second"), [(1, 2), (1, None), (None, 1)])
def test_another_account_may_not_use_a_key(now, first, second):
    use_key(KEY, "submit", first, "abc", now)
    with pytest.raises(KeyMisused) as caught:
        use_key(KEY, "submit", second, "xyz", now)
    assert caught.value.code == "key"
    assert use_key(KEY, "submit", first, "", now) == "abc"


@pytest.mark.parametrize("key", ["", "k" * 31, "k" * 33, "k" * 31 + "-", "k" * 32 + "\n", "ổ" * 32])
def test_what_is_no_key_is_refused_and_writes_nothing(now, key):
    with pytest.raises(KeyMisused):
        use_key(key, "submit", 1, "abc", now)
    assert not OneTimeKey.objects.exists()


def test_a_transaction_that_fails_gives_its_key_back(now):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        use_key(KEY, "submit", 1, "abc", now)
        raise ZeroDivisionError
    assert use_key(KEY, "submit", 1, "xyz", now) is None


def test_new_keys_fit_and_differ(now):
    keys = {new_key() for _n in range(100)}
    assert len(keys) == 100
    assert all(onetime.use_key(key, "submit", 1, "abc", now) is None for key in keys)


def test_a_thing_is_made_once_for_a_key(now):
    made, key = [], new_key()
    assert once(key, "day", 1, "x" * 80, now, lambda: made.append(1)) is None
    assert once(key, "day", 1, "other", now, lambda: made.append(2)) == "x" * 64
    assert made == [1]


def test_a_key_is_free_again_when_nothing_was_made(now):
    key = new_key()
    with pytest.raises(ZeroDivisionError):
        once(key, "day", 1, "x", now, lambda: 1 / 0)
    assert once(key, "day", 1, "x", now, lambda: None) is None


@pytest.mark.parametrize("key", ["", "x", "é" * 32, "a" * 33])
def test_a_key_that_is_none_makes_nothing(now, key):
    with pytest.raises(KeyMisused):
        once(key, "day", 1, "x", now, lambda: pytest.fail("made all the same"))


def test_a_key_of_another_account_makes_nothing(now):
    key = new_key()
    once(key, "day", 1, "x", now, lambda: None)
    with pytest.raises(KeyMisused):
        once(key, "day", 2, "x", now, lambda: pytest.fail("made all the same"))
