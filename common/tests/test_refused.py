"""A refusal says why, to whom it is said with which status, and when a page is older than what it changes."""

import pytest

from common.refusals import Refused, fingerprint, require_fresh, stale


@pytest.mark.parametrize(
    ("code", "status", "is_stale"),
    [
        ("who", 403, False),
        ("own", 403, False),
        ("holder", 403, False),
        ("stale", 409, True),
        ("state", 409, True),
        ("refused", 422, False),
        ("reason", 422, False),
    ],
)
def test_each_kind_of_refusal_has_its_status(code, status, is_stale):
    refused = Refused("Không được", code=code)
    assert (refused.status, refused.is_stale) == (status, is_stale)


def test_reasons_become_one_text():
    refused = Refused("Một.", "Hai.", field="name")
    assert (refused.message, refused.code, refused.field) == ("Một. Hai.", "refused", "name")
    assert refused.args == ("Một.", "Hai.")


@pytest.mark.parametrize(
    "other", [("a", "", ["b"]), ("a", None, ["b", "c"]), ("a", None), (None, "a", ["b"]), ("ạ", None, ["b"])]
)
def test_a_fingerprint_tells_values_apart(other):
    seen = fingerprint("a", None, ["b"])
    assert seen == fingerprint("a", None, ["b"])
    assert len(seen) == 16
    assert fingerprint(*other) != seen


def test_the_order_of_keys_is_no_difference():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


def test_a_form_made_for_other_values_is_refused():
    require_fresh(fingerprint("a", 1), "a", 1)
    with pytest.raises(Refused) as caught:
        require_fresh(fingerprint("a", 1), "a", 2)
    assert (caught.value.code, caught.value.message) == ("stale", stale().message)
