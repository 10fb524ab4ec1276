"""A form sent twice acts once."""

import pytest

from common.onetime import KeyMisused, new_key, once

pytestmark = pytest.mark.django_db


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
